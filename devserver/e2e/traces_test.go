package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	inboundSpan  = "POST /webhooks/inbound"
	signalSpan   = "signal inbound"
	deliverySpan = "POST webhook"
)

// newTracedServer is a service that sends its traces to a collector, soon after they were made.
func newTracedServer(t *testing.T) (*server, *collector) {
	t.Helper()
	c, s := newCollector(t), newServer(t)
	s.environ = append(s.environ, "CHATTIGO_TRACES=otlp", "OTEL_EXPORTER_OTLP_ENDPOINT="+c.url, "OTEL_BSP_SCHEDULE_DELAY=100")
	s.start(t)
	return s, c
}

// It takes half a minute, as the waits between attempts are those that an ISV sees.
func TestEachMessageIsATraceFromItsPOSTToTheWebhook(t *testing.T) {
	t.Parallel()
	const eva = "56922220002"
	server, collector := newTracedServer(t)
	webhook := newSwitch()
	webhook.set(http.StatusInternalServerError)
	hook := newReceiver(t, webhook.answer)
	isv := server.demo(t, hook)
	isv.setWebhook(t, hook.url+"?key=alcachofa")
	said := []message{text("hola zanahoria"), text("horario remolacha"), text("hola berenjena")}

	isv.post(t, ana, said[0])
	awaitRefused(t, hook, 2)
	webhook.set(http.StatusOK)
	hook.await(t, 2, 60*time.Second)
	awaitSpans(t, collector, "activity DeliverSlow", 2) // else the next message has it done again
	isv.post(t, ana, said[1])
	hook.await(t, 4, soon)
	webhook.set(http.StatusInternalServerError)
	isv.post(t, eva, said[2])
	awaitRefused(t, hook, 5) // her next is due after 15 s
	webhook.set(http.StatusOK)
	isv.retryAll(t)
	hook.await(t, 6, 60*time.Second)

	got := awaitDeliverySpans(t, collector, hook)
	posts := got.named(inboundSpan)
	require.Len(t, posts, len(said))
	for i, m := range said {
		t.Logf("message %d:\n%s", i+1, got.tree(posts[i], 0))
		requireTrace(t, got, posts[i], m, hook.all())
	}
	requireDurableRetry(t, got, posts[0])
	requireRetryOfAll(t, got)
	requireNothingPrivate(t, collector, isv, hook, said)
	for _, d := range hook.all() {
		require.Empty(t, d.Traceparent, "an ISV gets the same with traces and without")
	}
}

// awaitRefused waits until the webhook has refused n deliveries.
func awaitRefused(t *testing.T, hook *receiver, n int) {
	t.Helper()
	hook.awaitThat(t, soon, func() bool {
		refused := slices.DeleteFunc(hook.all(), func(d delivery) bool { return d.Status != http.StatusInternalServerError })
		return len(refused) >= n
	})
}

// awaitSpans waits until n spans of a name have come.
func awaitSpans(t *testing.T, c *collector, name string, n int) {
	t.Helper()
	require.True(t, eventually(t, soon, func() bool {
		got, err := c.all()
		require.NoError(t, err)
		return len(got.named(name)) >= n
	}), "there are not %d spans named %s", n, name)
}

// retryAll asks for what waits for the channel's webhook to be tried at once.
func (c *tenant) retryAll(t *testing.T) {
	t.Helper()
	status, body := c.call(t, http.MethodPost, c.api+"/channels/"+c.waID+"/retry", nil)
	require.Equal(t, http.StatusOK, status, body)
}

// awaitDeliverySpans waits for a span of each request that the webhook got, and returns all spans.
func awaitDeliverySpans(t *testing.T, c *collector, hook *receiver) (got spans) {
	t.Helper()
	require.True(t, eventually(t, soon, func() bool {
		var err error
		got, err = c.all()
		require.NoError(t, err)
		return len(got.named(deliverySpan)) >= len(hook.all()) && len(got.named("activity RetryWaiting")) > 0 && got.whole()
	}), "not all spans were exported")
	require.Len(t, got.named(deliverySpan), len(hook.all()))
	return got
}

