package worker

import (
	"context"
	"runtime/debug"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
)

// activityGrace is how long an activity may go on after its timeout or cancellation: it records the
// outcome of an attempt then, for up to 3 s.
const activityGrace = 5 * time.Second

// bounded releases an activity's slot when its time is over. Activities end by themselves, by their
// contexts; one that did not would keep its slot for good, and enough of them would block the
// whole process. The SDK does the same for local activities.
type bounded struct {
	interceptor.WorkerInterceptorBase
	grace time.Duration
}

// InterceptActivity is called by the SDK for each activity.
func (b *bounded) InterceptActivity(
	_ context.Context, next interceptor.ActivityInboundInterceptor,
) interceptor.ActivityInboundInterceptor {
	i := &boundedActivity{grace: b.grace}
	i.Next = next
	return i
}

type boundedActivity struct {
	interceptor.ActivityInboundInterceptorBase
	grace time.Duration
}

// ended is the outcome of an activity.
type ended struct {
	value any
	err   error
	// panicked is the value of its panic; nil if it did not panic.
	panicked any
}

// ExecuteActivity waits for the activity until its time and the grace are over. There is no way to
// stop one that does not end: it goes on without a slot, and its outcome is dropped.
func (i *boundedActivity) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	if activity.GetInfo(ctx).IsLocalActivity {
		return i.Next.ExecuteActivity(ctx, in)
	}
	done := make(chan ended, 1)
	go func() { done <- i.execute(ctx, in) }()
	select {
	case e := <-done:
		return e.result()
	case <-ctx.Done():
	}
	select {
	case e := <-done:
		return e.result()
	case <-time.After(i.grace):
	}
	activity.GetLogger(ctx).Error("activity did not end in time: its slot is released")
	return nil, ctx.Err()
}

func (i *boundedActivity) execute(ctx context.Context, in *interceptor.ExecuteActivityInput) (e ended) {
	defer func() {
		if e.panicked = recover(); e.panicked != nil {
			activity.GetLogger(ctx).Error("activity panicked", "stack", string(debug.Stack()))
		}
	}()
	e.value, e.err = i.Next.ExecuteActivity(ctx, in)
	return e
}

// result returns the activity's result, and repeats its panic, which the SDK makes a failure.
func (e ended) result() (any, error) {
	if e.panicked != nil {
		panic(e.panicked)
	}
	return e.value, e.err
}
