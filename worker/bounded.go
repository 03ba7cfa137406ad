package worker

import (
	"context"
	"runtime/debug"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
)

// activityGrace is what an activity may take after its time is over, or after it was cancelled:
// what came of an attempt is written down then, for up to 3 s.
const activityGrace = 5 * time.Second

// bounded gives an activity's slot back when its time is over. Activities end by themselves, by
// their contexts; one that did not would keep its slot for as long as it likes, and who makes
// enough of them takes the whole process. The SDK does the same for local activities.
type bounded struct {
	interceptor.WorkerInterceptorBase
	grace time.Duration
}

// InterceptActivity stands before the activities.
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

// ended is what came of an activity.
type ended struct {
	value any
	err   error
	// panicked is what it panicked with.
	panicked any
}

// ExecuteActivity waits for the activity, but not for ever. One that does not
// end is left to itself: there is no way to stop it, and its outcome is nobody's any more.
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
	activity.GetLogger(ctx).Error("an activity did not end with its time: its slot is given back without it")
	return nil, ctx.Err()
}

func (i *boundedActivity) execute(ctx context.Context, in *interceptor.ExecuteActivityInput) (e ended) {
	defer func() {
		if e.panicked = recover(); e.panicked != nil {
			activity.GetLogger(ctx).Error("an activity panicked", "stack", string(debug.Stack()))
		}
	}()
	e.value, e.err = i.Next.ExecuteActivity(ctx, in)
	return e
}

// result is the activity's, its panic too: the SDK makes a failure of that.
func (e ended) result() (any, error) {
	if e.panicked != nil {
		panic(e.panicked)
	}
	return e.value, e.err
}
