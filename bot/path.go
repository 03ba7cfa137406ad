package bot

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// nodeOf finds the node of a path such as "interactive.action.buttons[0].reply.title", or
// the nearest one that exists.
func nodeOf(n *yaml.Node, path string) *yaml.Node {
	for path != "" {
		if whole := child(n, path); whole != nil { // a key that holds a dot
			return whole
		}
		step, rest, _ := strings.Cut(path, ".")
		next := element(n, step)
		if next == nil {
			return n
		}
		n, path = next, rest
	}
	return n
}

// element is one step of a path: the value of a key, or an item of the list that it has.
func element(n *yaml.Node, step string) *yaml.Node {
	name, index, isItem := strings.Cut(strings.TrimSuffix(step, "]"), "[")
	next := child(n, name)
	if next == nil || !isItem {
		return next
	}
	if i, err := strconv.Atoi(index); err == nil && i < len(next.Content) {
		return next.Content[i]
	}
	return next
}

func placeOf(n *yaml.Node, path string) pos {
	if n == nil { // built in
		return pos{}
	}
	return place(nodeOf(n, path))
}

// keyOf is the place of the key itself, not of what it holds.
func keyOf(n *yaml.Node, path string) pos {
	value := nodeOf(n, path)
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		n = nodeOf(n, path[:i])
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i+1] == value {
			return place(n.Content[i])
		}
	}
	return place(value)
}
