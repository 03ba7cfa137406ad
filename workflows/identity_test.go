package workflows

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/store"
)

// identified signals a text of a contact of whom the API knows this much.
func (c *chat) identified(after time.Duration, text, waID, userID string) {
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

func (c *chat) merges(after time.Duration) {
	c.RegisterDelayedCallback(func() { c.SignalWorkflow(SignalInbound, Envelope{At: c.Now().UTC(), Merged: true}) }, after)
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

func TestAnEchoOfTheBotsOwnMessageMutesNobody(t *testing.T) {
	for _, lane := range []string{"fast", "slow"} {
		t.Run(lane, func(t *testing.T) {
			w := newWorld(t)
			w.wamids = true
			refused := lane == "slow"
			w.refuse = func(seq int, _ string) bool {
				again := refused && seq == 1
				refused = false
				return again
			}
			c := newChat(t, w)
			c.says(0, "Hola")
			c.RegisterDelayedCallback(func() {
				e := c.envelope("…", "wamid.out.1")
				e.Messages[0].Echo = true
				c.SignalWorkflow(SignalInbound, e)
			}, 5*time.Minute)
			c.says(6*time.Minute, "salir")
			c.run(ConversationInput{})

			require.NoError(t, c.GetWorkflowError())
			require.Equal(t, "resolved", w.archived[0].Outcome, "the bot goes on")
			var ids []uint64
			for _, id := range w.archived[0].MessageIDs {
				ids = append(ids, id.Hash)
			}
			require.Contains(t, ids, store.HashMessageID("wamid.out.1"), "the next conversation knows it too")
		})
	}
}

func TestTheLoopGuardOutlivesAConversation(t *testing.T) {
	w := newWorld(t)
	w.guarded = true
	w.speaks(t, `{bot: v1, name: bye, languages: [es], start: bye, states: {bye: {say: [adios], close: {reason: resolved}}}}`)
	for n := range 6 {
		c := newChat(t, w)
		c.signals(0, "Gracias por comunicarte", fmt.Sprint("wamid.g", n))
		c.run(ConversationInput{})
		require.NoError(t, c.GetWorkflowError())
	}
	var said []string
	for _, word := range w.words() {
		if word != "[closed]" {
			said = append(said, word)
		}
	}
	require.Equal(t, []string{"adios", "adios", "adios", "adios"}, said)
	require.Equal(t, "timeout", w.archived[4].Outcome, "the pause ends it")
}

func TestAMessageThatWasAnsweredUnderAnotherIdentityIsARepeat(t *testing.T) {
	const user = "CL.1"
	w := newWorld(t)
	c := newChat(t, w)
	c.identified(0, "Hola", testContact, "")
	c.RegisterDelayedCallback(func() { // meanwhile, under the user id
		w.archived = append(w.archived, activities.ArchiveInput{MessageIDs: store.MessageIDs{{Hash: store.HashMessageID("wamid.other")}}})
	}, time.Second)
	c.identified(2*time.Second, "menu", testContact, user)
	c.RegisterDelayedCallback(func() {
		e := c.envelope("menu", "wamid.other")
		e.WaID, e.UserID = testContact, user
		e.Messages[0].Timestamp = e.At.Add(-time.Second).Unix()
		c.SignalWorkflow(SignalInbound, e)
	}, 3*time.Second)
	c.identified(4*time.Second, "salir", testContact, user)
	c.run(ConversationInput{})
	require.NoError(t, c.GetWorkflowError())
	for _, p := range w.posts {
		require.NotEqual(t, "wamid.other", p.InReplyTo)
	}
	require.Equal(t, 3, w.archived[1].Messages)
}
