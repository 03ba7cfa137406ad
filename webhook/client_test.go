package webhook

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func serve(t *testing.T, handler http.HandlerFunc) (*Client, string) {
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	client := NewClient("test", NewGuard(WithLoopback()))
	t.Cleanup(client.Close)
	return client, server.URL
}

func request(url string) Request {
	return Request{
		URL: url, Body: []byte(`{"text":"<hola> & ñandú"}`), ID: "msg_1", Conversation: "cnv_1", WaID: "56900000001",
		Contact: "56911112222", Sequence: 3, Attempt: 2, InReplyTo: "wamid.X=", Timeout: 5 * time.Second,
	}
}

func TestPostSendsTheBytesAndSaysWhichChatTheyBelongTo(t *testing.T) {
	var body []byte
	var header http.Header
	client, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		header = r.Header.Clone()
		_, _ = w.Write([]byte(`{"messages":[{"id":"wamid.1"}]}`))
	})

	result := client.Post(t.Context(), request(url))

	require.Equal(t, Delivered, result.Class)
	require.Equal(t, 200, result.StatusCode)
	require.Equal(t, "wamid.1", result.MessageID)
	require.NotEmpty(t, result.Peer)
	require.Equal(t, `{"text":"<hola> & ñandú"}`, string(body))
	for name, want := range map[string]string{
		"content-type": "application/json", "user-agent": "Chattigo-ISV/test", "webhook-id": "msg_1",
		"chattigo-conversation": "cnv_1", "chattigo-wa-id": "56900000001", "chattigo-contact": "56911112222",
		"chattigo-sequence": "3", "chattigo-attempt": "2", "chattigo-in-reply-to": "wamid.X=",
	} {
		require.Equal(t, want, header.Get(name), name)
	}
	require.NotEmpty(t, header.Get("webhook-timestamp"))
}

func TestPostJudgesByTheStatusAndFollowsNoRedirect(t *testing.T) {
	for status, want := range map[int]Class{200: Delivered, 204: Delivered, 301: Status, 307: Status, 400: Status, 404: Status, 429: Status, 500: Status} {
		calls := 0
		client, url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			calls++
			w.Header().Set("Location", "/elsewhere")
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(status)
		})
		result := client.Post(t.Context(), request(url))
		require.Equal(t, want, result.Class, status)
		require.Equal(t, 7*time.Second, result.RetryAfter)
		require.Equal(t, 1, calls)
	}
}

func TestMessageIDIsReadFromMetasAnswerOnly(t *testing.T) {
	for answer, want := range map[string]string{
		`{"messaging_product":"whatsapp","contacts":[{"input":"1"}],"messages":[{"id":"wamid.A=","message_status":"accepted"}]}`: "wamid.A=",
		"\ufeff" + `{"messages":[{"id":"wamid.B="}]}`: "wamid.B=",
		``: "", `ok`: "", `[]`: "", `{"messages":[]}`: "", `{"messages":{"id":"x"}}`: "", `{"messages":[{"id":7}]}`: "",
		`{"messages":[{"id":"` + strings.Repeat("x", 2000) + `"}]}`: "",
	} {
		require.Equal(t, want, MessageID([]byte(answer)), answer)
	}
}

func TestPostTellsTimeoutCancelAndRefusalApart(t *testing.T) {
	release := make(chan struct{})
	client, url := serve(t, func(http.ResponseWriter, *http.Request) { <-release })
	defer close(release)

	slow := request(url)
	slow.Timeout = 20 * time.Millisecond
	require.Equal(t, Timeout, client.Post(t.Context(), slow).Class)

	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	require.Equal(t, Canceled, client.Post(canceled, request(url)).Class)
	require.Equal(t, Connect, client.Post(t.Context(), request("http://127.0.0.1:1/")).Class)
	require.Equal(t, BadTarget, client.Post(t.Context(), request("http://a b/")).Class)
}

func TestPostKeepsOnlyTheBeginningOfAnEndlessAnswer(t *testing.T) {
	client, url := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 1000 {
			if _, err := io.WriteString(w, strings.Repeat("x", 1024)); err != nil {
				return
			}
		}
	})
	result := client.Post(t.Context(), request(url))
	require.Equal(t, Delivered, result.Class)
	require.Len(t, result.Answer, maxKept)
}

// Some servers announce more than they send, and keep the connection open.
func TestPostDoesNotWaitLongForTheRestOfAGoodAnswer(t *testing.T) {
	t.Parallel()
	client, url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "ok")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	r := request(url)
	r.Timeout = time.Minute
	result := client.Post(t.Context(), r)
	require.Equal(t, Delivered, result.Class)
	require.Equal(t, "ok", string(result.Answer))
	require.Less(t, result.Duration, 10*time.Second)
}

func TestHeaderValuesFromOutsideCannotBreakTheRequest(t *testing.T) {
	client, url := serve(t, func(http.ResponseWriter, *http.Request) {})
	hostile := request(url)
	hostile.InReplyTo = "wamid.X\r\nx-evil: 1\x00" + strings.Repeat("é", 1000)
	hostile.Contact = "US.1349\n"
	require.Equal(t, Delivered, client.Post(t.Context(), hostile).Class)
}
