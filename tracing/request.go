package tracing

import (
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Request begins the trace of a request to the API, by the template of its route; id is the request's own,
// which is in the log. The request that it returns has the trace in its context.
//
// A caller's traceparent begins nothing: it would decide for us what is sampled, and put the requests of
// several tenants into one trace. It becomes a link, without its tracestate.
func (t *Tracer) Request(r *http.Request, template, id string) (*http.Request, Span) {
	if t == nil {
		return r, Span{}
	}
	options := []trace.SpanStartOption{
		trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindServer),
		trace.WithAttributes(attribute.String("http.route", template), attribute.String("chattigo.request_id", id)),
	}
	if callers := callersSpan(r); callers.IsValid() {
		options = append(options, trace.WithLinks(trace.Link{SpanContext: callers}))
	}
	method := r.Method
	if !knownMethod(method) {
		method = "_OTHER"
	}
	ctx, span := t.tracer.Start(r.Context(), method+" "+template, options...)
	return r.WithContext(ctx), Span{span}
}

// knownMethod reports whether a method is one that routes have: others are the caller's own words.
func knownMethod(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return true
	}
	return false
}

func callersSpan(r *http.Request) trace.SpanContext {
	carrier := propagation.MapCarrier{traceparent: r.Header.Get(traceparent)}
	found := trace.SpanContextFromContext(propagation.TraceContext{}.Extract(r.Context(), carrier))
	return found.WithTraceState(trace.TraceState{})
}

// TraceID is the id of the trace, for the log; empty of a tracer that is off.
func (s Span) TraceID() string {
	if s.span == nil {
		return ""
	}
	return s.span.SpanContext().TraceID().String()
}

// EndResponse ends the span of a request to the API, with the status of the response. A caller's mistake is
// no error of ours; 0 is a request without a response.
func (s Span) EndResponse(status int) {
	if s.span == nil {
		return
	}
	if status > 0 {
		s.span.SetAttributes(attribute.Int("http.response.status_code", status))
	}
	if status == 0 || status >= http.StatusInternalServerError {
		s.span.SetStatus(codes.Error, http.StatusText(status))
	}
	s.span.End()
}
