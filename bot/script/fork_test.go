package script_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/script"
)

const calling = `bot: v1
name: calling
languages: [en]
start: a
vars: {n: {type: int}}
states:
  a: {say: [number?], ask: {as: int, save: {n: answer.value}, to: b}}
  b:
    call: {http: {get: "https://api.example/${vars.n}", retries: 2}, on_error: c}
    say: ["found ${vars.n}"]
    close: {reason: found}
  c: {say: ["lost ${vars.n}"], close: {reason: lost}}
`

func heard(t *testing.T, p *script.Player) (said []string) {
	t.Helper()
	entries, err := p.Heard(false)
	require.NoError(t, err)
	for _, e := range entries {
		if e.Kind == script.EntryBot {
			said = append(said, script.Visible(e.Body))
		}
	}
	return said
}

func TestForksGoTheirOwnWays(t *testing.T) {
	setup := script.Setup{Now: opened, Contact: bot.Contact{WaID: "56911112222"}}
	p := script.NewPlayer(parseBot(t, calling), setup, nil).HoldCalls()
	require.NoError(t, p.Receive(script.NewText("hi")))
	require.Equal(t, []string{"number?"}, heard(t, p))

	one, two := p.Fork(), p.Fork()
	require.NoError(t, one.Receive(script.NewText("1")))
	require.NoError(t, two.Receive(script.NewText("2")))
	require.Equal(t, "https://api.example/1", one.Held().URL)
	require.Equal(t, "https://api.example/2", two.Held().URL)
	require.Nil(t, p.Held())
	require.Equal(t, "a", p.State().Ask.State, "the first one waits where it was forked")

	found, lost := one.Fork(), one.Fork()
	require.NoError(t, found.Return(script.Answer{Status: 200, Body: "{}"}))
	require.NoError(t, lost.Return(script.Answer{Error: bot.CallTimeout}))
	require.Equal(t, []string{"found 1"}, heard(t, found), "and nothing from before")
	entries, err := lost.Heard(false)
	require.NoError(t, err)
	require.Len(t, entries[0].Answers, 3, "each attempt gets the answer")
	require.True(t, found.State().Closed && lost.State().Closed)
	require.NotNil(t, one.Held(), "it still waits")
	require.NoError(t, found.Return(script.Answer{}), "without a call, nothing happens")
}

func TestWhatComesWhileACallIsHeldWaits(t *testing.T) {
	setup := script.Setup{Now: opened, Contact: bot.Contact{WaID: "56911112222"}}
	p := script.NewPlayer(parseBot(t, calling), setup, nil).HoldCalls()
	for _, text := range []string{"hi", "1", "hello?"} {
		require.NoError(t, p.Receive(script.NewText(text)))
	}
	require.NotNil(t, p.Held())
	require.NoError(t, p.Return(script.Answer{Status: 200, Body: "{}"}))
	require.Equal(t, []string{"number?", "found 1", "number?"}, heard(t, p), "what waited opens the next chat")

	require.NoError(t, p.Receive(script.NewText("2")))
	require.NotNil(t, p.Held())
	require.NoError(t, p.Control(bot.ControlClose, "operator"))
	require.Nil(t, p.Held(), "the call was given up")
	require.True(t, p.State().Closed)
}
