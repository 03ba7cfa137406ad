package whatsapp

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/chattigo/api-isv/whatsapp/internal/jsonwalk"
)

// FlexInt is an integer that may come as a number or as a string. What is neither reads as 0.
type FlexInt int64

// UnmarshalJSON never fails, so that one odd number does not lose a message.
func (n *FlexInt) UnmarshalJSON(data []byte) error {
	digits := jsonwalk.Unquote(data)
	if i, err := strconv.ParseInt(string(digits), 10, 64); err == nil {
		*n = FlexInt(i) // exact also above 2^53
		return nil
	}
	*n = 0
	if f, ok := number(digits); ok && math.Abs(f) < 1<<63 {
		*n = FlexInt(f)
	}
	return nil
}

// FlexFloat is a number that may come as a number or as a string. What is neither reads as 0.
type FlexFloat float64

// UnmarshalJSON never fails, so that one odd number does not lose a message.
func (f *FlexFloat) UnmarshalJSON(data []byte) error {
	v, _ := number(jsonwalk.Unquote(data))
	*f = FlexFloat(v)
	return nil
}

// number reads the digits of a number.
func number(digits []byte) (float64, bool) {
	f, err := strconv.ParseFloat(string(digits), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, false
	}
	return f, true
}

// unixTime reads Meta's timestamps: seconds, or milliseconds where a relay sends those.
// It is the zero time for what cannot be one.
func unixTime(n FlexInt) time.Time {
	const (
		firstMilli = 100_000_000_000     // as seconds the year 5138, as milliseconds 1973
		lastMilli  = 100_000_000_000_000 // as milliseconds again the year 5138
	)
	switch {
	case n <= 0 || n >= lastMilli:
		return time.Time{}
	case n >= firstMilli:
		return time.UnixMilli(int64(n)).UTC()
	default:
		return time.Unix(int64(n), 0).UTC()
	}
}

// Time is the moment that a Unix time in seconds or milliseconds means; the zero time for
// what cannot be one.
func (n FlexInt) Time() time.Time { return unixTime(n) }

// lenient decodes raw into target as far as it can be read and describes in a few words what could not;
// the description never holds a value. encoding/json itself goes on behind a field of
// the wrong type. When there was one, numbers are tried as strings: our numeric fields are
// Flex types and take both, so this only helps the string fields.
func lenient[T any](name string, raw json.RawMessage, target *T) (problem string) {
	if len(raw) == 0 {
		return ""
	}
	err := json.Unmarshal(raw, target)
	if err == nil {
		return ""
	}
	if _, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		*target = *new(T)
		again := json.Unmarshal(quoteNumbers(raw), target)
		if again == nil {
			return ""
		}
		err = again
	}
	return describe(name, err)
}

// describe names the place of a wrong shape, and what it was instead.
func describe(name string, err error) string {
	wrong, ok := errors.AsType[*json.UnmarshalTypeError](err)
	if !ok {
		return strings.TrimPrefix(name+": not readable", ": ")
	}
	if wrong.Field != "" {
		name += "." + wrong.Field
	}
	return strings.TrimPrefix(name+": unexpected JSON "+kind(wrong.Value), ": ")
}

// kind cuts encoding/json's description to its first word: behind it may stand the number itself.
func kind(value string) string {
	word, _, _ := strings.Cut(value, " ")
	return word
}

// quoteNumbers turns every number of a valid JSON text into a string.
func quoteNumbers(raw []byte) []byte {
	out := make([]byte, 0, len(raw)+16)
	for i := 0; i < len(raw); {
		end := i + 1
		switch c := raw[i]; {
		case c == '"':
			end = jsonwalk.EndOfString(raw, i)
			out = append(out, raw[i:end]...)
		case jsonwalk.IsNumber(c):
			end = jsonwalk.EndOfWord(raw, i)
			out = append(out, '"')
			out = append(out, raw[i:end]...)
			out = append(out, '"')
		default:
			out = append(out, c)
		}
		i = end
	}
	return out
}
