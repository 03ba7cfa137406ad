package workflows

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
)

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

const (
	greeting = "¡Hola! 👋 Soy el asistente virtual. Te ayudo con lo más consultado."
	question = "¿Qué necesitas?"
)

// refusing makes the ISV refuse what is said until a time, of one sequence number or, with 0, of all.
func (w *world) refusing(sequence int, until time.Duration) {
	var start time.Time
	w.refuse = func(seq int, _ string) bool {
		if start.IsZero() {
			start = w.now()
		}
		return (sequence == 0 || seq == sequence) && w.now().Sub(start) < until
	}
}

func TestAQuestionThatExpiredIsNotOpen(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.refusing(0, 25*time.Hour)
	c.says(0, "Hola")
	c.says(26*time.Hour, "necesito ayuda")
	c.says(26*time.Hour+time.Minute, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, []string{greeting, question}, w.words()[:2], "heard as if nothing had been asked")
	require.Equal(t, 3, w.posts[0].Sequence)
	require.Contains(t, w.notes(), "unsaid: its question was not delivered")
	require.Empty(t, w.archived[0].Refused)
	for _, words := range w.words() {
		require.NotContains(t, words, "¿Sigues ahí?")
	}
}

func TestAConversationWhoseQuestionExpiredEndsWithoutAWord(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.speaks(t, `
bot: v1
name: recuerda
start: a
states:
  a: {say: [a], ask: {as: text, to: a, idle: [{after: 1h, say: [{template: {name: recuerdo, language: {code: es}}}]}, {after: 2h, to: b}]}}
  b: {say: [{template: {name: adios, language: {code: es}}}], close: {reason: fin}}
`)
	w.refusing(0, 25*time.Hour)
	c.says(0, "Hola")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, []string{"[closed]"}, w.words(), "neither reminder nor goodbye")
	require.Equal(t, "timeout", w.archived[0].Outcome)
}

func TestAQuestionOfWhichOnlyTheGreetingExpiredIsOpen(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.refusing(1, 25*time.Hour)
	c.says(0, "Hola")
	c.says(24*time.Hour+5*time.Minute, "1")
	c.says(24*time.Hour+6*time.Minute, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, question, w.words()[0])
	require.Contains(t, strings.Join(w.words(), "\n"), "Atendemos de lunes a viernes")
	require.NotContains(t, w.notes(), "unsaid: its question was not delivered")
}

// The question is said again with the refusal of what was written meanwhile; that one arrives.
func TestAQuestionThatWasSaidAgainIsOpen(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.refusing(0, 25*time.Hour)
	c.says(0, "Hola")
	c.says(2*time.Hour, "¿hay alguien ahí?")
	c.says(25*time.Hour+5*time.Minute, "1")
	c.says(25*time.Hour+6*time.Minute, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, question, w.words()[1])
	require.Contains(t, strings.Join(w.words(), "\n"), "Atendemos de lunes a viernes")
	require.NotContains(t, w.notes(), "unsaid: its question was not delivered")
}

func TestALostRepetitionOfAQuestionChangesNothing(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	var start time.Time
	w.refuse = func(seq int, _ string) bool {
		if start.IsZero() {
			start = w.now()
		}
		return seq > 2 && w.now().Sub(start) < 24*time.Hour+2*time.Minute
	}
	c.says(0, "Hola")
	c.says(time.Minute, "¿cómo?")
	c.says(24*time.Hour+5*time.Minute, "1")
	c.says(24*time.Hour+6*time.Minute, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Contains(t, w.words()[2], "Atendemos de lunes a viernes")
	require.NotContains(t, w.notes(), "unsaid: its question was not delivered")
}

// What a lost question was is carried into the next run.
func TestContinueAsNewCarriesWhichMessageAsks(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.refusing(0, 25*time.Hour)
	c.says(0, "Hola")
	c.RegisterDelayedCallback(func() { c.SetContinueAsNewSuggested(true) }, time.Hour)
	c.says(2*time.Hour, "¿hay alguien ahí?")
	c.run(ConversationInput{})

	next := c.carriedOn()
	var asks []int
	for _, p := range next.Carried.Outbox {
		asks = append(asks, p.Ask)
	}
	require.Contains(t, asks, 1)
	require.Zero(t, asks[0], "the greeting asks nothing")
	raw, err := json.Marshal(next.Carried.Outbox[0])
	require.NoError(t, err)
	require.NotContains(t, string(raw), "ask")
}
