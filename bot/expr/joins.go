package expr

import (
	"maps"
	"slices"
)

// joins makes one extent of several. It bounds its work, because constants may be large and stand in an
// expression many times: what it does not come to is not known any more.
type joins struct{ left int }

// How much is joined for the constants of a definition, and for an expression; each usually needs some ten.
const (
	maxDataJoins = 200_000
	maxJoins     = 5_000
	// maxFields bounds the keys of maps that are joined: of more, only what all of them hold is known.
	maxFields = 64
)

// addTo adds an element to a list that is written out.
func (j *joins) addTo(x *extent, elem extent) {
	x.inner = j.inner(*x, extent{size: 1, inner: &elem})
	x.size++
}

// setIn adds a key to a map that is written out; a key that is computed may be any.
func (j *joins) setIn(x *extent, key string, known bool, val extent) {
	j.addTo(x, val)
	if !known {
		x.fields = nil
	}
	if x.fields != nil {
		x.fields[key] = val
	}
}

// either is the extent of a value that may be either of two.
func (j *joins) either(a, b extent) extent {
	x := extent{size: max(a.size, b.size), assumed: a.assumed}
	if b.size > a.size {
		x.assumed = b.assumed
	}
	if j.left--; j.left < 0 {
		return x
	}
	x.inner = j.inner(a, b)
	switch {
	case a.size == 0:
		x.fields = b.fields
	case b.size == 0:
		x.fields = a.fields
	case a.fields != nil && b.fields != nil:
		x.fields = j.fields(a.fields, b.fields)
	}
	return x
}

// inner is the extent of what either of two lists or maps holds. An empty one holds nothing.
func (j *joins) inner(a, b extent) *extent {
	switch {
	case a.size == 0:
		return b.inner
	case b.size == 0:
		return a.inner
	case a.inner == nil || b.inner == nil:
		return nil
	}
	both := j.either(*a.inner, *b.inner)
	return &both
}

func (j *joins) fields(a, b map[string]extent) map[string]extent {
	if j.left -= len(a) + len(b); j.left < 0 || len(a) > maxFields || len(b) > maxFields {
		return nil
	}
	all := maps.Clone(a)
	for _, key := range slices.Sorted(maps.Keys(b)) { // so that the same is left out each time
		x := b[key]
		if known, found := all[key]; found {
			x = j.either(known, x)
		}
		all[key] = x
	}
	if len(all) > maxFields {
		return nil
	}
	return all
}
