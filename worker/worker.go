// Package worker runs the conversations: it registers the workflow and its activities, and
// tunes the two workers that carry them. It decides nothing else, and imports activities and
// workflows only.
//
// There are two because a dead webhook must hold up nobody: what is retried for hours has
// slots of its own. Start reading at New. The same registrations replay recorded histories:
// see Replay.
package worker

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/workflows"
)

const (
	// workflowSlots are how many workflow tasks run at once. A task holds its slot while its
	// local activities post, so there have to be many; local activities get as many.
	workflowSlots = 400
	// ordinarySlots are for pages and archives: short writes into our own database.
	ordinarySlots = 100
	// deliverySlots are how many slow deliveries are attempted at once.
	deliverySlots = 400
	// cachedWorkflows bounds the conversations that are kept in memory between two messages.
	cachedWorkflows = 4000
	// stopTimeout lets a fast delivery finish (4 s); slow ones are cut and made again.
	stopTimeout = 6 * time.Second
)

// Workers are the two workers of one process.
type Workers struct {
	conversations worker.Worker
	deliveries    worker.Worker
}

// New makes the workers. identity names this process to operators; onFatal is called when a
// worker cannot go on, from another goroutine.
func New(c client.Client, acts *activities.Activities, identity string, onFatal func(error)) *Workers {
	worker.SetStickyWorkflowCacheSize(cachedWorkflows)
	w := &Workers{
		conversations: worker.New(c, workflows.TaskQueue, conversationOptions(identity, onFatal)),
		deliveries:    worker.New(c, workflows.DeliveriesQueue, deliveryOptions(identity, onFatal)),
	}
	registerWorkflows(w.conversations, workflowTypes())
	w.conversations.RegisterActivity(acts)
	w.deliveries.RegisterActivityWithOptions(acts.DeliverSlow, activity.RegisterOptions{Name: "DeliverSlow"})
	w.deliveries.RegisterActivityWithOptions(acts.Notice, activity.RegisterOptions{Name: "Notice"})
	return w
}

// workflowTypes is every workflow that there is, by its name. [Replay] goes by it too, so what
// is added here is held against the recorded histories.
func workflowTypes() map[string]any {
	return map[string]any{
		workflows.ConversationType: workflows.Conversation,
		workflows.NoticeType:       workflows.Notice,
		workflows.RecoveryType:     workflows.Recovery,
		workflows.SweepType:        workflows.Sweep,
	}
}

func registerWorkflows(registry worker.WorkflowRegistry, types map[string]any) {
	for name, code := range types {
		registry.RegisterWorkflowWithOptions(code, workflow.RegisterOptions{Name: name})
	}
}

// conversationOptions scale the pollers: with a fixed number of them a burst of first
// messages right after the start stands still for seconds, because all of them wait at the
// sticky queue while new conversations come into the other one.
func conversationOptions(identity string, onFatal func(error)) worker.Options {
	return worker.Options{
		Identity:                                identity,
		MaxConcurrentWorkflowTaskExecutionSize:  workflowSlots,
		MaxConcurrentLocalActivityExecutionSize: workflowSlots,
		MaxConcurrentActivityExecutionSize:      ordinarySlots,
		WorkflowTaskPollerBehavior:              worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
		ActivityTaskPollerBehavior:              worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
		WorkerStopTimeout:                       stopTimeout,
		OnFatalError:                            onFatal,
	}
}

func deliveryOptions(identity string, onFatal func(error)) worker.Options {
	return worker.Options{
		Identity:                           identity,
		DisableWorkflowWorker:              true,
		MaxConcurrentActivityExecutionSize: deliverySlots,
		ActivityTaskPollerBehavior:         worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
		WorkerStopTimeout:                  stopTimeout,
		OnFatalError:                       onFatal,
	}
}

// Start starts both, or neither.
func (w *Workers) Start() error {
	if err := w.deliveries.Start(); err != nil {
		return fmt.Errorf("start the deliveries' worker: %w", err)
	}
	if err := w.conversations.Start(); err != nil {
		w.deliveries.Stop()
		return fmt.Errorf("start the conversations' worker: %w", err)
	}
	return nil
}

// Stop stops both, at the same time: each may take its stop timeout.
func (w *Workers) Stop() {
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		w.deliveries.Stop()
	}()
	w.conversations.Stop()
	<-stopped
}
