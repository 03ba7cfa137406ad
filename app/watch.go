package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/chattigo/api-isv/metrics"
	"github.com/chattigo/api-isv/workflows"
)

const (
	// watchEvery is the pause between two counts of blocked runs, watchTimeout bounds one.
	watchEvery   = time.Minute
	watchTimeout = 10 * time.Second
	// remindEvery is how often the log line is repeated while runs are blocked.
	remindEvery = time.Hour
)

// watcher counts blocked runs, and logs when there are some: their workflow task fails, is retried and
// fails again. The server marks them after some failures in a row, and takes the mark away when a
// task succeeds. Nothing else shows it: a blocked conversation accepts messages and never answers.
type watcher struct {
	query string
	count func(ctx context.Context, query string) (int64, error)
	log   *slog.Logger
	// metrics are told what was counted.
	metrics *metrics.Metrics
	// logged is when blocked runs were last logged; zero while there are none.
	logged time.Time
	// failing is set after a count that failed.
	failing bool
}

// watch counts until stop is called; stop waits for its end.
func (a *App) watch(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	w := &watcher{query: blockedQuery(), count: a.countRuns, log: a.log, metrics: a.metrics}
	ticker := time.NewTicker(watchEvery)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		w.run(ctx, ticker.C)
	}()
	return func() {
		ticker.Stop()
		cancel()
		<-ended
	}
}

// blockedQuery finds the service's own blocked runs: others may share the namespace. It names the
// status because a run that was terminated keeps its mark.
func blockedQuery() string {
	return fmt.Sprintf(`TaskQueue = "%s" AND ExecutionStatus = "Running" AND TemporalReportedProblems IS NOT NULL`, workflows.TaskQueue)
}

func (a *App) countRuns(ctx context.Context, query string) (int64, error) {
	counted, err := a.temporal.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: a.namespace, Query: query})
	return counted.GetCount(), err
}

// run counts at every tick, until ctx ends or the server turns out not to mark runs.
func (w *watcher) run(ctx context.Context, ticks <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			return
		case at := <-ticks:
			if !w.check(ctx, at) {
				return
			}
		}
	}
}

// check counts the blocked runs and logs a change. It reports whether to go on.
func (w *watcher) check(ctx context.Context, at time.Time) bool {
	counting, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	blocked, err := w.count(counting, w.query)
	if ctx.Err() != nil {
		return false
	}
	if _, unknown := errors.AsType[*serviceerror.InvalidArgument](err); unknown {
		w.metrics.BlockedUnknown()
		w.log.Warn("blocked runs are not watched: the Temporal server does not mark them", "query", w.query, "error", err)
		return false
	}
	if err != nil {
		w.failed(err)
		return true
	}
	w.failing = false
	w.metrics.Blocked(blocked)
	switch {
	case blocked == 0 && !w.logged.IsZero():
		w.logged = time.Time{}
		w.log.Info("no run is blocked any more")
	case blocked > 0 && (w.logged.IsZero() || at.Sub(w.logged) >= remindEvery):
		w.logged = at
		w.log.Error("runs are blocked: their workflow tasks fail again and again", "runs", blocked, "query", w.query)
	}
	return true
}

// failed logs the first of several failures in a row: the server may be away for a while.
func (w *watcher) failed(err error) {
	w.metrics.BlockedUnknown()
	if !w.failing {
		w.log.Warn("cannot count blocked workflow runs", "error", err)
	}
	w.failing = true
}
