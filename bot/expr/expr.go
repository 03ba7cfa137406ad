package expr

import (
	"encoding/json"
	"errors"

	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// Value is the value of an expression.
type Value = ref.Val

// Errors of evaluation, for errors.Is. Every other failure is an *EvalError.
var (
	// ErrCost is returned when one expression does too much work.
	ErrCost = errors.New("the expression does too much work")
	// ErrBudget is returned when the expressions of one event do too much work together.
	ErrBudget = errors.New("the expressions of this event do too much work together")
	// ErrSize is returned when a value is larger than 64 KiB as JSON or as text.
	ErrSize = errors.New("the value is too large")
)

// Expr is a compiled expression, safe for concurrent use.
type Expr struct {
	lang *language
	plan node
	// types are those of the variables, answer is that of answer.value.
	types  map[string]Type
	answer Type
	data   *Data
	// source is the text of the expression, line where it stands in the definition, if that is known.
	source string
	line   int
	// kind is the type of the value, as far as the source shows it: see Template.Type.
	kind      string
	namesEach bool
	// most is how many elements a list has at most, as far as the source shows it; -1 where it does not.
	most int
}

// Eval evaluates the expression.
func (x *Expr) Eval(v *Values) (val Value, err error) {
	if v.spent >= maxEventCost {
		return nil, x.placed(ErrBudget)
	}
	v.start(x)
	frame, err := interpreter.NewExecutionFrame(&v.scope)
	if err != nil {
		return nil, &EvalError{Message: broken}
	}
	frame.SetCostTracker(&v.tracker)
	defer func() {
		v.finish()
		if r := recover(); r != nil {
			val, err = nil, x.placed(v.recovered(r))
			return
		}
		frame.Close()
	}()
	val = x.plan.Exec(frame)
	if failed, ok := val.(*types.Err); ok {
		return nil, x.failure(failed)
	}
	return val, nil
}

// broken is the message for a bug in this package; tests check that it never appears.
const broken = "the expression cannot be evaluated"

// recovered is the error of an evaluation that panicked, as CEL's cost tracker does.
func (v *Values) recovered(r any) error {
	if _, ok := r.(cost.LimitExceededError); !ok {
		return &EvalError{Message: broken}
	}
	if v.allowed < maxCost {
		return ErrBudget
	}
	return ErrCost
}

// Bool evaluates a condition.
func (x *Expr) Bool(v *Values) (bool, error) {
	val, err := x.Eval(v)
	if err != nil {
		return false, err
	}
	b, ok := val.(types.Bool)
	if !ok {
		return false, x.placed(&EvalError{Message: "the condition is neither true nor false"})
	}
	return bool(b), nil
}

// Assign evaluates the expression and writes its value as a variable of a type holds it, as
// JSON in its one normal form. Nil unsets the variable: null does, and "" for a Date. An int is
// converted to a Number and a number without a fraction to an Int; nothing else is converted.
func (x *Expr) Assign(v *Values, t Type) (json.RawMessage, error) { return x.AssignAtMost(v, t, 0) }

// AssignAtMost is Assign for a variable whose declaration says how many characters, elements or keys it
// has at most. A larger value is an error; 0 is any size.
func (x *Expr) AssignAtMost(v *Values, t Type, most int) (json.RawMessage, error) {
	val, err := x.Eval(v)
	if err != nil {
		return nil, err
	}
	fitted, err := fit(val, t)
	if err == nil {
		err = checkSize(fitted, most)
	}
	if err != nil {
		return nil, x.placed(err)
	}
	if fitted == nil {
		return nil, nil // null unsets the variable
	}
	raw, err := v.json(fitted, false)
	if err != nil {
		return nil, x.placed(err)
	}
	return raw, nil
}
