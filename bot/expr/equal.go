package expr

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// equal compares as CEL does: numbers by value whatever their type, values of different kinds
// are not equal. Every step is charged. A list can hold the same list many times, which takes
// no memory, but is compared each time: [[x, x], [x, x]] and so on. CEL charges for the
// outermost list only, and that after the comparison.
func equal(f *frame, x, y ref.Val) bool {
	charge(f, 1)
	switch x := x.(type) {
	case types.String:
		y, ok := y.(types.String)
		return ok && len(x) == len(y) && equalTexts(f, string(x), string(y))
	case traits.Lister:
		y, ok := y.(traits.Lister)
		return ok && equalLists(f, elements(x), elements(y))
	case *object:
		y, ok := y.(*object)
		return ok && equalObjects(f, x, y)
	}
	return types.Equal(x, y) == types.True
}

func equalTexts(f *frame, x, y string) bool {
	charge(f, len(x)/comparedPerUnit)
	return x == y
}

func equalLists(f *frame, x, y []ref.Val) bool {
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !equal(f, x[i], y[i]) {
			return false
		}
	}
	return true
}

func equalObjects(f *frame, x, y *object) bool {
	if len(x.entries) != len(y.entries) {
		return false
	}
	for i, e := range x.entries {
		if !equalTexts(f, e.key, y.entries[i].key) || !equal(f, e.val, y.entries[i].val) {
			return false
		}
	}
	return true
}

// contains reports whether a list has an element that is equal to a value.
func contains(f *frame, list []ref.Val, val ref.Val) bool {
	for _, elem := range list {
		if equal(f, elem, val) {
			return true
		}
	}
	return false
}
