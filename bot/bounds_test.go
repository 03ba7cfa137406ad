package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

// pacing is a bot that goes on by itself every minute.
const pacing = `
start: a
states:
  a: {say: [a], ask: {as: text, idle: [{after: 1m, to: b}], to: b}}
  b: {say: [b], ask: {as: text, idle: [{after: 1m, to: a}], to: a}}
`

// A definition that only talks to itself would do so for the week that a conversation may last.
func TestABotGoesOnByItselfFiftyTimes(t *testing.T) {
	c := talkTo(t, pacing)
	c.says("hola")
	for range 50 {
		c.waits(time.Minute)
		require.Len(t, c.texts(), 1)
		require.False(t, c.state.Closed)
	}
	c.waits(time.Minute)
	require.Equal(t, definition.ReasonError, c.ended().Reason)
	require.Contains(t, c.texts()[0], "problema técnico")
}

func TestAWordOfTheContactLetsTheBotGoOn(t *testing.T) {
	c := talkTo(t, pacing)
	c.says("hola")
	for n := range 120 {
		c.waits(time.Minute)
		if n%40 == 0 {
			c.says("still here")
		}
	}
	require.False(t, c.state.Closed)
}

func TestCallsCountAsGoingOnByItself(t *testing.T) {
	c := talkTo(t, `
start: a
states:
  a: {call: {http: {get: "https://x.test"}, on_error: a}, say: [ok], ask: {as: text, to: a}}
`)
	c.says("hola")
	for range 49 {
		c.fails(bot.CallTimeout)
		require.NotNil(t, c.call())
	}
	c.fails(bot.CallTimeout)
	require.Nil(t, c.call())
	require.Equal(t, definition.ReasonError, c.ended().Reason)
}

// What can be tapped is remembered in the state, so that there is room for only so much of it.
func TestTheOptionsOfAQuestionAreBoundedWhenTheyAreSaid(t *testing.T) {
	const list = "\n      - {interactive: {type: list, body: {text: t}, action: {button: See, sections: [{title: T, rows: \"${['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'].map(i, {'id': '%' + i + input.text, 'title': i})}\"}]}}}"
	src := func(lists int) string {
		var say strings.Builder
		for i := range lists {
			say.WriteString(strings.Replace(list, "%", string(rune('a'+i)), 1))
		}
		return "start: a\nstates:\n  a:\n    say:" + say.String() + "\n    ask: {choices: {\"*\": a}}\n"
	}
	hands := strings.Repeat("👋", 190) // 760 bytes: ten rows are some 8 KB
	c := talkTo(t, src(3))
	c.says(hands)
	require.Len(t, c.state.Ask.Options, 30)
	c = talkTo(t, src(4))
	c.says(hands)
	require.Equal(t, definition.ReasonError, c.ended().Reason)
}

func TestVariablesAreBounded(t *testing.T) {
	const src = `
start: a
vars: {s: {type: string}}
defaults: {error: sorry}
states:
  a: {say: [a], ask: {as: text, save: {s: "vars.s + answer.text"}, to: a}}
  sorry: {say: ["${size(vars.s)}"], close: {reason: full}}
`
	c := talkTo(t, src)
	c.says("hola")
	for range 5 {
		c.says(strings.Repeat("x", 4096))
		require.Equal(t, "a", c.asking())
	}
	c.says(strings.Repeat("x", 4096))
	require.Equal(t, []string{"20480"}, c.texts(), "the old value is kept")
}

// What fails in a subroutine must not return into it from the state for errors.
func TestAFailureClearsTheStack(t *testing.T) {
	c := talkTo(t, `
start: a
vars: {l: {type: list}}
defaults: {error: sorry}
states:
  a: {run: {state: sub, then: b}}
  sub: {set: {l: "[vars.l[0]]"}, goto: end}
  end: {return: true}
  sorry: {say: [sorry], ask: {as: text, to: end}}
  b: {say: [b], close: {reason: done}}
`)
	c.says("hola")
	require.Equal(t, "sorry", c.asking())
	require.Empty(t, c.state.Stack)
}

// After a failure the state for errors may use expressions again, also when they were used up.
func TestTheStateForErrorsHasABudgetOfItsOwn(t *testing.T) {
	const heavy = `{if: "vars.l.exists(x, x == vars.s)", text: {body: found}}`
	c := talkTo(t, `
start: a
vars: {l: {type: list}, s: {type: string}}
defaults: {error: sorry}
states:
  a:
    call: {http: {get: "https://x.test"}, save: {l: result.json}, on_error: sorry}
    say: [`+strings.TrimSuffix(strings.Repeat(heavy+", ", 10), ", ")+`]
    goto: a2
  a2:
    say: [`+strings.TrimSuffix(strings.Repeat(heavy+", ", 10), ", ")+`]
    close: {reason: done}
  sorry: {say: ["${size(vars.l)} are too many"], close: {reason: broken}}
`)
	c.says("hola")
	c.answers(200, "["+strings.Repeat("1,", 9999)+"1]")
	require.Equal(t, []string{"10000 are too many"}, c.texts())
	require.Contains(t, strings.Join(c.traces(), "\n"), "too much work together")
}
