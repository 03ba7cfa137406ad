package tree_test

import (
	"fmt"
	"strings"
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
		`1:1: the letter has no key "Hola"; if this is a text, put all of it in quotes, because of its colon: "Hola: 1" [unknown-key]`,
		`2:1: the letter has no key "¿precio?"; if this is a text, put all of it in quotes, because of its colon: "¿precio?: 2" [unknown-key]`,
		`3:1: the letter has no key "mas o menos"; if this is a text, put all of it in quotes, because of its colon: "mas o menos: 3" [unknown-key]`,
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
		"2:4: b must be a list with at least one item; write - and a space before each item [type]",
		"3:4: c must be an object with at least one key [type]",
		"3:11: c may have at most 2 items [too-large]",
		"4:4: d must be true or false [type]",
		`4:4: d must be a time such as "90s", "5m", "2h" or "1d" [value]`,
		"5:4: e must be one of yes, no [value]",
		`6:1: the letter has no key "f"; it may have a, b, c, d, e [unknown-key]`,
		`1:1: the letter needs the key "z" [missing-key]`,
	}, list(append(tree.Tidy(r.Problems[:8]), r.Problems[8])), "in the order of the text, but for what is not there")
}

// readLetter reads a text as a letter whose keys are read by some functions.
func readLetter(t *testing.T, src string, fields func(*tree.Reader) tree.Fields, required ...string) []string {
	t.Helper()
	root, problems := tree.Parse([]byte(src), tree.Kind{Name: "letter", Bytes: 1 << 10, Depth: 9})
	require.NotNil(t, root, "%v", problems)
	r := tree.Reader{Home: func(key, _ *yaml.Node) string { return map[string]string{"stamp": "on the envelope"}[key.Value] }}
	r.Object(root, "the letter", fields(&r), required...)
	return list(tree.Tidy(r.Problems))
}

func TestReaderSaysWhatWasMeant(t *testing.T) {
	fields := func(r *tree.Reader) tree.Fields {
		return tree.Fields{
			"say":   func(n *yaml.Node) { r.List(n, "say", 9, func(n *yaml.Node) { r.Text(n, "an item") }) },
			"after": func(n *yaml.Node) { r.Duration(n, "after") },
			"max":   func(n *yaml.Node) { r.Integer(n, "max", 0, 9) },
			"once":  func(n *yaml.Node) { r.Boolean(n, "once") },
			"as":    func(n *yaml.Node) { r.OneOf(n, "as", "text", "number") },
			"close": func(n *yaml.Node) { r.Object(n, "close", tree.Fields{"reason": func(*yaml.Node) {}}, "reason") },
		}
	}
	for src, want := range map[string]string{
		"says: [x]":              `1:1: the letter has no key "says"; did you mean "say"? [unknown-key]`,
		"Say: [x]":               `1:1: the letter has no key "Say"; did you mean "say"? [unknown-key]`,
		"mensaje: [x]":           `1:1: the letter has no key "mensaje"; did you mean "say"? [unknown-key]`,
		"stamp: 1":               `1:1: the letter has no key "stamp"; it belongs on the envelope [unknown-key]`,
		"{\"max\": 1, after:5m}": `1:12: the letter has no key "after:5m"; a space is missing behind its colon: write after: 5m [unknown-key]`,
		"colour: 1":              `1:1: the letter has no key "colour"; it may have after, as, close, max, once, say [unknown-key]`,
		"say: x":                 "1:6: say must be a list with at least one item; put it in [ ], or write - and a space before it, on a line of its own [type]",
		"say: [a: b]":            "1:7: an item must be a text; a text with a colon and a space in it has to stand in quotes [type]",
		"say: [[a]]":             "1:7: an item must be a text; a text that begins with a bracket has to stand in quotes [type]",
		"say: [~]":               "1:7: an item must be a text, and nothing is here [type]",
		"after: 5":               "1:8: after needs a unit: 5s is seconds, 5m minutes, 5h hours, 5d days [value]",
		"after: \"5\"":           "1:8: after needs a unit: 5s is seconds, 5m minutes, 5h hours, 5d days [value]",
		"after: 30min":           `1:8: after is written 30m, not "30min" [value]`,
		"after: 5 minutes":       `1:8: after is written 5m, not "5 minutes" [value]`,
		"after: 400d":            `1:8: after must be a time such as "90s", "5m", "2h" or "1d" [value]`,
		"after: 2.5":             `1:8: after must be a time such as "90s", "5m", "2h" or "1d" [value]`,
		"max: \"3\"":             "1:6: max must be a whole number, without quotes [type]",
		"max: three":             "1:6: max must be a whole number [type]",
		"once: \"true\"":         "1:7: once must be true or false, without quotes [type]",
		"once: sí":               "1:7: once must be true or false; write true [type]",
		"once: 0":                "1:7: once must be true or false; write false [type]",
		"as: string":             `1:5: as cannot be "string"; did you mean "text"? [value]`,
		"as: nmber":              `1:5: as cannot be "nmber"; did you mean "number"? [value]`,
		"as: colour":             "1:5: as must be one of text, number [value]",
		"close: resolved":        "1:8: close must be an object: {reason: resolved} [type]",
		"close:":                 "1:7: close must be an object: {reason: …} [type]",
		"close: [x]":             "1:8: close must be an object, with the keys reason: each as key: value [type]",
	} {
		require.Equal(t, []string{want}, readLetter(t, src+"\n", fields), src)
	}
}

