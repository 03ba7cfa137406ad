package tree

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// Reader reads the values of a tree and collects the problems that it finds on the way. The decoders
// of bots and of scripts embed one.
type Reader struct {
	// Problems are those found so far, in the order in which they were found.
	Problems []Problem
	// Unlisted are keys that are left out where a problem lists the keys of an object: the format has
	// them, but they are not supported yet.
	Unlisted []string
}

// Fields are the keys that an object may have, each with what reads its value.
type Fields map[string]func(n *yaml.Node)

// Add reports a problem at a node.
func (r *Reader) Add(n *yaml.Node, code Code, format string, args ...any) {
	r.AddAt(PlaceOf(n), code, format, args...)
}

// AddAt reports a problem at a place.
func (r *Reader) AddAt(at Place, code Code, format string, args ...any) {
	r.Problems = append(r.Problems, Problem{
		Line: max(1, at.Line), Column: max(1, at.Column), Code: code, Message: fmt.Sprintf(format, args...),
	})
}

// WarnAt reports a problem at a place that does not stop the text from being used.
func (r *Reader) WarnAt(at Place, code Code, format string, args ...any) {
	r.AddAt(at, code, format, args...)
	r.Problems[len(r.Problems)-1].Warning = true
}

// Object reads an object that may have the known keys and needs the required ones. Of other keys it
// reports that they are unknown. It is false for anything but an object.
func (r *Reader) Object(n *yaml.Node, what string, known Fields, required ...string) bool {
	if n.Kind != yaml.MappingNode {
		r.Add(n, CodeType, "%s must be an object", what)
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if read := known[key.Value]; read != nil {
			read(n.Content[i+1])
			continue
		}
		r.Add(key, CodeUnknownKey, "%s", unknownKey(what, key, known.list(r.Unlisted)))
	}
	for _, name := range required {
		if Child(n, name) == nil {
			r.Add(n, CodeMissingKey, "%s needs the key %q", what, name)
		}
	}
	return true
}

// unknownKey is the message that an object has no such key, with those it may have. A key without
// quotes that looks like words may be a text that a colon has split.
func unknownKey(what string, key *yaml.Node, may string) string {
	message := fmt.Sprintf("%s has no key %q; it may have %s", what, key.Value, may)
	words := strings.ContainsFunc(key.Value, func(r rune) bool { return r == ' ' || r >= utf8.RuneSelf || unicode.IsUpper(r) })
	if key.Style == 0 && words {
		message += "; a text with a colon and a space in it has to stand in quotes"
	}
	return message
}

func (f Fields) list(unlisted []string) string {
	names := make([]string, 0, len(f))
	for name := range f {
		if !slices.Contains(unlisted, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// Entries calls read for each key of an object with free keys, in the order of the text.
func (r *Reader) Entries(n *yaml.Node, what string, read func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		r.Add(n, CodeType, "%s must be an object with at least one key", what)
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		read(n.Content[i], n.Content[i+1])
	}
}

// List calls read for each item of a list with at least one and atMost items.
func (r *Reader) List(n *yaml.Node, what string, atMost int, read func(item *yaml.Node)) {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		r.Add(n, CodeType, "%s must be a list with at least one item", what)
		return
	}
	if len(n.Content) > atMost {
		r.Add(n.Content[atMost], CodeTooLarge, "%s may have at most %d items", what, atMost)
		return
	}
	for _, item := range n.Content {
		read(item)
	}
}

// IsText reports whether a node is a text. A time without quotes is one too: it is not read as a YAML
// timestamp.
func IsText(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (n.Tag == "!!str" || n.Tag == "!!timestamp")
}

// Text reads a text; ok is false for anything else, which is reported.
func (r *Reader) Text(n *yaml.Node, what string) (text string, ok bool) {
	if !IsText(n) {
		hint := ""
		if n.Kind == yaml.ScalarNode {
			hint = "; put it in quotes"
		}
		r.Add(n, CodeType, "%s must be a text%s", what, hint)
		return "", false
	}
	return n.Value, true
}

// OneOf reads a text of a closed set; "" for any other, which is reported.
func (r *Reader) OneOf(n *yaml.Node, what string, allowed ...string) string {
	text, ok := r.Text(n, what)
	if !ok {
		return ""
	}
	if !slices.Contains(allowed, text) {
		r.Add(n, CodeValue, "%s must be one of %s", what, strings.Join(allowed, ", "))
		return ""
	}
	return text
}

// Boolean reads true or false.
func (r *Reader) Boolean(n *yaml.Node, what string) bool {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
		r.Add(n, CodeType, "%s must be true or false", what)
		return false
	}
	return strings.EqualFold(n.Value, "true")
}

// Integer reads a whole number between two bounds; anything else is reported.
func (r *Reader) Integer(n *yaml.Node, what string, least, most int) int {
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" || err != nil {
		r.Add(n, CodeType, "%s must be a whole number", what)
		return least
	}
	if v < least || v > most {
		r.Add(n, CodeValue, "%s must be from %d to %d", what, least, most)
	}
	return v
}

// Duration reads "90s", "5m", "2h" or "1d".
func (r *Reader) Duration(n *yaml.Node, what string) time.Duration {
	text, ok := r.Text(n, what)
	if !ok {
		return 0
	}
	d, ok := ParseDuration(text)
	if !ok {
		r.Add(n, CodeValue, `%s must be a time such as "90s", "5m", "2h" or "1d"`, what)
	}
	return d
}

// ParseDuration reads "90s", "5m", "2h" or "1d", up to a year; ok is false for anything else.
func ParseDuration(text string) (d time.Duration, ok bool) {
	const most = 365 * 24 * 60 * 60 // seconds; more is a slip, and would overflow
	units := map[byte]int{'s': 1, 'm': 60, 'h': 60 * 60, 'd': 24 * 60 * 60}
	if text == "" || text[0] == '+' {
		return 0, false
	}
	unit := units[text[len(text)-1]]
	count, err := strconv.Atoi(text[:len(text)-1])
	if err != nil || unit == 0 || count <= 0 || count > most/unit {
		return 0, false
	}
	return time.Duration(count*unit) * time.Second, true
}
