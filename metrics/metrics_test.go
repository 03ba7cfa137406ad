package metrics_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/metrics"
)

// scrape returns the service's own lines, without their explanations.
func scrape(t *testing.T, m *metrics.Metrics) (lines []string) {
	t.Helper()
	response := httptest.NewRecorder()
	m.Handler().ServeHTTP(response, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	require.Equal(t, 200, response.Code)
	for line := range strings.SplitSeq(response.Body.String(), "\n") {
		if strings.HasPrefix(line, "chattigo_") {
			lines = append(lines, line)
		}
	}
	return lines
}

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
	got := scrape(t, m)
	for _, want := range []string{
		`chattigo_delivery_attempts_total{class="delivered",lane="fast"} 2`,
		`chattigo_delivery_attempts_total{class="timeout",lane="slow"} 1`,
		`chattigo_delivery_attempt_seconds_bucket{lane="fast",le="0.05"} 1`,
		`chattigo_delivery_attempt_seconds_count{lane="slow"} 1`,
		`chattigo_delivery_deferrals_total{lane="fast",reason="breaker_open"} 1`,
		`chattigo_delivery_queue_wait_seconds_sum 2`,
		`chattigo_dead_letters_total 3`,
		`chattigo_guard_refusals_total{request="call"} 1`,
	} {
		require.Contains(t, got, want)
	}
}

func TestTheStateOfBreakersAndTheLedgerIsThatOfTheScrape(t *testing.T) {
	t.Parallel()
	m, now, asked := metrics.New(), time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), 0
	open := 2
	m.WatchBreakers(func() int { return open })
	backlog, failure := metrics.Backlog{Messages: 7, Oldest: now.Add(-time.Hour)}, error(nil)
	m.WatchLedger(func(context.Context) (metrics.Backlog, error) { asked++; return backlog, failure }, func() time.Time { return now })

	got := scrape(t, m)
	require.Contains(t, got, "chattigo_webhook_breakers_open 2")
	require.Contains(t, got, "chattigo_deliveries_waiting 7")
	require.Contains(t, got, "chattigo_oldest_waiting_delivery_seconds 3600")

	open, backlog, now = 0, metrics.Backlog{}, now.Add(10*time.Second)
	got = scrape(t, m)
	require.Contains(t, got, "chattigo_webhook_breakers_open 0")
	require.Contains(t, got, "chattigo_oldest_waiting_delivery_seconds 3610", "its age grows between two questions")
	require.Equal(t, 1, asked, "many scrapes ask the database once")

	now = now.Add(5 * time.Second)
	require.Contains(t, scrape(t, m), "chattigo_oldest_waiting_delivery_seconds 0")

	failure, now = errors.New("down"), now.Add(time.Minute)
	require.NotContains(t, strings.Join(scrape(t, m), "\n"), "chattigo_deliveries_waiting", "an old number would look like a quiet service")
}
