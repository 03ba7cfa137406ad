package expr

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// writer writes values as JSON in their one normal form: sorted keys, no spaces, only the
// escapes that JSON demands.
type writer struct {
	out []byte
	// printed is set to leave out control characters, see printable.
	printed bool
}

// json writes a value and charges it to the event.
func (v *Values) json(val ref.Val, printed bool) (json.RawMessage, error) {
	w := writer{printed: printed}
	err := w.writeValue(val, 0)
	v.spent += uint64(len(w.out) / writtenPerUnit)
	if err != nil {
		return nil, err
	}
	return w.out, nil
}

// writeValue stops when there is too much, so that a list that holds the same list many times
// takes no longer than what can be written.
func (w *writer) writeValue(val ref.Val, depth int) error {
	if depth > maxDepth {
		return &EvalError{Message: "the value has too many lists and maps inside one another"}
	}
	if err := w.writeUnbounded(val, depth); err != nil {
		return err
	}
	if len(w.out) > maxText {
		return ErrSize
	}
	return nil
}

func (w *writer) writeUnbounded(val ref.Val, depth int) error {
	switch val := val.(type) {
	case types.Null:
		w.out = append(w.out, "null"...)
	case types.Bool:
		w.out = strconv.AppendBool(w.out, bool(val))
	case types.Int:
		w.out = strconv.AppendInt(w.out, int64(val), 10)
	case types.Double:
		return w.writeDouble(float64(val))
	case types.String:
		w.writeText(string(val))
	case types.Timestamp:
		w.writeText(val.UTC().Format(time.RFC3339Nano))
	case types.Duration:
		w.writeText(duration(val))
	case traits.Lister:
		return w.writeList(elements(val), depth)
	case *object:
		return w.writeObject(val, depth)
	default:
		return &EvalError{Message: "the value cannot be written as JSON"}
	}
	return nil
}

// writeDouble writes numbers as JavaScript does: the shortest digits that give the same number, an
// exponent only where it is very large or small.
func (w *writer) writeDouble(n float64) error {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return &EvalError{Message: "the number is infinite or not a number"}
	}
	format := byte('f')
	if size := math.Abs(n); size != 0 && (size < 1e-6 || size >= 1e21) {
		format = 'e'
	}
	if n == 0 {
		n = 0 // also for the zero with a minus
	}
	w.out = strconv.AppendFloat(w.out, n, format, -1, 64)
	return nil
}

func duration(d types.Duration) string {
	text, _ := d.ConvertToType(types.StringType).(types.String)
	return string(text)
}

func (w *writer) writeList(elems []ref.Val, depth int) error {
	w.out = append(w.out, '[')
	for i, elem := range elems {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		if err := w.writeValue(elem, depth+1); err != nil {
			return err
		}
	}
	w.out = append(w.out, ']')
	return nil
}

func (w *writer) writeObject(o *object, depth int) error {
	w.out = append(w.out, '{')
	for i, e := range o.entries {
		if i > 0 {
			w.out = append(w.out, ',')
		}
		w.writeQuoted(e.key)
		w.out = append(w.out, ':')
		if err := w.writeValue(e.val, depth+1); err != nil {
			return err
		}
	}
	w.out = append(w.out, '}')
	return nil
}

func (w *writer) writeText(text string) {
	if w.printed {
		text = printable(text)
	}
	w.writeQuoted(text)
}

func (w *writer) writeQuoted(text string) {
	w.out = append(w.out, '"')
	for i, r := range text {
		switch {
		case r == '"' || r == '\\':
			w.out = append(w.out, '\\', byte(r))
		case r == '\n':
			w.out = append(w.out, `\n`...)
		case r == '\t':
			w.out = append(w.out, `\t`...)
		case r < ' ':
			const hex = "0123456789abcdef"
			w.out = append(w.out, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		case r == utf8.RuneError:
			w.out = utf8.AppendRune(w.out, r)
		default:
			w.out = append(w.out, text[i:i+utf8.RuneLen(r)]...)
		}
	}
	w.out = append(w.out, '"')
}

// printable removes the control characters of a text but line feed and tab, so that nothing that a
// contact writes can move a terminal's cursor, end a string or be refused by a database.
func printable(text string) string {
	for i, r := range text {
		if isControl(r) || r == utf8.RuneError {
			return withoutControls(text, i)
		}
	}
	return text
}

func isControl(r rune) bool { return r != '\n' && r != '\t' && unicode.IsControl(r) }

// withoutControls is printable for a text whose first i bytes need no care.
func withoutControls(text string, i int) string {
	out := append(make([]byte, 0, len(text)), text[:i]...)
	for _, r := range text[i:] {
		if !isControl(r) {
			out = utf8.AppendRune(out, r)
		}
	}
	return string(out)
}
