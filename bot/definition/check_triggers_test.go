package definition_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

// triggered are the warnings about the triggers of a bot that has just these.
func triggered(t *testing.T, triggers ...string) []string {
	t.Helper()
	b := load(t, "bot: v1\nname: t\nstart: a\nvars: {n: {type: int}}\ntriggers:\n  - "+strings.Join(triggers, "\n  - ")+`
states:
  a: {say: [a], close: {reason: x}}
  b: {say: [b], close: {reason: x}}
`)
	all := []string{}
	for _, p := range b.Warnings() {
		if p.Code == definition.CodeTrigger {
			all = append(all, p.String())
		}
	}
	return all
}

func TestTriggersThatAnotherComesBeforeAreReported(t *testing.T) {
	first := func(place, what string) []string {
		return []string{place + ": warning: trigger 1 (line 6) comes before this one and takes " + what + ", so that it never fires this [trigger]"}
	}
	for _, tt := range []struct {
		name     string
		triggers []string
		want     []string
	}{
		{"the same text, folded", []string{"{text: {any: [hola]}, to: a}", `{text: {any: [adios, "¡Hola!"]}, to: b}`}, first("7:26", `"¡Hola!"`)},
		{"a text that holds a word", []string{"{text: {words: [hola]}, to: a}", "{text: {any: [hola amigo]}, to: b}"}, first("7:19", `"hola amigo"`)},
		{"the same word", []string{"{text: {words: [hola]}, to: a}", "{text: {words: [precio, HOLA]}, to: b}"}, first("7:29", `"HOLA"`)},
		{"a phrase that holds a word", []string{"{text: {words: [hora]}, to: a}", "{text: {words: [una hora]}, to: b}"}, first("7:21", `"una hora"`)},
		{"the same expression", []string{"{text: {matches: '^a'}, to: a}", "{text: {matches: '^a'}, to: b}"}, first("7:22", "this regular expression")},
		{"the same choice", []string{"{choice: [x], to: a}", "{choice: [w, x], to: b}"}, first("7:18", `"x"`)},
		{"the same choice, one an interrupt", []string{"{choice: [x], to: a}", "{choice: [x], interrupt: true, to: b}"}, first("7:15", `"x"`)},
		{"an id of a beginning", []string{`{choice: ["x:*"], to: a}`, `{choice: ["w", "x:1"], to: b}`}, first("7:20", `"x:1"`)},
		{"a beginning of a beginning", []string{`{choice: ["x:*"], to: a}`, `{choice: ["x:1*"], to: b}`}, first("7:15", `"x:1*"`)},
		{"the same type", []string{"{type: [image, video], to: a}", "{type: [audio, image], to: b}"}, first("7:20", `"image"`)},
		{"the same condition", []string{`{if: "vars.n > 0", to: a}`, `{if: "vars.n > 0", to: b}`}, first("7:5", "whatever it fits")},
		{"a condition that more is asked beside", []string{`{if: "vars.n > 0", to: a}`, `{if: "vars.n > 0", text: {words: [hola]}, to: b}`}, first("7:39", `"hola"`)},
		{"every text", []string{"{type: [text], to: a}", "{text: {any: [hola]}, to: b}"}, first("7:19", `"hola"`)},
		{"every tap", []string{"{choice: [x], to: a}", "{choice: [x], type: [button], to: b}"}, first("7:15", `"x"`)},
		{"every advertisement", []string{"{referral: {}, to: a}", `{referral: {source_id: "1"}, to: b}`}, first("7:5", "whatever it fits")},
		{"the first message", []string{"{first: true, to: a}", "{first: true, text: {any: [hola]}, to: b}"}, first("7:32", `"hola"`)},
		{
			"an interrupt that stands behind",
			[]string{"{text: {any: [hola]}, to: a}", "{text: {any: [hola]}, interrupt: true, to: b}"},
			[]string{`6:19: warning: trigger 2 (line 7) comes before this one and takes "hola", so that it never fires this [trigger]`},
		},
	} {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, triggered(t, tt.triggers...)) })
	}
}

func TestTriggersThatCanFireAreNotReported(t *testing.T) {
	for name, triggers := range map[string][]string{
		"a whole text before a word":       {"{text: {any: [hola]}, to: a}", "{text: {words: [hola]}, to: b}"},
		"a phrase before a word":           {"{text: {words: [una hora]}, to: a}", "{text: {words: [hora]}, to: b}"},
		"an interrupt behind another text": {"{text: {any: [hola]}, to: a}", "{text: {any: [adios]}, interrupt: true, to: b}"},
		"a condition before none":          {`{text: {any: [hola]}, if: "vars.n > 0", to: a}`, "{text: {any: [hola]}, to: b}"},
		"another condition":                {`{if: "vars.n > 0", to: a}`, `{if: "vars.n > 1", to: b}`},
		"the first message before any":     {"{text: {any: [hola]}, first: true, to: a}", "{text: {any: [hola]}, to: b}"},
		"one advertisement before another": {`{referral: {source_id: "1"}, to: a}`, `{referral: {source_id: "2"}, to: b}`},
		"an advertisement before no one":   {"{text: {any: [hola]}, referral: {}, to: a}", "{text: {any: [hola]}, to: b}"},
		"some types before a text":         {"{type: [image], to: a}", "{text: {any: [hola]}, to: b}"},
		"buttons before all taps":          {"{choice: [x], type: [button], to: a}", "{choice: [x], to: b}"},
		"an id before its beginning":       {`{choice: ["x:1"], to: a}`, `{choice: ["x:*"], to: b}`},
		"a condition before a choice":      {`{if: "vars.n > 0", to: a}`, `{if: "vars.n > 0", choice: [x], to: b}`},
		"an expression before one of its":  {"{text: {matches: '^h'}, to: a}", "{text: {any: [hola]}, to: b}"},
		"the same word twice in one":       {"{text: {any: [hola, Hola], words: [hola]}, to: a}"},
	} {
		t.Run(name, func(t *testing.T) { require.Empty(t, triggered(t, triggers...)) })
	}
}

func TestConditionsThatNeverHoldTogetherAreReported(t *testing.T) {
	for trigger, want := range map[string]string{
		"{text: {any: [hola]}, choice: [x], to: a}":    "text looks at what is typed and choice at what is tapped; both together never hold: write two triggers",
		"{text: {any: [hola]}, type: [image], to: a}":  "text looks at what is typed, which is of the type text only; with these types it never holds",
		"{choice: [x], type: [text, location], to: a}": "choice looks at what is tapped, which is of the types interactive and button; with these types it never holds",
	} {
		require.Equal(t, []string{"6:5: warning: " + want + " [trigger]"}, triggered(t, trigger))
	}
	require.Empty(t, triggered(t, "{text: {any: [hola]}, type: [text, image], to: a}"))
	require.Equal(t, []string{"6:5: warning: choice: [\"*\"] is the id * itself; for every tap write type: [interactive, button] [trigger]"}, triggered(t, `{choice: ["*"], to: a}`))
}

// A definition as people write it, in which some triggers stand twice.
func TestTriggersThatStandTwiceAreReported(t *testing.T) {
	require.Equal(t, []string{
		`8:19: warning: trigger 1 (line 6) comes before this one and takes "hola", so that it never fires this [trigger]`,
		`10:15: warning: trigger 4 (line 9) comes before this one and takes "x", so that it never fires this [trigger]`,
	}, triggered(t, "{text: {any: [hola]}, to: a}", "{text: {words: [adios, hola]}, first: true, to: b}", "{text: {any: [hola]}, to: b}", "{choice: [x], to: a}", "{choice: [x], to: b}"))
}
