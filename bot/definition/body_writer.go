package definition

import (
	"bytes"
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/tree"
)

// Segment is a piece of a JSON text: raw bytes, or a value that is known only when it is
// rendered. A rendered value is always one whole JSON value, so nothing that a contact wrote
// can change the structure around it.
type Segment struct {
	// Raw is written as it is; Value is nil then.
	Raw []byte
	// Value is the template of the value; nil in a segment of raw bytes.
	Value *expr.Template
	// printed makes a text of the value, whatever its type.
	printed bool
	// Key is the one that holds the value, or that holds the list in which it stands.
	Key string
}

// JSON renders the value as it stands in the JSON text. It is for segments with a Value.
func (s Segment) JSON(v *expr.Values) (json.RawMessage, error) {
	if !s.printed {
		return s.Value.JSON(v)
	}
	text, err := s.Value.Text(v)
	return json.RawMessage(tree.Quote(text)), err
}

// bodyWriter writes a part of the tree as JSON, in the order of the text, twice: as segments
// to be rendered, and as a sample with likely values in the places of expressions. Values that
// cannot be sent are reported to the decoder; the JSON may be used only when none were.
type bodyWriter struct {
	d *decoder
	// buf is the sample, raw the bytes since the last value that is rendered.
	buf, raw bytes.Buffer
	segments []Segment
	// templated are the scalars that hold an expression.
	templated map[*yaml.Node]*expr.Template
}

func newBodyWriter(d *decoder) *bodyWriter {
	return &bodyWriter{d: d, templated: map[*yaml.Node]*expr.Template{}}
}

// finish returns the segments; nil when the text holds no expressions.
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

// message writes the body of a message without the keys that are not WhatsApp's.
func (w *bodyWriter) message(n *yaml.Node) { w.object(n, false, "if", "each") }

// object writes an object without some of its keys. Of keys that are there twice, which the parser has
// reported, the first counts.
func (w *bodyWriter) object(n *yaml.Node, raw bool, without ...string) {
	seen, comma := map[string]bool{}, false
	for _, key := range without {
		seen[key] = true
	}
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
		w.write(tree.Quote(key.Value))
		w.write(":")
		w.value(n.Content[i+1], key.Value, raw || isRaw(key.Value))
	}
	w.write("}")
}

// isRaw reports whether WhatsApp passes the value of a key on unchanged, so that null has a meaning.
func isRaw(key string) bool {
	return key == "parameters" || key == "flow_action_data" || key == "order_details"
}

func (w *bodyWriter) value(n *yaml.Node, what string, raw bool) {
	switch n.Kind {
	case yaml.MappingNode:
		w.object(n, raw)
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
		word, rest, glued := strings.Cut(what, ":")
		switch {
		case raw:
		case glued && rest != "":
			w.d.Add(n, CodeSyntax, "a space is missing behind a colon: write %s: %s", word, rest)
		default:
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

// number writes the digits as the author did. Spellings that JSON does not have were reported by
// the parser.
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
		w.write(tree.Quote(text))
		return
	}
	w.templated[n] = t
	w.segments = append(w.segments, Segment{Raw: bytes.Clone(w.raw.Bytes())}, Segment{Value: t, Key: what})
	w.raw.Reset()
	w.buf.WriteString(sampleValue(what, t))
}
