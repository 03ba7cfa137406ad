// Package tracing follows a message from the POST that brings it through its workflow and its activities to
// the webhook, with OpenTelemetry.
//
// It imports nothing of ours. Spans have names and attributes of few values, and ids that say nothing by
// themselves: no phone number, no text, no token, no URL. A nil *Tracer is one that is off, and costs nothing.
// Start reading at New; request.go, temporal.go and workflow.go are the places where spans begin.
package tracing

import (
	"context"
	"fmt"
	"os"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

const (
	// scope names the code that makes the spans.
	scope = "github.com/chattigo/api-isv"
	// serviceName is the service's name, unless OTEL_SERVICE_NAME gives another.
	serviceName = "chattigo"
)

// Tracer makes spans, and exports them. It is safe for concurrent use.
type Tracer struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
}

// New makes a tracer that exports over OTLP with HTTP. Where to, with which headers, which share of the
// traces, and how many spans may wait: all of that is read from OpenTelemetry's own OTEL_* variables. It
// does not connect; what cannot be exported is dropped, and never holds anything up.
func New(ctx context.Context, version string) (*Tracer, error) {
	exporter, err := otlptracehttp.New(ctx, nearby()...)
	if err != nil {
		return nil, fmt.Errorf("make the exporter of traces: %w", err)
	}
	described, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", serviceName), attribute.String("service.version", version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil {
		return nil, fmt.Errorf("read OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	return Of(sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(described))), nil
}

// nearby makes the exporter speak plain http when no variable says where the collector is, or how to reach it: the
// exporter would look for one with TLS on this machine, where OpenTelemetry's specification has http://localhost:4318.
func nearby() []otlptracehttp.Option {
	for _, name := range []string{"ENDPOINT", "INSECURE", "CERTIFICATE", "CLIENT_CERTIFICATE"} {
		if said("OTEL_EXPORTER_OTLP_"+name) || said("OTEL_EXPORTER_OTLP_TRACES_"+name) {
			return nil
		}
	}
	return []otlptracehttp.Option{otlptracehttp.WithInsecure()}
}

// said reports whether a variable has a value. An empty one counts as missing, as it does for OpenTelemetry.
func said(variable string) bool { return strings.TrimSpace(os.Getenv(variable)) != "" }

// Of makes a tracer of a provider, for tests.
func Of(provider *sdktrace.TracerProvider) *Tracer { return &Tracer{provider, provider.Tracer(scope)} }

// Close exports what waits, until ctx ends.
func (t *Tracer) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// Span is a step of a trace that has begun. The zero value is one of a tracer that is off.
type Span struct{ span trace.Span }

// Outbound begins the span of a request of ours, such as a delivery, with the name of its kind.
func (t *Tracer) Outbound(ctx context.Context, name string) (context.Context, Span) {
	if t == nil {
		return ctx, Span{}
	}
	ctx, span := t.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindClient))
	return ctx, Span{span}
}

// EndRequest ends the span of a request: with the status of its response, 0 for none, and the class of its
// outcome, which is an error unless it is good.
func (s Span) EndRequest(status int, class string, good bool) {
	if s.span == nil {
		return
	}
	s.span.SetAttributes(attribute.String("chattigo.class", class))
	if status > 0 {
		s.span.SetAttributes(attribute.Int("http.response.status_code", status))
	}
	if !good {
		s.span.SetStatus(codes.Error, class)
	}
	s.span.End()
}

// Message says which message a request delivers, by its webhook-id.
func (s Span) Message(id string) {
	if s.span != nil {
		s.span.SetAttributes(attribute.String("chattigo.webhook_id", id))
	}
}

// end ends a span, as failed if err is not nil. What an error says is not repeated: it may hold anything.
func end(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, "failed")
	}
	span.End()
}
