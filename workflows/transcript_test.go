package workflows

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/store"
)

func TestALongTranscriptIsKeptInPages(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	long := strings.Repeat("x", 4000)
	for i := range 40 {
		c.says(time.Duration(i)*time.Second, "menu "+long)
		c.says(time.Duration(i)*time.Second, "menu")
	}
	c.says(time.Minute, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.NotEmpty(t, w.pages)
	seen := map[string]bool{}
	entries := w.archived[0].Entries
	for i, p := range w.pages {
		require.Equal(t, i+1, p.Number)
		entries = append(entries, p.Entries...)
	}
	require.Equal(t, len(w.pages)+1, w.archived[0].Page)
	for _, e := range entries {
		if e.Direction == store.In {
			require.False(t, seen[e.ID])
			seen[e.ID] = true
		}
	}
	require.Len(t, seen, w.archived[0].Messages)
}

func TestUnreadableEnvelopesThatFillPagesAreArchivedToo(t *testing.T) {
	for _, n := range []int{1, 15, 16, 17, 32} { // 16 of them are a page
		w := newWorld(t)
		c := newChat(t, w)
		for range n {
			c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, strings.Repeat("x", 4000)) }, 0)
		}
		c.run(ConversationInput{})
		require.NoError(t, c.GetWorkflowError())
		require.Len(t, w.archived, 1, n)
		require.Equal(t, OutcomeUnreadable, w.archived[0].Outcome)
		kept := len(w.archived[0].Entries)
		for _, page := range w.pages {
			kept += len(page.Entries)
		}
		require.Equal(t, n, kept)
	}
}

func TestWhatTheBotDidNotUnderstandIsArchivedByState(t *testing.T) {
	w := newWorld(t)
	w.does(func(s *bot.State, e bot.Event) []bot.Effect {
		s.Refused = map[string]int{"menu": s.Turns}
		return nil
	})
	c := newChat(t, w)
	c.says(0, "Hola")
	c.says(time.Second, "¿qué?")
	c.says(time.Minute, "salir")
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, map[string]int{"menu": 3}, w.archived[0].Refused)
	require.Zero(t, w.archived[0].Unanswered, "they were answered, if with a question")
}
