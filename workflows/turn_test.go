package workflows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
)

// does lets the bot do something more, after what it does anyway.
func (w *world) does(more func(*bot.State, bot.Event) []bot.Effect) {
	w.step = func(b *definition.Bot, s bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
		s, effects, err := stepWithCalls(b, s, e)
		return s, append(effects, more(&s, e)...), err
	}
}

func TestAnOptOutIsKept(t *testing.T) {
	w := newWorld(t)
	w.api = slowly(2, time.Minute, "algo")
	c := newChat(t, w)
	c.says(0, "consulta")
	c.says(time.Second, "baja")
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, []store.Preference{{
		Channel: testChannel, WaID: testContact, OptedOut: true, At: time.Date(2026, 3, 10, 12, 0, 1, 0, time.UTC),
	}}, w.preferences)
}

func TestAReactionAloneOpensNothing(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.RegisterDelayedCallback(func() {
		e := c.envelope("", "wamid.r")
		e.Messages[0].Type = "reaction"
		e.Messages[0].Message = []byte(`{"from":"56911112222","id":"wamid.r","type":"reaction","reaction":{"message_id":"wamid.x","emoji":"👍"}}`)
		c.SignalWorkflow(SignalInbound, e)
	}, 0)
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Empty(t, w.posts)
	require.Empty(t, w.rows)
}
