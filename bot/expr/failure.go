package expr

import (
	"errors"
	"fmt"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// EvalError is an evaluation that failed. Its message holds nothing that a user wrote.
type EvalError struct {
	Message string
	// missing is set when a map has no such key; key is the key.
	missing bool
	key     string
}

func (e *EvalError) Error() string { return e.Message }

// fail is an error inside CEL whose message is safe to show.
func fail(message string) ref.Val { return types.WrapErr(&EvalError{Message: message}) }

// missingKey is the error that a map has no such key. Whether the key may be shown is decided by
// whoever knows the expression.
func missingKey(key string) ref.Val {
	return types.WrapErr(&EvalError{Message: noSuchKey, missing: true, key: key})
}

const noSuchKey = "there is no such key"

// celNoSuchKey is how CEL's error for a missing key begins; the key follows.
const celNoSuchKey = "no such key: "

// safeMessages replace the messages of CEL's errors, by their beginnings.
var safeMessages = []struct{ prefix, message string }{
	{"index", "an index lies outside of the list"},
	{"no such overload", "a value has a type that does not fit there"},
	{"division by zero", "division by zero"},
	{"modulus by zero", "division by zero"},
	{"integer overflow", "a number is too large"},
	{"unsigned integer overflow", "a number is too large"},
	{"duration overflow", "a duration is too long"},
	{"timestamp overflow", "a time lies too far away"},
}

// withoutValues is an error of CEL without the values that its message may hold.
func withoutValues(failed error) *EvalError {
	if own, ok := errors.AsType[*EvalError](failed); ok {
		return own
	}
	if key, found := strings.CutPrefix(failed.Error(), celNoSuchKey); found {
		return &EvalError{Message: noSuchKey, missing: true, key: key}
	}
	for _, safe := range safeMessages {
		if strings.HasPrefix(failed.Error(), safe.prefix) {
			return &EvalError{Message: safe.message}
		}
	}
	return &EvalError{Message: "a value cannot be converted or used there"}
}

// failure is an error of CEL as the evaluation of this expression gives it. A missing key is named where
// the author has written it: one that was computed may be what a user wrote.
func (x *Expr) failure(failed error) error {
	e := withoutValues(failed)
	if e.missing {
		named := *e
		if e.key != "" && strings.Contains(x.source, e.key) {
			named.Message = fmt.Sprintf("%s: %q", noSuchKey, e.key)
		}
		e = &named
	}
	return x.placed(e)
}

// placed is an error with the place of the expression, if that is known.
func (x *Expr) placed(err error) error {
	if x.line == 0 {
		return err
	}
	return fmt.Errorf("%w (line %d: %s)", err, x.line, shortened(strings.Join(strings.Fields(x.source), " ")))
}

// IsMissingKey reports whether an evaluation failed because a map has no such key.
func IsMissingKey(err error) bool {
	e, ok := errors.AsType[*EvalError](err)
	return ok && e.missing
}
