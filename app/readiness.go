package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/worker"
	"github.com/chattigo/api-isv/workflows"
)

// The parts that a process needs.
const (
	partDatabase = "database"
	partTemporal = "temporal"
	partWorkers  = "workers"
)

// readiness checks whether the process can do what it is for. To accept a message it needs the database,
// Temporal, and the search attributes, without which every start of a conversation fails. A process with
// workers also needs these: each queue's have to have asked for work. The attributes and the workers are
// checked until they are found once; a worker that cannot go on ends the process.
type readiness struct {
	app        *App
	registered atomic.Bool

	mu sync.Mutex
	// failing are the parts whose failure was logged.
	failing map[string]bool
}

func newReadiness(a *App) *readiness { return &readiness{app: a, failing: map[string]bool{}} }

// accepting returns why a message cannot be accepted.
func (r *readiness) accepting(ctx context.Context) error {
	if err := r.database(ctx); err != nil {
		return err
	}
	return r.temporal(ctx)
}

// parts are those that the process needs.
func (r *readiness) parts() []string {
	if r.app.opts.Worker {
		return []string{partDatabase, partTemporal, partWorkers}
	}
	return []string{partDatabase, partTemporal}
}

// check returns why parts are not ready, by part, and logs a change. It asks all of them at the same time.
func (r *readiness) check(ctx context.Context) map[string]error {
	checks := map[string]func(context.Context) error{partDatabase: r.database, partTemporal: r.temporal, partWorkers: r.workers}
	parts := r.parts()
	found := make([]error, len(parts))
	var asking sync.WaitGroup
	for i, part := range parts {
		asking.Go(func() { found[i] = checks[part](ctx) })
	}
	asking.Wait()
	failed := map[string]error{}
	for i, part := range parts {
		if found[i] != nil {
			failed[part] = found[i]
		}
		r.logChange(part, found[i])
	}
	return failed
}

// logChange logs the first of several failures in a row, and their end.
func (r *readiness) logChange(part string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err != nil && !r.failing[part]:
		r.app.log.Warn("a part is not ready", "part", part, "error", err)
	case err == nil && r.failing[part]:
		r.app.log.Info("a part is ready again", "part", part)
	}
	r.failing[part] = err != nil
}

func (r *readiness) database(ctx context.Context) error {
	if err := r.app.store.Ping(ctx); err != nil {
		return fmt.Errorf("the database does not answer: %w", err)
	}
	return nil
}

func (r *readiness) temporal(ctx context.Context) error {
	if _, err := r.app.temporal.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return fmt.Errorf("no answer from Temporal: %w", err)
	}
	if r.registered.Load() {
		return nil
	}
	if err := r.searchAttributes(ctx); err != nil {
		return fmt.Errorf("the search attributes of namespace %s are not there: %w", r.app.namespace, err)
	}
	r.registered.Store(true)
	return nil
}

func (r *readiness) workers(context.Context) error {
	var missing []error
	for _, queue := range worker.Queues() {
		if !r.app.metrics.HasPolled(queue) {
			missing = append(missing, fmt.Errorf("nothing has asked for the work of %s yet", queue))
		}
	}
	return errors.Join(missing...)
}

func (r *readiness) searchAttributes(ctx context.Context) error {
	return probe(ctx, r.app.temporal, r.app.namespace, workflows.SearchAttributes()...)
}

// probe returns an error if the server does not know all of the attributes.
func probe(ctx context.Context, c client.Client, namespace string, attributes ...string) error {
	_, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{
		Namespace: namespace, Query: workflows.QueryNaming(attributes...),
	})
	return err
}
