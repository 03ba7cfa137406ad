package expr

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/traits"
)

// Each is each: the element of a list for which a message is said. The zero value is none.
type Each struct {
	// Item is the element, No its number in the list, from 1.
	Item Value
	No   int
}

// item is the element as CEL has it.
func (e Each) item() Value {
	if e.Item == nil {
		return types.NullValue
	}
	return e.Item
}

// Elements evaluates the expression, whose value has to be a list. It returns its first elements, at
// most so many, and how many there are.
func (x *Expr) Elements(v *Values, most int) (items []Value, size int, err error) {
	val, err := x.Eval(v)
	if err != nil {
		return nil, 0, err
	}
	list, ok := val.(traits.Lister)
	if !ok {
		return nil, 0, &EvalError{Message: "the value is not a list"}
	}
	n, ok := list.Size().(types.Int)
	if !ok {
		return nil, 0, &EvalError{Message: broken}
	}
	for i := range min(int(n), most) {
		item := list.Get(types.Int(i))
		if failed, ok := item.(*types.Err); ok {
			return nil, 0, withoutValues(failed)
		}
		items = append(items, item)
	}
	return items, int(n), nil
}

// MostElements is how many elements the list may have; ok is false where the source does not show it.
func (x *Expr) MostElements() (n int, ok bool) { return x.most, x.most >= 0 }

// NamesEach reports whether the expression names each.
func (x *Expr) NamesEach() bool { return x.namesEach }

// NamesEach reports whether an expression in the text names each.
func (t *Template) NamesEach() bool {
	for _, p := range t.parts {
		if p.expr != nil && p.expr.namesEach {
			return true
		}
	}
	return false
}
