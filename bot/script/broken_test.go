package script_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
)

// breaking is a bot that breaks on request: in what it says, in its goodbye, and in a note.
const breaking = `bot: v1
name: breaking
start: a
vars: {m: {type: map}}
defaults: {close: {say: ["Adiós ${1 / size(vars.m)}"]}}
triggers:
  - {text: {any: [break]}, interrupt: true, to: broken}
  - {text: {any: [person]}, interrupt: true, to: person}
states:
  a: {say: [hola], ask: {as: text, to: a}}
  broken: {say: ["${1 / size(vars.m)}"], ask: {as: text, to: a}}
  person: {say: [wait], handoff: {to: desk, note: "For ${1 / size(vars.m)}"}}
`

// withFallback has a state for errors, which breaks too when it is told to.
func withFallback(say string) string {
	return strings.Replace(breaking, "defaults: {", "defaults: {error: sorry, ", 1) + "  sorry: {say: [\"" + say + "\"], ask: {as: text, to: a}}\n"
}

// failureOf is why a case with these steps fails; empty when it passes.
func failureOf(t *testing.T, src, steps string) string {
	t.Helper()
	b, err := definition.Load([]byte(src))
	require.NoError(t, err)
	c := &load(t, []byte("cases: [{name: a, steps: ["+steps+"]}]\n")).Cases[0]
	if failure := c.Play(script.NewPlayer(b, c.Setup, nil)).Failure; failure != nil {
		return failure.Problem
	}
	return ""
}

func TestAStepThatExpectsNoErrorIsLeftOut(t *testing.T) {
	_, err := script.Load([]byte("cases: [{name: a, steps: [{user: hola}, {error: false}]}]\n"))
	require.ErrorContains(t, err, "error is true, or a part of the message; leave the step out where the bot must not fail")
}

func TestABotThatBreaksFailsTheCaseUnlessThatIsExpected(t *testing.T) {
	const broke = `before this, the bot failed: state "broken": division by zero (line 11: 1 / size(vars.m)); where that is right, expect it by a step error: true`
	for _, tt := range []struct {
		name, bot, steps, want string
	}{
		{"an apology is no answer", breaking, "{user: break}, {bot: any}", broke},
		{"nor is the state for errors", withFallback("oh"), "{user: break}, {bot: any}", broke},
		{"it is found at the next thing that happens", withFallback("oh"), "{user: break}, {bot: any}, {user: x}, {bot: any}, {error: true}", broke},
		{"expected", breaking, "{user: break}, {error: true}, {bot: any}", ""},
		{"expected behind what was said", breaking, "{user: break}, {bot: any}, {error: true}", ""},
		{"expected in its words", breaking, `{user: break}, {error: 'state "broken": division by zero (line 11: 1 / size(vars.m))'}, {bot: any}`, ""},
		{"expected by a regular expression", breaking, "{user: break}, {error: /division by zero/}, {bot: any}", ""},
		{"expected in other words", breaking, "{user: break}, {error: /no such key/}", `the error is "state \"broken\": division by zero (line 11: 1 / size(vars.m))", not /no such key/`},
		{"the end by an error is expected", breaking, "{user: break}, {bot: any}, {closed: {reason: error}}", ""},
		{"any end is expected", breaking, "{user: break}, {bot: any}, {closed: true}", broke},
		{"two errors, one expected", withFallback("${1 % size(vars.m)}"), "{user: break}, {error: true}", `before this, the bot failed: state "sorry": division by zero (line 13: 1 % size(vars.m)); where that is right, expect it by a step error: true`},
		{"two errors", withFallback("${1 % size(vars.m)}"), "{user: break}, {error: true}, {error: /sorry/}, {closed: true}", ""},
		{"a goodbye that cannot be said", breaking, "{user: hola}, {bot: any}, {close: done}, {closed: true}", `before this, the bot failed: state "a": division by zero (line 5: 1 / size(vars.m)); where that is right, expect it by a step error: true`},
		{"the same, expected", breaking, "{user: hola}, {bot: any}, {close: done}, {error: true}, {closed: true}", ""},
		{"one error, expected twice", breaking, "{user: break}, {error: true}, {bot: any}, {error: true}", "the bot did not fail again; an earlier step has its error already: leave one of them out"},
		{"none came", breaking, "{user: hola}, {bot: any}, {error: true}", "the bot did not fail; the state a waits for an answer"},
		{"a note that is not complete", breaking, "{user: person}, {bot: any}, {handoff: {note: For ?}}", ""},
	} {
		t.Run(tt.name, func(t *testing.T) { require.Equal(t, tt.want, failureOf(t, tt.bot, tt.steps)) })
	}
}

func TestAnErrorOfASaveIsProvidedForByOnError(t *testing.T) {
	const src = `bot: v1
name: calling
start: a
vars: {n: {type: int}}
states:
  a: {call: {http: {get: "https://x.test/"}, save: {n: result.json.n}, on_error: sorry}, say: [ok], close: {reason: done}}
  sorry: {say: [sorry], close: {reason: failed}}
`
	b, err := definition.Load([]byte(src))
	require.NoError(t, err)
	c := &load(t, []byte("http: [{match: \"* *\", json: {}}]\ncases: [{name: a, steps: [{user: hola}, {bot: sorry}, {closed: {reason: failed}}]}]\n")).Cases[0]
	require.Nil(t, c.Play(script.NewPlayer(b, c.Setup, nil)).Failure)
}

func TestWhatBrokeIsRecordedAsExpected(t *testing.T) {
	b, err := definition.Load([]byte(withFallback("${1 % size(vars.m)}")))
	require.NoError(t, err)
	setup := load(t, []byte("cases: [{name: a, steps: [{user: x}]}]")).Setup
	p := script.NewPlayer(b, setup, nil)
	require.NoError(t, p.Receive(script.NewText("break")))
	entries, _ := p.Heard(false)
	text := string(script.Record("x.bot.yaml", "recorded", setup, entries))
	require.Contains(t, text, "      - error: \"state \\\"broken\\\": division by zero (line 11: 1 / size(vars.m))\"\n")
	c := &load(t, []byte(text)).Cases[0]
	require.Nil(t, c.Play(script.NewPlayer(b, c.Setup, nil)).Failure, text)
}
