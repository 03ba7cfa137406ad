package expr

import (
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// errJSON is returned for JSON that is not a value of the type. It has no cause, which would show
// what a user wrote.
var errJSON = errors.New("not a value of that type")

// decode reads JSON as a value of a type. Numbers without fraction and exponent are ints, if
// they fit, others are doubles. Null stays null.
func decode(raw json.RawMessage, t Type) (ref.Val, error) {
	if len(raw) > maxInput || !json.Valid(raw) {
		return nil, errJSON
	}
	val, err := (&reader{rest: string(raw)}).readValue(0)
	if err != nil || val == types.NullValue {
		return val, err
	}
	switch text, isText := val.(types.String); {
	case isText && t == Timestamp:
		return decodeTime(string(text))
	case isText && t == Date:
		return text, nil
	}
	if val, err = fit(val, t); err != nil {
		return nil, errJSON
	}
	return val, nil
}

func decodeTime(text string) (ref.Val, error) {
	at, err := time.Parse(time.RFC3339, text)
	// Other years cannot be written as RFC 3339 again.
	if year := at.UTC().Year(); err != nil || year < 1 || year > 9999 {
		return nil, errJSON
	}
	return timestamp(at), nil
}

// reader reads JSON that is known to be well formed. Package encoding/json, with its values then
// converted, takes 3 times as long for the rows of a list, and 10 times for a short text.
type reader struct {
	rest string
	// wholes is set to read each number without a fraction as an int, however it is written.
	wholes bool
}

// peek skips spaces and returns the byte that comes, 0 at the end.
func (r *reader) peek() byte {
	for i := range len(r.rest) {
		if c := r.rest[i]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			r.rest = r.rest[i:]
			return c
		}
	}
	return 0
}

func (r *reader) skip(n int) { r.rest = r.rest[min(n, len(r.rest)):] }

// skipComma skips the comma after an element, if there is one.
func (r *reader) skipComma() {
	if r.peek() == ',' {
		r.skip(len(","))
	}
}

func (r *reader) readValue(depth int) (ref.Val, error) {
	if depth > maxDepth {
		return nil, errJSON
	}
	switch r.peek() {
	case 'n':
		r.skip(len("null"))
		return types.NullValue, nil
	case 't':
		r.skip(len("true"))
		return types.True, nil
	case 'f':
		r.skip(len("false"))
		return types.False, nil
	case '"':
		text, err := r.readText()
		return types.String(text), err
	case '[':
		return r.readList(depth)
	case '{':
		return r.readObject(depth)
	}
	return r.readNumber()
}

func (r *reader) readNumber() (ref.Val, error) {
	n, whole := 0, true
	for ; n < len(r.rest) && strings.IndexByte(",]} \t\r\n", r.rest[n]) < 0; n++ {
		whole = whole && r.rest[n] != '.' && r.rest[n] != 'e' && r.rest[n] != 'E'
	}
	text := r.rest[:n]
	r.skip(n)
	if n, err := strconv.ParseInt(text, 10, 64); whole && err == nil {
		return types.Int(n), nil
	}
	double, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, errJSON
	}
	if n, ok := integer(double); ok && r.wholes && math.Abs(double) < 1<<53 {
		return types.Int(n), nil
	}
	return types.Double(double), nil
}

// readText leaves a text with an escape, and one that is not UTF-8, to encoding/json.
func (r *reader) readText() (string, error) {
	end, escaped := 1, false
	for ; end < len(r.rest) && r.rest[end] != '"'; end++ {
		if r.rest[end] == '\\' {
			escaped = true
			end++
		}
	}
	quoted := r.rest[:min(end+1, len(r.rest))]
	r.skip(len(quoted))
	if inner := strings.Trim(quoted, `"`); !escaped && utf8.ValidString(inner) {
		return inner, nil
	}
	var text string
	err := json.Unmarshal([]byte(quoted), &text)
	return text, err
}

func (r *reader) readList(depth int) (ref.Val, error) {
	r.skip(len("["))
	var elems []ref.Val
	for r.peek() != ']' {
		elem, err := r.readValue(depth + 1)
		if err != nil || len(elems) == MaxElements {
			return nil, errJSON
		}
		elems = append(elems, elem)
		r.skipComma()
	}
	r.skip(len("]"))
	return newList(elems), nil
}

func (r *reader) readObject(depth int) (ref.Val, error) {
	r.skip(len("{"))
	var entries []entry
	for r.peek() != '}' {
		key, err := r.readText()
		if err != nil || len(key) > MaxKey || len(entries) == MaxElements {
			return nil, errJSON
		}
		r.peek()
		r.skip(len(":"))
		val, err := r.readValue(depth + 1)
		if err != nil {
			return nil, errJSON
		}
		entries = append(entries, entry{key, val})
		r.skipComma()
	}
	r.skip(len("}"))
	return newObject(entries), nil
}
