package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/chattigo/api-isv/workflows"
)

const (
	// watchEvery is the pause between two looks for blocked runs, watchTimeout bounds one.
	watchEvery   = time.Minute
	watchTimeout = 10 * time.Second
	// remindEvery is how often it is said again that there are some.
	remindEvery = time.Hour
)

// watcher looks for runs that stand still: their workflow task fails, is tried again and fails
// again. The server marks them after some failures in a row, and takes the mark away when one
// succeeds. Nothing else tells: a blocked conversation takes messages and says nothing.
type watcher struct {
	query string
	count func(ctx context.Context, query string) (int64, error)
	log   *slog.Logger
	// said is when the blocked runs were last spoken of; zero while there are none.
	said time.Time
	// failing says that the latest look failed.
	failing bool
}

// watch looks until stop is called; stop waits for its end.
func (a *App) watch(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	w := &watcher{query: blockedQuery(), count: a.countRuns, log: a.log}
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

// blockedQuery finds the service's own runs: others may share the namespace. A run that was
// terminated keeps its mark.
func blockedQuery() string {
	return fmt.Sprintf(`TaskQueue = "%s" AND ExecutionStatus = "Running" AND TemporalReportedProblems IS NOT NULL`, workflows.TaskQueue)
}

func (a *App) countRuns(ctx context.Context, query string) (int64, error) {
	counted, err := a.temporal.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: a.namespace, Query: query})
	return counted.GetCount(), err
}

// run looks at every tick, until ctx ends or the server cannot tell.
func (w *watcher) run(ctx context.Context, ticks <-chan time.Time) {
	for {
		select {
		case <-ctx.Done():
			return
		case at := <-ticks:
			if !w.look(ctx, at) {
				return
			}
		}
	}
}

// look says what has changed since the last look, and whether another one makes sense.
func (w *watcher) look(ctx context.Context, at time.Time) bool {
	counting, cancel := context.WithTimeout(ctx, watchTimeout)
	defer cancel()
	blocked, err := w.count(counting, w.query)
	if ctx.Err() != nil {
		return false
	}
	if _, unknown := errors.AsType[*serviceerror.InvalidArgument](err); unknown {
		w.log.Warn("blocked runs are not watched: the Temporal server does not mark them", "query", w.query, "error", err)
		return false
	}
	if err != nil {
		w.failed(err)
		return true
	}
	w.failing = false
	switch {
	case blocked == 0 && !w.said.IsZero():
		w.said = time.Time{}
		w.log.Info("no run is blocked any more")
	case blocked > 0 && (w.said.IsZero() || at.Sub(w.said) >= remindEvery):
		w.said = at
		w.log.Error("runs are blocked: their workflow tasks fail again and again", "runs", blocked, "query", w.query)
	}
	return true
}

// failed is said once for failures in a row: the server may be away for a while.
func (w *watcher) failed(err error) {
	if !w.failing {
		w.log.Warn("it cannot be known whether runs are blocked", "error", err)
	}
	w.failing = true
}
