package api_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// answering is a workflow that answers everybody.
func answering(s workflows.Snapshot) func(context.Context, string) (workflows.Snapshot, error) {
	return func(context.Context, string) (workflows.Snapshot, error) { return s, nil }
}

func TestAnOpenConversationTellsWhatItIsDoing(t *testing.T) {
	f := setUp(t)
	f.keep(t, row("a", waID, 1))
	const known = `{"id":"cnv_a","channel":"56900000001","contact":{"waId":"56911112222"},"bot":"starter@5ta77e70",`
	const opened = `"openedAt":"2026-03-10T12:01:00.123Z",`
	for _, tt := range []struct {
		name     string
		snapshot workflows.Snapshot
		err      error
		want     string
	}{
		{
			"all of it",
			workflows.Snapshot{
				Conversation: "cnv_a", Status: "waiting_webhook", State: &bot.State{Ask: &bot.Ask{State: "menu"}},
				Waiting: 1, Undelivered: 2, Messages: 3, Replies: 4, Unanswered: 5, Sequence: 6, Deadline: start(),
			},
			nil,
			known + `"status":"waiting_webhook",` + opened + `"messages":3,"replies":4,"unanswered":5,"live":true,"waiting":1,"undelivered":2,` +
				`"deadline":"2026-03-10T12:00:00.123Z","question":"menu","sequence":6}`,
		},
		{
			"the call that is out",
			workflows.Snapshot{
				Conversation: "cnv_a", State: &bot.State{Refused: map[string]int{"rut": 1, "menu": 2}},
				Call: &workflows.CallOut{Method: "GET", Target: "api.example/horas", Since: start()},
			},
			nil,
			known + `"status":"open",` + opened + `"messages":0,"replies":0,"unanswered":0,"live":true,"waiting":0,"undelivered":0,"sequence":0,` +
				`"refused":{"menu":2,"rut":1},"call":{"method":"GET","target":"api.example/horas","since":"2026-03-10T12:00:00.123Z"}}`,
		},
		{
			"who has to take over",
			workflows.Snapshot{Conversation: "cnv_a", Status: "handed_off", Handoff: &bot.Handoff{To: "ventas", Note: "quiere un plan"}},
			nil,
			known + `"status":"handed_off",` + opened + `"messages":0,"replies":0,"unanswered":0,"live":true,"waiting":0,"undelivered":0,"sequence":0,` +
				`"handoff":{"to":"ventas","note":"quiere un plan"}}`,
		},
		{
			"nothing yet",
			workflows.Snapshot{Conversation: "cnv_a", State: &bot.State{}},
			nil,
			known + `"status":"open",` + opened + `"messages":0,"replies":0,"unanswered":0,"live":true,"waiting":0,"undelivered":0,"sequence":0}`,
		},
		{
			"its end",
			workflows.Snapshot{Conversation: "cnv_a", Status: "open", Closing: &workflows.Closing{}},
			nil,
			known + `"status":"closing",` + opened + `"messages":0,"replies":0,"unanswered":0,"live":true,"waiting":0,"undelivered":0,"sequence":0}`,
		},
		{"that it is another one", workflows.Snapshot{Conversation: "cnv_b", Status: "handed_off"}, nil, known + `"status":"open",` + opened + `"live":false}`},
		{"nothing: no worker runs", workflows.Snapshot{}, context.DeadlineExceeded, known + `"status":"open",` + opened + `"live":false}`},
		{"nothing: it is forgotten", workflows.Snapshot{}, serviceerror.NewNotFound("x"), known + `"status":"open",` + opened + `"live":false}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f.temporal.query = func(ctx context.Context, id string) (workflows.Snapshot, error) {
				require.Equal(t, "workflow:a", id)
				deadline, bounded := ctx.Deadline()
				require.True(t, bounded)
				require.LessOrEqual(t, time.Until(deadline), 2*time.Second)
				return tt.snapshot, tt.err
			}
			require.Equal(t, tt.want, f.get(t, "isv", "/conversations/cnv_a"))
		})
	}
	require.Equal(t, 1, strings.Count(f.log.String(), "an open conversation did not answer"))
}

func TestWithoutItsWorkflowTheRowSaysThatAConversationWaits(t *testing.T) {
	f := setUp(t)
	f.keep(t, row("a", waID, 1))
	f.park(t, store.Delivery{ID: "msg_1", Conversation: "cnv_a", Kind: "reply"})
	require.Contains(t, f.get(t, "isv", "/conversations/cnv_a"), `"status":"waiting_webhook"`)
}

// A run that was terminated answers queries, but nothing in it goes on.
func TestATerminatedConversationIsNotLiveAndItsTranscriptIsShown(t *testing.T) {
	f := setUp(t)
	f.keep(t, row("a", waID, 1))
	f.temporal.query = answering(workflows.Snapshot{Conversation: "cnv_a", Page: 1, Tail: []store.Entry{{Direction: store.In, ID: "m1"}}})
	f.temporal.terminated = true
	require.Contains(t, f.get(t, "isv", "/conversations/cnv_a"), `"live":false`)
	require.Contains(t, f.get(t, "isv", "/conversations/cnv_a/messages"), `"id":"m1"`)
}

func TestAClosedConversationIsItsRow(t *testing.T) {
	f := setUp(t)
	closed := ended(row("a", waID, 1))
	closed.Refused = map[string]int{"menu": 2}
	f.keep(t, closed)
	f.temporal.query = func(context.Context, string) (workflows.Snapshot, error) {
		return workflows.Snapshot{}, errors.New("asked")
	}
	require.Equal(t, `{"id":"cnv_a","channel":"56900000001","contact":{"waId":"56911112222"},"bot":"starter@5ta77e70","status":"closed",`+
		`"openedAt":"2026-03-10T12:01:00.123Z","closedAt":"2026-03-10T13:01:00.123Z","outcome":"solved","messages":3,"replies":2,"unanswered":0,"refused":{"menu":2}}`,
		f.get(t, "operator", "/conversations/cnv_a"))
	require.NotContains(t, f.log.String(), "did not answer")
}
