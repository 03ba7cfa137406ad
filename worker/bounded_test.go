package worker

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/testsuite"
	sdkworker "go.temporal.io/sdk/worker"
)

// Whatever an activity does, its slot comes back.
func TestAnActivityThatOverlooksItsEndGivesItsSlotBack(t *testing.T) {
	t.Parallel()
	const short = 20 * time.Millisecond
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	for _, tt := range []struct {
		name     string
		activity func(context.Context) (string, error)
		want     string
		err      string
	}{
		{"it ends", func(context.Context) (string, error) { return "done", nil }, "done", ""},
		{"it fails", func(context.Context) (string, error) { return "", errors.New("no") }, "", "no"},
		{"it panics", func(context.Context) (string, error) { panic("oh") }, "", "oh"},
		{"it ends within the grace", func(ctx context.Context) (string, error) { <-ctx.Done(); return "", errors.New("late") }, "", "late"},
		{"it does not end", func(context.Context) (string, error) { <-release; return "", errors.New("never") }, "", context.Canceled.Error()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(short, cancel)
			grace := 10 * time.Second
			if tt.err == context.Canceled.Error() {
				grace = short
			}
			var suite testsuite.WorkflowTestSuite
			suite.SetLogger(slog.New(slog.DiscardHandler))
			env := suite.NewTestActivityEnvironment()
			env.SetWorkerOptions(sdkworker.Options{
				BackgroundActivityContext: ctx, Interceptors: []interceptor.WorkerInterceptor{&bounded{grace: grace}},
			})
			env.RegisterActivity(tt.activity)
			start := time.Now()
			value, err := env.ExecuteActivity(tt.activity)
			require.Less(t, time.Since(start), 5*time.Second)
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				return
			}
			var got string
			require.NoError(t, value.Get(&got))
			require.Equal(t, tt.want, got)
		})
	}
}
