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

// operation is a node whose work is a function of ours.
type operation struct {
	id   int64
	exec func(*frame) ref.Val
}

func (o *operation) ID() int64 { return o.id }

func (o *operation) Exec(f *frame) ref.Val { return o.exec(f) }

func (o *operation) Eval(a interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(a, o.exec)
}

func replace(n node) (node, error) {
	switch n := n.(type) {
	case interpreter.InterpretableCall:
		return replaceCall(n)
	case interpreter.InterpretableConstructor:
		switch n.Type() {
		case types.ListType:
			return literalNode(n, func(vals []ref.Val) ref.Val { return newList(vals) }), nil
		case types.MapType:
			return literalNode(n, newMap), nil
		}
	}
	return n, nil
}

func replaceCall(n interpreter.InterpretableCall) (node, error) {
	switch n.Function() {
	case operators.Equals:
		return binaryNode(n, func(f *frame, l, r ref.Val) ref.Val { return types.Bool(equal(f, l, r)) }), nil
	case operators.NotEquals:
		return binaryNode(n, func(f *frame, l, r ref.Val) ref.Val { return types.Bool(!equal(f, l, r)) }), nil
	case operators.In:
		return binaryNode(n, in), nil
	case operators.Add:
		return binaryNode(n, add), nil
	case operators.Subtract, operators.Multiply, operators.Divide:
		return binaryNode(n, calculation(n.Function())), nil
	case overloads.Matches:
		return matchesNode(n)
	case "fold":
		return callNode(n, foldPaid), nil
	}
	if apply := nodesOfLists[n.Function()]; apply != nil {
		return callNode(n, apply), nil
	}
	return n, nil
}

// callNode is a function that is applied to the values of its arguments.
func callNode(n interpreter.InterpretableCall, apply func(*frame, []ref.Val) ref.Val) node {
	args := n.Args()
	return &operation{n.ID(), func(f *frame) ref.Val {
		vals := make([]ref.Val, len(args))
		for i, arg := range args {
			if vals[i] = arg.Exec(f); types.IsError(vals[i]) {
				return vals[i]
			}
		}
		return apply(f, vals)
	}}
}

// binaryNode is an operator that is applied to the values of both its operands.
func binaryNode(n interpreter.InterpretableCall, apply func(f *frame, l, r ref.Val) ref.Val) node {
	left, right := n.Args()[0], n.Args()[1]
	return &operation{n.ID(), func(f *frame) ref.Val {
		l := left.Exec(f)
		if types.IsError(l) {
			return l
		}
		r := right.Exec(f)
		if types.IsError(r) {
			return r
		}
		return apply(f, l, r)
	}}
}

func in(f *frame, val, all ref.Val) ref.Val {
	switch all := all.(type) {
	case *object:
		charge(f, 1)
		return all.Contains(val)
	case traits.Lister:
		return types.Bool(contains(f, elements(all), val))
	}
	return types.NoSuchOverloadErr()
}

func add(f *frame, l, r ref.Val) ref.Val {
	l, r = mixed(l, r)
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

// calculation is an operator over two numbers, or times.
func calculation(operator string) func(*frame, ref.Val, ref.Val) ref.Val {
	return func(f *frame, l, r ref.Val) ref.Val {
		charge(f, 1)
		l, r = mixed(l, r)
		switch operator {
		case operators.Subtract:
			if l, ok := l.(traits.Subtractor); ok {
				return l.Subtract(r)
			}
		case operators.Multiply:
			if l, ok := l.(traits.Multiplier); ok {
				return l.Multiply(r)
			}
		case operators.Divide:
			if l, ok := l.(traits.Divider); ok {
				return l.Divide(r)
			}
		}
		return types.NoSuchOverloadErr()
	}
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
	if len(left)+len(right) > MaxElements {
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

// literalNode is [a, b] or {'a': b}, whose parts are keys and values in turn. One of constants
// is built only once.
func literalNode(n interpreter.InterpretableConstructor, build func([]ref.Val) ref.Val) node {
	parts := n.InitVals()
	if vals, ok := constants(parts); ok {
		if val := build(vals); !types.IsError(val) {
			return interpreter.NewConstValue(n.ID(), val)
		}
	}
	return &operation{n.ID(), func(f *frame) ref.Val {
		charge(f, 1+len(parts))
		vals := make([]ref.Val, len(parts))
		for i, part := range parts {
			vals[i] = part.Exec(f)
			if types.IsError(vals[i]) {
				return vals[i]
			}
		}
		return build(vals)
	}}
}

// constants are the values of parts; ok is false when one is not a constant.
func constants(parts []node) (vals []ref.Val, ok bool) {
	vals = make([]ref.Val, len(parts))
	for i, part := range parts {
		c, ok := part.(interpreter.InterpretableConst)
		if !ok {
			return nil, false
		}
		vals[i] = c.Value()
	}
	return vals, true
}

// matchesNode is matches with its pattern compiled. CEL would charge by the length of the
// pattern, which says nothing: 'a{400}' is 400 instructions.
func matchesNode(n interpreter.InterpretableCall) (node, error) {
	vals, ok := constants(n.Args()[1:])
	if !ok {
		return n, nil
	}
	pattern := stringArg(vals[0])
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, err
	}
	size, err := instructions(pattern)
	if err != nil {
		return nil, err
	}
	of := n.Args()[0]
	return &operation{n.ID(), func(f *frame) ref.Val {
		val := of.Exec(f)
		if types.IsError(val) {
			return val
		}
		text, ok := val.(types.String)
		if !ok {
			return types.NoSuchOverloadErr()
		}
		charge(f, matchesCost(len(text), size))
		return types.Bool(re.MatchString(string(text)))
	}}, nil
}
