package activities

import (
	"log/slog"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

// inFull runs an activity of the slow lane until it ends, as Temporal does: with the pauses that it
// asks for, which are skipped. The options are those of the workflow.
func (r *room) inFull(activity, input any) (result SlowResult) {
	r.t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(slog.New(slog.DiscardHandler))
	env := suite.NewTestWorkflowEnvironment()
	env.SetTestTimeout(time.Minute)
	env.SetStartTime(r.clock.now())
	r.now = env.Now
	env.RegisterActivity(activity)
	env.ExecuteWorkflow(func(ctx workflow.Context) (result SlowResult, err error) {
		ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
			StartToCloseTimeout: 45 * time.Second,
			// Temporal has no MaximumAttempts here; its test environment takes none for ten.
			RetryPolicy: &temporal.RetryPolicy{InitialInterval: 30 * time.Second, BackoffCoefficient: 1, MaximumAttempts: 1000},
		})
		return result, workflow.ExecuteActivity(ctx, activity, input).Get(ctx, &result)
	})
	require.NoError(r.t, env.GetWorkflowError())
	require.NoError(r.t, env.GetWorkflowResult(&result))
	return result
}

// pauses are those between the attempts in the ledger.
func (r *room) pauses(id string) (found []time.Duration) {
	r.t.Helper()
	attempts, err := r.db.Attempts(r.t.Context(), id)
	require.NoError(r.t, err)
	for n := range attempts[1:] {
		found = append(found, attempts[n+1].At.Sub(attempts[n].At))
	}
	return found
}

const (
	quarter = 15 * time.Minute
	day     = 24 * time.Hour
)

// pausesOf returns the pauses of the schedule, none shorter than the one that the ISV asks for, and
// the last one cut so that its attempt is made within the budget.
func pausesOf(notice bool, asked time.Duration) (all []time.Duration) {
	scheduled := []time.Duration{
		time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second, time.Minute, 2 * time.Minute, 5 * time.Minute,
		quarter, 30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 8 * time.Hour,
	}
	budget := day
	if notice {
		scheduled, budget = append(scheduled, day/2, day/2, day/2, day/2), 3*day
	}
	var sum time.Duration
	for _, pause := range scheduled {
		pause = min(max(pause, asked), budget-time.Minute-sum)
		all, sum = append(all, pause), sum+pause
	}
	return all
}

// The whole schedule, attempt by attempt, of the activities themselves.
func TestTheWholeScheduleOfAMessageThatIsNeverTaken(t *testing.T) {
	t.Parallel()
	inTenMinutes := func() string {
		return time.Now().Add(10*time.Minute + 500*time.Millisecond).UTC().Format(http.TimeFormat)
	}
	header := func(value string) func() string { return func() string { return value } }
	for _, tt := range []struct {
		name       string
		status     int
		retryAfter func() string
		asked      time.Duration
	}{
		{"without Retry-After", 500, header(""), 0},
		{"seconds", 503, header("120"), 2 * time.Minute},
		{"seconds with a fraction", 503, header("119.2"), 2 * time.Minute},
		{"429", 429, header("120"), 2 * time.Minute},
		{"with a status that does not hold the endpoint", 500, header("120"), 2 * time.Minute},
		{"an absurd number", 503, header("99999999999999999999"), quarter},
		{"a day", 429, header("86400"), quarter},
		{"a date", 503, inTenMinutes, 10 * time.Minute},
		{"a date in the past", 503, header("Tue, 10 Mar 2026 11:00:00 GMT"), 0},
		{"a date in another century", 503, header("Tue, 10 Mar 2126 11:00:00 GMT"), quarter},
		{"a negative number", 503, header("-120"), 0},
		{"zero", 503, header("0"), 0},
		{"words", 503, header("soon"), 0},
	} {
		for _, notice := range []bool{false, true} {
			t.Run(tt.name+", notice "+strconv.FormatBool(notice), func(t *testing.T) {
				t.Parallel()
				r := newRoom(t)
				r.isv.answers(func(w http.ResponseWriter, _ *http.Request) {
					if value := tt.retryAfter(); value != "" {
						w.Header().Set("Retry-After", value)
					}
					w.WriteHeader(tt.status)
				})
				r.clock.set(time.Now().UTC().Truncate(time.Second))
				id, result := r.deliverInFull(notice)
				require.Equal(t, store.DeliveryDead, result.State)

				want := pausesOf(notice, tt.asked)
				got := r.pauses(id)
				require.Len(t, got, len(want))
				for n := range want {
					require.InDelta(t, want[n].Seconds(), got[n].Seconds(), tolerance(tt.name), "pause %d", n+1)
				}
				require.Len(t, r.isv.received(), map[bool]int{false: 15, true: 19}[notice])
			})
		}
	}
}

// tolerance is how far a pause may be off, in seconds. A date has no fractions, and is that of a
// clock which goes on between the response and its reading; the last pause makes up for the others.
func tolerance(name string) float64 {
	if name == "a date" {
		return 60
	}
	return 0.002
}

func (r *room) deliverInFull(notice bool) (id string, result SlowResult) {
	r.t.Helper()
	if notice {
		in := carried()
		in.MadeAt = r.clock.now()
		return noticeID(), r.inFull(r.Notice, in)
	}
	m := outgoing(1)
	m.At = r.clock.now()
	r.park(nil, m)
	return m.ID, r.inFull(r.DeliverSlow, SlowInput{ID: m.ID})
}

// What waits behind a dead webhook is attempted no more often than the breaker lets, and ends in time.
func TestManyMessagesOfADeadWebhookEndWithinTheirBudget(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.isv.says(http.StatusInternalServerError)
	r.clock.set(time.Now().UTC().Truncate(time.Second))
	began := r.clock.now()
	for range 6 {
		r.visit(webhook.SlowLane).Leave(webhook.Result{Class: webhook.Connect}, began)
	}
	_, result := r.deliverInFull(false)
	require.Equal(t, store.DeliveryDead, result.State)
	require.Less(t, result.At.Sub(began), day)
	require.Len(t, r.isv.received(), 15, "a deferral uses up no attempt")
}
