package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

func TestSettled05TimesNeedATimezone(t *testing.T) {
	const zoneless = "bot: v1\nname: z\nstart: a\n"
	for name, src := range map[string]string{
		"hours":     zoneless + "hours: {desk: {weekly: {mon: [\"09:00-10:00\"]}}}\nstates: {a: {close: {reason: x}}}\n",
		"fmt":       zoneless + "states: {a: {say: [\"${fmt(now, 'HH:mm')}\"], close: {reason: x}}}\n",
		"next_open": zoneless + "states: {a: {say: [\"${next_open('desk')}\"], close: {reason: x}}}\n",
		"date":      zoneless + "states: {a: {say: [when], ask: {as: date, to: a}}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			codes := map[definition.Code]bool{}
			for _, p := range problems(t, src) {
				codes[p.Code] = true
			}
			require.True(t, codes[definition.CodeTimezone] || codes[definition.CodeUnknownHours])
			b, err := definition.Load([]byte(strings.Replace(src, "start:", "timezone: America/Santiago\nstart:", 1)))
			if name == "next_open" {
				require.Error(t, err, "there are no such hours")
				return
			}
			require.NoError(t, err)
			require.NotNil(t, b)
		})
	}
}

func TestSettled08ACollectedAnswer(t *testing.T) {
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

func TestSettled09SubroutinesAreAtMostEightDeep(t *testing.T) {
	src := func(depth int) string {
		var b strings.Builder
		b.WriteString("start: s1\nstates:\n  end: {say: [deep], ask: {as: text, to: back}}\n  back: {return: true}\n  done: {say: [done], close: {reason: done}}\n")
		for i := 1; i <= depth; i++ {
			next, then := "s"+string(rune('0'+i+1)), "back"
			if i == depth {
				next = "end"
			}
			if i == 1 {
				then = "done"
			}
			b.WriteString("  s" + string(rune('0'+i)) + ": {run: {state: " + next + ", then: " + then + "}}\n")
		}
		return b.String()
	}
	c := talkTo(t, src(8))
	c.says("hola")
	require.Len(t, c.state.Stack, 8)
	c.says("back")
	require.Equal(t, []string{"done"}, c.texts())
	c = talkTo(t, src(9))
	c.says("hola")
	require.Equal(t, definition.ReasonError, c.ended().Reason)
}

// That the clock stands still while the outbox is not empty is the workflow's
// (TestAQuestionsClockStandsStillUntilItIsDelivered). Step's part: a timer that comes late pushes
// back what follows it.
func TestSettled10IdleCountsFromTheReminderWhenTheClockWasHeld(t *testing.T) {
	c := atMenu(t)
	late := c.armed.At.Add(time.Hour)
	c.step(bot.Event{Kind: bot.EventTimer, At: late, Timer: c.armed.ID})
	require.Equal(t, []string{"still there?"}, c.texts())
	require.Equal(t, late.Add(2*time.Minute), c.armed.At)
}

// windowed is a bot that reminds by a template a day later, and says something else before.
const windowed = `
start: a
optout: {words: [baja]}
states:
  a:
    say: [a]
    ask:
      as: text
      to: a
      idle:
        - {after: 23h, say: [free]}
        - {after: 24h, say: [{template: {name: news, language: {code: es}}}]}
        - {after: 25h, to: bye}
  bye: {say: [bye], close: {reason: timeout}}
`

func TestSettled11TheWindowCountsFromMetasTimeLessFiveMinutes(t *testing.T) {
	sent := func(ago time.Duration) bot.Event {
		e := textEvent("hola", opened)
		e.Message.Timestamp = opened.Add(-ago)
		return e
	}
	for _, tt := range []struct {
		name string
		ago  time.Duration
		open bool
	}{
		{"just sent", 0, true},
		{"a second before the margin", 24*time.Hour - 5*time.Minute - time.Second, true},
		{"at the margin", 24*time.Hour - 5*time.Minute, false},
		{"long ago", 30 * time.Hour, false},
		{"in the future, which counts as now", -time.Hour, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := talkTo(t, windowed)
			c.step(sent(tt.ago))
			if tt.open {
				require.Equal(t, "a", c.asking())
				require.Equal(t, []string{"a"}, c.texts())
				return
			}
			require.Empty(t, c.asking(), "a question that was not said is not open")
			require.Empty(t, c.texts())
			require.Equal(t, []string{"rule 9 start", "window_closed", "question not said"}, c.traces())
			require.Contains(t, c.kinds(), bot.EffectNote, "operators read why nothing was said")
		})
	}
	c := talkTo(t, windowed)
	e := sent(0)
	e.Message.Timestamp = time.Time{}
	c.step(e)
	require.Equal(t, []string{"a"}, c.texts(), "a missing time counts as the arrival")
}

