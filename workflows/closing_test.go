package workflows

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"
)

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

func TestAControlThatComesTooLateIsNotedAndOpensNothing(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	c.RegisterDelayedCallback(func() {
		c.SignalWorkflow(SignalInbound, c.envelope("salir", "wamid.bye"))
		c.UpdateWorkflow(UpdateHandoff, "u", &testsuite.TestUpdateCallback{
			OnAccept: func() {}, OnReject: func(err error) { require.NoError(t, err) }, OnComplete: func(any, error) {},
		}, HandoffRequest{})
	}, time.Minute)
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError(), "no conversation follows")
	require.Equal(t, "resolved", w.archived[0].Outcome)
	require.Equal(t, []string{"handoff: " + noteTooLate}, w.notes())
}
