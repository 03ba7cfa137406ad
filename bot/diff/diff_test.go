package diff_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/diff"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func load(t require.TestingT, src []byte) *definition.Bot {
	b, err := definition.Load(src)
	require.NoError(t, err, string(src))
	return b
}

func file(t require.TestingT, path string) *definition.Bot {
	src, err := os.ReadFile(path)
	require.NoError(t, err)
	return load(t, src)
}

func TestDiffShowsWhatPeopleWouldNotice(t *testing.T) {
	older, newer := file(t, "testdata/old.bot.yaml"), file(t, "testdata/new.bot.yaml")
	for path, changes := range map[string][]diff.Change{
		"testdata/forth.txt": diff.Compare(older, newer),
		"testdata/back.txt":  diff.Compare(newer, older),
	} {
		var out bytes.Buffer
		diff.Write(&out, changes)
		if *update {
			require.NoError(t, os.WriteFile(path, out.Bytes(), 0o600))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err, "run the test with -update to write it")
		require.Equal(t, string(want), out.String())
	}
}

const small = `bot: v1
name: small
languages: [en]
timezone: UTC
start: a
hours: {desk: {weekly: {mon-tue: ["09:00-18:00"]}, closed: ["2026-12-25", "2026-01-01"]}}
messages: {bye: {text: {body: bye}}}
triggers: [{text: {any: [Menu, start]}, to: a}]
states:
  a:
    say: ["hi ${contact.name}"]
    ask: {as: text, to: b, idle: [{after: 60m, to: b}], retry: {max: 2, else: b}}
  b: {say: [{use: bye}], close: {reason: done}}
`

