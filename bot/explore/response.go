package explore

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/tree"
)

// source is the text of a definition, for what the expressions in it say about responses.
type source struct {
	root *yaml.Node
	vars *yaml.Node
	text string
}

// Bounds for tree.Parse. The definition was loaded from the same text, so they are never reached.
const (
	sourceBytes = 1 << 20
	sourceDepth = 100
)

func sourceOf(b *definition.Bot) source {
	text := b.Source()
	root, _ := tree.Parse(text, tree.Kind{Name: "bot", Bytes: sourceBytes, Depth: sourceDepth})
	return source{root: root, vars: tree.Child(root, "vars"), text: string(text)}
}

var (
	// jsonPath is what an expression reads of a response, and the name that a macro behind it gives to
	// each item.
	jsonPath = regexp.MustCompile(`result\.json((?:\.[A-Za-z_]\w*)*)(?:\(\s*(\w+)\s*,)?`)
	// macros are no keys, although they stand behind a dot.
	macro = regexp.MustCompile(`\.(map|filter|all|exists|exists_one|size|startsWith|endsWith|contains|matches)$`)
	// whole is an expression that is only a part of a response.
	whole = regexp.MustCompile(`^\s*result\.json((?:\.[A-Za-z_]\w*)*)\s*$`)
)

// shape is a response that is being invented: an object by its keys, a list by its one item, or the
// JSON of a value.
type shape struct {
	keys  []string
	parts map[string]*shape
	item  *shape
	leaf  string
}

// response is a response to the call of a state with everything that the expressions of the
// definition read of it, as far as that can be seen.
func (s source) response(state string) string {
	root := &shape{}
	save := tree.Child(tree.Child(tree.Child(tree.Child(s.root, "states"), state), "call"), "save")
	if save == nil {
		return "{}"
	}
	for i := 0; i+1 < len(save.Content); i += 2 {
		name, text := save.Content[i].Value, save.Content[i+1].Value
		for _, found := range jsonPath.FindAllStringSubmatch(text, -1) {
			at := root.at(macro.ReplaceAllString(found[1], ""))
			if item := found[2]; item != "" {
				at.list().reads(item, text)
			}
		}
		if found := whole.FindStringSubmatch(text); found != nil {
			at := root.at(found[1])
			at.reads(`vars\.`+name, s.text)
			at.leaf = s.valueOf(name)
		}
	}
	if len(root.keys) == 0 && root.item == nil && root.leaf == "" {
		return "{}"
	}
	return root.json()
}

// valueOf is a value of a variable's type.
func (s source) valueOf(name string) string {
	v := tree.Child(s.vars, name)
	if kind := tree.Child(v, "type"); kind != nil {
		v = kind
	}
	if v == nil {
		return `"x"`
	}
	switch v.Value {
	case "int", "number":
		return "1"
	case "bool":
		return "true"
	case "list":
		return "[]"
	case "map":
		return "{}"
	case "date":
		return `"2030-06-14"`
	case "timestamp":
		return `"2030-06-14T10:00:00Z"`
	}
	return `"x"`
}

// at is the part at a path such as ".a.b".
func (s *shape) at(path string) *shape {
	for name := range strings.SplitSeq(path, ".") {
		if name == "" {
			continue
		}
		if s.parts == nil {
			s.parts = map[string]*shape{}
		}
		if s.parts[name] == nil {
			s.keys = append(s.keys, name)
			s.parts[name] = &shape{}
		}
		s = s.parts[name]
	}
	return s
}

// list makes the part a list, and returns its item.
func (s *shape) list() *shape {
	if s.item == nil {
		s.item = &shape{}
	}
	return s.item
}

// reads adds the keys that a text reads of a name.
func (s *shape) reads(name, text string) {
	for _, found := range regexp.MustCompile(`\b`+name+`((?:\.[A-Za-z_]\w*)+)`).FindAllStringSubmatch(text, -1) {
		s.at(macro.ReplaceAllString(found[1], ""))
	}
}

func (s *shape) json() string {
	switch {
	case s.item != nil:
		return "[" + s.item.json() + "]"
	case len(s.keys) == 0 && s.leaf != "":
		return s.leaf
	case len(s.keys) == 0 && s.parts == nil:
		return `"x"`
	}
	fields := make([]string, len(s.keys))
	for i, name := range s.keys {
		fields[i] = quoted(name) + ":" + s.parts[name].json()
	}
	return "{" + strings.Join(fields, ",") + "}"
}
