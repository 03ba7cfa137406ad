package expr

import (
	"regexp"

	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// The nodes of CEL's plan that would do unbounded or unordered work are replaced by the ones
// in this file when a plan is made.

type (
	node  = interpreter.InterpretableV2
	frame = interpreter.ExecutionFrame
)

func replace(n node) (node, error) {
	switch n := n.(type) {
	case interpreter.InterpretableCall:
		return replaceCall(n)
	case interpreter.InterpretableConstructor:
		parts := n.InitVals()
		switch n.Type() {
		case types.ListType:
			return constant(&listNode{id: n.ID(), elems: parts}, parts)
		case types.MapType:
			return constant(&mapNode{id: n.ID(), parts: parts}, parts)
		}
	}
	return n, nil
}

func replaceCall(n interpreter.InterpretableCall) (node, error) {
	args := n.Args()
	switch n.Function() {
	case operators.Equals:
		return &equalNode{operation: operation{n.ID(), args[0], args[1]}, want: true}, nil
	case operators.NotEquals:
		return &equalNode{operation: operation{n.ID(), args[0], args[1]}}, nil
	case operators.In:
		return &inNode{operation{n.ID(), args[0], args[1]}}, nil
	case operators.Add:
		return &addNode{operation{n.ID(), args[0], args[1]}}, nil
	case overloads.Matches:
		return matchesOf(n, args)
	}
	return n, nil
}

// constant evaluates a list or map of constants once and for all.
func constant(n node, parts []node) (node, error) {
	for _, part := range parts {
		if _, ok := part.(interpreter.InterpretableConst); !ok {
			return n, nil
		}
	}
	var val ref.Val
	switch n := n.(type) {
	case *listNode:
		val = newList(constants(n.elems))
	case *mapNode:
		val = n.build(constants(n.parts))
	}
	if types.IsError(val) {
		return n, nil
	}
	return interpreter.NewConstValue(n.ID(), val), nil
}

func constants(parts []node) []ref.Val {
	vals := make([]ref.Val, len(parts))
	for i, part := range parts {
		if c, ok := part.(interpreter.InterpretableConst); ok {
			vals[i] = c.Value()
		}
	}
	return vals
}

// operation is a node with two operands.
type operation struct {
	id   int64
	l, r node
}

func (b *operation) ID() int64 { return b.id }

// operands evaluates both; ok is false when the first value is the error of one of them.
func (b *operation) operands(f *frame) (l, r ref.Val, ok bool) {
	if l = b.l.Exec(f); types.IsError(l) {
		return l, nil, false
	}
	if r = b.r.Exec(f); types.IsError(r) {
		return r, nil, false
	}
	return l, r, true
}

// equalNode is == and !=.
type equalNode struct {
	operation
	want bool
}

func (n *equalNode) Eval(a interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(a, n.Exec)
}

func (n *equalNode) Exec(f *frame) ref.Val {
	l, r, ok := n.operands(f)
	if !ok {
		return l
	}
	return types.Bool(spend(f, func(b *budget) bool { return b.equal(l, r) }) == n.want)
}

// spend compares within what is left, and charges what the comparison took.
func spend(f *frame, compare func(*budget) bool) bool {
	all := remaining(f)
	b := budget{left: all}
	equal := compare(&b)
	charge(f, int(all-b.left))
	return equal
}

// inNode is the operator in.
type inNode struct{ operation }

func (n *inNode) Eval(a interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(a, n.Exec)
}

func (n *inNode) Exec(f *frame) ref.Val {
	l, r, ok := n.operands(f)
	if !ok {
		return l
	}
	switch r := r.(type) {
	case *object:
		charge(f, 1)
		return r.Contains(l)
	case traits.Lister:
		return types.Bool(spend(f, func(b *budget) bool { return b.contains(elements(r), l) }))
	}
	return types.NoSuchOverloadErr()
}

// addNode is the operator +.
type addNode struct{ operation }

func (n *addNode) Eval(a interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(a, n.Exec)
}

func (n *addNode) Exec(f *frame) ref.Val {
	l, r, ok := n.operands(f)
	if !ok {
		return l
	}
	switch l := l.(type) {
	case types.String:
		if r, ok := r.(types.String); ok {
			return addTexts(f, l, r)
		}
	case traits.Lister:
		if r, ok := r.(traits.Lister); ok {
			return addLists(f, l, r)
		}
	case traits.Adder:
		charge(f, 1)
		return l.Add(r)
	}
	return types.NoSuchOverloadErr()
}

func addTexts(f *frame, l, r types.String) ref.Val {
	if len(l)+len(r) > maxText {
		return fail("a text becomes too long")
	}
	charge(f, 1+(len(l)+len(r))/bytesPerUnit)
	return l + r
}

// addLists copies, so that a list stays a slice: CEL's chain of lists has to walk the chain
// for each element. The list that a comprehension builds is added to in place.
func addLists(f *frame, l, r traits.Lister) ref.Val {
	left, right := elements(l), elements(r)
	if len(left)+len(right) > maxElements {
		return fail("a list becomes too long")
	}
	if l, ok := l.(traits.MutableLister); ok {
		charge(f, 1+len(right))
		return l.Add(r)
	}
	charge(f, 1+len(left)+len(right))
	sum := make([]ref.Val, 0, len(left)+len(right))
	return newList(append(append(sum, left...), right...))
}

// listNode is [a, b].
type listNode struct {
	id    int64
	elems []node
}

func (n *listNode) ID() int64 { return n.id }

func (n *listNode) Eval(a interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(a, n.Exec)
}

func (n *listNode) Exec(f *frame) ref.Val {
	vals, err := all(f, n.elems)
	if err != nil {
		return err
	}
	return newList(vals)
}

// all evaluates the parts of a list or map.
func all(f *frame, parts []node) (vals []ref.Val, err ref.Val) {
	charge(f, 1+len(parts))
	vals = make([]ref.Val, len(parts))
	for i, part := range parts {
		vals[i] = part.Exec(f)
		if types.IsError(vals[i]) {
			return nil, vals[i]
		}
	}
	return vals, nil
}

// mapNode is {'a': b}; its parts are keys and values in turn.
type mapNode struct {
	id    int64
	parts []node
}

func (n *mapNode) ID() int64 { return n.id }

func (n *mapNode) Eval(a interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(a, n.Exec)
}

func (n *mapNode) Exec(f *frame) ref.Val {
	vals, err := all(f, n.parts)
	if err != nil {
		return err
	}
	return n.build(vals)
}

func (n *mapNode) build(vals []ref.Val) ref.Val {
	o := &object{keys: make([]string, 0, len(vals)/2), vals: make([]ref.Val, 0, len(vals)/2)}
	for i := 0; i < len(vals); i += 2 {
		key, ok := vals[i].(types.String)
		if !ok {
			return fail("the keys of a map are strings")
		}
		if len(key) > maxKey {
			return fail("a key of a map is too long")
		}
		o.add(string(key), vals[i+1])
	}
	o.sort()
	return o
}

// matchesNode is matches with its pattern compiled.
type matchesNode struct {
	id   int64
	text node
	re   *regexp.Regexp
	// size is what the pattern compiles to, in instructions.
	size int
}

func matchesOf(n interpreter.InterpretableCall, args []node) (node, error) {
	pattern, ok := args[1].(interpreter.InterpretableConst)
	if !ok {
		return n, nil
	}
	text, ok := pattern.Value().(types.String)
	if !ok {
		return n, nil
	}
	re, err := regexp.Compile(string(text))
	if err != nil {
		return nil, err
	}
	size, err := instructions(string(text))
	if err != nil {
		return nil, err
	}
	return &matchesNode{id: n.ID(), text: args[0], re: re, size: size}, nil
}

func (n *matchesNode) ID() int64 { return n.id }

func (n *matchesNode) Eval(a interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(a, n.Exec)
}

func (n *matchesNode) Exec(f *frame) ref.Val {
	val := n.text.Exec(f)
	if types.IsError(val) {
		return val
	}
	text, ok := val.(types.String)
	if !ok {
		return types.NoSuchOverloadErr()
	}
	charge(f, matchesCost(len(text), n.size))
	return types.Bool(n.re.MatchString(string(text)))
}
