package script

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v4"
)

// quote writes a text as a JSON string.
func quote(text string) json.RawMessage { return encode(text) }

// encode writes a JSON value, without the escapes that only HTML needs.
func encode(v any) json.RawMessage {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // a JSON value can always be written
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

// decode reads JSON that is known to be valid; numbers keep their digits.
func decode(raw json.RawMessage) any {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	_ = dec.Decode(&v)
	return v
}

// maxOneLine bounds how much of a step is shown, in runes: about one line of a terminal.
const maxOneLine = 100

// oneLine writes a node as a person would write it in YAML on one line, without the outer braces.
func oneLine(n *yaml.Node) string {
	var b strings.Builder
	writeFlow(&b, n)
	text := b.String()
	if n.Kind == yaml.MappingNode {
		text = text[1 : len(text)-1]
	}
	return cut(text, maxOneLine)
}

// FormatDuration writes a duration as a test file has it, in its largest unit: 90s, 5m, 2h, 1d.
func FormatDuration(d time.Duration) string {
	for _, u := range []struct {
		unit time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "m"}} {
		if d >= u.unit && d%u.unit == 0 {
			return fmt.Sprintf("%d%s", d/u.unit, u.name)
		}
	}
	return fmt.Sprintf("%ds", d/time.Second)
}

// cut shortens a text to a number of runes.
func cut(text string, runes int) string {
	all := []rune(text)
	if len(all) <= runes {
		return text
	}
	return string(all[:runes-1]) + "…"
}

// writeFlow writes a node in YAML's flow style. The emitter of package yaml has that style too, but
// it writes emoji as \U escapes and quotes every web address: nobody could read a recorded chat.
func writeFlow(b *strings.Builder, n *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		b.WriteByte('{')
		for i := 0; i+1 < len(n.Content); i += 2 {
			separate(b, i)
			writeFlow(b, n.Content[i])
			b.WriteString(": ")
			writeFlow(b, n.Content[i+1])
		}
		b.WriteByte('}')
	case yaml.SequenceNode:
		b.WriteByte('[')
		for i, item := range n.Content {
			separate(b, i)
			writeFlow(b, item)
		}
		b.WriteByte(']')
	default:
		text := n.Value
		if n.Tag == "!!str" {
			text = scalar(text)
		}
		b.WriteString(text)
	}
}

// separate writes a comma before every item but the first.
func separate(b *strings.Builder, i int) {
	if i > 0 {
		b.WriteString(", ")
	}
}

// plainForm matches texts that need no quotes in any YAML tool, also inside braces and brackets.
var plainForm = regexp.MustCompile(`^[/\pL¿¡(](?:[\pL\pN ._/()*+¿¡!%=&;^$|@~-]|:[\pL\pN/])*$`)

// scalar writes a text as YAML: plain if that is safe, else as a JSON string, which is YAML too.
func scalar(text string) string {
	switch strings.ToLower(text) {
	case "true", "false", "null", "yes", "no", "on", "off", "y", "n":
		return quoted(text)
	}
	if plainForm.MatchString(text) && !strings.HasSuffix(text, " ") {
		return text
	}
	return quoted(text)
}

// quoted writes a text as a JSON string that YAML reads as the same: YAML takes some characters for line
// breaks, and does not take others, which could move the cursor of a terminal; some turn around what stands
// beside them.
func quoted(text string) string {
	var b strings.Builder
	for _, r := range string(quote(text)) {
		if r >= '\u007f' && r <= '\u009f' || r == '\ufeff' || r == '\ufffe' || r == '\uffff' || unicode.Is(unicode.Bidi_Control, r) {
			fmt.Fprintf(&b, `\u%04x`, r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
