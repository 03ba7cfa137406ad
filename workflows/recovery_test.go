package workflows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/activities"
)

func TestANewConversationHasTheTerminatedOneRecoveredWithoutWaiting(t *testing.T) {
	w := newWorld(t)
	w.unclosed = []string{"cnv_terminated"}
	w.broken["Recover"] = 3
	c := newChat(t, w)
	c.says(0, "Hola")
	c.says(time.Second, "menu")
	c.says(time.Hour, "salir")
	c.run(ConversationInput{})

	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, []string{"cnv_terminated"}, w.recovered)
	var notices, mine []post
	for _, p := range w.posts {
		if p.Conversation == "cnv_terminated" {
			notices = append(notices, p)
		} else {
			mine = append(mine, p)
		}
	}
	require.Len(t, notices, 1)
	require.Equal(t, noticeBody, notices[0].Body)
	require.Equal(t, 9, notices[0].Sequence)
	require.GreaterOrEqual(t, notices[0].At.Sub(mine[0].At), 3*searchRetry, "the recovery was tried again")
	require.Less(t, mine[2].At.Sub(mine[0].At), 2*time.Second, "the contact was answered meanwhile")
}

func TestARunOfRepeatsRecoversNobody(t *testing.T) {
	w := newWorld(t)
	first := newChat(t, w)
	first.says(0, "Hola")
	first.says(time.Minute, "salir")
	first.run(ConversationInput{})
	w.unclosed = []string{"cnv_terminated"}
	again := newChat(t, w)
	again.signals(0, "salir", "wamid.2")
	again.run(ConversationInput{})
	require.Empty(t, w.recovered)
}

func TestWhatIsToBeRecoveredIsCarriedIntoTheNextRun(t *testing.T) {
	w := newWorld(t)
	c := newChat(t, w)
	in := ConversationInput{Carried: &Carried{Unclosed: []string{"cnv_terminated"}}}
	c.says(0, "Hola")
	c.says(time.Minute, "salir")
	c.run(in)
	require.NoError(t, c.GetWorkflowError())
	require.Equal(t, []string{"cnv_terminated"}, w.recovered)
}

func TestTheSweepHasEveryoneRecovered(t *testing.T) {
	w := newWorld(t)
	w.unclosed = []string{"cnv_1", "cnv_2"}
	c := newChat(t, w)
	c.ExecuteWorkflow(SweepType, SweepInput{})
	require.NoError(t, c.GetWorkflowError())
	var found SweepResult
	require.NoError(t, c.GetWorkflowResult(&found))
	require.Equal(t, 2, found.Recoveries)
	require.ElementsMatch(t, []string{"cnv_1", "cnv_2"}, w.recovered)
	require.Len(t, w.posts, 2)
}

func TestARecoveryThatFindsTheConversationWellSaysNothing(t *testing.T) {
	w := newWorld(t)
	w.well = true
	c := newChat(t, w)
	c.ExecuteWorkflow(RecoveryType, activities.RecoverInput{Conversation: "cnv_1"})
	require.NoError(t, c.GetWorkflowError())
	require.Empty(t, w.posts)
}
