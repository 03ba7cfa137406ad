package workflows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
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
	require.Len(t, w.archived[0].Entries, 8, "two messages, their turns, three replies, the notice")
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
