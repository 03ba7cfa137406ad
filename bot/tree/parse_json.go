package tree

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// parseJSON builds the tree that YAML would give. JSON goes its own way because YAML's
// reader does not know JSON's surrogate escapes (\ud83d\ude00), which is how many programs
// write an emoji. The text must be valid JSON.
func parseJSON(src []byte) (*yaml.Node, []Problem) {
	dec := json.NewDecoder(bytes.NewReader(src))
	dec.UseNumber()
	r := &jsonReader{src: src, dec: dec, line: 1, column: 1}
	root := r.value(r.next())
	if len(r.problems) > 0 {
		return nil, Tidy(r.problems)
	}
	return root, nil
}

type jsonReader struct {
	src []byte
	dec *json.Decoder
	// offset is how far line and column have been counted.
	offset, line, column int
	problems             []Problem
}

// next is the next token and a node at its place.
func (r *jsonReader) next() (json.Token, *yaml.Node) {
	start := int(r.dec.InputOffset())
	for start < len(r.src) && bytes.IndexByte([]byte(" \t\r\n,:"), r.src[start]) >= 0 {
		start++
	}
	r.count(start)
	n := &yaml.Node{Kind: yaml.ScalarNode, Line: r.line, Column: r.column}
	token, err := r.dec.Token()
	if err != nil {
		return nil, n // not reached: the text is valid
	}
	if text, ok := token.(string); ok && lostHalf(text, r.src[start:r.dec.InputOffset()]) {
		r.problems = append(r.problems, Problem{
			Line: n.Line, Column: n.Column, Code: CodeSyntax,
			Message: `an escape such as \ud83d is half of a character; the other half must follow it`,
		})
	}
	return token, n
}

// lostHalf reports whether a text holds half of a surrogate pair, which package json replaces with
// U+FFFD. written is the text as it stands in the source.
func lostHalf(text string, written []byte) bool {
	const lost = "\ufffd"
	meant := strings.Count(string(written), lost) + strings.Count(strings.ToLower(string(written)), `\ufffd`)
	return strings.Count(text, lost) > meant
}

func (r *jsonReader) count(to int) {
	for r.offset < to {
		c, size := utf8.DecodeRune(r.src[r.offset:])
		r.offset += size
		r.column++
		if c == '\n' {
			r.line++
			r.column = 1
		}
	}
}

func (r *jsonReader) value(token json.Token, n *yaml.Node) *yaml.Node {
	switch v := token.(type) {
	case json.Delim:
		r.container(v, n)
	case string:
		n.Tag, n.Value, n.Style = "!!str", v, yaml.DoubleQuotedStyle
	case json.Number:
		n.Tag, n.Value = "!!float", v.String()
		if _, err := v.Int64(); err == nil {
			n.Tag = "!!int"
		}
	case bool:
		n.Tag, n.Value = "!!bool", "false"
		if v {
			n.Value = "true"
		}
	default:
		n.Tag, n.Value = "!!null", "null"
	}
	return n
}

func (r *jsonReader) container(open json.Delim, n *yaml.Node) {
	n.Kind, n.Tag = yaml.SequenceNode, "!!seq"
	if open == '{' {
		n.Kind, n.Tag = yaml.MappingNode, "!!map"
	}
	for r.dec.More() {
		n.Content = append(n.Content, r.value(r.next()))
	}
	_, _ = r.next() // the closing bracket
}
