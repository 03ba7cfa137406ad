package activities

import (
	"cmp"
	"crypto/ed25519"
	"encoding/base64"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

// conformanceCase is one case of testdata/conformance.yaml.
type conformanceCase struct {
	Case      string
	Responses []struct {
		Status     int
		RetryAfter string `yaml:"retry_after"`
		Hang       bool
	}
	// Sends is "same" or "distinct" for a second message, Webhook "late" for one that is set afterwards,
	// Waits how long passes before the first attempt.
	Sends, Webhook, Waits string
	// Other is set if another tenant has a message, too, and its own webhook.
	Other    bool
	Requests int
	State    store.DeliveryState
	Verifies string
	Pause    struct{ Least, Most string }
}

// What a public suite asks of senders of webhooks holds for ours, where it can be asked of it.
func TestConformance(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/conformance.yaml")
	require.NoError(t, err)
	var cases []conformanceCase
	require.NoError(t, yaml.Unmarshal(text, &cases))
	require.NotEmpty(t, cases)
	for _, c := range cases {
		t.Run(c.Case, func(t *testing.T) {
			t.Parallel()
			c.run(t)
		})
	}
}

func (c conformanceCase) run(t *testing.T) {
	t.Helper()
	r := newRoom(t)
	r.jitter = func() float64 { return 1 }
	r.limits.slowAttempt = 2 * time.Second
	headers := c.responses(t, r)
	messages := []Outgoing{outgoing(1)}
	switch c.Sends {
	case "same":
		messages = append(messages, messages[0])
	case "distinct":
		messages = append(messages, outgoing(2))
	}
	if c.Webhook == "late" {
		r.setWebhook("")
	}
	for _, m := range messages {
		r.park(nil, m)
	}
	r.clock.set(opened().Add(duration(t, c.Waits)))
	var begun []time.Time
	for _, m := range messages {
		begun = append(begun, c.deliver(t, r, m.ID)...)
	}
	c.check(t, r, messages, begun, *headers)
	if c.Other {
		c.checkOther(t, r)
	}
}

// responses makes the ISV respond as the case says, and keeps the headers of the requests.
func (c conformanceCase) responses(t *testing.T, r *room) *[]http.Header {
	t.Helper()
	var got []http.Header
	r.isv.answers(func(w http.ResponseWriter, req *http.Request) {
		response := c.Responses[min(len(got), len(c.Responses)-1)]
		got = append(got, req.Header.Clone())
		if response.Hang {
			<-req.Context().Done()
			return
		}
		if response.RetryAfter != "" {
			w.Header().Set("Retry-After", response.RetryAfter)
		}
		w.WriteHeader(response.Status)
	})
	return &got
}

// deliver runs the slow lane until a message has a final state, as Temporal does: the clock moves on by
// the pause that each error asks for. It returns when each attempt began.
func (c conformanceCase) deliver(t *testing.T, r *room, id string) (begun []time.Time) {
	t.Helper()
	for range 500 {
		at, requests := r.clock.now(), len(r.isv.received())
		_, err := r.slow(id)
		if len(r.isv.received()) > requests {
			begun = append(begun, at)
		}
		if err == nil {
			return begun
		}
		failed := expected(t, err)
		if failed.Type() == NoWebhook {
			r.setWebhook(r.isv.URL)
		}
		r.clock.set(at.Add(failed.NextRetryDelay()))
	}
	require.Fail(t, "the message never came to an end")
	return nil
}

func (c conformanceCase) check(t *testing.T, r *room, messages []Outgoing, begun []time.Time, headers []http.Header) {
	t.Helper()
	for _, m := range messages {
		require.Equal(t, c.State, r.row(m.ID).State)
	}
	if c.Requests == 0 {
		require.Greater(t, len(headers), 1)
	} else {
		require.Len(t, headers, c.Requests)
	}
	if c.Pause.Least != "" {
		pause := begun[1].Sub(begun[0])
		require.GreaterOrEqual(t, pause, duration(t, c.Pause.Least))
		require.LessOrEqual(t, pause, duration(t, c.Pause.Most))
	}
	ids := map[string]bool{}
	for i, header := range headers {
		ids[header.Get("Webhook-Id")] = true
		require.Equal(t, "application/json", header.Get("Content-Type"))
		body := r.isv.received()[i].body
		key := r.liveKeys()[0]
		if c.Verifies != "v1a" {
			require.True(t, isSignedBy(t, key, header, []byte(body)))
		}
		if c.Verifies != "v1" {
			require.True(t, hasV1a(t, key, header, body))
		}
	}
	require.Len(t, ids, 1+min(1, strings.Count(c.Sends, "distinct")), "a repeat has the same id")
}

func hasV1a(t *testing.T, key webhook.SigningKey, header http.Header, body string) bool {
	t.Helper()
	content := header.Get("Webhook-Id") + "." + header.Get("Webhook-Timestamp") + "." + body
	for signature := range strings.SplitSeq(header.Get("Webhook-Signature"), " ") {
		text, ok := strings.CutPrefix(signature, "v1a,")
		raw, err := base64.StdEncoding.DecodeString(text)
		if ok && err == nil && ed25519.Verify(key.Public(), []byte(content), raw) {
			return true
		}
	}
	return false
}

// checkOther delivers a message of another tenant: only its own webhook gets it, whatever happens to
// the first one's.
func (c conformanceCase) checkOther(t *testing.T, r *room) {
	t.Helper()
	const theirs = "56900000002"
	before := len(r.isv.received())
	other := newISV(t)
	require.NoError(t, r.db.AddAccount(t.Context(), store.Account{Name: "other", PasswordHash: "x", CreatedAt: opened()}))
	require.NoError(t, r.db.AddChannel(t.Context(), store.Channel{
		WaID: theirs, PhoneNumberID: "2", Account: "other", WebhookURL: other.URL, CreatedAt: opened(), UpdatedAt: opened(),
	}))
	m := outgoing(9)
	m.At = r.clock.now()
	to := Address{Conversation: "cnv_theirs", WorkflowID: "conversation:2", Channel: theirs, Contact: contact}
	require.NoError(t, r.Park(t.Context(), ParkInput{Address: to, Messages: []Outgoing{m}, At: r.clock.now()}))
	_, err := r.slow(m.ID)
	require.NoError(t, err)
	require.Len(t, other.received(), 1)
	require.Len(t, r.isv.received(), before)
}

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(cmp.Or(text, "0s"))
	require.NoError(t, err)
	return d
}

func TestTargetsThatConformanceForbidsAreRefused(t *testing.T) {
	for name, url := range map[string]string{
		"ssrf-tls/https-only-rejected":            "http://example.com/hook",
		"ssrf-tls/ssrf-link-local-refused":        "https://169.254.169.254/hook",
		"ssrf-tls/ssrf-private-ip-create-blocked": "https://10.0.0.5/hook",
	} {
		for _, dev := range []bool{false, true} {
			require.Error(t, webhook.CheckTarget(url, dev), name)
		}
	}
}
