package expr

import (
	"encoding/json"
	"errors"

	"cel.dev/cel-go/common/types/ref"
)

// Value is what an expression gives.
type Value = ref.Val

// Errors of evaluation, for errors.Is. Every other failure is an *EvalError.
var (
	ErrCost   = errors.New("expr: the expression does too much work")
	ErrBudget = errors.New("expr: the expressions of this event do too much work together")
	ErrSize   = errors.New("expr: the value is too large")
)

// EvalError is an evaluation that failed. Its message holds nothing that a user wrote.
type EvalError struct{ Message string }

func (e *EvalError) Error() string { return e.Message }

// Expr is a compiled expression, safe for concurrent use.
type Expr struct{}

// Eval evaluates the expression.
func (x *Expr) Eval(_ *Values) (Value, error) { return nil, nil }

// Bool evaluates a condition.
func (x *Expr) Bool(_ *Values) (bool, error) { return false, nil }

// Assign evaluates the expression and writes its value as a variable of a type holds it;
// nil unsets the variable.
func (x *Expr) Assign(_ *Values, _ Type) (json.RawMessage, error) { return nil, nil }
