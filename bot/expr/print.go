package expr

import (
	"math"
	"strconv"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// print writes a value for people: numbers without exponent and needless zeros, times
// in the bot's zone (RFC 3339), nothing for null, lists and maps as JSON.
func (v *Values) print(val ref.Val) (string, error) {
	text, err := v.printed(val)
	if err != nil {
		return "", err
	}
	if len(text) > maxText {
		return "", ErrSize
	}
	v.spent += uint64(len(text) / bytesPerUnit)
	return printable(text), nil
}

// printDouble writes a number without an exponent.
func printDouble(n float64) (string, error) {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return "", &EvalError{Message: "the number is infinite or not a number"}
	}
	if n == 0 {
		n = 0 // also for the zero with a minus
	}
	return strconv.FormatFloat(n, 'f', -1, 64), nil
}

func (v *Values) printed(val ref.Val) (string, error) {
	switch val := val.(type) {
	case types.Null:
		return "", nil
	case types.String:
		return string(val), nil
	case types.Double:
		return printDouble(float64(val))
	case types.Timestamp:
		return val.In(v.zone()).Format(time.RFC3339Nano), nil
	case types.Duration:
		return duration(val), nil
	}
	text, err := v.json(val, false)
	return string(text), err
}
