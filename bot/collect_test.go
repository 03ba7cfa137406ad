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

func TestACollectedAnswer(t *testing.T) {
	begin := func() *chat {
		c := talkTo(t, collecting)
		c.says("hola")
		c.says("one")
		require.Equal(t, []string{"one"}, c.state.Ask.Buf)
		require.Equal(t, "collect/1/1", c.armed.ID)
		require.Len(t, c.timers, 1, "the question's own clock stands still")
		return c
	}
	t.Run("each text begins the wait anew", func(t *testing.T) {
		c := begin()
		c.waits(7 * time.Second)
		c.says("two")
		require.Equal(t, "collect/1/2", c.armed.ID)
		require.Equal(t, c.now.Add(8*time.Second), c.armed.At)
		c.fires("collect/1/1")
		require.Equal(t, "timer ignored", c.trace())
	})
	t.Run("after twenty texts it is enough", func(t *testing.T) {
		c := begin()
		for range 18 {
			c.says("more")
			require.Equal(t, "note", c.asking())
		}
		c.says("last")
		require.Equal(t, "noted", c.asking())
		require.Equal(t, `"one`+strings.Repeat(`\nmore`, 18)+`\nlast"`, c.value("note"))
	})
	t.Run("an interrupt takes it as the answer first", func(t *testing.T) {
		c := begin()
		c.says("menu")
		require.Equal(t, []string{"rule 6 collected answer", "rule 5 interrupt"}, c.traces())
		require.Equal(t, []string{"noted: one", "menu"}, c.texts())
		require.Equal(t, `"one"`, c.value("note"))
	})
	t.Run("opt-out takes it as the answer first", func(t *testing.T) {
		c := begin()
		c.says("baja")
		require.Equal(t, []string{"rule 6 collected answer", "rule 3 opt-out"}, c.traces())
		require.Equal(t, `"one"`, c.value("note"))
		require.Equal(t, definition.ReasonOptout, c.ended().Reason)
		require.Empty(t, c.timers)
	})
	t.Run("opt-out ends it with its own words, also where the answer would end it", func(t *testing.T) {
		c := talkTo(t, strings.Replace(strings.Replace(collecting, "to: noted", "to: bye", 1), "words: [baja]", "words: [baja], say: [no more]", 1))
		c.says("hola")
		c.says("one")
		c.says("baja")
		require.Equal(t, []string{"bye", "no more"}, c.texts())
		require.Equal(t, []bot.EffectKind{bot.EffectTimerClear, bot.EffectSend, bot.EffectSend, bot.EffectContact, bot.EffectClose}, c.kinds())
		require.Equal(t, definition.ReasonOptout, c.ended().Reason)
	})
	t.Run("a refused message takes it as the answer first, and is heard where that leads", func(t *testing.T) {
		c := begin()
		c.sends("image")
		require.Equal(t, []string{"rule 6 collected answer", "rule 8 refused"}, c.traces())
		require.Equal(t, "noted", c.asking())
		require.Equal(t, 1, c.state.Ask.Tries)
	})
	t.Run("a tap on the question answers it, with what was collected", func(t *testing.T) {
		c := talkTo(t, strings.Replace(strings.Replace(collecting, "say: [\"note?\"]", "say: [{"+buttonX+"}]", 1), "      to: noted", "      choices: {x: menu}\n      to: noted", 1))
		c.says("hola")
		button := c.button("x")
		c.says("one")
		c.taps(button)
		require.Equal(t, "menu", c.asking())
		require.Equal(t, `"one"`, c.value("note"))
		require.Len(t, c.timers, 1)
		require.Equal(t, bot.TimerIdle, c.armed.Kind)
	})
	t.Run("the typed title of a button answers it as a tap does", func(t *testing.T) {
		c := talkTo(t, strings.Replace(strings.NewReplacer(
			"say: [\"note?\"]", "say: [{"+buttonX+"}]", "save: {note: answer.text}", "save: {note: answer.text, pic: answer.id}",
		).Replace(collecting), "      to: noted", "      choices: {x: menu}\n      to: noted", 1))
		c.says("hola")
		title := c.state.Ask.Options[0].Title
		c.says("one")
		c.says("two")
		c.says("¡" + strings.ToUpper(title) + "!")
		require.Equal(t, "menu", c.asking())
		require.Equal(t, `"one\ntwo"`, c.value("note"), "once, and without the title")
		require.Equal(t, `"x"`, c.value("pic"))
	})
	t.Run("a picture ends the wait, and keeps what was collected", func(t *testing.T) {
		c := talkTo(t, strings.Replace(collecting, "as: text\n      save: {", "as: any\n      save: {pic: answer.media_id, ", 1))
		c.says("hola")
		c.says("look")
		c.receive("", `{"type":"image","image":{"id":"7","caption":"at this"}}`)
		require.Equal(t, "rule 6 answer", c.trace())
		require.Equal(t, `"look\nat this"`, c.value("note"))
		require.Equal(t, `"7"`, c.value("pic"))
	})
	t.Run("a text that is too long to wait for more is the answer", func(t *testing.T) {
		c := talkTo(t, collecting)
		c.says("hola")
		c.says(strings.Repeat("👋", 3000))
		require.Contains(t, c.traces(), "rule 6 collected answer")
		require.Equal(t, "noted", c.asking())
	})
	t.Run("the question's own timer is ignored", func(t *testing.T) {
		c := begin()
		c.fires("idle/1/0")
		require.Equal(t, "timer ignored", c.trace())
	})
	t.Run("where the answer hands off, a person hears what came behind it", func(t *testing.T) {
		c := talkTo(t, strings.Replace(collecting, "to: noted\n", "to: person\n", 1)+"  person: {handoff: {to: desk}}\n")
		c.says("hola")
		c.says("one")
		c.says("menu")
		require.Equal(t, []string{"rule 6 collected answer", "rule 2 muted"}, c.traces())
		require.True(t, c.state.Muted())
	})
	t.Run("a question waits at most a minute", func(t *testing.T) {
		src := strings.Replace("bot: v1\nname: c\n"+collecting, "collect: 8s", "collect: 61s", 1)
		require.Contains(t, problems(t, src).List(), "collect may be at most 60s")
	})
}
