package definition

import (
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/tree"
)

func placeOf(n *yaml.Node, path string) pos {
	if n == nil { // built in
		return pos{}
	}
	return place(tree.Find(n, path))
}

// keyOf is the place of the key itself, not of what it holds.
func keyOf(n *yaml.Node, path string) pos { return place(tree.FindKey(n, path)) }
