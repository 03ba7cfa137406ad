package expr

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// budget counts the work of comparing two values. A list can hold the same list many times,
// which takes no memory, but would be compared each time: [[x, x], [x, x]] and so on. CEL
// charges for the outermost list only.
type budget struct {
	left int64
	// spent says that left was not enough; the comparison then means nothing.
	spent bool
}

// pay takes n from the budget and says whether there was enough.
func (b *budget) pay(n int64) bool {
	b.left -= n
	if b.left < 0 {
		b.spent = true
	}
	return !b.spent
}

// equal compares as CEL does: numbers by value whatever their type, values of different kinds
// are not equal.
func (b *budget) equal(x, y ref.Val) bool {
	if !b.pay(1) {
		return false
	}
	switch x := x.(type) {
	case types.String:
		y, ok := y.(types.String)
		return ok && len(x) == len(y) && b.pay(int64(len(x)/bytesPerUnit)) && x == y
	case traits.Lister:
		y, ok := y.(traits.Lister)
		return ok && b.equalLists(elements(x), elements(y))
	case *object:
		y, ok := y.(*object)
		return ok && b.equalObjects(x, y)
	}
	return types.Equal(x, y) == types.True
}

func (b *budget) equalLists(x, y []ref.Val) bool {
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if !b.equal(x[i], y[i]) {
			return false
		}
	}
	return true
}

func (b *budget) equalObjects(x, y *object) bool {
	if len(x.keys) != len(y.keys) {
		return false
	}
	for i, key := range x.keys {
		if !b.pay(int64(len(key)/bytesPerUnit)) || key != y.keys[i] || !b.equal(x.vals[i], y.vals[i]) {
			return false
		}
	}
	return true
}

// contains says whether a list holds a value.
func (b *budget) contains(list []ref.Val, val ref.Val) bool {
	for _, elem := range list {
		if b.equal(elem, val) {
			return true
		}
		if b.spent {
			return false
		}
	}
	return false
}
