package app

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/tracing"
	"github.com/chattigo/api-isv/webhook"
)

const (
	// flushTraces bounds the export of what waits at a stop.
	flushTraces = 2 * time.Second
	// traceComplaint is the pause between two log lines about traces that cannot be exported.
	traceComplaint = time.Minute
)

// openTraces makes the tracer; nil if traces are off. OpenTelemetry reports what it cannot export to one
// handler of the whole process, and tries every few seconds.
func (a *App) openTraces(ctx context.Context) error {
	if a.config.Traces != config.TracesOTLP {
		return nil
	}
	tracer, err := tracing.New(ctx, a.opts.Version)
	if err != nil {
		return err
	}
	var last atomic.Int64
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		now := time.Now().UnixNano()
		if before := last.Load(); now-before > int64(traceComplaint) && last.CompareAndSwap(before, now) {
			a.log.Warn("cannot export traces", "error", err)
		}
	}))
	a.traces = tracer
	return nil
}

// closeTraces exports what waits, as far as there is time.
func (a *App) closeTraces() {
	if a.traces == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushTraces) //nolint:forbidigo // the process stops
	defer cancel()
	if err := a.traces.Close(ctx); err != nil && !errors.Is(err, context.Canceled) {
		a.log.Warn("cannot export the last traces", "error", err)
	}
}

// tracedPoster returns what posts deliveries, with spans if traces are on.
func (a *App) tracedPoster(p activities.Poster) activities.Poster {
	if a.traces == nil {
		return p
	}
	return tracedPoster{p, a.traces}
}

func (a *App) tracedCaller(c activities.Caller) activities.Caller {
	if a.traces == nil {
		return c
	}
	return tracedCaller{c, a.traces}
}

// tracedPoster makes a span of each attempt to deliver. What a webhook is sent is the same with traces and
// without.
type tracedPoster struct {
	activities.Poster

	traces *tracing.Tracer
}

// Post is part of activities.Poster.
func (p tracedPoster) Post(ctx context.Context, r webhook.Request) webhook.Result {
	ctx, span := p.traces.Outbound(ctx, "POST webhook")
	span.Message(r.ID)
	result := p.Poster.Post(ctx, r)
	span.EndRequest(result.StatusCode, string(result.Class), result.Class == webhook.Delivered)
	return result
}

// tracedCaller makes a span of each attempt of a bot's call.
type tracedCaller struct {
	activities.Caller

	traces *tracing.Tracer
}

// Call is part of activities.Caller.
func (c tracedCaller) Call(ctx context.Context, call webhook.Call) webhook.Response {
	ctx, span := c.traces.Outbound(ctx, "call of a bot")
	response := c.Caller.Call(ctx, call)
	span.EndRequest(response.Status, string(response.Class), response.Class == webhook.Answered && response.Status < 500)
	return response
}
