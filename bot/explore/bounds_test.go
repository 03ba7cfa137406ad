package explore_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/explore"
)

// hostile are bots with more ways than anybody can walk.
func hostile() map[string]string {
	var states, bits, vars, wide strings.Builder
	for i := range 500 {
		next := fmt.Sprintf("s%d", (i+1)%500)
		fmt.Fprintf(&states, "  s%d: {say: [%s], ask: {choices: {a: %s, b: s%d}}}\n", i, buttons("a", "b"), next, (i*7+3)%500)
	}
	for i := range 30 { // each answer sets one of 30 bits
		fmt.Fprintf(&vars, "  v%d: {type: bool}\n", i)
		fmt.Fprintf(&bits, "  s%d: {say: [%s], ask: {choices: {a: t%d, b: s%d}}}\n  t%d: {set: {v%d: \"true\"}, goto: s%d}\n",
			i, buttons("a", "b"), i, (i+1)%30, i, i, (i+1)%30)
	}
	for i := range 100 {
		fmt.Fprintf(&wide, "  - {text: {any: [word%d]}, interrupt: true, to: s0}\n", i)
	}
	return map[string]string{
		"500 states": head + "start: s0\nstates:\n" + states.String(),
		"2^30 ways":  head + "start: s0\nvars:\n" + vars.String() + "triggers:\n" + wide.String() + "states:\n" + bits.String(),
		"a list that grows": head + `start: a
vars: {cart: {type: list}, rows: {type: list}}
states:
  a:
    set: {rows: "[1,2,3,4,5,6,7,8,9].map(n, {'id': 'r' + string(n), 'title': 'Row ' + string(n)})"}
    say: [{interactive: {type: list, body: {text: pick}, action: {button: Rows, sections: [{title: All, rows: "${vars.rows}"}]}}}]
    ask: {save: {cart: "vars.cart + [answer.id]"}, choices: {"*": b}}
  b: {goto: [{if: "size(vars.cart) > 99", to: c}, {to: a}]}
  c: {say: [bye], close: {reason: done}}
`,
		"a number that grows": head + `start: a
vars: {n: {type: int}}
states:
  a: {set: {n: vars.n + 1}, call: {http: {get: "https://api.example/${vars.n}"}, on_error: b}, goto: a}
  b: {say: [bye], close: {reason: done}}
`,
	}
}

func TestExploreIsBounded(t *testing.T) {
	for name, src := range hostile() {
		t.Run(name, func(t *testing.T) {
			r := walk(t, load(t, src), "", explore.Options{MaxStates: 300, Depth: 30})
			require.LessOrEqual(t, r.States, 300)
			require.Less(t, r.Steps, 300*120)
			if name == "a number that grows" {
				require.Contains(t, strings.Join(found(r), "\n"), "the bot went on by itself more than 50 times")
				return
			}
			require.True(t, r.Left > 0 || r.Deeper > 0, "it says that there is more")
		})
	}
}

func TestExploreEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o := explore.Options{Depth: 50, MaxStates: 100_000, Progress: func(p explore.Progress) {
		if p.States > 50 {
			cancel()
		}
	}}
	require.NoError(t, o.UseTests(nil))
	r := explore.Explore(ctx, load(t, hostile()["500 states"]), o)
	require.Greater(t, r.States, 50)
	require.Less(t, r.States, 1000)
	require.Positive(t, r.Left)
}

// Any bot is walked within the bounds, twice in the same way, and what is found can be played.
func TestAnyBotIsWalkedWithinTheBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := drawBot(t)
		b, err := definition.Load([]byte(src))
		if err != nil {
			return // such as a circle without a question
		}
		o := explore.Options{MaxStates: rapid.IntRange(1, 60).Draw(t, "states"), Depth: rapid.IntRange(1, 6).Draw(t, "depth"), HumanWithin: rapid.IntRange(0, 3).Draw(t, "person")}
		r := walk(t, b, "", o)
		require.LessOrEqual(t, r.States, max(2, o.MaxStates))
		require.Equal(t, r, walk(t, b, "", o), src)
	})
}

// drawBot is a small bot of all kinds of states.
func drawBot(t *rapid.T) string {
	n := rapid.IntRange(1, 6).Draw(t, "n")
	to := func() string { return fmt.Sprintf("s%d", rapid.IntRange(0, n-1).Draw(t, "to")) }
	word := rapid.SampledFrom([]string{"hi", "${vars.a}", "${vars.m.key}", "${string(vars.n)}"})
	as := rapid.SampledFrom([]string{"text", "int", "date", "rut", "location", "image", "form", "any", "email"})
	var b strings.Builder
	b.WriteString(head + "start: s0\nvars: {a: {type: string}, n: {type: int}, m: {type: map}}\n")
	b.WriteString("hours: {desk: {weekly: {mon-fri: [\"09:00-18:00\"]}}}\n")
	fmt.Fprintf(&b, "triggers: [{text: {words: [go]}, interrupt: true, to: %s}]\nstates:\n", to())
	for i := range n {
		set := rapid.SampledFrom([]string{"", "set: {n: vars.n + 1}, ", "set: {a: \"'x'\"}, "}).Draw(t, "set")
		said := fmt.Sprintf("say: [%q], ", word.Draw(t, "word"))
		exit := ""
		switch rapid.IntRange(0, 7).Draw(t, "exit") {
		case 0:
			exit = "close: {reason: done}"
		case 1:
			exit = fmt.Sprintf("handoff: {to: desk, timeout: 30h, on_timeout: %s, on_resume: %s}", to(), to())
		case 2:
			exit = fmt.Sprintf("goto: [{if: \"open('desk')\", to: %s}, {to: %s}]", to(), to())
		case 3:
			exit = fmt.Sprintf("call: {http: {get: \"https://api.example/%d\", retries: 1}, save: {m: result.json}, on_status: {404: %s}, on_error: %s}, goto: %s", i, to(), to(), to())
		case 4, 5:
			said = fmt.Sprintf("say: [%s], ", buttons("a", "b"))
			exit = fmt.Sprintf("ask: {choices: {a: %s, b: %s}, retry: {max: 1, else: %s}, idle: [{after: 2h, say: [well]}, {after: 9h, to: %s}]}", to(), to(), to(), to())
		default:
			exit = fmt.Sprintf("ask: {as: %s, to: %s, save: {a: answer.text}}", as.Draw(t, "as"), to())
		}
		fmt.Fprintf(&b, "  s%d: {%s%s%s}\n", i, set, said, exit)
	}
	return b.String()
}
