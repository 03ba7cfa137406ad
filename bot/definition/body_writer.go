package definition

import (
	"bytes"
	"encoding/json"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
)

// segment is a piece of a JSON text: raw bytes, or a value that is known only when it is
// rendered. A rendered value is always one whole JSON value, so nothing that a contact wrote
// can change the structure around it.
type Segment struct {
	Raw   []byte
	Value *expr.Template
	// printed makes a text of the value, whatever its type.
	printed bool
	// key is the one that holds the value, or the list that it is in.
	Key string
}

// json is the value as it stands in the JSON text.
func (s Segment) JSON(v *expr.Values) (json.RawMessage, error) {
	if !s.printed {
		return s.Value.JSON(v)
	}
	text, err := s.Value.Text(v)
	return json.RawMessage(quote(text)), err
}

// bodyWriter writes a part of the tree as JSON, in the order of the text, twice: as segments
// to be rendered, and as a sample with likely values in the places of expressions. What
// cannot be sent as it stands is reported; the JSON is of use only when nothing was.
type bodyWriter struct {
	d *decoder
	// buf is the sample, raw what has been written of the segment that is open.
	buf, raw bytes.Buffer
	segments []Segment
	// templated are the scalars that hold an expression.
	templated map[*yaml.Node]*expr.Template
}

func newBodyWriter(d *decoder) *bodyWriter {
	return &bodyWriter{d: d, templated: map[*yaml.Node]*expr.Template{}}
}

// finish gives the segments; nil when nothing in the text is known only when it is rendered.
func (w *bodyWriter) finish() []Segment {
	if len(w.segments) == 0 {
		return nil
	}
	return append(w.segments, Segment{Raw: bytes.Clone(w.raw.Bytes())})
}

func (w *bodyWriter) write(text string) {
	w.buf.WriteString(text)
	w.raw.WriteString(text)
}

// message writes a body. The key `if` is the definition's own.
func (w *bodyWriter) message(n *yaml.Node) { w.object(n, false, "if") }

// object leaves out a key, and those that come again, which are reported elsewhere.
func (w *bodyWriter) object(n *yaml.Node, raw bool, left string) {
	seen, comma := map[string]bool{left: left != ""}, false
	w.write("{")
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if seen[key.Value] {
			continue
		}
		if comma {
			w.write(",")
		}
		seen[key.Value], comma = true, true
		w.write(quote(key.Value))
		w.write(":")
		w.value(n.Content[i+1], key.Value, raw || isRaw(key.Value))
	}
	w.write("}")
}

// isRaw says whether what a key holds is passed on as it is, so that null has a meaning.
func isRaw(key string) bool {
	return key == "parameters" || key == "flow_action_data" || key == "order_details"
}

func (w *bodyWriter) value(n *yaml.Node, what string, raw bool) {
	switch n.Kind {
	case yaml.MappingNode:
		w.object(n, raw, "")
	case yaml.SequenceNode:
		w.list(n, what, raw)
	default:
		w.scalar(n, what, raw)
	}
}

func (w *bodyWriter) list(n *yaml.Node, what string, raw bool) {
	w.write("[")
	for i, item := range n.Content {
		if i > 0 {
			w.write(",")
		}
		w.value(item, what, raw)
	}
	w.write("]")
}

func (w *bodyWriter) scalar(n *yaml.Node, what string, raw bool) {
	switch n.Tag {
	case "!!null":
		if !raw {
			w.d.Add(n, CodeType, "%s has no value; give it one or leave it out", what)
		}
		w.write("null")
	case "!!bool":
		if w.d.Boolean(n, what) {
			w.write("true")
		} else {
			w.write("false")
		}
	case "!!int", "!!float":
		w.number(n)
	default:
		w.text(n, what)
	}
}

// number writes it with the digits as they stand. Spellings that JSON does not have are
// reported where the tree is walked.
func (w *bodyWriter) number(n *yaml.Node) {
	if !json.Valid([]byte(n.Value)) {
		w.write("0")
		return
	}
	w.write(n.Value)
}

func (w *bodyWriter) text(n *yaml.Node, what string) {
	t := w.d.template(n, what)
	if t == nil {
		w.write(`""`)
		return
	}
	if text, ok := t.Static(); ok {
		w.write(quote(text))
		return
	}
	w.templated[n] = t
	w.segments = append(w.segments, Segment{Raw: bytes.Clone(w.raw.Bytes())}, Segment{Value: t, Key: what})
	w.raw.Reset()
	w.buf.WriteString(sampleValue(what, t))
}

func quote(text string) string {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a text can always be written
	return string(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
}