// requireTrace demands that a POST's trace goes on through Temporal, and holds exactly the requests to the webhook
// that answer its message.
func requireTrace(t *testing.T, all spans, post span, said message, delivered []delivery) {
	t.Helper()
	require.Empty(t, post.parent())
	require.Equal(t, http.StatusOK, post.number("http.response.status_code"))
	signals := all.under(post)
	require.Len(t, signals, 1)
	require.Equal(t, signalSpan, signals[0].GetName())
	done := all.under(signals[0])
	require.Len(t, done.named("activity Reply"), 1)
	var want, got []string
	for _, d := range delivered {
		if d.InReplyTo == said.id {
			want = append(want, d.ID)
		}
	}
	for _, activity := range append(done.named("activity Deliver"), done.named("activity DeliverSlow")...) {
		for _, request := range all.under(activity).named(deliverySpan) {
			got = append(got, request.text("chattigo.webhook_id"))
		}
	}
	require.Equal(t, want, got)
	drained := all.named("activity RetryWaiting").that(func(s span) bool { return s.trace() == post.trace() })
	require.Empty(t, drained, "one message does not show how all others are tried again")
}

// requireDurableRetry demands that the trace of a message shows the attempt at once that failed, and those of the
// regular activity, each with its own requests.
func requireDurableRetry(t *testing.T, all spans, post span) {
	t.Helper()
	done := all.under(all.under(post)[0])
	atOnce := all.under(done.named("activity Deliver")[0])
	require.Len(t, atOnce, 1)
	require.True(t, atOnce[0].failed())
	require.Equal(t, http.StatusInternalServerError, atOnce[0].number("http.response.status_code"))

	slow := done.named("activity DeliverSlow")
	require.Len(t, slow, 2)
	for i, want := range []struct {
		status, requests int
		failed           bool
	}{{http.StatusInternalServerError, 1, true}, {http.StatusOK, 2, false}} {
		require.Equal(t, i+1, slow[i].number("temporal.attempt"))
		require.Equal(t, want.failed, slow[i].failed())
		requests := all.under(slow[i]).named(deliverySpan)
		require.Len(t, requests, want.requests)
		for _, request := range requests {
			require.Equal(t, want.status, request.number("http.response.status_code"))
			require.Equal(t, want.failed, request.failed())
		}
	}
}

// requireRetryOfAll demands that who asked for what waits to be tried again sees which conversations were told, and
// that these have not moved into his trace.
func requireRetryOfAll(t *testing.T, all spans) {
	t.Helper()
	asked := all.named("POST /channels/{waId}/retry")
	require.Len(t, asked, 1)
	drain := all.under(asked[0])
	require.Len(t, drain, 1)
	require.Equal(t, "signal again", drain[0].GetName())
	page := all.under(drain[0]).named("activity RetryWaiting")
	require.NotEmpty(t, page)
	told := all.under(page[0])
	require.Len(t, told, 1)
	require.Equal(t, "signal inbound", told[0].GetName())
	require.Empty(t, all.under(told[0]))
}

// requireNothingPrivate looks through all that was exported: names, attributes, events and statuses.
func requireNothingPrivate(t *testing.T, c *collector, isv *tenant, hook *receiver, said []message) {
	t.Helper()
	sent := c.said()
	private := []string{
		"zanahoria", "remolacha", "berenjena", "alcachofa", "asistente virtual", "lunes a viernes", hook.url, strings.TrimPrefix(hook.url, "http://"),
		ana, isv.waID, isv.phoneNumberID, isv.account, isv.token, isv.secret(t).Secret,
	}
	for _, m := range said {
		private = append(private, m.id)
	}
	for _, words := range private {
		require.NotContains(t, sent, words)
	}
	require.Contains(t, sent, inboundSpan, "the bytes are those of the spans")
}
