package tree

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// Kind is a kind of text, such as a bot, with its limits.
type Kind struct {
	// Name is what problems call it, as in "the bot is empty".
	Name string
	// Bytes is the greatest length of the text, in whole KiB; Depth how deep its lists and objects may
	// be nested.
	Bytes, Depth int
}

// Parse reads a text into a tree and lists its problems. The tree is nil when it could not be read,
// or does not say what it seems to, so that it is no use to check it further.
func Parse(src []byte, kind Kind) (*yaml.Node, []Problem) {
	if len(src) > kind.Bytes {
		return nil, first(CodeTooLarge, "a %s may have at most %d KiB", kind.Name, kind.Bytes>>10)
	}
	src, problems := decoded(src)
	if problems != nil {
		return nil, problems
	}
	root, problems := kind.parse(src)
	if problems != nil {
		return nil, problems
	}
	w := &walker{depth: kind.Depth, problems: misread(src), lines: strings.Split(string(src), "\n")}
	w.walk(root, 0)
	if w.hidden {
		return nil, Tidy(w.problems)
	}
	return root, w.problems
}

// first is a problem of the text as a whole.
func first(code Code, format string, args ...any) []Problem {
	return []Problem{{Line: 1, Column: 1, Code: code, Message: fmt.Sprintf(format, args...)}}
}

// placeOf is the line and column of a byte; columns count characters.
func placeOf(src []byte, offset int) (line, column int) {
	before := src[:min(max(offset, 0), len(src))]
	line = 1 + bytes.Count(before, []byte("\n"))
	return line, 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
}

func (k Kind) parse(src []byte) (*yaml.Node, []Problem) {
	trimmed := bytes.TrimSpace(src)
	if len(trimmed) == 0 || trimmed[0] != '{' {
		return k.parseYAML(src)
	}
	if json.Valid(src) {
		return parseJSON(src)
	}
	root, problems := k.parseYAML(src) // in which an object may begin like this, too
	if problems != nil && meantAsJSON(trimmed) {
		return nil, []Problem{jsonProblem(src)}
	}
	return root, problems
}

func (k Kind) parseYAML(src []byte) (root *yaml.Node, problems []Problem) {
	// Should the library panic: what an author sends must not stop a server.
	defer func() {
		if recover() != nil {
			root, problems = nil, first(CodeSyntax, "the text is not valid YAML")
		}
	}()
	loader, err := yaml.NewLoader(bytes.NewReader(asVersion11(src)))
	if err != nil {
		return nil, first(CodeSyntax, "the text cannot be read") // not reached: there are no options
	}
	var doc, second yaml.Node
	if err := loader.Load(&doc); err != nil {
		return nil, []Problem{k.syntaxProblem(src, err)}
	}
	switch err := loader.Load(&second); {
	case errors.Is(err, io.EOF):
		return doc.Content[0], nil
	case err != nil:
		return nil, []Problem{k.syntaxProblem(src, err)}
	}
	return nil, []Problem{{
		Line: max(1, second.Line), Column: max(1, second.Column), Code: CodeDocuments,
		Message: fmt.Sprintf("a %s is one YAML document, and here another begins; take out the line ---", k.Name),
	}}
}

// versionDirective finds the 2 of a %YAML 1.2 in front of the document, where only comments and
// other directives may stand before it.
var versionDirective = regexp.MustCompile(`\A(?:(?:[ \t]*(?:#[^\n]*)?|%[^Y\n][^\n]*)\n)*%YAML[ \t]+1\.(2)(?:[ \t\r\n]|\z)`)

// asVersion11 lets the library, which knows the directive of YAML 1.1 only, read a text that says
// what it is: the same but for one digit, so that all places stay. It reads it as YAML 1.2.
func asVersion11(src []byte) []byte {
	at := versionDirective.FindSubmatchIndex(src)
	if at == nil {
		return src
	}
	src = bytes.Clone(src)
	src[at[2]] = '1'
	return src
}

// walker checks the nodes of a tree, whatever the tree means.
type walker struct {
	problems []Problem
	depth    int // at most
	lines    []string
	// seen is where the last text without quotes begins, so that long lines are walked only once.
	seen cursor
	// hidden is set when the tree does not say what it seems to, so that further checks are no use.
	hidden bool
}

func (w *walker) add(n *yaml.Node, code Code, format string, args ...any) {
	w.problems = append(w.problems, Problem{Line: n.Line, Column: n.Column, Code: code, Message: fmt.Sprintf(format, args...)})
}

// addAbout reports a problem of which one mistake may show in several places.
func (w *walker) addAbout(subject string, n *yaml.Node, code Code, format string, args ...any) {
	w.add(n, code, format, args...)
	w.problems[len(w.problems)-1].Subject = subject
}

func (w *walker) walk(n *yaml.Node, depth int) {
	if depth > w.depth {
		w.add(n, CodeTooDeep, "nested more than %d deep", w.depth)
		w.hidden = true
		return
	}
	w.decorations(n)
	if n.Kind == yaml.MappingNode {
		w.keys(n)
	}
	for _, child := range n.Content {
		w.walk(child, depth+1)
	}
}

