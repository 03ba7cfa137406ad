package bot

import (
	"bytes"
	"encoding/json"

	"go.yaml.in/yaml/v3"
)

// bodyWriter writes a message of the tree as JSON, in the order of the text. What cannot be
// sent as it stands is reported; the JSON is of use only when nothing was.
type bodyWriter struct {
	d   *decoder
	buf bytes.Buffer
}

// message writes a body. The key `if` is the definition's own.
func (w *bodyWriter) message(n *yaml.Node) { w.object(n, false, "if") }

// object leaves out a key, and those that come again, which are reported elsewhere.
func (w *bodyWriter) object(n *yaml.Node, raw bool, left string) {
	seen, comma := map[string]bool{left: left != ""}, false
	w.buf.WriteByte('{')
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if seen[key.Value] {
			continue
		}
		if comma {
			w.buf.WriteByte(',')
		}
		seen[key.Value], comma = true, true
		w.text(key.Value)
		w.buf.WriteByte(':')
		w.value(n.Content[i+1], key.Value, raw || isRaw(key.Value))
	}
	w.buf.WriteByte('}')
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
	w.buf.WriteByte('[')
	for i, item := range n.Content {
		if i > 0 {
			w.buf.WriteByte(',')
		}
		w.value(item, what, raw)
	}
	w.buf.WriteByte(']')
}

func (w *bodyWriter) scalar(n *yaml.Node, what string, raw bool) {
	switch n.Tag {
	case "!!null":
		if !raw {
			w.d.add(place(n), CodeType, "%s has no value; give it one or leave it out", what)
		}
		w.buf.WriteString("null")
	case "!!bool":
		_ = json.NewEncoder(&w.buf).Encode(w.d.boolean(n, what))
	case "!!int", "!!float":
		w.number(n)
	default:
		w.text(w.d.literal(n, what))
	}
}

// number writes it with the digits as they stand. Spellings that JSON does not have are
// reported where the tree is walked.
func (w *bodyWriter) number(n *yaml.Node) {
	if !json.Valid([]byte(n.Value)) {
		w.buf.WriteByte('0')
		return
	}
	w.buf.WriteString(n.Value)
}

func (w *bodyWriter) text(text string) {
	enc := json.NewEncoder(&w.buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a text can always be written
}
