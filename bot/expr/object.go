package expr

import (
	"fmt"
	"reflect"
	"slices"
	"sort"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// object is a map of CEL whose keys are strings. CEL's own walk Go maps, in an order that
// changes from run to run; this one is always walked by sorted key.
type object struct {
	keys []string // sorted
	vals []ref.Val
}

var (
	_ traits.Mapper   = (*object)(nil)
	_ traits.Foldable = (*object)(nil)
)

// add puts an entry at the end; sort has to follow.
func (o *object) add(key string, val ref.Val) {
	o.keys, o.vals = append(o.keys, key), append(o.vals, val)
}

// sort brings the keys into order. Of entries with the same key the last one stays, as in JSON.
func (o *object) sort() {
	if !slices.IsSorted(o.keys) {
		sort.Stable(o)
	}
	n := 0
	for i, key := range o.keys {
		if i > 0 && key == o.keys[n-1] {
			n--
		}
		o.keys[n], o.vals[n] = key, o.vals[i]
		n++
	}
	o.keys, o.vals = o.keys[:n], o.vals[:n]
}

// Len, Less and Swap are for package sort.
func (o *object) Len() int           { return len(o.keys) }
func (o *object) Less(i, j int) bool { return o.keys[i] < o.keys[j] }
func (o *object) Swap(i, j int) {
	o.keys[i], o.keys[j] = o.keys[j], o.keys[i]
	o.vals[i], o.vals[j] = o.vals[j], o.vals[i]
}

// FindStringKey is how CEL looks up a field without making a value of its name.
func (o *object) FindStringKey(key string) (any, bool) {
	if len(key) > maxKey {
		return nil, false
	}
	i, found := slices.BinarySearch(o.keys, key)
	if !found {
		return nil, false
	}
	return o.vals[i], true
}

func (o *object) Find(key ref.Val) (ref.Val, bool) {
	name, ok := key.(types.String)
	if !ok || len(name) > maxKey {
		return nil, false
	}
	i, found := slices.BinarySearch(o.keys, string(name))
	if !found {
		return nil, false
	}
	return o.vals[i], true
}

func (o *object) Get(key ref.Val) ref.Val {
	val, found := o.Find(key)
	if !found {
		return fail("there is no such key")
	}
	return val
}

func (o *object) Contains(key ref.Val) ref.Val {
	_, found := o.Find(key)
	return types.Bool(found)
}

func (o *object) Size() ref.Val { return types.Int(len(o.keys)) }

func (o *object) IsZeroValue() bool { return len(o.keys) == 0 }

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
	for i, key := range o.keys {
		if !f.FoldEntry(types.String(key), o.vals[i]) {
			return
		}
	}
}

func (o *object) Iterator() traits.Iterator {
	keys := make([]ref.Val, len(o.keys))
	for i, key := range o.keys {
		keys[i] = types.String(key)
	}
	return types.NewRefValList(types.DefaultTypeAdapter, keys).Iterator()
}

// newMap makes a map of keys and values in turn.
func newMap(parts []ref.Val) ref.Val {
	o := &object{keys: make([]string, 0, len(parts)/2), vals: make([]ref.Val, 0, len(parts)/2)}
	for i := 0; i < len(parts); i += 2 {
		key, ok := parts[i].(types.String)
		if !ok {
			return fail("the keys of a map are strings")
		}
		if len(key) > maxKey {
			return fail("a key of a map is too long")
		}
		o.add(string(key), parts[i+1])
	}
	o.sort()
	return o
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

// fail is an error inside CEL whose message is safe to show.
func fail(message string) ref.Val { return types.WrapErr(&EvalError{Message: message}) }
