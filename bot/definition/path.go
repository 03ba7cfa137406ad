package definition

import (
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/tree"
)

func placeOf(n *yaml.Node, path string) tree.Place {
	if n == nil { // built in
		return tree.Place{}
	}
	return tree.PlaceOf(tree.Find(n, path))
}

// keyOf is the place of the key itself, not of what it holds.
func keyOf(n *yaml.Node, path string) tree.Place { return tree.PlaceOf(tree.FindKey(n, path)) }
