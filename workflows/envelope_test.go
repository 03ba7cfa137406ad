package workflows

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/store"
)

func TestAnUnreadableEnvelopeIsKeptAndCounted(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, "not an envelope") }, time.Second)
	c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, nil) }, 2*time.Second)
	c.says(time.Minute, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, 2, w.archived[0].Unanswered)
	var kept []store.Entry
	for _, e := range w.archived[0].Entries {
		if e.Note == noteUnreadable {
			kept = append(kept, e)
		}
	}
	require.Len(t, kept, 2)
	require.Contains(t, string(kept[0].Body), "not an envelope")
}

func TestUnreadableEnvelopesAloneAreKept(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, "not an envelope") }, 0)
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Empty(t, w.posts, "nobody is told of a chat that nobody began")
	require.Len(t, w.archived, 1)
	require.Equal(t, OutcomeUnreadable, w.archived[0].Outcome)
	require.Equal(t, 1, w.archived[0].Unanswered)
	require.Equal(t, noteUnreadable, w.archived[0].Entries[0].Note)
	require.False(t, w.archived[0].OpenedAt.IsZero())
}

// Rule 1: what was accepted while no worker ran is answered as of then, not as of now.
func TestAMessageIsAsOldAsItsEnvelopeSays(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	var accepted time.Time
	c.RegisterDelayedCallback(func() {
		e := c.envelope("Hola", "wamid.old")
		e.At = e.At.Add(-5 * time.Minute)
		accepted = e.At
		c.SignalWorkflow(SignalInbound, e)
	}, 0)
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, accepted, w.archived[0].OpenedAt)
	for _, e := range w.archived[0].Entries[:3] {
		require.Equal(t, accepted, e.At)
	}
}

func TestAMergedConversationAnswersWhatCameAndEndsWithoutAWord(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.RegisterDelayedCallback(func() {
		e := c.envelope("menu", "wamid.last")
		e.Merged = true
		c.SignalWorkflow(SignalInbound, e)
	}, time.Minute)
	c.merges(time.Minute)
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	var result ConversationResult
	require.NoError(t, c.GetWorkflowResult(&result))
	require.Equal(t, OutcomeMerged, result.Outcome)
	require.Equal(t, 2, result.Messages)
	require.NotContains(t, w.words(), "[closed]")
	require.Equal(t, "wamid.last", w.posts[len(w.posts)-1].InReplyTo)
	require.Equal(t, OutcomeMerged, w.archived[0].Outcome)
	require.Equal(t, time.Minute, w.archivedAt.Sub(w.archived[0].OpenedAt).Truncate(time.Minute), "nobody is reminded")
}

func TestAMergeOfNothingOpensNothing(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.merges(0)
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	require.Empty(t, w.posts)
	require.Empty(t, w.rows)
	require.Empty(t, w.archived)
}

func (c *session) merges(after time.Duration) {
	c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, Envelope{At: c.Now().UTC(), Merged: true}) }, after)
}

// identified signals a text of a contact of whom the API knows this much.
func (c *session) identified(after time.Duration, text, waID, userID string) {
	c.n++
	id := fmt.Sprint("wamid.", c.n)
	c.RegisterDelayedCallback(func() {
		e := c.envelope(text, id)
		e.WaID, e.UserID = waID, userID
		c.SignalWorkflow(SignalInbound, e)
	}, after)
}

// addressees are "to" or "recipient" of all that was posted but the notice.
func (w *world) addressees(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, p := range w.posts {
		var m struct{ To, Recipient string }
		require.NoError(t, json.Unmarshal([]byte(p.Body), &m))
		if m.To+m.Recipient != "" {
			all = append(all, m.To+"|"+m.Recipient)
		}
	}
	return all
}

func TestAConversationGoesOnUnderEverythingThatIsLearnedOfItsContact(t *testing.T) {
	const user = "CL.1"
	w := newWorld(t)
	c := newChat(t, w)
	c.identified(0, "Hola", "", user)
	c.identified(time.Second, "menu", testContact, user)
	c.identified(2*time.Second, "salir", testContact, user)
	c.ExecuteWorkflow(ConversationType, ConversationInput{Channel: testChannel, UserID: user})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, []string{"|" + user, testContact + "|", testContact + "|"}, w.addressees(t)[1:])
	require.Len(t, w.rows, 1)
	require.Equal(t, testContact, w.archived[0].WaID)
	require.Equal(t, user, w.archived[0].UserID)
	for _, row := range w.rows {
		require.Equal(t, testContact, row.WaID, "the row is found under both")
	}
}

// A task that is repeated has the later message too; what is said to the first must not change.
func TestWhatIsSaidGoesByWhatItsMessageKnew(t *testing.T) {
	const user = "CL.1"
	w := newWorld(t)
	c := newChat(t, w)
	c.RegisterDelayedCallback(func() {
		first, second := c.envelope("Hola", "wamid.1"), c.envelope("menu", "wamid.2")
		first.UserID, second.UserID, second.WaID = user, user, testContact
		c.SignalWorkflow(SignalInbound, first)
		c.SignalWorkflow(SignalInbound, second)
	}, 0)
	c.identified(time.Second, "salir", testContact, user)
	c.ExecuteWorkflow(ConversationType, ConversationInput{Channel: testChannel, UserID: user})
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, "|"+user, w.addressees(t)[0])
	require.Equal(t, testContact+"|", w.addressees(t)[len(w.addressees(t))-1])
}

func TestCancellationClosesProperly(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.RegisterDelayedCallback(c.CancelWorkflow, time.Minute)
	c.run(ConversationInput{})

	var canceled *temporal.CanceledError
	require.ErrorAs(t, c.GetWorkflowError(), &canceled)
	require.Contains(t, w.words()[2], "Cerramos este chat")
	require.Equal(t, noticeBody, w.posts[3].Body)
	require.Equal(t, OutcomeCanceled, w.archived[0].Outcome)
}

func TestACancelledConversationClosesAtTheTimeOfTheCancellation(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.RegisterDelayedCallback(c.CancelWorkflow, 5*time.Minute)
	c.run(ConversationInput{})
	require.Equal(t, 5*time.Minute, w.archived[0].ClosedAt.Sub(w.archived[0].OpenedAt))
}
