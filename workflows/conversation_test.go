package workflows

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/store"
)

const noticeBody = `{"chatBeenClosed":{"closed":true,"message":"El chat finalizo"}}`

// The starter bot's clock: it reminds after 10 minutes and closes after 30.
const (
	reminds = 10 * time.Minute
	closes  = 30 * time.Minute
)

func TestAConversationAnswersInOrderAndEndsWithTheNotice(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	hola := c.says(0, "Hola")
	salir := c.says(time.Minute, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	var result ConversationResult
	require.NoError(t, c.GetWorkflowResult(&result))
	require.Equal(t, "resolved", result.Outcome)
	require.Equal(t, 2, result.Messages)
	require.Equal(t, 3, result.Replies)

	require.Len(t, w.posts, 4)
	for i, p := range w.posts {
		require.Equal(t, i+1, p.Sequence)
		require.Equal(t, result.Conversation, p.Conversation)
	}
	require.Equal(t, hola, w.posts[0].InReplyTo)
	require.Equal(t, salir, w.posts[2].InReplyTo)
	require.Equal(t, noticeBody, w.posts[3].Body)

	require.Len(t, w.archived, 1)
	require.Equal(t, "resolved", w.archived[0].Outcome)
	require.Len(t, w.archived[0].MessageIDs, 2)
	require.Len(t, w.archived[0].Entries, 6, "two messages, three replies, the notice")
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

func TestARedeliveredMessageIsAnsweredOnce(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.signals(time.Second, "Hola", "wamid.1")
	c.signals(2*time.Second, "Hola", "wamid.1")
	c.says(time.Minute, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Len(t, w.posts, 4)
	require.Equal(t, 2, w.archived[0].Messages)
}

func TestAMessageOfAnEarlierConversationOpensNothing(t *testing.T) {
	w := newWorld(t)
	first := newChat(t, w)
	first.says(0, "Hola")
	first.says(time.Minute, "salir")
	first.run(ConversationInput{})
	said := len(w.posts)

	again := newChat(t, w)
	again.signals(0, "salir", "wamid.2")
	again.run(ConversationInput{})

	require.NoError(t, again.GetWorkflowError())
	var result ConversationResult
	require.NoError(t, again.GetWorkflowResult(&result))
	require.Equal(t, OutcomeRepeat, result.Outcome)
	require.Len(t, w.posts, said)
	require.Len(t, w.rows, 1)
	require.Len(t, w.archived, 1)
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

func TestWhatTheISVRefusesArrivesLaterInOrder(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	refused := 0
	w.refuse = func(seq int, _ string) bool {
		if seq == 1 && refused < 5 {
			refused++
			return true
		}
		return false
	}
	c.says(0, "Hola")
	c.says(10*time.Second, "horarios")
	c.says(time.Hour, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	for i, p := range w.posts {
		require.Equal(t, i+1, p.Sequence)
	}
	require.Equal(t, 5, refused)
	require.Equal(t, noticeBody, w.posts[len(w.posts)-1].Body)
	require.Len(t, w.ledger, 4, "the greeting's two messages and the answer's two")
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

func TestCancellationDuringADeliveryWaitsForIt(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	refusals := 0
	w.refuse = func(int, string) bool { refusals++; return refusals < 10 }
	c.says(0, "Hola")
	c.RegisterDelayedCallback(c.CancelWorkflow, 10*time.Second)
	c.run(ConversationInput{})

	var canceled *temporal.CanceledError
	require.ErrorAs(t, c.GetWorkflowError(), &canceled)
	require.Len(t, w.posts, 4)
	require.Equal(t, noticeBody, w.posts[3].Body)
}

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
	require.Equal(t, maxLifetime, w.archived[0].ClosedAt.Sub(w.archived[0].OpenedAt))
}

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

func TestAMessageThatArrivesWhileClosingOpensANewConversation(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.noticeRefused = true
	c.says(0, "Hola")
	c.says(time.Minute, "salir")
	c.says(time.Minute+10*time.Second, "Hola otra vez")
	c.run(ConversationInput{})

	next := c.carriedOn()
	require.Len(t, next.Carried.Inbox, 1)
	require.Empty(t, next.Carried.ID)
	require.Nil(t, next.Carried.State)
	require.Len(t, w.archived, 1)
	require.Len(t, w.archived[0].MessageIDs, 2, "the third message belongs to the next conversation")

	w.noticeRefused = false
	second := newChat(t, w)
	second.n = 10
	second.says(time.Minute, "salir")
	second.run(next)
	require.NoError(t, second.GetWorkflowError())
	last := w.posts[len(w.posts)-1]
	require.Equal(t, noticeBody, last.Body)
	require.Equal(t, 4, last.Sequence, "greeting, menu, farewell, notice")
	require.Len(t, w.archived[1].MessageIDs, 2)
}

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

func TestOurOwnFaultsOnlyDelay(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.broken = map[string]int{"Reply": 4, "Park": 4, "Archive": 4}
	refusals := 0
	w.refuse = func(int, string) bool { refusals++; return refusals == 1 }
	c.says(0, "Hola")
	c.says(time.Minute, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Len(t, w.posts, 4)
	require.Len(t, w.archived, 1)
}

func TestMessagesBeyondAThousandWaitingAreKeptUnanswered(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.RegisterDelayedCallback(func() {
		e := c.envelope("Hola", "wamid.first")
		for i := range maxWaiting + 10 {
			m := c.envelope("menu", "wamid.many."+string(rune('a'+i%26))+strings.Repeat("x", i/26)).Messages[0]
			e.Messages = append(e.Messages, m)
		}
		c.SignalWorkflow(SignalInbound, e)
	}, 0)
	c.says(24*time.Hour, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, 11, w.archived[0].Unanswered)
	require.Equal(t, maxWaiting, w.archived[0].Messages)
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
