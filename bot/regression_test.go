package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

// What was once wrong and is not to be wrong again.

func TestResumingAtTheStartLeavesTheSubroutines(t *testing.T) {
	c := talkTo(t, `
start: menu
states:
  menu: {say: [menu], ask: {as: text, to: go}}
  go: {run: {state: sub, then: menu}}
  sub: {say: [paso], handoff: {to: desk}}
`)
	c.says("hola")
	for range 12 {
		c.says("x")
		require.True(t, c.state.Muted())
		c.step(bot.Event{Kind: bot.EventControl, At: c.now, Control: bot.ControlResume})
		require.False(t, c.state.Closed)
		require.Empty(t, c.state.Stack)
	}
}

const judged = `
start: ask
vars: {q: {type: string}}
optout: {words: [baja], say: ["Listo."]}
states:
  ask:
    say: [cuenta]
    ask:
      as: text
      collect: 8s
      save: {q: answer.text}
      reject: [{if: "size(answer.text) > 10", say: ["muy largo"]}]
      to: done
  done: {say: [gracias], ask: {as: text, to: done}}
`

func TestRejectJudgesACollectedAnswerAsAWhole(t *testing.T) {
	c := talkTo(t, judged)
	c.says("hola")
	c.says("123456789")
	c.says("123456789")
	require.Empty(t, c.texts())
	c.waits(8 * time.Second)
	require.Equal(t, []string{"muy largo"}, c.texts())
	require.Equal(t, "ask", c.state.Ask.State)
	require.Empty(t, c.state.Vars)
	c.says("corto")
	c.waits(8 * time.Second)
	require.Equal(t, "done", c.state.Ask.State)
	require.JSONEq(t, `"corto"`, string(c.state.Vars["q"]))
}

func TestOptOutIsConfirmedWhateverWasSaidBefore(t *testing.T) {
	c := talkTo(t, strings.Replace(judged, "to: done\n", "to: much\n", 1)+`
  much: {say: [a, b, c, d, e, f, g, h, i, j], goto: more}
  more: {say: [a, b, c, d, e, f, g, h, i, j], goto: done}
`)
	c.says("hola")
	c.says("corto")
	c.says("baja")
	require.Equal(t, "Listo.", c.texts()[len(c.texts())-1])
	require.True(t, c.state.Closed)
}

func TestATemplatesPayloadMayLookTagged(t *testing.T) {
	c := talkTo(t, `
start: menu
triggers: [{choice: ["promo~marzo"], to: promo}]
states:
  menu: {say: [menu], ask: {as: text, to: menu}}
  promo: {say: [promo], ask: {as: text, to: menu}}
`)
	c.receive("promo", `{"type":"button","button":{"payload":"promo~marzo","text":"La quiero"}}`)
	require.Equal(t, []string{"promo"}, c.texts())
}

func TestTheHostOfACallIsPublic(t *testing.T) {
	for _, host := range []string{
		"localhost", "10.0.0.1", "169.254.169.254", "2130706433", "intranet", "api_x.example.com", "ñandu.example.com",
		"api.example.com:8080", "[::1]", "api.example.com/a/..",
	} {
		_, err := definition.Load([]byte(`
bot: v1
name: x
start: a
states:
  a: {call: {http: {get: "https://` + host + `/x"}, on_error: a2}, goto: a2}
  a2: {close: {reason: done}}
`))
		var problems definition.Problems
		require.ErrorAs(t, err, &problems, host)
		require.Equal(t, definition.CodeURL, problems[0].Code, host)
	}
}
