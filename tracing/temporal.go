package tracing

import (
	"context"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/interceptor"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// traceparent is the header of W3C Trace Context, of HTTP and of Temporal.
const traceparent = "traceparent"

// write puts the span of ctx into the header of a signal, a start, an update or an activity.
func write(ctx context.Context, header map[string]*commonpb.Payload) {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	payload, err := converter.GetDefaultDataConverter().ToPayload(carrier[traceparent])
	if header == nil || carrier[traceparent] == "" || err != nil {
		return
	}
	header[traceparent] = payload
}

// read returns ctx with the span of a header as its parent, or ctx if the header has none.
func read(ctx context.Context, header map[string]*commonpb.Payload) context.Context {
	var value string
	if payload := header[traceparent]; payload == nil || converter.GetDefaultDataConverter().FromPayload(payload, &value) != nil {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{traceparent: value})
}

// Client returns the interceptors of a Temporal client.
func (t *Tracer) Client() []interceptor.ClientInterceptor {
	if t == nil {
		return nil
	}
	return []interceptor.ClientInterceptor{&clientInterceptor{tracer: t}}
}

type clientInterceptor struct {
	interceptor.ClientInterceptorBase

	tracer *Tracer
}

// InterceptClient is part of interceptor.ClientInterceptor.
func (c *clientInterceptor) InterceptClient(next interceptor.ClientOutboundInterceptor) interceptor.ClientOutboundInterceptor {
	out := &clientOutbound{tracer: c.tracer}
	out.Next = next
	return out
}

type clientOutbound struct {
	interceptor.ClientOutboundInterceptorBase

	tracer *Tracer
}

// begin begins the span of a request to Temporal, which goes with it. Of what an activity asks for, it does not:
// one message would take over the traces of all others when its delivery shows that their webhook works again.
func (c *clientOutbound) begin(ctx context.Context, name string) (context.Context, trace.Span) {
	ctx, span := c.tracer.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindProducer))
	if !activity.IsActivity(ctx) {
		write(ctx, interceptor.Header(ctx))
	}
	return ctx, span
}

// SignalWithStartWorkflow is part of interceptor.ClientOutboundInterceptor.
func (c *clientOutbound) SignalWithStartWorkflow(ctx context.Context, in *interceptor.ClientSignalWithStartWorkflowInput) (client.WorkflowRun, error) {
	ctx, span := c.begin(ctx, "signal "+in.SignalName)
	run, err := c.Next.SignalWithStartWorkflow(ctx, in)
	end(span, err)
	return run, err
}

// SignalWorkflow is part of interceptor.ClientOutboundInterceptor.
func (c *clientOutbound) SignalWorkflow(ctx context.Context, in *interceptor.ClientSignalWorkflowInput) error {
	ctx, span := c.begin(ctx, "signal "+in.SignalName)
	err := c.Next.SignalWorkflow(ctx, in)
	end(span, err)
	return err
}

// ExecuteWorkflow is part of interceptor.ClientOutboundInterceptor.
func (c *clientOutbound) ExecuteWorkflow(ctx context.Context, in *interceptor.ClientExecuteWorkflowInput) (client.WorkflowRun, error) {
	ctx, span := c.begin(ctx, "start "+in.WorkflowType)
	run, err := c.Next.ExecuteWorkflow(ctx, in)
	end(span, err)
	return run, err
}

// UpdateWorkflow is part of interceptor.ClientOutboundInterceptor.
func (c *clientOutbound) UpdateWorkflow(ctx context.Context, in *interceptor.ClientUpdateWorkflowInput) (client.WorkflowUpdateHandle, error) {
	ctx, span := c.begin(ctx, "update "+in.UpdateName)
	handle, err := c.Next.UpdateWorkflow(ctx, in)
	end(span, err)
	return handle, err
}

type activityInbound struct {
	interceptor.ActivityInboundInterceptorBase

	tracer *Tracer
}

// ExecuteActivity is part of interceptor.ActivityInboundInterceptor. Its span is one attempt.
func (a *activityInbound) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	info := activity.GetInfo(ctx)
	ctx, span := a.tracer.tracer.Start(read(ctx, interceptor.Header(ctx)), "activity "+info.ActivityType.Name,
		trace.WithSpanKind(trace.SpanKindConsumer),
		trace.WithAttributes(
			attribute.Int("temporal.attempt", int(info.Attempt)),
			attribute.String("temporal.run_id", info.WorkflowExecution.RunID),
		))
	result, err := a.Next.ExecuteActivity(ctx, in)
	end(span, err)
	return result, err
}
