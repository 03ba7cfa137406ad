package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"

	"github.com/chattigo/api-isv/metrics"
	"github.com/chattigo/api-isv/metrics/metricstest"
)

// watched is a watcher whose minutes pass when the test says so.
type watched struct {
	watcher
	at      time.Time
	blocked int64
	err     error
	asked   int
	out     bytes.Buffer
}

func newWatched() *watched {
	w := &watched{at: time.Unix(1_800_000_000, 0)}
	w.query = blockedQuery()
	w.metrics = metrics.New()
	w.log = slog.New(slog.NewTextHandler(&w.out, nil))
	w.count = func(context.Context, string) (int64, error) {
		w.asked++
		return w.blocked, w.err
	}
	return w
}

// minute is one look; it returns what was logged and whether it goes on.
func (w *watched) minute(t *testing.T) (logged string, more bool) {
	t.Helper()
	w.out.Reset()
	w.at = w.at.Add(watchEvery)
	more = w.check(t.Context(), w.at)
	return w.out.String(), more
}

func (w *watched) says(t *testing.T, level, message string) {
	t.Helper()
	logged, more := w.minute(t)
	require.True(t, more)
	require.Contains(t, logged, "level="+level)
	require.Contains(t, logged, message)
	require.Equal(t, 1, strings.Count(logged, "\n"))
}

func (w *watched) isSilent(t *testing.T) {
	t.Helper()
	logged, more := w.minute(t)
	require.True(t, more)
	require.Empty(t, logged)
}

func TestBlockedRunsAreSaidOnceAndEveryHour(t *testing.T) {
	t.Parallel()
	w := newWatched()
	w.isSilent(t)
	w.blocked = 2
	w.says(t, "ERROR", "runs=2")
	for range 59 {
		w.isSilent(t)
	}
	w.blocked = 3
	w.says(t, "ERROR", "runs=3")
	metricstest.RequireServed(t, w.metrics, "chattigo_blocked_runs 3")
	w.isSilent(t)
	w.blocked = 0
	w.says(t, "INFO", "no run is blocked any more")
	w.isSilent(t)
	w.blocked = 1
	w.says(t, "ERROR", "runs=1")
}

func TestALookThatFailsIsNoEndOfTheTrouble(t *testing.T) {
	t.Parallel()
	w := newWatched()
	w.blocked = 1
	w.says(t, "ERROR", "runs are blocked")
	w.err = errors.New("down")
	w.says(t, "WARN", "cannot count blocked workflow runs")
	require.NotContains(t, metricstest.Lines(t, w.metrics), "chattigo_blocked_runs 1")
	w.isSilent(t)
	w.err = nil
	w.isSilent(t)
	w.err = errors.New("down again")
	w.says(t, "WARN", "down again")
}

func TestAServerThatMarksNothingIsAskedOnce(t *testing.T) {
	t.Parallel()
	w := newWatched()
	w.err = serviceerror.NewInvalidArgument("invalid query: TemporalReportedProblems is not defined")
	logged, more := w.minute(t)
	require.False(t, more)
	require.Contains(t, logged, "level=WARN")
	require.Contains(t, logged, "blocked runs are not watched")
}

func TestTheWatcherLooksAtEveryTickUntilItIsStopped(t *testing.T) {
	t.Parallel()
	w := newWatched()
	ctx, cancel := context.WithCancel(t.Context())
	ticks, ended := make(chan time.Time), make(chan struct{})
	go func() {
		defer close(ended)
		w.run(ctx, ticks)
	}()
	ticks <- w.at
	ticks <- w.at
	cancel()
	<-ended
	require.Equal(t, 2, w.asked)
}

// A look that the stop cut short says nothing: nothing is wrong with the server.
func TestAStopDuringALookIsSilent(t *testing.T) {
	t.Parallel()
	w := newWatched()
	ctx, cancel := context.WithCancel(t.Context())
	w.count = func(ctx context.Context, _ string) (int64, error) {
		_, bounded := ctx.Deadline()
		require.True(t, bounded)
		cancel()
		return 0, ctx.Err()
	}
	require.False(t, w.check(ctx, w.at))
	require.Empty(t, w.out.String())
}

func TestWatchAsksItsOwnNamespaceAndEndsWhenItIsStopped(t *testing.T) {
	t.Parallel()
	f := &frontend{}
	a := &App{temporal: f, namespace: "talk", log: slog.New(slog.DiscardHandler)}
	count, err := a.countRuns(t.Context(), blockedQuery())
	require.NoError(t, err)
	require.Zero(t, count)
	require.Equal(t, "talk", f.asked[0].Namespace)
	require.Equal(t, `TaskQueue = "chattigo" AND ExecutionStatus = "Running" AND TemporalReportedProblems IS NOT NULL`, f.asked[0].Query)
	a.watch(t.Context())()
}
