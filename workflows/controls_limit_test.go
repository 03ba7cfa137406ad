package workflows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAStreamOfHandoffsAndResumesIsBoundedAndMessagesAreAnswered(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	c.says(0, "Hola")
	var answers []*answer
	for n := range MaxControls + 4 {
		name, arg := UpdateHandoff, any(HandoffRequest{})
		if n%2 == 1 {
			name, arg = UpdateResume, ResumeRequest{}
		}
		answers = append(answers, c.updates(time.Second+time.Duration(n)*20*time.Millisecond, name, arg))
	}
	last := c.says(10*time.Second, "menu")
	later := c.updates(time.Second+ControlsSpan, UpdateHandoff, HandoffRequest{})
	c.updates(2*ControlsSpan, UpdateClose, CloseRequest{Reason: "solved"})
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	for n, a := range answers {
		if n < MaxControls {
			require.True(t, a.accepted, n)
		} else if n%2 == 0 {
			requireRefused(t, a, RefusedTooMany, "the conversation was handed off and resumed too often within a minute")
		} else {
			require.False(t, a.accepted, n)
		}
	}
	require.True(t, later.accepted, "a minute later it obeys again")
	var replied bool
	for _, p := range w.posts {
		replied = replied || p.InReplyTo == last
	}
	require.True(t, replied, "what the contact writes meanwhile is answered")
	require.Equal(t, "solved", w.archived[0].Outcome, "a close is never too often")
}
