package workflows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/store"
)

func TestARefusedNoticeIsCarriedOnByAWorkflowOfItsOwn(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.noticeRefused = true
	c.says(0, "Hola")
	c.says(time.Minute, "salir")
	c.RegisterDelayedCallback(func() { w.noticeRefused = false }, 10*time.Hour)
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Len(t, w.archived, 1)
	entries := w.archived[0].Entries
	last := entries[len(entries)-1]
	require.Equal(t, store.InLedger, last.Delivery)
	id, body := activities.NoticeMessage(w.archived[0].Conversation)
	require.Equal(t, id, last.ID)
	require.Equal(t, string(body), string(last.Body))
	require.Len(t, w.posts, 4)
	require.Equal(t, noticeBody, w.posts[3].Body)
	require.Equal(t, 4, w.posts[3].Sequence)
	require.Equal(t, id, w.posts[3].ID)
	require.GreaterOrEqual(t, w.posts[3].At.Sub(w.posts[0].At), 10*time.Hour)
	archived := w.archivedAt.Sub(w.posts[0].At)
	require.Less(t, archived, 5*time.Minute, "nobody waits for the notice")
}

func TestANewConversationWaitsForOneAttemptAtMost(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	w.noticeRefused = true
	c.says(0, "Hola")
	c.says(time.Minute, "salir")
	c.says(time.Minute+10*time.Second, "Hola otra vez")
	c.run(ConversationInput{})

	next := c.carriedOn()
	require.Len(t, next.Carried.Inbox, 1)
	id, _ := activities.NoticeMessage(w.archived[0].Conversation)
	require.Less(t, w.archivedAt.Sub(w.posts[0].At), time.Minute+11*time.Second)
	require.NotNil(t, w.ledger[id])
}

func (c *session) carries(in activities.NoticeInput) (activities.SlowResult, error) {
	c.ExecuteWorkflow(NoticeType, in)
	var result activities.SlowResult
	if err := c.GetWorkflowError(); err != nil {
		return result, err
	}
	return result, c.GetWorkflowResult(&result)
}

func TestACarriedNoticeIsGivenUpAfter72Hours(t *testing.T) {
	w := newWorld(t)
	w.noticeRefused = true
	c := newChat(t, w)
	result, err := c.carries(activities.NoticeInput{Address: activities.Address{Conversation: "cnv_1"}, Sequence: 3, MadeAt: c.Now()})
	require.NoError(t, err)
	require.Equal(t, store.DeliveryDead, result.State)
}

func TestACancelledNoticeBecomesADeadLetter(t *testing.T) {
	w := newWorld(t)
	w.noticeRefused = true
	c := newChat(t, w)
	c.RegisterDelayedCallback(c.CancelWorkflow, time.Hour)
	_, err := c.carries(activities.NoticeInput{Address: activities.Address{Conversation: "cnv_1"}, Sequence: 3, MadeAt: c.Now()})
	var canceled *temporal.CanceledError
	require.ErrorAs(t, err, &canceled)
	require.Equal(t, []string{"cnv_1"}, w.givenUp)
}
