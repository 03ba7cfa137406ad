package explore

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/tree"
)

// decidingKeys are the keys of a definition whose expressions decide what happens next: conditions,
// what can be tapped, whom a call goes to, and what WhatsApp checks.
var decidingKeys = []string{"if", "each", "id", "rows", "sections", "buttons", "cards", "link", "url", "get", "post", "put", "patch", "delete", "query"}

var (
	// variable is a variable in an expression.
	variable = regexp.MustCompile(`\bvars\.([a-z][a-z0-9_]*)`)
	// picky are expressions that fail by a value: texts by key, items by index, conversions.
	picky = regexp.MustCompile(`\b(?:t|int|double|bool|timestamp|duration|date|next_open|open)\([^)]*vars\.|\[[^\]]*vars\.`)
)

// deciding are the variables whose values decide what happens next, directly or by way of others. Of
// all others it is enough to know what they look like, so that a walk does not go the same ways once
// for each name that somebody gives.
func (s source) deciding() map[string]bool {
	u := uses{vars: s.vars, deciding: map[string]bool{"lang": true}, made: map[string][]string{}}
	u.scan(s.root, false)
	for todo := slices.Collect(maps.Keys(u.deciding)); len(todo) > 0; {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, from := range u.made[name] {
			if !u.deciding[from] {
				u.deciding[from] = true
				todo = append(todo, from)
			}
		}
	}
	return u.deciding
}

// uses are the ways in which the expressions of a definition use variables.
type uses struct {
	vars *yaml.Node
	// deciding are those that decide something themselves, made the variables from which others are
	// made.
	deciding map[string]bool
	made     map[string][]string
}

// scan reads the expressions of a part. decides says that it stands under a deciding key.
func (u uses) scan(n *yaml.Node, decides bool) {
	if n == nil {
		return
	}
	if n.Kind == yaml.ScalarNode {
		u.expression(n.Value, decides)
		return
	}
	for i, part := range n.Content {
		if n.Kind != yaml.MappingNode {
			u.scan(part, decides)
		} else if i%2 == 1 {
			u.entry(n.Content[i-1].Value, part, decides)
		}
	}
}

// entry reads the value of a key, which may be a variable that is set.
func (u uses) entry(key string, value *yaml.Node, decides bool) {
	if value.Kind == yaml.ScalarNode && tree.Child(u.vars, key) != nil {
		u.made[key] = append(u.made[key], variablesIn(value.Value)...)
	}
	u.scan(value, decides || slices.Contains(decidingKeys, key))
}

func (u uses) expression(text string, decides bool) {
	if decides || picky.MatchString(text) {
		for _, name := range variablesIn(text) {
			u.deciding[name] = true
		}
	}
}

func variablesIn(text string) []string {
	var names []string
	for _, found := range variable.FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	return names
}

// looksLike is what a value looks like: its type, whether it is empty, and the keys of a map.
func looksLike(raw json.RawMessage) string {
	var value any
	if json.Unmarshal(raw, &value) != nil {
		return string(raw)
	}
	return look(value)
}

func look(value any) string {
	switch v := value.(type) {
	case string:
		return map[bool]string{true: "no text", false: "a text"}[strings.TrimSpace(v) == ""]
	case float64:
		return map[bool]string{true: "zero", false: "a number"}[v == 0]
	case []any:
		var kinds []string
		for _, item := range v {
			if l := look(item); !slices.Contains(kinds, l) {
				kinds = append(kinds, l)
			}
		}
		slices.Sort(kinds)
		return "[" + strings.Join(kinds, ",") + "]"
	case map[string]any:
		var b strings.Builder
		for _, key := range slices.Sorted(maps.Keys(v)) {
			b.WriteString(key + ":" + look(v[key]) + ",")
		}
		return "{" + b.String() + "}"
	case bool:
		return map[bool]string{true: "true", false: "false"}[v]
	}
	return "null"
}
