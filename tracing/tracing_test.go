package tracing_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/codes"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.uber.org/goleak"

	"github.com/chattigo/api-isv/tracing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// recording returns a tracer, and the spans that it has ended.
func recording() (*tracing.Tracer, *tracetest.InMemoryExporter) {
	spans := tracetest.NewInMemoryExporter()
	return tracing.Of(sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans))), spans
}

func TestATracerThatIsOffDoesNothing(t *testing.T) {
	t.Parallel()
	var off *tracing.Tracer
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/login", nil)
	same, span := off.Request(r, "/login", "id")
	require.Same(t, r, same)
	require.Empty(t, span.TraceID())
	span.EndResponse(http.StatusOK)
	ctx, span := off.Outbound(t.Context(), "POST webhook")
	require.Equal(t, t.Context(), ctx)
	span.Message("msg_1")
	span.EndRequest(http.StatusOK, "delivered", true)
	require.Empty(t, off.Client())
	require.Empty(t, off.Worker())
	require.NoError(t, off.Close(t.Context()))
}

func TestAResponseIsAnErrorIfItIsOurs(t *testing.T) {
	t.Parallel()
	traces, spans := recording()
	for status, want := range map[int]codes.Code{200: codes.Unset, 401: codes.Unset, 503: codes.Error, 0: codes.Error} {
		spans.Reset()
		r := httptest.NewRequestWithContext(t.Context(), "TENANTS-WORD", "/v15.0/login?secret=x", nil)
		_, span := traces.Request(r, "/login", "id")
		require.Len(t, span.TraceID(), 32)
		span.EndResponse(status)
		require.Len(t, spans.GetSpans(), 1)
		require.Equal(t, "_OTHER /login", spans.GetSpans()[0].Name)
		require.Equal(t, want, spans.GetSpans()[0].Status.Code, status)
		require.Empty(t, spans.GetSpans()[0].Links, "there is no traceparent")
	}
}

func TestARequestOfOursBelongsToWhatCausedIt(t *testing.T) {
	t.Parallel()
	traces, spans := recording()
	r, request := traces.Request(httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil), "/webhooks/outbound/test", "id")
	_, span := traces.Outbound(r.Context(), "POST webhook")
	span.Message("msg_1")
	span.EndRequest(http.StatusGatewayTimeout, "status", false)
	request.EndResponse(http.StatusOK)
	ended := spans.GetSpans()
	require.Len(t, ended, 2)
	require.Equal(t, ended[1].SpanContext.SpanID(), ended[0].Parent.SpanID())
	require.Equal(t, codes.Error, ended[0].Status.Code)
	require.Equal(t, "status", ended[0].Status.Description)
}

// Where traces go is said by OpenTelemetry's own variables.
func TestSpansAreExportedToWhereTheEnvironmentSays(t *testing.T) {
	got := make(chan *http.Request, 1)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		got <- r
	}))
	defer collector.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.URL)
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=hers")
	traces, err := tracing.New(t.Context(), "test")
	require.NoError(t, err)
	_, span := traces.Outbound(t.Context(), "POST webhook")
	span.EndRequest(http.StatusOK, "delivered", true)
	require.NoError(t, traces.Close(t.Context()))
	exported := <-got
	require.Equal(t, "/v1/traces", exported.URL.Path)
	require.Equal(t, "hers", exported.Header.Get("x-api-key"))
}

// An empty variable is a missing one: so docker-compose.yml hands them over.
func TestWithoutAVariableTheCollectorIsOnThisMachine(t *testing.T) {
	for _, name := range []string{"ENDPOINT", "HEADERS", "INSECURE", "TRACES_ENDPOINT"} {
		t.Setenv("OTEL_EXPORTER_OTLP_"+name, "")
	}
	var lc net.ListenConfig
	listener, err := lc.Listen(t.Context(), "tcp", "localhost:4318")
	if err != nil {
		t.Skip("somebody listens there: ", err)
	}
	got := make(chan string, 1)
	collector := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		got <- r.URL.Path
	}))
	require.NoError(t, collector.Listener.Close())
	collector.Listener = listener
	collector.Start()
	defer collector.Close()
	traces, err := tracing.New(t.Context(), "test")
	require.NoError(t, err)
	_, span := traces.Outbound(t.Context(), "POST webhook")
	span.EndRequest(http.StatusOK, "delivered", true)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, traces.Close(ctx))
	require.Equal(t, "/v1/traces", <-got)
}

func TestACollectorThatDoesNotAnswerHoldsNothingUp(t *testing.T) {
	var lc net.ListenConfig
	silent, err := lc.Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = silent.Close() }()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"+silent.Addr().String())
	traces, err := tracing.New(t.Context(), "test")
	require.NoError(t, err)
	start := time.Now()
	for range 10_000 { // more than may wait
		_, span := traces.Outbound(t.Context(), "POST webhook")
		span.EndRequest(http.StatusOK, "delivered", true)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, traces.Close(ctx), context.DeadlineExceeded)
	require.Less(t, time.Since(start), 20*time.Second)
}