func TestSettled11OutsideOfTheWindowOnlyATemplateIsSaid(t *testing.T) {
	c := talkTo(t, windowed)
	c.says("hola")
	c.waits(23 * time.Hour)
	require.Equal(t, []string{"free"}, c.texts())
	c.waits(time.Hour)
	require.Equal(t, []string{"<template>"}, c.texts())
	c.waits(time.Hour)
	require.Empty(t, c.texts(), "the farewell comes too late")
	require.Equal(t, "timeout", c.ended().Reason)

	c = talkTo(t, windowed)
	c.says("hola")
	c.state.OptedOut = true
	c.waits(24 * time.Hour)
	require.Empty(t, c.texts(), "no template for one who wants no notices")
	require.Equal(t, []string{"idle reminder", "opted out: no template"}, c.traces())
}

// That the key is sent, and on every attempt, is the shell's (package activities).
func TestSettled13TheIdempotencyKeyIsTheCallsIDAndNobodyElses(t *testing.T) {
	c := searched(t, "shoes")
	require.Equal(t, c.state.Pending.Call, c.call().ID)
	src := "bot: v1\nname: h\nstart: a\nstates:\n  a: {call: {http: {get: \"https://any.host.example/x\", headers: {idempotency-key: x}}, on_error: b}, goto: b}\n  b: {close: {reason: x}}\n"
	require.Contains(t, problems(t, src).List(), "the header idempotency-key is set by the service")
	load(t, strings.Replace(src, ", headers: {idempotency-key: x}", "", 1)) // any public host
}

func TestSettled14APlainTextIsTheDocumentsExample(t *testing.T) {
	c := talkTo(t, "start: a\nstates: {a: {say: [\"Hi ${contact.name}\", Hi], close: {reason: x}}}\n")
	c.says("hola")
	const body = `{"messaging_product":"whatsapp","recipient_type":"individual","to":"56911112222","type":"text","text":{"preview_url":false,"body":"Hi`
	require.Equal(t, []string{body + ` Ana"}}`, body + `"}}`}, c.bodies())
}

func TestSettled15AnUnreadableMessageOfAPersonAnswersNothing(t *testing.T) {
	const unreadable = `{"type":"unsupported","errors":[{"code":131060}]}`
	c := talkTo(t, "start: a\ntriggers: [{type: [unsupported], if: 'conv.turns > 2', to: b}]\nstates:\n"+
		"  a: {say: [a], ask: {as: any, to: b}}\n  b: {say: [b], close: {reason: x}}\n")
	c.receive("", unreadable)
	require.Equal(t, "rule 9 start", c.trace())
	c.receive("", unreadable)
	require.Equal(t, "rule 8 refused", c.trace(), "as: any takes what can be read")
	c.receive("", unreadable)
	require.Equal(t, "rule 7 trigger", c.trace())
}

func TestSettled15GroupsGetNoAnswer(t *testing.T) {
	c := newChat(t, rules(t))
	c.receive("", `{"type":"text","group_id":"g","text":{"body":"hi"}}`)
	require.Empty(t, c.kinds())
	require.Zero(t, c.state.Turns)
}

// The table of contacts, the signed event and the API are the shell's; these are what it acts on.
func TestSettled16WhatTheShellIsToldOfOptOutsHandoffsAndIDs(t *testing.T) {
	c := talkTo(t, optingOut)
	c.says("baja")
	require.Contains(t, c.kinds(), bot.EffectContact)
	require.NotNil(t, withPerson(t).handoff())
	c = newChat(t, load(t, small("reply_ids: raw")))
	c.says("hola")
	require.Equal(t, "fin", c.button("fin"))
	c = newChat(t, load(t, small("reply_ids: tagged")))
	c.says("hola")
	require.Regexp(t, "^fin~[0-9a-z]{5}$", c.button("fin"))
}

func TestSettled17RefusalsAreCountedByState(t *testing.T) {
	c := atMenu(t)
	c.says("x")
	c.taps("first")
	c.taps("invented") // stale, and understood
	c.says("price")    // taken by a trigger
	c.says("y")
	require.Equal(t, map[string]int{"menu": 2}, c.state.Refused)
}

func TestSettled18ABotEntersAChatThatATemplateOpened(t *testing.T) {
	const src = "start: a\ntriggers:\n  - {choice: [confirm], to: b}\n  - {text: {words: [confirmo]}, to: b}\nstates:\n" +
		"  a: {say: [a], close: {reason: x}}\n  b: {say: [b], close: {reason: x}}\n"
	for name, enter := range map[string]func(*chat){
		"by a choice": func(c *chat) { c.presses("confirm", "Yes") },
		"by a text":   func(c *chat) { c.says("sí, confirmo") },
	} {
		t.Run(name, func(t *testing.T) {
			c := talkTo(t, src)
			enter(c)
			require.Equal(t, []string{"b"}, c.texts())
			require.NotEqual(t, outbound.TypeTemplate, c.message(0).Type)
		})
	}
}
