package workflows

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
)

func TestContinueAsNewCarriesTheQuestionAndLosesNothing(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.RegisterDelayedCallback(func() { c.SetContinueAsNewSuggested(true) }, 30*time.Second)
	c.says(time.Minute, "2")
	c.run(ConversationInput{})

	next := c.carriedOn()
	require.Len(t, next.Carried.Inbox, 1, "the inbox is carried before any work")
	require.NotNil(t, next.Carried.State.Ask)
	require.Len(t, w.pages, 1)

	second := newChat(t, w)
	second.n = 10
	second.signals(time.Second, "2", "wamid.2")
	second.says(time.Minute, "salir")
	second.run(next)

	require.NoError(t, second.GetWorkflowError())
	require.Len(t, w.posts, 6)
	for i, p := range w.posts {
		require.Equal(t, i+1, p.Sequence)
		require.Equal(t, next.Carried.ID, p.Conversation)
	}
	require.Contains(t, w.posts[2].Body, "Av. Principal")
	require.Equal(t, 3, w.archived[0].Messages)
}

func TestContinueAsNewTakesBackADeliveryAndCarriesItsID(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.refuse = func(int, string) bool { return true }
	c.says(0, "Hola")
	c.RegisterDelayedCallback(func() { c.SetContinueAsNewSuggested(true) }, 30*time.Second)
	c.says(time.Minute, "salir")
	c.run(ConversationInput{})

	next := c.carriedOn()
	require.Len(t, next.Carried.Outbox, 2)
	require.Equal(t, StatusWaitingWebhook, next.Carried.Status)

	w.refuse = nil
	second := newChat(t, w)
	second.run(next)
	require.NoError(t, second.GetWorkflowError())
	require.Len(t, w.posts, 4)
	for i, p := range w.posts {
		require.Equal(t, i+1, p.Sequence)
	}
	require.Equal(t, noticeBody, w.posts[3].Body)
}

func TestABatchOfLongTextsStaysWithinThePayloadLimits(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	for e := range 10 {
		c.RegisterDelayedCallback(func() {
			batch := c.envelope("Hola", fmt.Sprintf("wamid.%d.first", e))
			for i := range 60 {
				batch.Messages = append(batch.Messages, c.envelope("horario "+strings.Repeat("x", 3500), fmt.Sprintf("wamid.%d.%d", e, i)).Messages...)
			}
			c.SignalWorkflow(SignalInbound, batch)
		}, 0)
	}
	c.says(5*time.Minute, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, 611, w.archived[0].Messages)
	require.NotEmpty(t, w.pages)
	for _, p := range w.pages {
		require.Less(t, jsonSize(t, p), 256<<10)
	}
	for _, a := range w.archived {
		require.Less(t, jsonSize(t, a), 256<<10)
	}
}