func TestAProblemDoesNotShowALongNameWhole(t *testing.T) {
	long := strings.Repeat("ñ\"", 100_000)
	problems := tree.Tidy([]tree.Problem{
		{Line: 1, Column: 1, Message: fmt.Sprintf("x has no key %q; did you mean %q?", long, "y")},
		{Line: 2, Column: 1, Message: "tags (" + long + ") are not allowed"},
	})
	require.Equal(t, `x has no key "`+strings.Repeat(`ñ\"`, 19)+`ñ\…"; did you mean "y"?`, problems[0].Message)
	require.Len(t, []rune(problems[1].Message), 1501)
}

func TestAMisspeltKeyIsNotMissedToo(t *testing.T) {
	fields := func(*tree.Reader) tree.Fields {
		return tree.Fields{"choices": func(*yaml.Node) {}, "reason": func(*yaml.Node) {}}
	}
	require.Equal(t, []string{`1:1: the letter has no key "chioces"; did you mean "choices"? [unknown-key]`}, readLetter(t, "chioces: 1\nreason: x\n", fields, "choices", "reason"))
	require.Equal(t, []string{
		`1:1: the letter needs the key "reason" [missing-key]`,
		`1:1: the letter has no key "chioces"; did you mean "choices"? [unknown-key]`,
	}, readLetter(t, "chioces: 1\n", fields, "choices", "reason"))
}

func TestOneMistakeIsOneProblem(t *testing.T) {
	var r tree.Reader
	for line := range 9 {
		r.AddName(tree.Place{Line: 9 - line, Column: 3}, tree.CodeValue, "there is no x", "; did you mean y?")
		r.AddAt(tree.Place{Line: 9 - line, Column: 1}, tree.CodeQuote, "each of them")
	}
	r.AddName(tree.Place{Line: 2, Column: 1}, tree.CodeValue, "there is no z", "")
	all := tree.Tidy(r.Problems)
	require.Len(t, all, 9+2)
	require.Equal(t, "1:3: there is no x; did you mean y? (also at 2:3, 3:3, 4:3, 5:3, 6:3 and 3 more) [value]", all[1].String())
	require.Equal(t, "2:1: there is no z [value]", all[3].String())
	again := tree.Tidy(append([]tree.Problem{}, all...))
	require.Equal(t, all, again, "what is tidy stays as it is")
}