func TestDiffIsSilentAboutWhatMeansTheSame(t *testing.T) {
	for _, tt := range []struct{ name, other string }{
		{"comments, quotes and the order of keys", `
# a comment
name: "small"
bot: v1
timezone: UTC
languages: [en]
states:
  b: {close: {reason: done}, say: [{use: bye}]}
  a:
    ask: {to: b, idle: [{to: b, after: 60m}], as: text, retry: {else: b, max: 2}}
    say:
      - 'hi ${contact.name}'
start: a
hours: {desk: {weekly: {mon-tue: ["09:00-18:00"]}, closed: ["2026-12-25", "2026-01-01"]}}
messages: {bye: {text: {body: bye}}}
triggers: [{text: {any: [Menu, start]}, to: a}]
`},
		{"other ways to write the same", `
bot: v1
name: small
languages: [en]
timezone: UTC
start: a
reply_ids: tagged
hours: {desk: {weekly: {mon: ["09:00-18:00"], tue: ["09:00-18:00"]}, closed: ["2026-01-01", "2026-12-25"]}}
triggers: [{text: {any: [start, menú]}, interrupt: false, to: a}]
states:
  a:
    about: a note
    say: [{type: text, recipient_type: individual, text: {body: "hi ${contact.name}", preview_url: false}}]
    ask: {as: text, to: [{to: b}], idle: [{after: 1h, to: b}], retry: {max: 2, else: b, repeat: true}}
  b: {say: [bye], close: {reason: done, notice: true}}
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			one, other := load(t, []byte(small)), load(t, []byte(tt.other))
			require.Empty(t, diff.Compare(one, other))
			require.Empty(t, diff.Compare(other, one))
		})
	}
}

// What is said for each element is the same wherever the list stands, and a trigger that gives nothing back
// need not say so.
func TestDiffKnowsListsAndDigressions(t *testing.T) {
	const head = "bot: v1\nname: x\nstart: a\nvars: {l: {type: list}}\n"
	one := load(t, []byte(head+"messages: {m: {text: {body: \"${each.item}\"}}}\nstates: {a: {say: [{use: m, each: vars.l}], handoff: {to: d}}}\n"))
	own := load(t, []byte(head+"messages: {m: {each: vars.l, text: {body: \"${each.item}\"}}}\nstates: {a: {say: [{use: m}], handoff: {to: d}}}\n"))
	written := load(t, []byte(head+"states: {a: {say: [{each: vars.l, text: {body: \"${each.item}\"}}], handoff: {to: d}}}\n"))
	require.Empty(t, diff.Compare(one, own))
	require.Empty(t, diff.Compare(own, written))
	shorter := load(t, []byte(head+"states: {a: {say: [{each: \"first(vars.l, 3)\", text: {body: \"${each.item}\"}}], handoff: {to: d}}}\n"))
	require.Equal(t, []diff.Change{{
		Group: "states", Name: "a", Path: "say[1].each", Kind: diff.Changed, Old: "vars.l", New: "first(vars.l, 3)", OldLine: 5, NewLine: 5,
	}}, diff.Compare(written, shorter))

	triggers := "triggers: [{text: {any: [x]}, to: b%s}]\nstates: {a: {handoff: {to: d}}, b: {say: [b], return: true}}\n"
	without := load(t, []byte(head+strings.Replace(triggers, "%s", "", 1)))
	require.Empty(t, diff.Compare(without, load(t, []byte(head+strings.Replace(triggers, "%s", ", resume: false", 1)))))
	changes := diff.Compare(without, load(t, []byte(head+strings.Replace(triggers, "%s", ", resume: true", 1))))
	require.Len(t, changes, 1)
	require.Equal(t, "resume", changes[0].Path)
}

func TestDiffNamesEachChange(t *testing.T) {
	for _, tt := range []struct {
		name, from, to string
		want           diff.Change
	}{
		{
			"words", "hi ${contact.name}", "hello ${contact.name}",
			diff.Change{Group: "states", Name: "a", Path: "say[1].text.body", Kind: diff.Changed, Words: true, Old: "hi ${contact.name}", New: "hello ${contact.name}", OldLine: 11, NewLine: 11},
		},
		{
			"a shared message", "body: bye", "body: good bye",
			diff.Change{Group: "states", Name: "b", Path: "say[1].text.body", Kind: diff.Changed, Words: true, Old: "bye", New: "good bye", OldLine: 7, NewLine: 7},
		},
		{
			"an exit", "{as: text, to: b,", "{as: text, to: a,",
			diff.Change{Group: "states", Name: "a", Path: "ask.to", Kind: diff.Changed, Old: "b", New: "a", OldLine: 12, NewLine: 12},
		},
		{
			"a silence", "after: 60m", "after: 2h",
			diff.Change{Group: "states", Name: "a", Path: "ask.idle[1].after", Kind: diff.Changed, Old: "60m", New: "2h", OldLine: 12, NewLine: 12},
		},
		{
			"a word of a trigger", "[Menu, start]", "[Menu]",
			diff.Change{Group: "triggers", Name: "1", Path: "text.any", Kind: diff.Removed, Old: "start", OldLine: 8},
		},
		{
			"the hours of a day", "{mon-tue: [", "{mon: [",
			diff.Change{Group: "hours", Name: "desk", Path: "weekly.tuesday", Kind: diff.Removed, Old: "09:00-18:00", OldLine: 6},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.Contains(t, small, tt.from)
			got := diff.Compare(load(t, []byte(small)), load(t, bytes.Replace([]byte(small), []byte(tt.from), []byte(tt.to), 1)))
			require.Equal(t, []diff.Change{tt.want}, got)
		})
	}
}

// The same definition in any order of keys, and as JSON, is the same.
func TestADefinitionIsTheSameInAnyOrderOfKeys(t *testing.T) {
	paths, err := filepath.Glob("../../examples/bots/*.bot.yaml")
	require.NoError(t, err)
	paths = append(paths, "testdata/old.bot.yaml", "testdata/new.bot.yaml", "../definition/starter.bot.yaml", "../testdata/rich.bot.yaml")
	bots := map[string]*definition.Bot{}
	for _, path := range paths {
		bots[path] = file(t, path)
	}
	rapid.Check(t, func(t *rapid.T) {
		b := bots[rapid.SampledFrom(paths).Draw(t, "bot")]
		var root yaml.Node
		require.NoError(t, yaml.Unmarshal(b.Source(), &root))
		shuffle(t, &root)
		src, err := yaml.Marshal(&root)
		require.NoError(t, err)
		require.Empty(t, diff.Compare(b, load(t, src)))
	})
	for _, b := range bots {
		var value any
		require.NoError(t, yaml.Unmarshal(b.Source(), &value))
		if src, err := json.Marshal(value); err == nil { // no keys but texts
			require.Empty(t, diff.Compare(b, load(t, src)))
		}
	}
}

// shuffle puts the keys of all objects in another order.
func shuffle(t *rapid.T, n *yaml.Node) {
	for _, part := range n.Content {
		shuffle(t, part)
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	entries := make([][2]*yaml.Node, len(n.Content)/2)
	for i := range entries {
		entries[i] = [2]*yaml.Node{n.Content[2*i], n.Content[2*i+1]}
	}
	if len(entries) == 0 {
		return
	}
	for i, e := range rapid.Permutation(entries).Draw(t, "keys") {
		n.Content[2*i], n.Content[2*i+1] = e[0], e[1]
	}
}

func TestDiffReadsAChoiceAsItIsMeant(t *testing.T) {
	choosing := func(choice string) *definition.Bot {
		return load(t, []byte(`bot: v1
name: small
languages: [en]
start: a
states:
  a:
    say: [{interactive: {type: button, body: {text: t}, action: {buttons: [{type: reply, reply: {id: x, title: X}}]}}}]
    ask: {choices: {`+choice+`}}
  b: {say: ["bye, +56 2 2222 2222"], close: {reason: done}}
`))
	}
	for one, other := range map[string]string{
		"x: b":                                "x: {to: b}",
		`x: {to: b, words: [Nop, "no way!"]}`: "x: {words: [no way, nop], to: b}",
		`"*": {to: b, old: false}`:            `"*": b`,
	} {
		require.Empty(t, diff.Compare(choosing(one), choosing(other)), one)
		require.Empty(t, diff.Compare(choosing(other), choosing(one)), one)
	}
	require.Equal(t, []diff.Change{
		{Group: "states", Name: "a", Path: "ask.choices.x.words", Kind: diff.Added, New: "yep", NewLine: 8},
	}, diff.Compare(choosing("x: {to: b, words: [ok]}"), choosing("x: {to: b, words: [ok, yep]}")))
	require.Len(t, diff.Compare(choosing("x: b"), choosing("x: {to: b, words: [ok]}")), 1)
	require.Len(t, diff.Compare(choosing(`"*": b`), choosing(`"*": {to: b, old: true}`)), 1)
}
