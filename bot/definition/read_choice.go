package definition

import (
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/tree"
)

// maxChoiceWords bounds the texts that choose one id.
const maxChoiceWords = 50

func (d botReader) choices(n *yaml.Node) []choice {
	var all []choice
	d.Entries(n, "choices", func(key, value *yaml.Node) {
		all = append(all, d.choice(key, value))
	})
	return all
}

// choice reads a state, or an object that says more than that.
func (d botReader) choice(key, n *yaml.Node) choice {
	c := choice{id: key.Value, place: tree.PlaceOf(key)}
	if n.Kind != yaml.MappingNode {
		c.to = d.ref(n, "a choice")
		return c
	}
	d.Object(n, "a choice", tree.Fields{
		"to":    func(n *yaml.Node) { c.to = d.ref(n, "to") },
		"words": func(n *yaml.Node) { c.words = d.choiceWords(n, c.id) },
		"old":   func(n *yaml.Node) { c.old = d.old(n, c.id) },
	}, "to")
	return c
}

// choiceWords reads the texts that choose an id, which has to be known for that.
func (d botReader) choiceWords(n *yaml.Node, id string) []string {
	if _, many := beginningOf(id); many || id == anyID {
		d.Add(n, CodeValue, "words choose one id, and %q stands for many; give them to a choice that names the id", id)
	}
	if n.Kind == yaml.SequenceNode && len(n.Content) > maxChoiceWords {
		d.Add(n, CodeTooLarge, "a choice may have at most %d words", maxChoiceWords)
		return nil
	}
	return d.folded(n, "words")
}

// old reads whether "*" takes ids of an earlier message. Ids that are named count there anyway.
func (d botReader) old(n *yaml.Node, id string) bool {
	if id != anyID {
		d.Add(n, CodeValue, `old is for the choice "*": an id that is named counts on an earlier message of the same state anyway`)
	}
	return d.Boolean(n, "old")
}
