package expr

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// object is a map of CEL whose keys are strings. CEL's own walk Go maps, in an order that
// changes from run to run; this one is always walked by sorted key.
type object struct {
	entries []entry // sorted by key
}

type entry struct {
	key string
	val ref.Val
}

var (
	_ traits.Mapper   = (*object)(nil)
	_ traits.Foldable = (*object)(nil)
)

// newObject makes a map of entries in any order. Of those with the same key the last one stays,
// as in JSON.
func newObject(entries []entry) *object {
	byKey := func(a, b entry) int { return strings.Compare(a.key, b.key) }
	if !slices.IsSortedFunc(entries, byKey) {
		slices.SortStableFunc(entries, byKey)
	}
	n := 0
	for i, e := range entries {
		if i > 0 && e.key == entries[n-1].key {
			n--
		}
		entries[n] = e
		n++
	}
	return &object{entries[:n]}
}

// newMap makes a map of keys and values in turn.
func newMap(parts []ref.Val) ref.Val {
	entries := make([]entry, 0, len(parts)/2)
	for i := 0; i < len(parts); i += 2 {
		key, ok := parts[i].(types.String)
		if !ok {
			return fail("the keys of a map are strings")
		}
		if len(key) > MaxKey {
			return fail("a key of a map is too long")
		}
		entries = append(entries, entry{string(key), parts[i+1]})
	}
	return newObject(entries)
}

func (o *object) find(key string) (ref.Val, bool) {
	if len(key) > MaxKey {
		return nil, false
	}
	i, found := slices.BinarySearchFunc(o.entries, key, func(e entry, key string) int { return strings.Compare(e.key, key) })
	if !found {
		return nil, false
	}
	return o.entries[i].val, true
}

// FindStringKey is how CEL looks up a field without making a value of its name.
func (o *object) FindStringKey(key string) (any, bool) { return o.find(key) }

// Find implements traits.Mapper.
func (o *object) Find(key ref.Val) (ref.Val, bool) {
	name, ok := key.(types.String)
	if !ok {
		return nil, false
	}
	return o.find(string(name))
}

func (o *object) Get(key ref.Val) ref.Val {
	val, found := o.Find(key)
	if !found {
		name, _ := key.(types.String)
		return missingKey(string(name))
	}
	return val
}

func (o *object) Contains(key ref.Val) ref.Val {
	_, found := o.Find(key)
	return types.Bool(found)
}

func (o *object) Size() ref.Val { return types.Int(len(o.entries)) }

func (o *object) IsZeroValue() bool { return len(o.entries) == 0 }

func (o *object) Type() ref.Type { return types.MapType }

func (o *object) Value() any { return o }

// Equal is never called: where CEL would compare two maps, function equal does.
func (o *object) Equal(other ref.Val) ref.Val { return types.Bool(o == other) }

func (o *object) ConvertToNative(desc reflect.Type) (any, error) {
	return nil, fmt.Errorf("expr: a map does not become a %v", desc)
}

func (o *object) ConvertToType(t ref.Type) ref.Val {
	switch t {
	case types.MapType:
		return o
	case types.TypeType:
		return types.MapType
	}
	return types.NoSuchOverloadErr()
}

// Fold walks the map for a comprehension.
func (o *object) Fold(f traits.Folder) {
	for _, e := range o.entries {
		if !f.FoldEntry(types.String(e.key), e.val) {
			return
		}
	}
}

func (o *object) Iterator() traits.Iterator {
	keys := make([]ref.Val, len(o.entries))
	for i, e := range o.entries {
		keys[i] = types.String(e.key)
	}
	return newList(keys).Iterator()
}

// newList makes a list of CEL.
func newList(elems []ref.Val) traits.Lister {
	return types.NewRefValList(types.DefaultTypeAdapter, elems)
}

// elements are the elements of a list; every list here is made by newList or by a
// comprehension, and holds them as a slice.
func elements(list traits.Lister) []ref.Val {
	if elems, ok := list.Value().([]ref.Val); ok {
		return elems
	}
	n, ok := list.Size().(types.Int)
	if !ok {
		return nil
	}
	elems := make([]ref.Val, n)
	for i := range elems {
		elems[i] = list.Get(types.Int(i))
	}
	return elems
}
