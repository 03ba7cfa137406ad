package tree

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/hint"
)

// Reader reads the values of a tree and collects the problems that it finds on the way. The decoders
// of bots and of scripts embed one.
type Reader struct {
	// Problems are those found so far, in the order in which they were found.
	Problems []Problem
	// Unlisted are keys that are left out where a problem lists the keys of an object: the format has
	// them, but they are not supported yet.
	Unlisted []string
	// Home says where a key belongs that stands where none of its name can: "in ask"; "" where that is
	// not known. Nil knows of no key.
	Home func(key, value *yaml.Node) string
	// misspelt are the keys that were meant by others, which were reported, by their objects.
	misspelt map[*yaml.Node][]string
	// advised counts the unknown keys for which it was searched what was meant.
	advised int
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

// AddName reports a name that nothing has, at one of the places where it stands: [Tidy] makes one
// problem of them all. The message without what may follow it says which name it is.
func (r *Reader) AddName(at Place, code Code, message, hint string) {
	r.AddAt(at, code, "%s%s", message, hint)
	r.Problems[len(r.Problems)-1].Subject = message
}

// Object reads an object that may have the known keys and needs the required ones. Of other keys it
// reports that they are unknown. It is false for anything but an object.
func (r *Reader) Object(n *yaml.Node, what string, known Fields, required ...string) bool {
	if n.Kind != yaml.MappingNode {
		r.Add(n, CodeType, "%s must be an object%s", what, objectHint(n, known.names(r.Unlisted), required))
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if read := known[key.Value]; read != nil {
			read(n.Content[i+1])
			continue
		}
		r.unknownKey(n, what, key, n.Content[i+1], known)
	}
	for _, name := range required {
		if !r.Has(n, name) {
			r.Add(n, CodeMissingKey, "%s needs the key %q", what, name)
		}
	}
	return true
}

// objectHint is how an object is written whose author wrote something else in its place.
func objectHint(n *yaml.Node, known, required []string) string {
	const few = 6 // keys; of an object with more, the value may have been meant for any
	if word, rest, joined := strings.Cut(n.Value, ":"); joined && IsText(n) && rest != "" && slices.Contains(known, word) {
		return fmt.Sprintf("; a space is missing behind its colon: write %s: %s", word, rest)
	}
	switch one := len(required) == 1 && len(known) <= few && n.Kind == yaml.ScalarNode; {
	case one && (n.Tag == "!!null" || n.Tag == "!!bool"):
		return fmt.Sprintf(": {%s: …}", required[0])
	case one && !strings.Contains(n.Value, "\n"):
		return fmt.Sprintf(": {%s: %s}", required[0], n.Value)
	}
	return ", with the keys " + strings.Join(known, ", ") + ": each as key: value"
}

// Has reports whether an object has a key, or one that was reported because it is that key misspelt.
func (r *Reader) Has(n *yaml.Node, key string) bool {
	return Child(n, key) != nil || slices.Contains(r.misspelt[n], key)
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
		r.Add(n, CodeType, "%s must be a list with at least one item%s", what, listHint(n))
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

// listHint is how a list is written whose author wrote one value in its place.
func listHint(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.ScalarNode && n.Tag != "!!null":
		return "; put it in [ ], or write - and a space before it, on a line of its own"
	case n.Kind == yaml.MappingNode && len(n.Content) > 0:
		return "; write - and a space before each item"
	}
	return ""
}

// IsText reports whether a node is a text. A time without quotes is one too: it is not read as a YAML
// timestamp.
func IsText(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (n.Tag == "!!str" || n.Tag == "!!timestamp")
}

// Text reads a text; ok is false for anything else, which is reported.
func (r *Reader) Text(n *yaml.Node, what string) (text string, ok bool) {
	if IsText(n) {
		return n.Value, true
	}
	switch {
	case n.Tag == "!!null":
		r.Add(n, CodeType, "%s must be a text, and nothing is here", what)
	case n.Kind == yaml.ScalarNode:
		r.Add(n, CodeType, "%s must be a text; put it in quotes", what)
	default:
		r.Add(n, CodeType, "%s must be a text%s", what, splitText(n))
	}
	return "", false
}

// splitText is the advice where a text was meant, and a colon or brackets made something else of it.
func splitText(n *yaml.Node) string {
	if n.Kind == yaml.MappingNode && len(n.Content) == 2 && n.Content[0].Style == 0 {
		return "; a text with a colon and a space in it has to stand in quotes"
	}
	if n.Style&yaml.FlowStyle != 0 {
		return "; a text that begins with a bracket has to stand in quotes"
	}
	return ""
}

// OneOf reads a text of a closed set; "" for any other, which is reported.
func (r *Reader) OneOf(n *yaml.Node, what string, allowed ...string) string {
	text, ok := r.Text(n, what)
	if !ok || slices.Contains(allowed, text) {
		return text
	}
	if meant := hint.DidYouMean(text, allowed); meant != "" {
		r.Add(n, CodeValue, "%s cannot be %q%s", what, text, meant)
		return ""
	}
	r.Add(n, CodeValue, "%s must be one of %s", what, strings.Join(allowed, ", "))
	return ""
}

// Boolean reads true or false.
func (r *Reader) Boolean(n *yaml.Node, what string) bool {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
		r.Add(n, CodeType, "%s must be true or false%s", what, booleanHint(n))
		return false
	}
	return strings.EqualFold(n.Value, "true")
}

func booleanHint(n *yaml.Node) string {
	switch strings.ToLower(n.Value) {
	case "true", "false":
		return ", without quotes"
	case "yes", "y", "on", "si", "sí", "sim", "verdadero", "1":
		return "; write true"
	case "no", "n", "off", "não", "nao", "falso", "0":
		return "; write false"
	}
	return ""
}

// Integer reads a whole number between two bounds; anything else is reported.
func (r *Reader) Integer(n *yaml.Node, what string, least, most int) int {
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" || err != nil {
		without := ""
		if err == nil && IsText(n) {
			without = ", without quotes"
		}
		r.Add(n, CodeType, "%s must be a whole number%s", what, without)
		return least
	}
	if v < least || v > most {
		r.Add(n, CodeValue, "%s must be from %d to %d", what, least, most)
	}
	return v
}

// Duration reads "90s", "5m", "2h" or "1d".
func (r *Reader) Duration(n *yaml.Node, what string) time.Duration {
	text := n.Value
	if isNumber := n.Tag == "!!int" || n.Tag == "!!float"; !isNumber {
		var ok bool
		if text, ok = r.Text(n, what); !ok {
			return 0
		}
	}
	d, ok := ParseDuration(text)
	if !ok {
		r.Add(n, CodeValue, "%s", durationHint(what, text))
	}
	return d
}

// durationHint is the message about a time that cannot be read.
func durationHint(what, text string) string {
	meant := hint.Duration(text)
	if _, ok := ParseDuration(meant); ok && meant != text {
		return fmt.Sprintf("%s is written %s, not %q", what, meant, text)
	}
	if isNumber(text) {
		return fmt.Sprintf("%s needs a unit: %[2]ss is seconds, %[2]sm minutes, %[2]sh hours, %[2]sd days", what, text)
	}
	return what + ` must be a time such as "90s", "5m", "2h" or "1d"`
}

// isNumber reports whether a text is a number of a few digits, as a time without its unit is.
func isNumber(text string) bool {
	const most = 6
	return text != "" && len(text) <= most && strings.Trim(text, "0123456789") == ""
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
