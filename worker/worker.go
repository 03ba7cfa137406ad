// Package worker runs the conversations: it registers the workflows and activities, and tunes the
// four Temporal workers that run them. It must import nothing of ours but activities and
// workflows.
//
// There are four workers with slots of their own, so that neither a dead webhook, nor a slow API
// that bots call, nor a dead back office holds up other work. Start reading at New. Replay runs recorded histories with the
// same registrations.
package worker

import (
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/procfs"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/workflows"
)

const (
	// workflowSlots is how many workflow tasks run at once. A task holds its slot while its local
	// activities post, so there have to be many; local activities get as many.
	workflowSlots = 400
	// FastDeliveries is how many of them may be taken by messages that are being posted.
	FastDeliveries = workflowSlots / 2
	// ordinarySlots is for pages and archives: short writes into our own database.
	ordinarySlots = 100
	// deliverySlots is how many slow deliveries are attempted at once.
	deliverySlots = 400
	// eventSlots is how many channels' events are posted at once.
	eventSlots = 50
	// callSlots is how many calls of bots are made at once; webhook.Caller lets one host have a tenth of
	// them.
	callSlots = 400
	// cachedWorkflows is how many conversations are kept in memory between two messages.
	cachedWorkflows = 4000
	// stopTimeout lets a fast attempt finish (3 s), after which Deliver begins no other; slow ones are
	// aborted and retried.
	stopTimeout = 6 * time.Second
	// deadlockTimeout is how long workflow code may compute before it is taken for stuck. The SDK's 1 s
	// is short for a worker that finds a backlog: a history ends at 50 MB, and signals were decoded at
	// 48 MB a second on a shared core. A workflow task has 10 s.
	deadlockTimeout = 5 * time.Second
)

// Workers are the workers of one process.
type Workers struct {
	conversations worker.Worker
	deliveries    worker.Worker
	calls         worker.Worker
	events        worker.Worker
}

// New makes the workers. identity names this process to operators; onFatal is called when a
// worker cannot go on, from another goroutine. The outermost interceptors come first.
func New(c client.Client, acts *activities.Activities, identity string, onFatal func(error), outermost ...interceptor.WorkerInterceptor) *Workers {
	worker.SetStickyWorkflowCacheSize(cachedWorkflows)
	options := optionsOf{identity, onFatal, append(outermost, &bounded{grace: activityGrace}), newHost(procfs.DefaultMountPoint, time.Now)}
	w := &Workers{
		conversations: worker.New(c, workflows.TaskQueue, options.conversations()),
		deliveries:    worker.New(c, workflows.DeliveriesQueue, options.activities(deliverySlots)),
		calls:         worker.New(c, activities.CallsQueue, options.activities(callSlots)),
		events:        worker.New(c, activities.EventsQueue, options.activities(eventSlots)),
	}
	registerWorkflows(w.conversations, workflowTypes())
	w.conversations.RegisterActivity(acts)
	w.deliveries.RegisterActivityWithOptions(acts.DeliverSlow, activity.RegisterOptions{Name: "DeliverSlow"})
	w.deliveries.RegisterActivityWithOptions(acts.Notice, activity.RegisterOptions{Name: "Notice"})
	w.deliveries.RegisterActivityWithOptions(acts.Replay, activity.RegisterOptions{Name: "Replay"})
	w.calls.RegisterActivityWithOptions(acts.Call, activity.RegisterOptions{Name: "Call"})
	w.events.RegisterActivityWithOptions(acts.SendEvents, activity.RegisterOptions{Name: "SendEvents"})
	return w
}

// Queues are the task queues of the workers.
func Queues() []string {
	return []string{workflows.TaskQueue, workflows.DeliveriesQueue, activities.CallsQueue, activities.EventsQueue}
}

// workflowTypes returns all workflows by name. [Replay] uses it too, so that a new one is checked
// against the recorded histories.
func workflowTypes() map[string]any {
	return map[string]any{
		workflows.ConversationType: workflows.Conversation,
		workflows.NoticeType:       workflows.Notice,
		workflows.DrainType:        workflows.Drain,
		workflows.EventsType:       workflows.Events,
		workflows.RecoveryType:     workflows.Recovery,
		workflows.SweepType:        workflows.Sweep,
		workflows.ReplayType:       workflows.Replay,
	}
}

func registerWorkflows(registry worker.WorkflowRegistry, types map[string]any) {
	for name, code := range types {
		registry.RegisterWorkflowWithOptions(code, workflow.RegisterOptions{Name: name})
	}
}

// optionsOf is what all workers of a process have in common.
type optionsOf struct {
	identity     string
	onFatal      func(error)
	interceptors []interceptor.WorkerInterceptor
	// host measures this machine for the heartbeats; it may be nil.
	host worker.SysInfoProvider
}

// conversations are for the worker of the workflows. The pollers scale: with a fixed number a
// burst of first messages right after the start waits for seconds, because all pollers wait at the
// sticky queue while new conversations come into the other one.
func (o optionsOf) conversations() worker.Options {
	return worker.Options{
		Identity:                                o.identity,
		MaxConcurrentWorkflowTaskExecutionSize:  workflowSlots,
		MaxConcurrentLocalActivityExecutionSize: workflowSlots,
		MaxConcurrentActivityExecutionSize:      ordinarySlots,
		DeadlockDetectionTimeout:                deadlockTimeout,
		WorkflowTaskPollerBehavior:              worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
		ActivityTaskPollerBehavior:              worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
		WorkerStopTimeout:                       stopTimeout,
		Interceptors:                            o.interceptors,
		OnFatalError:                            o.onFatal,
		SysInfoProvider:                         o.host,
	}
}

// activities are for a worker that runs no workflows.
func (o optionsOf) activities(slots int) worker.Options {
	return worker.Options{
		Identity:                           o.identity,
		DisableWorkflowWorker:              true,
		MaxConcurrentActivityExecutionSize: slots,
		ActivityTaskPollerBehavior:         worker.NewPollerBehaviorAutoscaling(worker.PollerBehaviorAutoscalingOptions{}),
		WorkerStopTimeout:                  stopTimeout,
		Interceptors:                       o.interceptors,
		OnFatalError:                       o.onFatal,
		SysInfoProvider:                    o.host,
	}
}

// Start starts all workers, or none. That of conversations is the last: it needs the others.
func (w *Workers) Start() error {
	started := make([]worker.Worker, 0, 4)
	for _, one := range []struct {
		name   string
		worker worker.Worker
	}{{"deliveries'", w.deliveries}, {"calls'", w.calls}, {"events'", w.events}, {"conversations'", w.conversations}} {
		if err := one.worker.Start(); err != nil {
			for _, s := range started {
				s.Stop()
			}
			return fmt.Errorf("start the %s worker: %w", one.name, err)
		}
		started = append(started, one.worker)
	}
	return nil
}

// Stop stops all workers at the same time: each may take its stop timeout.
func (w *Workers) Stop() {
	var stopping sync.WaitGroup
	for _, one := range []worker.Worker{w.conversations, w.deliveries, w.calls, w.events} {
		stopping.Go(one.Stop)
	}
	stopping.Wait()
}
