package workflows

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
)

// The figures that bite: each was found by breaking a conversation without it.
func TestLocalActivitiesStayInsideAWorkflowTask(t *testing.T) {
	// A workflow task that takes longer than this is given to another worker.
	const taskTimeout = 10 * time.Second
	for name, o := range map[string]workflow.LocalActivityOptions{
		"reply": replyOptions(activities.ReplyInput{}), "park": parkOptions(1), "deliver": deliverOptions([]activities.Outgoing{{Sequence: 1}}),
	} {
		require.Less(t, o.StartToCloseTimeout, taskTimeout, name)
		require.GreaterOrEqual(t, o.ScheduleToCloseTimeout, o.StartToCloseTimeout, "%s: it bounds the retries too", name)
		require.NotEmpty(t, o.Summary, name)
	}
	require.EqualValues(t, 1, deliverOptions([]activities.Outgoing{{Sequence: 1}}).RetryPolicy.MaximumAttempts,
		"whether it was delivered is not known: the slow lane repeats it")
	require.Zero(t, replyOptions(activities.ReplyInput{}).RetryPolicy.MaximumAttempts)
}

func TestTheSlowLaneNeverExpiresByItself(t *testing.T) {
	for name, o := range map[string]workflow.ActivityOptions{"reply": slowOptions(Parked{Sequence: 1}), "notice": noticeOptions()} {
		require.Equal(t, DeliveriesQueue, o.TaskQueue, name)
		require.True(t, o.WaitForCancellation, "%s: else a second attempt runs beside it", name)
		require.Zero(t, o.ScheduleToCloseTimeout, "%s: it would expire while our workers are down", name)
		require.Zero(t, o.ScheduleToStartTimeout, "%s: it is not retried", name)
		require.Zero(t, o.HeartbeatTimeout, name)
		require.Zero(t, o.RetryPolicy.MaximumAttempts, name)
		require.InDelta(t, 1, o.RetryPolicy.BackoffCoefficient, 0, "%s: attempts grow with every deferral", name)
		require.Greater(t, o.StartToCloseTimeout, (30+2+10)*time.Second, "%s: the longest attempt, the wait before it, and what is read and written", name)
	}
}

func TestWhatWeKeepIsTriedForADay(t *testing.T) {
	for name, o := range map[string]workflow.ActivityOptions{"page": ownDatabase("keep page 1"), "archive": ownDatabase("archive")} {
		require.Equal(t, 3*time.Second, o.StartToCloseTimeout, name)
		require.Equal(t, 24*time.Hour, o.ScheduleToCloseTimeout, name)
		require.Empty(t, o.TaskQueue, name)
	}
}

func TestTheSummaryOfATurnSaysWhatItIsAbout(t *testing.T) {
	control := func(c bot.Control) chat.Incoming {
		return chat.Incoming{Control: &chat.Control{Kind: c}}
	}
	echo, message := chat.Incoming{Echo: true}, chat.Incoming{}
	for _, tt := range []struct {
		want string
		in   []chat.Incoming
	}{
		{"a deadline has come", nil},
		{"answer 2 message(s)", []chat.Incoming{message, message}},
		{"handoff", []chat.Incoming{control(bot.ControlHandoff)}},
		{"answer 1 message(s), close", []chat.Incoming{message, control(bot.ControlClose)}},
		{"handoff, answer 2 message(s)", []chat.Incoming{control(bot.ControlHandoff), message, message}},
		{"a person answered, a person answered", []chat.Incoming{echo, echo}},
		{
			"answer 1 message(s), resume, handoff, a person answered",
			[]chat.Incoming{message, control(bot.ControlResume), control(bot.ControlHandoff), echo, message},
		},
	} {
		require.Equal(t, tt.want, replySummary(activities.ReplyInput{Input: chat.Input{Messages: tt.in}}))
	}
	muted := &bot.State{MutedAt: time.Unix(1, 0)}
	require.Equal(t, "hear 1 message(s)", replySummary(activities.ReplyInput{Input: chat.Input{State: muted, Messages: []chat.Incoming{message}}}))
	waiting := activities.ReplyInput{Input: chat.Input{State: &bot.State{Pending: &bot.Pending{}}, Messages: []chat.Incoming{message}}}
	require.Equal(t, "look at 1 message(s)", replySummary(waiting))
	waiting.Result = &chat.CallOutcome{}
	require.Equal(t, "a call is back, answer 1 message(s)", replySummary(waiting))
}

// A back office that hangs takes no slot from replies, and no attempt is cut.
func TestEventsHaveAQueueOfTheirOwn(t *testing.T) {
	o := eventsOptions()
	require.Equal(t, activities.EventsQueue, o.TaskQueue)
	require.NotContains(t, []string{TaskQueue, DeliveriesQueue, activities.CallsQueue}, o.TaskQueue)
	require.GreaterOrEqual(t, o.StartToCloseTimeout, (20+15+10)*time.Second)
	require.Zero(t, o.ScheduleToCloseTimeout)
	require.Zero(t, o.RetryPolicy.MaximumAttempts)
}

func TestCallsAreBounded(t *testing.T) {
	call := bot.Call{Method: "GET", URL: "https://api.example/x", Timeout: 5 * time.Second, Retries: 2}
	o := callOptions(call)
	require.Equal(t, activities.CallsQueue, o.TaskQueue)
	require.Greater(t, o.StartToCloseTimeout, call.Timeout)
	require.Greater(t, o.ScheduleToCloseTimeout, 3*o.StartToCloseTimeout)
	require.Less(t, o.ScheduleToCloseTimeout, 3*time.Minute, "a contact is waiting")
	require.Equal(t, int32(3), o.RetryPolicy.MaximumAttempts, "the activity counts by it, too")
	require.True(t, o.WaitForCancellation, "success counts however it comes")
	require.Equal(t, "call GET api.example/x", o.Summary)
}
