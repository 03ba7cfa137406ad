package e2e

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	collectorpb "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collector takes traces over OTLP with HTTP, as an operator's does.
type collector struct {
	url string

	mu    sync.Mutex
	spans []span
	// bytes is all that was sent. Protobuf has strings as they are.
	bytes bytes.Buffer
	wrong error
}

// newCollector listens until the test ends.
func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	server := httptest.NewServer(c)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	c.url = server.URL
	return c
}

func (c *collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var sent collectorpb.ExportTraceServiceRequest
	if err == nil {
		err = proto.Unmarshal(body, &sent)
	}
	if r.URL.Path != "/v1/traces" {
		err = fmt.Errorf("there is nothing at %s", r.URL.Path)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.wrong = err
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.bytes.Write(body)
	for _, resource := range sent.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				c.spans = append(c.spans, span{s})
			}
		}
	}
}

// all returns what has come, in the order in which it began, and why something was refused.
func (c *collector) all() (spans, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := slices.Clone(c.spans)
	slices.SortFunc(found, func(a, b span) int { return int(a.began()) - int(b.began()) })
	return found, c.wrong
}

// said is all that was sent, as text.
func (c *collector) said() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes.String()
}

// span is one step of a trace.
type span struct{ *tracepb.Span }

func (s span) began() int64   { return int64(s.GetStartTimeUnixNano()) }
func (s span) trace() string  { return hex.EncodeToString(s.GetTraceId()) }
func (s span) id() string     { return hex.EncodeToString(s.GetSpanId()) }
func (s span) parent() string { return hex.EncodeToString(s.GetParentSpanId()) }
func (s span) failed() bool   { return s.GetStatus().GetCode() == tracepb.Status_STATUS_CODE_ERROR }

// text is an attribute's value, empty if there is none.
func (s span) text(key string) string {
	for _, attribute := range s.GetAttributes() {
		if attribute.GetKey() == key {
			return attribute.GetValue().GetStringValue()
		}
	}
	return ""
}

// number is an attribute's value, 0 if there is none.
func (s span) number(key string) int {
	for _, attribute := range s.GetAttributes() {
		if attribute.GetKey() == key {
			return int(attribute.GetValue().GetIntValue())
		}
	}
	return 0
}

type spans []span

func (all spans) that(matches func(span) bool) spans {
	return slices.DeleteFunc(slices.Clone(all), func(s span) bool { return !matches(s) })
}

func (all spans) named(name string) spans {
	return all.that(func(s span) bool { return s.GetName() == name })
}

func (all spans) under(parent span) spans {
	return all.that(func(s span) bool { return s.trace() == parent.trace() && s.parent() == parent.id() })
}

// whole reports whether what each span belongs to has come too: a span is exported when it has ended, which is after
// what is under it.
func (all spans) whole() bool {
	known := map[string]bool{"": true}
	for _, s := range all {
		known[s.id()] = true
	}
	return !slices.ContainsFunc(all, func(s span) bool { return !known[s.parent()] })
}

// tree draws a span and all that is under it, for people.
func (all spans) tree(root span, depth int) string {
	drawn := fmt.Sprintf("%s%s", strings.Repeat("  ", depth), root.GetName())
	for _, key := range []string{"temporal.attempt", "http.response.status_code"} {
		if value := root.number(key); value > 0 {
			drawn += fmt.Sprintf(" %s=%d", key, value)
		}
	}
	drawn += "\n"
	for _, child := range all.under(root) {
		drawn += all.tree(child, depth+1)
	}
	return drawn
}
