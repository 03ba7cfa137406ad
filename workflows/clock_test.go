package workflows

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

func TestOneLazyTimerServesAllMessages(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	timers := 0
	c.SetOnTimerScheduledListener(func(string, time.Duration) { timers++ })
	for i := range 20 {
		c.says(time.Duration(i)*20*time.Second, "menu")
	}
	c.says(20*20*time.Second, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, 1, timers)
}

func TestAQuestionsClockStandsStillUntilItIsDelivered(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	var start time.Time
	w.refuse = func(int, string) bool {
		if start.IsZero() {
			start = w.now()
		}
		return w.now().Sub(start) < 3*time.Hour
	}
	c.says(0, "Hola")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Len(t, w.posts, 5)
	delivered := w.posts[1].At
	require.GreaterOrEqual(t, delivered.Sub(start), 3*time.Hour)
	require.Equal(t, reminds, w.posts[2].At.Sub(delivered))
	require.Equal(t, closes, w.posts[3].At.Sub(delivered))
}

func TestTimersHaveAPurpose(t *testing.T) {
	for want, timer := range map[string]bot.Timer{
		"remind or close: no answer":                {Kind: bot.TimerIdle, ID: "idle/1/0"},
		"go on: the answer is complete":             {Kind: bot.TimerCollect, ID: "collect/1"},
		"close: silent for a day after the handoff": {Kind: bot.TimerHandoff, ID: "handoff"},
		"go on: nobody has taken the chat":          {Kind: bot.TimerHandoff, ID: "handoff/derivar"},
		"another":                                   {Kind: "another"},
	} {
		require.Equal(t, want, timerPurpose(timer))
	}
	require.Equal(t, "7 days", formatDays(definition.MaxLifetime))
	require.Equal(t, "36h0m0s", formatDays(36*time.Hour))
}

// Silence is the contact's: an answer that comes in pieces is complete when no more comes,
// whether or not the ISV takes what was said before.
func TestACollectTimerRunsWhileRepliesWait(t *testing.T) {
	w := newWorld(t)
	w.refuse = func(int, string) bool { return w.now().Before(time.Date(2026, 3, 10, 12, 5, 0, 0, time.UTC)) }
	var collected time.Time
	w.step = func(b *definition.Bot, s bot.State, e bot.Event) (bot.State, []bot.Effect, error) {
		if e.Timer == "collect/1" {
			s.At, collected = e.At, e.At
			return s, []bot.Effect{say("completo")}, nil
		}
		s, effects, err := bot.Step(b, s, e)
		if e.Cause == "wamid.1" {
			effects = append(effects, bot.Effect{Kind: bot.EffectTimerSet, Timer: &bot.Timer{
				Kind: bot.TimerCollect, ID: "collect/1", Set: s.At, At: s.At.Add(8 * time.Second),
			}})
		}
		return s, effects, err
	}
	c := newChat(t, w)
	c.says(0, "Hola")
	var waiting Snapshot
	c.RegisterDelayedCallback(func() { waiting = c.snapshot() }, time.Minute)
	c.says(10*time.Minute, "salir")
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, time.Date(2026, 3, 10, 12, 0, 8, 0, time.UTC), collected)
	require.Equal(t, 3, waiting.Undelivered)
}

// A timer that has come due waits while no more replies are made: armed again and again, it
// would keep the workflow busy for ever.
func TestATimerThatComesDueBehindAFullOutboxWaits(t *testing.T) {
	w := newWorld(t)
	w.refuse = func(int, string) bool { return true }
	c := newChat(t, w)
	for i := range 12 {
		c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, c.many(50, "hola", fmt.Sprintf("wamid.%d", i))) }, time.Duration(i)*100*time.Millisecond)
	}
	c.updates(5*time.Second, UpdateHandoff, HandoffRequest{})
	full := 0
	c.RegisterDelayedCallback(func() { full = c.snapshot().Undelivered }, time.Minute)
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.GreaterOrEqual(t, full, maxOutbox)
	require.Len(t, w.archived, 1)
	require.Equal(t, "timeout", w.archived[0].Outcome)
}

func TestSilenceIsRemindedOnceAndThenClosed(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	timers := 0
	c.SetOnTimerScheduledListener(func(string, time.Duration) { timers++ })
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, "timeout", w.archived[0].Outcome)
	start := w.posts[0].At
	reminder, farewell := w.posts[2], w.posts[3]
	require.Equal(t, reminds, reminder.At.Sub(start))
	require.Equal(t, closes, farewell.At.Sub(start))
	require.Equal(t, 2, timers, "one for the reminder, one for the close")
}
