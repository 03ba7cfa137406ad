package tree

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
)

// meantAsJSON reports whether a text that begins with { is JSON rather than YAML: its first key is in
// double quotes, or a JavaScript comment stands before it.
func meantAsJSON(trimmed []byte) bool {
	rest := bytes.TrimSpace(trimmed[1:])
	return bytes.HasPrefix(rest, []byte(`"`)) || bytes.HasPrefix(rest, []byte("/"))
}

// jsonProblem is what is wrong with a text that is meant as JSON, at its place.
func jsonProblem(src []byte) Problem {
	at, message := len(bytes.TrimSpace(src)), "the text breaks off"
	err := json.Unmarshal(src, new(json.RawMessage))
	if failed, ok := errors.AsType[*json.SyntaxError](err); ok && !strings.HasPrefix(failed.Error(), "unexpected end") {
		at, message = explainJSON(src, int(failed.Offset)-1, failed.Error())
	}
	line, column := placeOf(src, at)
	return Problem{Line: line, Column: column, Code: CodeSyntax, Message: "not valid JSON: " + message}
}

// explainJSON says for an author what Go's reader says of the byte at which it gave up. A comma
// too many is where it stands, not where its lack of a successor was noticed.
func explainJSON(src []byte, at int, message string) (place int, explained string) {
	if at < 0 || at >= len(src) {
		return len(src), message
	}
	before := bytes.TrimRight(src[:at], " \t\r\n")
	switch c := src[at]; {
	case (c == '}' || c == ']') && bytes.HasSuffix(before, []byte(",")):
		return len(before) - 1, "no comma may stand before the closing " + string(rune(c))
	case c == '}' && strings.Contains(message, "after array element"):
		return at, "a list is open here; ] closes it"
	case c == ']' && strings.Contains(message, "after object key:value pair"):
		return at, "an object is open here; } closes it"
	case c == '/', c == '#':
		return at, "JSON has no comments"
	case c == '\'':
		return at, "a text stands in double quotes"
	}
	for _, known := range []struct{ part, explained string }{
		{"in string literal", `a text in quotes ends on its line; a closing " is missing, or \n for a line break`},
		{"in string escape code", `a backslash begins an escape, and this is none; write \\ for a backslash`},
		{"after object key:value pair", "a comma is missing before this"},
		{"after array element", "a comma is missing before this"},
		{"after object key", "a colon is missing before this"},
		{"looking for beginning of object key string", "a key in double quotes has to stand here"},
		{"looking for beginning of value", "a value has to stand here: a text in double quotes, a number, true, false, null, a list or an object"},
		{"after top-level value", "the text is complete before this"},
	} {
		if strings.Contains(message, known.part) {
			return at, known.explained
		}
	}
	return at, message
}
