package worker

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/tracing"
)

// headers collects the traceparents of what a run schedules, and of the run that it is continued as.
type headers struct {
	interceptor.WorkerInterceptorBase

	activities, continued []string
}

func (h *headers) InterceptWorkflow(_ workflow.Context, next interceptor.WorkflowInboundInterceptor) interceptor.WorkflowInboundInterceptor {
	return &headersInbound{interceptor.WorkflowInboundInterceptorBase{Next: next}, h}
}

type headersInbound struct {
	interceptor.WorkflowInboundInterceptorBase

	headers *headers
}

func (i *headersInbound) Init(out interceptor.WorkflowOutboundInterceptor) error {
	return i.Next.Init(&headersOutbound{interceptor.WorkflowOutboundInterceptorBase{Next: out}, i.headers})
}

type headersOutbound struct {
	interceptor.WorkflowOutboundInterceptorBase

	headers *headers
}

func traceparentOf(ctx workflow.Context) (value string) {
	if payload := interceptor.WorkflowHeader(ctx)["traceparent"]; payload != nil {
		_ = converter.GetDefaultDataConverter().FromPayload(payload, &value)
	}
	return value
}

func (o *headersOutbound) ExecuteLocalActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	o.headers.activities = append(o.headers.activities, traceparentOf(ctx))
	return o.Next.ExecuteLocalActivity(ctx, name, args...)
}

func (o *headersOutbound) NewContinueAsNewError(ctx workflow.Context, wfn any, args ...any) error {
	o.headers.continued = append(o.headers.continued, traceparentOf(ctx))
	return o.Next.NewContinueAsNewError(ctx, wfn, args...)
}

// A run answers many POSTs: what it does belongs to the latest of them, and so does the run that it is
// continued as.
func TestWhatARunDoesBelongsToTheTraceOfItsLatestSignal(t *testing.T) {
	t.Parallel()
	history := recorded(t, "continue-as-new-1.json")
	parent := func(n int) string { return fmt.Sprintf("00-%032x-%016x-01", n, n) }
	signals := 0
	for _, event := range history.GetEvents() {
		if signal := event.GetWorkflowExecutionSignaledEventAttributes(); signal != nil {
			signals++
			payload, err := converter.GetDefaultDataConverter().ToPayload(parent(signals))
			require.NoError(t, err)
			signal.Header = &commonpb.Header{Fields: map[string]*commonpb.Payload{"traceparent": payload}}
		}
	}
	require.Greater(t, signals, 1)
	seen := &headers{}
	// What the workflow schedules passes the interceptors from the last to the first.
	all := append([]interceptor.WorkerInterceptor{seen}, tracing.Of(sdktrace.NewTracerProvider()).Worker()...)
	require.NoError(t, replay(history, nil, workflowTypes(), all...))
	require.Equal(t, parent(1), seen.activities[0])
	require.True(t, slices.IsSorted(seen.activities), seen.activities)
	require.Contains(t, seen.activities, parent(2))
	require.Equal(t, []string{parent(signals)}, seen.continued)
}
