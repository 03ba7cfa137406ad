package expr

import (
	"encoding/json"
	"errors"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// Data are the constants of a definition, which expressions read as data.name. They are decoded once,
// never change, and are safe for concurrent use.
type Data struct {
	values  map[string]ref.Val
	extents map[string]extent
	// broken is set when only the names are known.
	broken bool
}

// BrokenData are data that could not be read, for expressions that are checked all the same: what is wrong
// with the data is reported once, not wherever they are named.
func BrokenData(names []string) *Data {
	d := &Data{values: map[string]ref.Val{}, extents: map[string]extent{}, broken: true}
	for _, name := range names {
		d.values[name] = types.NullValue // of which no type is known
	}
	return d
}

// NewData reads an object of JSON. It is an error for anything that a variable could not hold: more than
// 256 KiB, 10,000 elements in a list, a key of more than 512 bytes. A number without a fraction is an int,
// also where it is written 2.0: a definition means the same by both.
func NewData(raw json.RawMessage) (*Data, error) {
	if len(raw) > maxInput || !json.Valid(raw) {
		return nil, errJSON
	}
	val, err := (&reader{rest: string(raw), wholes: true}).readValue(0)
	if err != nil {
		return nil, err
	}
	all, ok := val.(*object)
	if !ok {
		return nil, errors.New("data are an object")
	}
	d := &Data{values: make(map[string]ref.Val, len(all.entries)), extents: make(map[string]extent, len(all.entries))}
	sum := joins{maxDataJoins}
	for _, e := range all.entries {
		d.values[e.key], d.extents[e.key] = e.val, sum.extentOf(e.val)
	}
	return d, nil
}

// names are the names of the data; there are none without data.
func (d *Data) names() []string {
	if d == nil {
		return nil
	}
	var all []string
	for name := range d.values {
		all = append(all, name)
	}
	return all
}

func (d *Data) has(name string) bool { return d != nil && d.values[name] != nil }

// lookUp is the value of a name with its "data." in front; ok is false for any other name.
func (d *Data) lookUp(full string) (val ref.Val, ok bool) {
	name, isData := strings.CutPrefix(full, "data.")
	if !isData || !d.has(name) {
		return nil, false
	}
	return d.values[name], true
}

// celType is the type of a constant, as far as it is the same for all values of its kind.
func celType(val ref.Val) *types.Type {
	switch val.(type) {
	case types.String:
		return types.StringType
	case types.Int:
		return types.IntType
	case types.Double:
		return types.DoubleType
	case types.Bool:
		return types.BoolType
	case traits.Lister:
		return listOfAny
	case *object:
		return mapOfAny
	}
	return types.DynType
}

// extentOf is the extent of a value that is known.
func (j *joins) extentOf(val ref.Val) extent {
	x := extent{}
	switch val := val.(type) {
	case types.String:
		x.size = len(val)
	case traits.Lister:
		for _, elem := range elements(val) {
			j.addTo(&x, j.extentOf(elem))
		}
	case *object:
		x.fields = make(map[string]extent, len(val.entries))
		for _, e := range val.entries {
			j.setIn(&x, e.key, true, j.extentOf(e.val))
		}
	}
	x.written = written(x, 0)
	return x
}
