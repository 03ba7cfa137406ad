package bot

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

// parse reads the text into a tree that keeps places, and refuses everything that the
// tree of a JSON document could not hold too. The tree is nil when there is nothing in it
// that could be checked further.
func parse(src []byte) (*yaml.Node, Problems) {
	switch {
	case len(src) > maxSource:
		return nil, Problems{{Line: 1, Column: 1, Code: CodeTooLarge, Message: "a bot may have at most 256 KiB"}}
	case !utf8.Valid(src):
		return nil, Problems{{Line: 1, Column: 1, Code: CodeSyntax, Message: "the text is not valid UTF-8"}}
	}
	root, problems := parseText(src)
	if problems != nil {
		return nil, problems
	}
	w := &walker{}
	w.walk(root, 0)
	if w.hidden {
		return nil, w.problems.tidy() // the tree is not what it looks like
	}
	return root, w.problems
}

func parseText(src []byte) (*yaml.Node, Problems) {
	if trimmed := bytes.TrimSpace(src); len(trimmed) > 0 && trimmed[0] == '{' && json.Valid(src) {
		return parseJSON(src), nil
	}
	return parseYAML(src)
}

func parseYAML(src []byte) (root *yaml.Node, problems Problems) {
	// The library panics on a few malformed texts; what an author sends must not stop a server.
	defer func() {
		if recover() != nil {
			root, problems = nil, Problems{{Line: 1, Column: 1, Code: CodeSyntax, Message: "the text is not valid YAML"}}
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var doc yaml.Node
	if err := dec.Decode(&doc); err != nil {
		return nil, Problems{syntaxProblem(err)}
	}
	var second yaml.Node
	switch err := dec.Decode(&second); {
	case errors.Is(err, io.EOF):
		return doc.Content[0], nil
	case err != nil:
		return nil, Problems{syntaxProblem(err)}
	}
	return nil, Problems{{
		Line: max(1, second.Line), Column: max(1, second.Column), Code: CodeDocuments,
		Message: "a bot is one YAML document; there is more than one",
	}}
}

func syntaxProblem(err error) Problem {
	p := Problem{Line: 1, Column: 1, Code: CodeSyntax}
	if errors.Is(err, io.EOF) {
		p.Message = "the bot is empty"
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
	problems Problems
	// hidden is set by what makes further checks pointless.
	hidden bool
}

func (w *walker) add(n *yaml.Node, code Code, format string, args ...any) {
	w.problems = append(w.problems, Problem{Line: n.Line, Column: n.Column, Code: code, Message: fmt.Sprintf(format, args...)})
}

func (w *walker) walk(n *yaml.Node, depth int) {
	if depth > maxDepth {
		w.add(n, CodeTooDeep, "nested more than %d deep", maxDepth)
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
