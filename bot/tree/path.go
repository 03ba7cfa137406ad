package tree

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Child is the value of a key of an object; nil when there is none, or n is nil.
func Child(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}

// Find is the node of a path such as "interactive.action.buttons[0].reply.title", or the nearest
// one that exists; nil when n is nil.
func Find(n *yaml.Node, path string) *yaml.Node {
	for path != "" {
		if whole := Child(n, path); whole != nil { // a key that holds a dot
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
	next := Child(n, name)
	if next == nil || !isItem {
		return next
	}
	if i, err := strconv.Atoi(index); err == nil && i >= 0 && i < len(next.Content) {
		return next.Content[i]
	}
	return next
}

// FindKey is the node of the last key of a path, not of what it holds.
func FindKey(n *yaml.Node, path string) *yaml.Node {
	value := Find(n, path)
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		n = Find(n, path[:i])
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i+1] == value {
			return n.Content[i]
		}
	}
	return value
}
