package workflows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

func TestAConversationEndsAfterSevenDays(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.speaks(t, `
bot: v1
name: paciente
languages: [es]
start: pregunta
states:
  pregunta:
    say: [{interactive: {type: button, body: {text: "¿Sí?"}, action: {buttons: [{type: reply, reply: {id: si, title: "Sí"}}]}}}]
    ask:
      choices: {si: pregunta}
      retry: {max: 10, say: ["¿Sí?"], else: pregunta}
      idle: [{after: 20h, to: fin}]
  fin: {say: ["Adiós"], close: {reason: timeout}}
`)
	for at := time.Duration(0); at < 8*24*time.Hour; at += 12 * time.Hour {
		c.says(at, "nada")
	}
	c.run(ConversationInput{})

	require.Equal(t, OutcomeLifetime, w.archived[0].Outcome)
	require.Equal(t, definition.MaxLifetime, w.archived[0].ClosedAt.Sub(w.archived[0].OpenedAt))
}

func TestADefinitionMayEndAConversationBeforeItsTime(t *testing.T) {
	for _, tt := range []struct {
		name    string
		limit   time.Duration
		outcome string
		after   time.Duration
	}{
		{"its own limit", 2 * time.Hour, definition.ReasonLimit, 2 * time.Hour},
		{"days", 3 * 24 * time.Hour, definition.ReasonLimit, 3 * 24 * time.Hour},
		{"none", 0, OutcomeLifetime, definition.MaxLifetime},
		{"the same as ours", definition.MaxLifetime, OutcomeLifetime, definition.MaxLifetime},
		{"a longer one", 30 * 24 * time.Hour, OutcomeLifetime, definition.MaxLifetime},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			w.does(func(s *bot.State, _ bot.Event) []bot.Effect {
				s.Lifetime = tt.limit
				return []bot.Effect{{Kind: bot.EffectTimerClear, Timer: &bot.Timer{Kind: bot.TimerIdle}}}
			})
			c := newChat(t, w)
			c.says(0, "Hola")
			c.run(ConversationInput{})
			require.NoError(t, c.GetWorkflowError())
			require.Equal(t, tt.outcome, w.archived[0].Outcome)
			require.Equal(t, tt.after, w.archived[0].ClosedAt.Sub(w.archived[0].OpenedAt))
		})
	}
}
