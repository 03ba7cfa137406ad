package tracing

import (
	"context"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/workflow"
)

// Worker returns the interceptors of a worker. They have to be the first of all.
func (t *Tracer) Worker() []interceptor.WorkerInterceptor {
	if t == nil {
		return nil
	}
	return []interceptor.WorkerInterceptor{&workerInterceptor{tracer: t}}
}

type workerInterceptor struct {
	interceptor.WorkerInterceptorBase

	tracer *Tracer
}

// InterceptActivity is part of interceptor.WorkerInterceptor.
func (w *workerInterceptor) InterceptActivity(
	_ context.Context, next interceptor.ActivityInboundInterceptor,
) interceptor.ActivityInboundInterceptor {
	in := &activityInbound{tracer: w.tracer}
	in.Next = next
	return in
}

// InterceptWorkflow is part of interceptor.WorkerInterceptor.
func (w *workerInterceptor) InterceptWorkflow(
	_ workflow.Context, next interceptor.WorkflowInboundInterceptor,
) interceptor.WorkflowInboundInterceptor {
	in := &workflowInbound{}
	in.Next = next
	return in
}

// workflowInbound remembers which trace a run belongs to: that of the latest signal, since a run answers many
// POSTs. It makes no spans, so that a replay makes none, and all that it adds to a history is the header of
// what is scheduled, which a replay does not compare.
type workflowInbound struct {
	interceptor.WorkflowInboundInterceptorBase

	// latest is the traceparent; nil while nothing that is traced has come.
	latest *commonpb.Payload
}

// Init is part of interceptor.WorkflowInboundInterceptor.
func (w *workflowInbound) Init(outbound interceptor.WorkflowOutboundInterceptor) error {
	out := &workflowOutbound{in: w}
	out.Next = outbound
	return w.Next.Init(out)
}

func (w *workflowInbound) remember(header map[string]*commonpb.Payload) {
	if payload := header[traceparent]; payload != nil {
		w.latest = payload
	}
}

// ExecuteWorkflow is part of interceptor.WorkflowInboundInterceptor.
func (w *workflowInbound) ExecuteWorkflow(ctx workflow.Context, in *interceptor.ExecuteWorkflowInput) (any, error) {
	if w.latest == nil { // the signal of a SignalWithStart may have come first
		w.remember(interceptor.WorkflowHeader(ctx))
	}
	return w.Next.ExecuteWorkflow(ctx, in)
}

// HandleSignal is part of interceptor.WorkflowInboundInterceptor.
func (w *workflowInbound) HandleSignal(ctx workflow.Context, in *interceptor.HandleSignalInput) error {
	w.remember(interceptor.WorkflowHeader(ctx))
	return w.Next.HandleSignal(ctx, in)
}

// ExecuteUpdate is part of interceptor.WorkflowInboundInterceptor.
func (w *workflowInbound) ExecuteUpdate(ctx workflow.Context, in *interceptor.UpdateInput) (any, error) {
	w.remember(interceptor.WorkflowHeader(ctx))
	return w.Next.ExecuteUpdate(ctx, in)
}

type workflowOutbound struct {
	interceptor.WorkflowOutboundInterceptorBase

	in *workflowInbound
}

func (w *workflowOutbound) pass(ctx workflow.Context) {
	if header := interceptor.WorkflowHeader(ctx); header != nil && w.in.latest != nil {
		header[traceparent] = w.in.latest
	}
}

// ExecuteActivity is part of interceptor.WorkflowOutboundInterceptor.
func (w *workflowOutbound) ExecuteActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	w.pass(ctx)
	return w.Next.ExecuteActivity(ctx, name, args...)
}

// ExecuteLocalActivity is part of interceptor.WorkflowOutboundInterceptor.
func (w *workflowOutbound) ExecuteLocalActivity(ctx workflow.Context, name string, args ...any) workflow.Future {
	w.pass(ctx)
	return w.Next.ExecuteLocalActivity(ctx, name, args...)
}

// ExecuteChildWorkflow is part of interceptor.WorkflowOutboundInterceptor.
func (w *workflowOutbound) ExecuteChildWorkflow(ctx workflow.Context, name string, args ...any) workflow.ChildWorkflowFuture {
	w.pass(ctx)
	return w.Next.ExecuteChildWorkflow(ctx, name, args...)
}

// NewContinueAsNewError is part of interceptor.WorkflowOutboundInterceptor.
func (w *workflowOutbound) NewContinueAsNewError(ctx workflow.Context, wfn any, args ...any) error {
	w.pass(ctx)
	return w.Next.NewContinueAsNewError(ctx, wfn, args...)
}
