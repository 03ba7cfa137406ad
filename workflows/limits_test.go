package workflows

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// many is one envelope with n messages of that text.
func (c *chat) many(n int, text, prefix string) Envelope {
	e := c.envelope(text, prefix+".0")
	for i := 1; i < n; i++ {
		e.Messages = append(e.Messages, c.envelope(text, fmt.Sprintf("%s.%d", prefix, i)).Messages...)
	}
	return e
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

func TestWhatComesWhileTheArchiveIsWrittenIsKept(t *testing.T) {
	w := newWorld(t)
	w.broken["Archive"] = 3
	c := newChat(t, w)
	c.says(0, "Hola")
	c.says(time.Minute, "salir")
	soon := time.Minute + 300*time.Millisecond
	c.echoes(soon, "¿Algo más?")
	c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, "not an envelope") }, soon)
	c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, c.many(maxWaiting+10, "menu", "wamid.late")) }, soon)
	c.run(ConversationInput{})

	require.Len(t, c.carriedOn().Carried.Inbox, maxWaiting)
	kept := map[string]int{}
	for _, page := range w.pages {
		for _, e := range page.Entries {
			kept[string(e.Direction)+e.Note]++
		}
	}
	for _, a := range w.archived {
		for _, e := range a.Entries {
			kept[string(e.Direction)+e.Note]++
		}
	}
	require.Equal(t, 1, kept["human"])
	require.Equal(t, 1, kept["note"+noteUnreadable])
	require.Equal(t, 10, kept["in"+noteTooMany])
	require.Equal(t, 2, kept["in"])
}

func TestUnreadableWordsThatFillPagesAreArchivedToo(t *testing.T) {
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

// Ids and names are the ISV's to choose: they count among what the next run is handed.
func TestLongIDsAndNamesCountAmongWhatIsCarried(t *testing.T) {
	w := newWorld(t)
	w.noticeRefused = true
	c := newChat(t, w)
	c.says(0, "Hola")
	c.says(time.Minute, "salir")
	c.RegisterDelayedCallback(func() {
		for i := range 20 {
			e := c.many(45, "x", fmt.Sprintf("%s.%d", strings.Repeat("x", 1000), i))
			for j := range e.Messages {
				e.Messages[j].Name = strings.Repeat("n", 256)
			}
			c.SignalWorkflow(SignalInbound, e)
		}
	}, time.Minute+500*time.Millisecond)
	c.run(ConversationInput{})

	next := c.carriedOn()
	require.NotEmpty(t, next.Carried.Inbox)
	require.Less(t, jsonSize(t, next), 2<<20, "the server refuses an input of 2 MiB")
	require.Equal(t, 900, len(next.Carried.Inbox)+len(next.Carried.Overflow.IDs))
	require.Len(t, next.Carried.Own.IDs, 900, "what waits is known by its id")
}
