package app

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/workflows"
)

// SweepSchedule is the id of the schedule that looks every hour for conversations that were
// terminated.
const SweepSchedule = "chattigo-sweep"

// sweepTimeout bounds one look, however often it is tried.
const sweepTimeout = 40 * time.Minute

// scheduleSweep makes the schedule where it is missing. Without it a conversation that was
// terminated is ended when its contact writes again, and not before: that is no reason not to
// start.
func (a *App) scheduleSweep(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	_, err := a.temporal.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID:      SweepSchedule,
		Spec:    client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: time.Hour}}},
		Overlap: enums.SCHEDULE_OVERLAP_POLICY_SKIP,
		// What was missed while the cluster was down is looked at by the next one.
		CatchupWindow: time.Minute,
		Action: &client.ScheduleWorkflowAction{
			ID: SweepSchedule, Workflow: workflows.SweepType, TaskQueue: workflows.TaskQueue,
			Args:                     []any{workflows.SweepInput{}},
			WorkflowExecutionTimeout: sweepTimeout,
		},
		Note: "Archives conversations that were terminated, and tells their ISVs.",
	})
	if err != nil && !errors.Is(err, temporal.ErrScheduleAlreadyRunning) && ctx.Err() == nil {
		a.log.Error("the hourly look for terminated conversations could not be scheduled", "schedule", SweepSchedule, "error", err)
	}
}
