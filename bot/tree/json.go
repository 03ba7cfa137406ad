package tree

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// JSON writes what a tree says as JSON, in the order of the text. Of keys that are there twice,
// which are reported elsewhere, the first counts.
func JSON(n *yaml.Node) json.RawMessage {
	var buf bytes.Buffer
	writeJSON(&buf, n)
	return buf.Bytes()
}

func writeJSON(buf *bytes.Buffer, n *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		writeObject(buf, n)
	case yaml.SequenceNode:
		buf.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				buf.WriteByte(',')
			}
			writeJSON(buf, item)
		}
		buf.WriteByte(']')
	default:
		writeScalar(buf, n)
	}
}

func writeObject(buf *bytes.Buffer, n *yaml.Node) {
	buf.WriteByte('{')
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i].Value
		if seen[key] {
			continue
		}
		if len(seen) > 0 {
			buf.WriteByte(',')
		}
		seen[key] = true
		buf.WriteString(Quote(key))
		buf.WriteByte(':')
		writeJSON(buf, n.Content[i+1])
	}
	buf.WriteByte('}')
}

func writeScalar(buf *bytes.Buffer, n *yaml.Node) {
	switch n.Tag {
	case "!!null":
		buf.WriteString("null")
	case "!!bool":
		buf.WriteString(map[bool]string{true: "true", false: "false"}[n.Value[0] == 't' || n.Value[0] == 'T'])
	case "!!int", "!!float":
		if !json.Valid([]byte(n.Value)) { // reported where the tree is walked
			buf.WriteByte('0')
			return
		}
		buf.WriteString(n.Value)
	default:
		buf.WriteString(Quote(n.Value))
	}
}

// Quote writes a text as a JSON string, without the escapes that only HTML needs.
func Quote(text string) string {
	if Plain(text) {
		return `"` + text + `"`
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a text can always be written
	return string(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
}

// Plain reports whether a text stands in JSON as it is. It may be wrong about a text with U+FFFD.
func Plain(text string) bool {
	for _, c := range text {
		switch {
		case c < ' ', c == '"', c == '\\', c == '\u2028', c == '\u2029', c == utf8.RuneError:
			return false
		}
	}
	return true
}
