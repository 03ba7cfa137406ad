package expr

import (
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// scope gives CEL the Values during the evaluation of one expression.
type scope struct {
	v *Values
	// types are those of the variables, answer is that of answer.value.
	types  map[string]Type
	answer Type
	data   *Data
}

var _ interpreter.FunctionActivation = (*scope)(nil)

// Parent implements interpreter.Activation.
func (s *scope) Parent() interpreter.Activation { return nil }

// ResolveName implements interpreter.Activation.
func (s *scope) ResolveName(name string) (any, bool) {
	if f, ok := fieldsByName[name]; ok {
		return f.value(s.v), true
	}
	if variable, ok := strings.CutPrefix(name, "vars."); ok {
		return s.v.decoded(name, s.v.Vars[variable], s.types[variable]), true
	}
	if name == "answer.value" {
		return s.v.decoded(name, s.v.Answer.Value, s.answer), true
	}
	val, ok := s.data.lookUp(name)
	return val, ok
}

// timestamp is a time in CEL: in UTC, so that it is written the same wherever it came from.
func timestamp(at time.Time) ref.Val { return types.Timestamp{Time: at.UTC()} }

// zero is the value of a name that is not set. A timestamp is then the beginning of 1970.
func zero(t Type) ref.Val {
	switch t {
	case String, Date:
		return types.String("")
	case Int:
		return types.IntZero
	case Number:
		return types.Double(0)
	case Bool:
		return types.False
	case Timestamp:
		return timestamp(time.Unix(0, 0))
	case List:
		return newList(nil)
	case Map:
		return &object{}
	}
	return types.NullValue
}
