package expr

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// fit converts a value to the type of a variable; nil means that the variable is unset.
func fit(val ref.Val, t Type) (ref.Val, error) {
	if val == types.NullValue || t == Date && val == types.String("") {
		return nil, nil //nolint:nilnil // nil is a variable that is not set
	}
	if fits(val, t) {
		return val, nil
	}
	switch n := val.(type) {
	case types.Int:
		if t == Number {
			return types.Double(n), nil
		}
	case types.Double:
		if whole, ok := integer(float64(n)); ok && t == Int {
			return types.Int(whole), nil
		}
	}
	return nil, &EvalError{Message: "the value is not " + t.article()}
}

func fits(val ref.Val, t Type) bool {
	ok := false
	switch t {
	case Any:
		ok = true
	case String:
		_, ok = val.(types.String)
	case Int:
		_, ok = val.(types.Int)
	case Number:
		_, ok = val.(types.Double)
	case Bool:
		_, ok = val.(types.Bool)
	case Date:
		text, _ := val.(types.String)
		_, err := time.Parse(time.DateOnly, string(text))
		ok = err == nil
	case Timestamp:
		_, ok = val.(types.Timestamp)
	case List:
		_, ok = val.(traits.Lister)
	case Map:
		_, ok = val.(*object)
	}
	return ok
}

// integer converts a number without a fraction; ok is false for others.
func integer(n float64) (whole int64, ok bool) {
	// 2^63 itself is a float64 and not an int64.
	if n != math.Trunc(n) || n < math.MinInt64 || n >= math.MaxInt64 {
		return 0, false
	}
	return int64(n), true
}

// checkSize is the error of a value that is larger than its variable may be; 0 is any size.
func checkSize(val ref.Val, most int) error {
	if most == 0 {
		return nil
	}
	size, what := 0, "characters"
	switch val := val.(type) {
	case types.String:
		size = utf8.RuneCountInString(string(val))
	case traits.Lister:
		size, what = len(elements(val)), "elements"
	case *object:
		size, what = len(val.entries), "keys"
	}
	if size <= most {
		return nil
	}
	return &EvalError{Message: fmt.Sprintf("the value has %d %s, and its variable at most %d (max)", size, what, most)}
}

// Fits reports whether JSON is a value that a variable of a type may hold, of at most so many characters,
// elements or keys; 0 is any size, and null is no value.
func Fits(raw json.RawMessage, t Type, most int) bool {
	val, err := decode(raw, t)
	if err != nil || val == types.NullValue {
		return false
	}
	fitted, err := fit(val, t)
	return err == nil && fitted != nil && checkSize(fitted, most) == nil
}
