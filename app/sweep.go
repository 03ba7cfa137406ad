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

// SweepSchedule is the id of the schedule that recovers terminated conversations every hour.
const SweepSchedule = "chattigo-sweep"

// sweepTimeout bounds one sweep, with its retries.
const sweepTimeout = 40 * time.Minute

// scheduleSweep creates the schedule if it is missing. A failure is no reason not to start: without the
// schedule a terminated conversation is recovered when its contact writes again.
func (a *App) scheduleSweep(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	_, err := a.temporal.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID:      SweepSchedule,
		Spec:    client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: time.Hour}}},
		Overlap: enums.SCHEDULE_OVERLAP_POLICY_SKIP,
		// A sweep that was missed while the cluster was down is made up by the next one.
		CatchupWindow: time.Minute,
		Action: &client.ScheduleWorkflowAction{
			ID: SweepSchedule, Workflow: workflows.SweepType, TaskQueue: workflows.TaskQueue,
			Args:                     []any{workflows.SweepInput{}},
			WorkflowExecutionTimeout: sweepTimeout,
		},
		Note: "Archives conversations that were terminated, and tells their ISVs.",
	})
	if err != nil && !errors.Is(err, temporal.ErrScheduleAlreadyRunning) && ctx.Err() == nil {
		a.log.Error("cannot create the sweep schedule", "schedule", SweepSchedule, "error", err)
	}
}
