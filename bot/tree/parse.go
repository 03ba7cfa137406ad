package tree

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Kind is what a text is, and how much of it there may be.
type Kind struct {
	// Name is what problems call it, as in "the bot is empty".
	Name string
	// Bytes is how long it may be, in whole KiB; Depth how deep its lists and objects may be nested.
	Bytes, Depth int
}

// Parse reads the text into a tree that keeps places, and refuses everything that the
// tree of a JSON document could not hold too. The tree is nil when there is nothing in it
// that could be checked further.
func Parse(src []byte, kind Kind) (*yaml.Node, []Problem) {
	switch {
	case len(src) > kind.Bytes:
		return nil, first(CodeTooLarge, "a %s may have at most %d KiB", kind.Name, kind.Bytes>>10)
	case !utf8.Valid(src):
		return nil, first(CodeSyntax, "the text is not valid UTF-8")
	}
	root, problems := kind.parse(src)
	if problems != nil {
		return nil, problems
	}
	w := &walker{depth: kind.Depth}
	w.walk(root, 0)
	if w.hidden {
		return nil, Tidy(w.problems) // the tree is not what it looks like
	}
	return root, w.problems
}

// first is a problem of the text as a whole.
func first(code Code, format string, args ...any) []Problem {
	return []Problem{{Line: 1, Column: 1, Code: code, Message: fmt.Sprintf(format, args...)}}
}

func (k Kind) parse(src []byte) (*yaml.Node, []Problem) {
	if trimmed := bytes.TrimSpace(src); len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(src) {
		return parseJSON(src), nil
	}
	return k.parseYAML(src)
}

func (k Kind) parseYAML(src []byte) (root *yaml.Node, problems []Problem) {
	// The library panics on a few malformed texts; what an author sends must not stop a server.
	defer func() {
		if recover() != nil {
			root, problems = nil, first(CodeSyntax, "the text is not valid YAML")
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		return nil, []Problem{k.syntaxProblem(err)}
	}
	var second yaml.Node
	switch err := dec.Decode(&second); {
	case errors.Is(err, io.EOF):
		return doc.Content[0], nil
	case err != nil:
		return nil, []Problem{k.syntaxProblem(err)}
	}
	return nil, []Problem{{
		Line: max(1, second.Line), Column: max(1, second.Column), Code: CodeDocuments,
		Message: fmt.Sprintf("a %s is one YAML document; there is more than one", k.Name),
	}}
}

func (k Kind) syntaxProblem(err error) Problem {
	p := Problem{Line: 1, Column: 1, Code: CodeSyntax}
	if errors.Is(err, io.EOF) {
		p.Message = fmt.Sprintf("the %s is empty", k.Name)
		return p
	}
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if m := regexp.MustCompile(`^line (\d+): `).FindStringSubmatch(text); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		text = text[len(m[0]):]
	}
	p.Message = "not valid YAML: " + text
	return p
}

// walker checks the shape of a tree, whatever it means.
type walker struct {
	problems []Problem
	depth    int // at most
	// hidden is set by what makes further checks pointless.
	hidden bool
}

func (w *walker) add(n *yaml.Node, code Code, format string, args ...any) {
	w.problems = append(w.problems, Problem{Line: n.Line, Column: n.Column, Code: code, Message: fmt.Sprintf(format, args...)})
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

// decorations refuses what a reviewer cannot see at the place where it takes effect.
func (w *walker) decorations(n *yaml.Node) {
	before := len(w.problems)
	switch {
	case n.Kind == yaml.AliasNode:
		w.add(n, CodeAnchor, "aliases (*%s) are not allowed", n.Value)
	case n.Anchor != "":
		w.add(n, CodeAnchor, "anchors (&%s) are not allowed", n.Anchor)
	case n.Style&yaml.TaggedStyle != 0:
		w.add(n, CodeTag, "tags (%s) are not allowed", n.Tag)
	}
	w.hidden = w.hidden || len(w.problems) > before
	if n.Kind == yaml.ScalarNode {
		w.scalar(n)
	}
}

func (w *walker) scalar(n *yaml.Node) {
	plain := n.Style == 0
	if plain && (n.Tag == "!!int" || n.Tag == "!!float") && !json.Valid([]byte(n.Value)) {
		w.add(n, CodeValue, "write the number in plain decimal digits, or the text in quotes")
	}
	if plain && n.Tag == "!!str" && booleanLike(n.Value) {
		w.add(n, CodeQuote, "put %s in quotes: other YAML tools read it as a boolean", n.Value)
		w.problems[len(w.problems)-1].Warning = true
	}
}

func booleanLike(text string) bool {
	switch strings.ToLower(text) {
	case "yes", "no", "on", "off", "y", "n":
		return true
	}
	return false
}

func (w *walker) keys(n *yaml.Node) {
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		switch {
		case key.Kind == yaml.AliasNode:
			continue // reported on its own
		case key.Kind != yaml.ScalarNode:
			w.add(key, CodeType, "a key must be a text")
		case key.Tag == "!!merge":
			w.add(key, CodeAnchor, "merge keys (<<) are not allowed")
		case seen[key.Value]:
			w.add(key, CodeDuplicateKey, "the key %q is there twice", key.Value)
		}
		seen[key.Value] = true
	}
}
