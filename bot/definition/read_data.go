package definition

import (
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/tree"
)

// Limits of data, as in the published schema of bot/v1.
const (
	maxData     = 200 << 10 // bytes as JSON
	maxConstant = 100       // names
)

// data reads the constants of the bot.
func (d nameReader) data(n *yaml.Node) *expr.Data {
	before := len(d.Problems)
	if len(n.Content)/2 > maxConstant {
		d.Add(n, CodeTooLarge, "data may have at most %d names; put constants that belong together into one map", maxConstant)
	}
	var names []string
	d.Entries(n, "data", func(key, value *yaml.Node) {
		names = append(names, d.word(key, "the name of a constant", identForm))
		d.constant(value)
	})
	raw := tree.JSON(n)
	if len(raw) > maxData {
		d.Add(n, CodeTooLarge, "data may have at most %d KiB; as JSON they have %d", maxData>>10, len(raw)>>10)
	}
	if len(d.Problems) > before {
		return expr.BrokenData(names)
	}
	data, err := expr.NewData(raw)
	if err != nil {
		d.Add(n, CodeValue, "data cannot be used in expressions: a number or a text in them cannot be read")
		return expr.BrokenData(names)
	}
	return data
}

// constant checks that expressions can hold a value.
func (d nameReader) constant(n *yaml.Node) {
	switch n.Kind {
	case yaml.SequenceNode:
		if len(n.Content) > expr.MaxElements {
			d.Add(n, CodeTooLarge, "a list may have at most %d items", expr.MaxElements)
			return
		}
		for _, item := range n.Content {
			d.constant(item)
		}
	case yaml.MappingNode:
		if len(n.Content)/2 > expr.MaxElements {
			d.Add(n, CodeTooLarge, "a map may have at most %d keys", expr.MaxElements)
			return
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if len(n.Content[i].Value) > expr.MaxKey {
				d.Add(n.Content[i], CodeTooLarge, "a key may have at most %d bytes", expr.MaxKey)
			}
			d.constant(n.Content[i+1])
		}
	}
}
