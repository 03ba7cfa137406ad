package bot_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
)

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

func TestTheWindowCountsFromMetasTimeLessFiveMinutes(t *testing.T) {
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

func TestOutsideOfTheWindowOnlyATemplateIsSaid(t *testing.T) {
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
