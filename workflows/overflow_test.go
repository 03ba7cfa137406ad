package workflows

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
)

// large is a text message of that many bytes more than it needs.
func (c *session) large(text, id string, size int) Envelope {
	e := c.envelope(text, id)
	m := &e.Messages[0]
	m.Message = json.RawMessage(strings.TrimSuffix(string(m.Message), "}") + `,"more":"` + strings.Repeat("x", size) + `"}`)
	return e
}

// runs plays a conversation, run after run, until one ends; before is called with each.
func (w *world) runs(t *testing.T, before func(run int, c *session)) (runs int) {
	t.Helper()
	var in ConversationInput
	for run := 0; ; run++ {
		require.Less(t, run, 200)
		c := newChat(t, w)
		before(run, c)
		c.run(in)
		if c.GetWorkflowError() == nil {
			return run + 1
		}
		in = c.carriedOn()
		require.Less(t, jsonSize(t, in), 2<<20, "the server refuses an input of 2 MiB")
	}
}

// growsAfter makes the run long enough after so many local activities.
func (c *session) growsAfter(n int) {
	c.SetOnLocalActivityCompletedListener(func(*activity.Info, converter.EncodedValue, error) {
		if n--; n == 0 {
			c.SetContinueAsNewSuggested(true)
		}
	})
}

func named(prefix string, n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("%s.%d", prefix, i)
	}
	return ids
}

func TestABacklogOfAnySizeIsAnsweredInOrderOverManyRuns(t *testing.T) {
	for _, tt := range []struct{ messages, size, grows int }{{120, 100 << 10, 20}, {900, 2 << 10, 4}, {8, 127 << 10, 1}} {
		t.Run(fmt.Sprintf("%d of %d bytes", tt.messages, tt.size), func(t *testing.T) {
			w := newWorld(t)
			want := named("wamid.b", tt.messages)
			runs := w.runs(t, func(run int, c *session) {
				c.growsAfter(tt.grows)
				switch run {
				case 0:
					for i := range tt.messages {
						c.RegisterDelayedCallback(func() {
							c.SignalWorkflow(SignalInbound, c.large("menu", fmt.Sprintf("wamid.b.%d", i), tt.size))
						}, 0)
					}
				case 1: // what comes later is answered later
					c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, c.large("menu", "wamid.late", tt.size)) }, 0)
					want = append(want, "wamid.late")
				}
			})
			require.Greater(t, runs, 1)
			require.Equal(t, want, inOrder(w.posts))
			require.Equal(t, len(want), w.archived[0].Messages)
			require.Zero(t, w.archived[0].Unanswered)
		})
	}
}

func TestABacklogThatAConversationLeavesOpensTheNext(t *testing.T) {
	const messages = 60
	w := newWorld(t)
	w.speaks(t, `{bot: v1, name: bye, languages: [es], start: bye, states: {bye: {say: [adios], close: {reason: resolved}}}}`)
	w.runs(t, func(run int, c *session) {
		if run > 0 {
			return
		}
		for i := range messages {
			c.RegisterDelayedCallback(func() {
				c.SignalWorkflow(SignalInbound, c.large("hola", fmt.Sprintf("wamid.b.%d", i), 100<<10))
			}, 0)
		}
	})
	require.Equal(t, named("wamid.b", messages), inOrder(w.posts), "each of them opens and ends a conversation")
	require.Len(t, w.archived, messages)
}

func TestAMessageThatWaitsInTheDatabaseIsNotTakenTwice(t *testing.T) {
	w := newWorld(t)
	w.runs(t, func(run int, c *session) {
		if run > 0 {
			c.signals(0, "salir", "wamid.end")
			return
		}
		c.RegisterDelayedCallback(func() { c.SetContinueAsNewSuggested(true) }, 0)
		for range 2 {
			for i := range 30 {
				c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, c.large("menu", fmt.Sprintf("wamid.b.%d", i), 100<<10)) }, 0)
			}
		}
	})
	require.Equal(t, append(named("wamid.b", 30), "wamid.end"), inOrder(w.posts))
}

func TestMessagesThatAreGoneFromTheDatabaseAreCountedAndTheConversationGoesOn(t *testing.T) {
	w := newWorld(t)
	w.runs(t, func(run int, c *session) {
		if run == 0 {
			c.RegisterDelayedCallback(func() { c.SetContinueAsNewSuggested(true) }, 0)
			for i := range 30 {
				c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, c.large("menu", fmt.Sprintf("wamid.b.%d", i), 100<<10)) }, 0)
			}
			return
		}
		clear(w.overflow)
		c.signals(0, "salir", "wamid.end")
	})
	last := w.archived[len(w.archived)-1]
	require.Positive(t, last.Unanswered)
	require.Equal(t, "wamid.end", inOrder(w.posts)[len(inOrder(w.posts))-1])
	var notes []string
	for _, page := range w.pages {
		for _, e := range page.Entries {
			notes = append(notes, e.Note)
		}
	}
	for _, e := range last.Entries {
		notes = append(notes, e.Note)
	}
	require.Contains(t, notes, noteLost)
}

func TestABacklogThatWaitsForACallIsAnsweredInOrderAfterIt(t *testing.T) {
	const messages = 30
	w := newWorld(t)
	w.api = slowly(3, time.Minute, "algo")
	first := newChat(t, w)
	first.says(0, "consulta")
	first.RegisterDelayedCallback(func() {
		for i := range messages {
			first.SignalWorkflow(SignalInbound, first.large("menu", fmt.Sprintf("wamid.b.%d", i), 100<<10))
		}
	}, time.Second)
	first.RegisterDelayedCallback(func() { first.SetContinueAsNewSuggested(true) }, 2*time.Second)
	first.says(3*time.Second, "horarios")
	first.run(ConversationInput{})
	next := first.carriedOn()
	require.NotNil(t, next.Carried.Call, "the call is out")
	require.NotEmpty(t, next.Carried.Inbox)
	require.NotEmpty(t, next.Carried.Overflow.IDs)
	require.Len(t, w.posts, 1)

	w.api = slowly(1, 0, "algo")
	second := newChat(t, w)
	second.SetStartTime(first.Now())
	second.n = first.n
	last := second.says(time.Minute, "salir")
	second.ExecuteWorkflow(ConversationType, next)
	require.NoError(t, second.GetWorkflowError())
	want := append([]string{"wamid.1"}, named("wamid.b", messages)...)
	require.Equal(t, append(want, "wamid.2", last), inOrder(w.posts))
	require.Equal(t, messages+3, w.archived[0].Messages)
	require.Zero(t, w.archived[0].Unanswered)
}
