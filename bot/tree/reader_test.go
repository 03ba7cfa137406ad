package tree_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/tree"
)

func TestReaderKnowsATextThatAColonMadeAKey(t *testing.T) {
	root, _ := tree.Parse([]byte("Hola: 1\n¿precio?: 2\nmas o menos: 3\nque: 4\n\"Qué\": 5\n"), tree.Kind{Name: "letter", Bytes: 1 << 10, Depth: 9})
	var r tree.Reader
	r.Object(root, "the letter", tree.Fields{"a": nil})
	require.Equal(t, []string{
		`1:1: the letter has no key "Hola"; it may have a; a text with a colon and a space in it has to stand in quotes [unknown-key]`,
		`2:1: the letter has no key "¿precio?"; it may have a; a text with a colon and a space in it has to stand in quotes [unknown-key]`,
		`3:1: the letter has no key "mas o menos"; it may have a; a text with a colon and a space in it has to stand in quotes [unknown-key]`,
		`4:1: the letter has no key "que"; it may have a [unknown-key]`,
		`5:1: the letter has no key "Qué"; it may have a [unknown-key]`,
	}, list(r.Problems))
}

func TestReaderReportsWhatIsWrong(t *testing.T) {
	root, _ := tree.Parse([]byte("a: 1\nb: {x: no}\nc: [1, 2, 3]\nd: soon\ne: perhaps\nf: 12x\n"), tree.Kind{Name: "letter", Bytes: 1 << 10, Depth: 9})
	var r tree.Reader
	r.Object(root, "the letter", tree.Fields{
		"a": func(n *yaml.Node) { r.Text(n, "a") },
		"b": func(n *yaml.Node) { r.List(n, "b", 9, nil) },
		"c": func(n *yaml.Node) { r.List(n, "c", 2, nil); r.Entries(n, "c", nil) },
		"d": func(n *yaml.Node) { r.Duration(n, "d"); r.Boolean(n, "d") },
		"e": func(n *yaml.Node) { r.OneOf(n, "e", "yes", "no") },
	}, "a", "z")
	require.Equal(t, []string{
		"1:4: a must be a text; put it in quotes [type]",
		"2:4: b must be a list with at least one item [type]",
		"3:4: c must be an object with at least one key [type]",
		"3:11: c may have at most 2 items [too-large]",
		"4:4: d must be true or false [type]",
		`4:4: d must be a time such as "90s", "5m", "2h" or "1d" [value]`,
		"5:4: e must be one of yes, no [value]",
		`6:1: the letter has no key "f"; it may have a, b, c, d, e [unknown-key]`,
		`1:1: the letter needs the key "z" [missing-key]`,
	}, list(append(tree.Tidy(r.Problems[:8]), r.Problems[8])), "in the order of the text, but for what is not there")
}