// decorations refuses anchors, aliases and tags: a reviewer cannot see their effect where they are.
func (w *walker) decorations(n *yaml.Node) {
	before := len(w.problems)
	switch {
	case n.Kind == yaml.AliasNode:
		w.addAbout(n.Value, n, CodeAnchor, "aliases (*%s) are not allowed; write what is meant, or put a text that begins with * in quotes", n.Value)
	case n.Anchor != "":
		w.addAbout(n.Anchor, n, CodeAnchor, "anchors (&%s) are not allowed; write the value again where it is needed, or put a text that begins with & in quotes", n.Anchor)
	case n.Style&yaml.TaggedStyle != 0, n.Tag == "!":
		w.add(n, CodeTag, "tags (%s) are not allowed; take it out, or put a text that begins with ! in quotes", n.Tag)
	}
	w.hidden = w.hidden || len(w.problems) > before
	if n.Kind == yaml.ScalarNode {
		w.scalar(n)
	}
}

func (w *walker) scalar(n *yaml.Node) {
	plain := n.Style == 0
	text := strings.TrimLeftFunc(n.Value, looksLikeSpace)
	r, _ := utf8.DecodeRuneInString(strings.TrimPrefix(n.Value, "-"))
	switch {
	case plain && text != n.Value && strings.HasPrefix(text, "- "):
		w.indented(n)
	case plain && strings.HasPrefix(n.Value, "-") && looksLikeSpace(r):
		w.add(n, CodeSyntax, "the character U+%04X behind the - only looks like a space; write a plain one", r)
	}
	if plain && (n.Tag == "!!int" || n.Tag == "!!float") && !json.Valid([]byte(n.Value)) {
		w.add(n, CodeValue, "write the number in plain decimal digits, or the text in quotes")
	}
	if number, err := strconv.ParseFloat(n.Value, 64); plain && n.Tag == "!!float" && err != nil && math.IsInf(number, 0) {
		w.add(n, CodeValue, "the number is too large")
	}
	if plain && w.holdsItem(n) {
		w.add(n, CodeSyntax, "the line below goes on with this text, although it begins with -; indent it like the items above it")
		w.problems[len(w.problems)-1].Warning = true
	}
	if plain && IsText(n) {
		n.LineComment = w.cutAway(n)
	}
	if plain && n.Tag == "!!str" && booleanLike(n.Value) {
		w.add(n, CodeQuote, "put %s in quotes: other YAML tools read it as a boolean", n.Value)
		w.problems[len(w.problems)-1].Warning = true
	}
}

// holdsItem reports whether a text goes on in a line that looks like the next item of its list.
func (w *walker) holdsItem(n *yaml.Node) bool {
	if n.Line < 1 || n.Line >= len(w.lines) || !strings.Contains(n.Value, " - ") {
		return false
	}
	below := strings.TrimSpace(w.lines[n.Line])
	return strings.HasPrefix(below, "- ") && strings.Contains(n.Value, " "+below)
}

// looksLikeSpace reports whether a character looks like a space, or is invisible, but is part of a
// word to YAML. Such characters come with text that was copied from a web page.
func looksLikeSpace(r rune) bool {
	return r >= 0x80 && unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff'
}

func (w *walker) indented(n *yaml.Node) {
	r, _ := utf8.DecodeRuneInString(n.Value)
	w.add(n, CodeSyntax, "the line is indented with the character U+%04X; indent with plain spaces", r)
}

func booleanLike(text string) bool {
	switch strings.ToLower(text) {
	case "yes", "no", "on", "off", "y", "n":
		return true
	}
	return false
}

func (w *walker) keys(n *yaml.Node) {
	seen := make(map[string]*yaml.Node, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		first := seen[key.Value]
		switch {
		case key.Kind == yaml.AliasNode:
			continue // reported on its own
		case key.Kind != yaml.ScalarNode:
			w.add(key, CodeType, "a key must be a text; put a text that begins with {{ or [ in quotes")
			w.hidden = true
		case key.Tag == "!!merge":
			w.add(key, CodeAnchor, "merge keys (<<) are not allowed; write out what is meant")
			w.hidden = true
		case first != nil:
			w.add(key, CodeDuplicateKey, "the key %q is there twice, first at line %d, column %d; leave one of them", key.Value, first.Line, first.Column)
		}
		if first == nil {
			seen[key.Value] = key
		}
		if i > 0 && cutByComma(n, n.Content[i-1], key, n.Content[i+1]) {
			w.add(key, CodeSyntax, "between braces, a comma ends a text; put all of the text before this in quotes")
			w.hidden = true
			return
		}
		w.plainKey(key)
	}
}

// cutByComma reports whether a key between braces is the rest of the text before it, which has a comma
// and no quotes.
func cutByComma(object, before, key, value *yaml.Node) bool {
	isText := before.Kind == yaml.ScalarNode && before.Style == 0 && before.Tag == "!!str"
	noValue := value.Tag == "!!null" && value.Value == ""
	return object.Style&yaml.FlowStyle != 0 && isText && noValue && key.Style == 0 && strings.ContainsAny(key.Value, " \"'")
}

// plainKey refuses keys that mean something else to other tools.
func (w *walker) plainKey(key *yaml.Node) {
	r, _ := utf8.DecodeRuneInString(key.Value)
	switch {
	case key.Style != 0:
	case looksLikeSpace(r):
		w.indented(key)
	case strings.HasPrefix(key.Value, "?"):
		w.add(key, CodeSyntax, "put the key %s in quotes: other YAML tools take its ? for a mark", key.Value)
		w.hidden = true
	case strings.HasPrefix(key.Value, "//"), strings.HasPrefix(key.Value, "/*"):
		w.add(key, CodeSyntax, "a comment begins with #, and JSON has none")
		w.hidden = true
	}
}
