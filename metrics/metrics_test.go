package metrics_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/metrics"
	"github.com/chattigo/api-isv/metrics/metricstest"
)

func TestWhatWasDoneIsCounted(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	m.Attempted("fast", "delivered", 30*time.Millisecond)
	m.Attempted("fast", "delivered", time.Second)
	m.Attempted("slow", "timeout", 15*time.Second)
	m.Deferred("fast", "breaker_open")
	m.Waited(-time.Second)
	m.Waited(2 * time.Second)
	m.GaveUp(3)
	m.Refused("call")
	m.Refused("tenant-chosen")
	m.Attempted("another", "unknown", time.Second)
	m.Blocked(2)
	m.Called(204, "answered", time.Second)
	m.Called(0, "timeout", 5*time.Second)
	m.CallUnmade("secret")
	m.Turned(metrics.TurnFailed)
	m.TurnTook(20 * time.Millisecond)
	m.Misread(2)
	m.Misread(-1)
	m.Opened()
	m.Closed("timeout")
	m.Closed("sold_the_red_one")
	m.Accepted(3, 1)
	m.NotAccepted(4, true)
	m.NotAccepted(5, false)
	metricstest.RequireServed(t, m,
		`chattigo_delivery_attempts_total{class="delivered",lane="fast"} 2`,
		`chattigo_delivery_attempts_total{class="timeout",lane="slow"} 1`,
		`chattigo_delivery_attempt_seconds_bucket{lane="fast",le="0.05"} 1`,
		`chattigo_delivery_attempt_seconds_count{lane="slow"} 1`,
		`chattigo_delivery_deferrals_total{lane="fast",reason="breaker_open"} 1`,
		`chattigo_delivery_queue_wait_seconds_sum 2`,
		`chattigo_dead_letters_total 3`,
		`chattigo_guard_refusals_total{request="call"} 1`,
		`chattigo_guard_refusals_total{request="other"} 1`,
		`chattigo_delivery_attempts_total{class="other",lane="other"} 1`,
		`chattigo_delivery_attempts_total{class="gone",lane="slow"} 0`,
		`chattigo_delivery_attempt_seconds_count{lane="other"} 1`,
		`chattigo_blocked_runs 2`,
		`chattigo_bot_call_attempts_total{class="2xx"} 1`,
		`chattigo_bot_call_attempts_total{class="timeout"} 1`,
		`chattigo_bot_call_attempts_total{class="secret"} 1`,
		`chattigo_bot_call_seconds_count 2`,
		`chattigo_bot_turns_total{result="failed"} 1`,
		`chattigo_bot_turn_seconds_bucket{le="0.025"} 1`,
		`chattigo_bot_answers_refused_total 2`,
		`chattigo_conversations_opened_total 1`,
		`chattigo_conversations_closed_total{outcome="timeout"} 1`,
		`chattigo_conversations_closed_total{outcome="other"} 1`,
		`chattigo_inbound_messages_total{fate="accepted"} 3`,
		`chattigo_inbound_messages_total{fate="ignored"} 1`,
		`chattigo_inbound_messages_total{fate="refused"} 4`,
		`chattigo_inbound_messages_total{fate="unavailable"} 5`,
	)
}

func TestBlockedRunsThatCannotBeCountedAreNotServed(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	unserved := func() { require.NotContains(t, strings.Join(metricstest.Lines(t, m), "\n"), "chattigo_blocked_runs") }
	unserved()
	m.Blocked(0)
	metricstest.RequireServed(t, m, "chattigo_blocked_runs 0")
	m.BlockedUnknown()
	unserved()
}

func TestRequestsAreCountedByTheClassOfTheirResponse(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	route := m.Route("GET", "/conversations/{id}")
	metricstest.RequireServed(t, m, `chattigo_api_requests_total{code="5xx",method="GET",route="/conversations/{id}"} 0`) // an alert sees the first increase
	for _, tt := range []struct {
		status int
		gone   bool
		code   string
	}{{200, false, "2xx"}, {304, false, "3xx"}, {499, false, "4xx"}, {503, false, "5xx"}, {503, true, "gone"}, {0, false, "gone"}, {600, false, "gone"}} {
		m.RequestBegan()
		metricstest.RequireServed(t, m, "chattigo_api_requests_in_flight 1")
		route.Ended(tt.status, tt.gone, 30*time.Millisecond)
	}
	got := metricstest.Lines(t, m)
	require.Contains(t, got, "chattigo_api_requests_in_flight 0")
	for code, count := range map[string]string{"2xx": "1", "3xx": "1", "4xx": "1", "5xx": "1", "gone": "3"} {
		require.Contains(t, got, `chattigo_api_requests_total{code="`+code+`",method="GET",route="/conversations/{id}"} `+count)
	}
	require.Contains(t, got, `chattigo_api_request_seconds_bucket{method="GET",route="/conversations/{id}",le="0.05"} 7`)
}

// What is counted with every message costs neither memory nor a lock of all.
func TestCountingAllocatesNothing(t *testing.T) {
	m := metrics.New()
	route := m.Route("POST", "/webhooks/inbound")
	require.Zero(t, testing.AllocsPerRun(100, func() {
		m.RequestBegan()
		route.Ended(200, false, time.Millisecond)
		m.Accepted(1, 0)
		m.Turned(metrics.TurnOK)
		m.TurnTook(time.Millisecond)
		m.Attempted("fast", "delivered", time.Millisecond)
	}))
}

func TestTheStateOfBreakersAndTheLedgerIsThatOfTheScrape(t *testing.T) {
	t.Parallel()
	m, now, asked := metrics.New(), time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), 0
	open := 2
	m.WatchBreakers(func() int { return open })
	backlog, failure := metrics.Backlog{Messages: 7, Oldest: now.Add(-time.Hour)}, error(nil)
	m.WatchLedger(func(context.Context) (metrics.Backlog, error) { asked++; return backlog, failure }, func() time.Time { return now })

	got := metricstest.Lines(t, m)
	require.Contains(t, got, "chattigo_webhook_breakers_open 2")
	require.Contains(t, got, "chattigo_deliveries_waiting 7")
	require.Contains(t, got, "chattigo_oldest_waiting_delivery_seconds 3600")

	open, backlog, now = 0, metrics.Backlog{}, now.Add(10*time.Second)
	got = metricstest.Lines(t, m)
	require.Contains(t, got, "chattigo_webhook_breakers_open 0")
	require.Contains(t, got, "chattigo_oldest_waiting_delivery_seconds 3610", "its age grows between two questions")
	require.Equal(t, 1, asked, "many scrapes ask the database once")

	now = now.Add(5 * time.Second)
	metricstest.RequireServed(t, m, "chattigo_oldest_waiting_delivery_seconds 0")

	failure, now = errors.New("down"), now.Add(time.Minute)
	require.NotContains(t, strings.Join(metricstest.Lines(t, m), "\n"), "chattigo_deliveries_waiting", "an old number would look like a quiet service")
}
