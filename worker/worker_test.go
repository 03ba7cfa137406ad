package worker

import (
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/log"
	sdkworker "go.temporal.io/sdk/worker"
	"go.uber.org/goleak"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/webhook"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The SDK panics when something is registered that is no workflow or activity.
func TestNewRegistersEverything(t *testing.T) {
	t.Parallel()
	require.NotPanics(t, func() { unreachable(t) })
}

// unreachable are workers whose Temporal is not there.
func unreachable(t *testing.T) *Workers {
	t.Helper()
	var lc net.ListenConfig
	l, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, l.Close())
	quiet := slog.New(slog.DiscardHandler)
	c, err := client.NewLazyClient(client.Options{HostPort: l.Addr().String(), Logger: log.NewStructuredLogger(quiet)})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return New(c, activities.New(activities.Parts{Poster: webhook.NewClient("test", webhook.NewGuard(webhook.WithLoopback())), Log: quiet}), "test", func(error) {})
}

func TestStartFailsWithoutTemporal(t *testing.T) {
	t.Parallel()
	start := time.Now()
	require.ErrorContains(t, unreachable(t).Start(), "start the deliveries' worker: ")
	require.Less(t, time.Since(start), 15*time.Second)
}

// The workers must not take each other's slots, and a stop must end within 10 s.
func TestOptions(t *testing.T) {
	t.Parallel()
	all := optionsOf{identity: "me", interceptors: []interceptor.WorkerInterceptor{&bounded{grace: activityGrace}}}
	conversations, deliveries := all.conversations(), all.activities(deliverySlots)
	require.True(t, deliveries.DisableWorkflowWorker)
	require.Equal(t, deliverySlots, deliveries.MaxConcurrentActivityExecutionSize)
	require.False(t, conversations.DisableWorkflowWorker)
	require.Equal(t, conversations.MaxConcurrentWorkflowTaskExecutionSize, conversations.MaxConcurrentLocalActivityExecutionSize,
		"a task holds its slot while it waits for a local activity")
	scaling := sdkworker.NewPollerBehaviorAutoscaling(sdkworker.PollerBehaviorAutoscalingOptions{})
	require.IsType(t, scaling, conversations.WorkflowTaskPollerBehavior, "a fixed number of pollers stalls the first burst")
	require.IsType(t, scaling, conversations.ActivityTaskPollerBehavior)
	require.IsType(t, scaling, deliveries.ActivityTaskPollerBehavior)
	for _, o := range []sdkworker.Options{conversations, deliveries} {
		require.Equal(t, []interceptor.WorkerInterceptor{&bounded{grace: activityGrace}}, o.Interceptors, "every slot comes back")
	}
	for _, o := range []time.Duration{conversations.WorkerStopTimeout, deliveries.WorkerStopTimeout} {
		require.Greater(t, o, 4*time.Second, "a fast attempt may finish, and what is left be kept")
		require.Less(t, o, 7*time.Second)
	}
}