func jsonSize(t *testing.T, v any) int {
	encoded, err := json.Marshal(v)
	require.NoError(t, err)
	return len(encoded)
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

// The server refuses an input above 2 MiB for ever.
func TestACallFitsIntoWhatIsCarried(t *testing.T) {
	// A body of control characters is six times as long as JSON; everything else is at its bound.
	body := strings.Repeat("\x01", 64<<10)
	carried := Carried{
		State: &bot.State{Vars: map[string]json.RawMessage{"v": json.RawMessage(`"` + strings.Repeat("x", 64<<10) + `"`)}},
		Call: &requestedCall{
			Call:    bot.Call{ID: "c", URL: "https://api.example/" + strings.Repeat("x", 32<<10)},
			Outcome: &chat.CallOutcome{Result: bot.CallResult{Call: "c", Body: body}},
		},
		Handoff: &bot.Handoff{Note: strings.Repeat("ñ", 1<<10)},
		Inbox:   []queued{{Inbound: Inbound{Message: json.RawMessage(`"` + strings.Repeat("x", maxCarried) + `"`)}}},
	}
	for i := range maxRemembered {
		id := store.MessageID{Hash: uint64(i), Timestamp: 1 << 62}
		carried.Own.IDs, carried.Others.IDs = append(carried.Own.IDs, id), append(carried.Others.IDs, id)
	}
	for range maxOutbox {
		carried.Outbox = append(carried.Outbox, Parked{ID: "msg_" + strings.Repeat("f", 32), Sequence: 1 << 20})
	}
	require.Less(t, jsonSize(t, ConversationInput{Carried: &carried}), 2<<20)
}

func TestAHandoffIsCarriedIntoTheNextRun(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.updates(time.Minute, UpdateHandoff, HandoffRequest{Note: "reclamo"})
	c.RegisterDelayedCallback(func() { c.SetContinueAsNewSuggested(true) }, 2*time.Minute)
	c.says(3*time.Minute, "hola")
	c.run(ConversationInput{})
	require.Equal(t, &bot.Handoff{Note: "reclamo"}, c.carriedOn().Carried.Handoff)
}

func TestAControlIsCarriedIntoTheNextRun(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.RegisterDelayedCallback(func() { c.SetContinueAsNewSuggested(true) }, 30*time.Second)
	closing := c.updates(time.Minute, UpdateClose, CloseRequest{Reason: "spam"})
	c.run(ConversationInput{})

	require.True(t, closing.accepted)
	next := c.carriedOn()
	require.NotNil(t, next.Carried.Inbox[0].Control)
	second := newChat(t, w)
	second.run(next)
	require.NoError(t, second.GetWorkflowError())
	require.Equal(t, "spam", w.archived[0].Outcome)
	require.Len(t, w.posts, 4)
}

// Rule 4: what waits beyond what the next run can be handed is kept in the database.
func TestARunThatIsFullKeepsInTheDatabaseWhatItCannotCarry(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.RegisterDelayedCallback(func() { c.SetContinueAsNewSuggested(true) }, 30*time.Second)
	const waiting, size = 40, 60 << 10
	c.RegisterDelayedCallback(func() {
		e := c.envelope("menu", "wamid.small")
		for i := range waiting {
			m := c.envelope("menu", fmt.Sprintf("wamid.large.%d", i)).Messages[0]
			m.Message = json.RawMessage(strings.TrimSuffix(string(m.Message), "}") + `,"more":"` + strings.Repeat("x", size) + `"}`)
			e.Messages = append(e.Messages, m)
		}
		c.SignalWorkflow(SignalInbound, e)
	}, time.Minute)
	c.run(ConversationInput{})

	carried := c.carriedOn().Carried
	bytes := 0
	for _, m := range carried.Inbox {
		bytes += len(m.Message)
	}
	require.NotZero(t, bytes)
	require.LessOrEqual(t, bytes, 1<<20, "the server refuses an input of 2 MiB")
	require.NotEmpty(t, carried.Overflow.IDs)
	require.Equal(t, waiting+2, carried.Messages+len(carried.Inbox)+len(carried.Overflow.IDs), "none was lost")
	carried.Inbox = nil
	require.Less(t, jsonSize(t, carried), 256<<10)
}

func TestACallIsCarriedIntoTheNextRun(t *testing.T) {
	w := newWorld(t)
	w.api = slowly(2, 20*time.Second, "algo")
	first := newChat(t, w)
	first.says(0, "consulta")
	first.says(time.Second, "menu")
	first.RegisterDelayedCallback(func() { first.SetContinueAsNewSuggested(true) }, 2*time.Second)
	first.says(3*time.Second, "horarios")
	first.run(ConversationInput{})
	next := first.carriedOn()
	require.Equal(t, "wamid.1/0", next.Carried.Call.ID)
	require.Nil(t, next.Carried.Call.Outcome)
	require.Len(t, next.Carried.Inbox, 2)
	require.Len(t, w.posts, 1)

	w.api = slowly(1, 0, "algo")
	second := newChat(t, w)
	second.SetStartTime(first.Now())
	second.n = first.n
	second.says(time.Minute, "salir")
	second.ExecuteWorkflow(ConversationType, next)
	require.NoError(t, second.GetWorkflowError())
	require.Equal(t, []string{"wamid.1/0#1", "wamid.1/0#1"}, w.called, "once more, under the same id")
	require.Equal(t, []string{"buscando", "encontré algo"}, w.words()[:2])
	require.Equal(t, []string{"wamid.1", "wamid.2", "wamid.3", "wamid.4"}, inOrder(w.posts))
}
