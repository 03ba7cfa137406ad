package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

// output is one that is read while it is written.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// listening is a command that runs until interrupt, as by Ctrl-C.
type listening struct {
	out, err  output
	interrupt context.CancelFunc
	ended     chan int
}

func (tm *terminal) listen(t *testing.T, args ...string) *listening {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	l := &listening{interrupt: cancel, ended: make(chan int, 1)}
	go func() {
		l.ended <- run(ctx, append([]string{"listen"}, args...), tm.environ, strings.NewReader(""), &l.out, &l.err)
	}()
	return l
}

func (l *listening) await(t *testing.T, what func() bool) {
	t.Helper()
	require.Eventually(t, what, 20*time.Second, 10*time.Millisecond, "%s\n%s", &l.out, &l.err)
}

func (l *listening) stop(t *testing.T) {
	t.Helper()
	l.interrupt()
	require.Zero(t, <-l.ended, &l.err)
}

// waits puts messages of one conversation of a channel into the ledger.
func (s *service) waits(t *testing.T, channel string, bodies ...string) {
	t.Helper()
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	var rows []store.Delivery
	for i, body := range bodies {
		rows = append(rows, store.Delivery{
			ID: fmt.Sprintf("msg_%d", i+1), Channel: channel, Conversation: "cnv_1", WorkflowID: "wf", Contact: "56933330000", Sequence: i + 1,
			Kind: "reply", Body: json.RawMessage(body), MadeAt: at, UpdatedAt: at,
		})
	}
	require.NoError(t, s.store.Park(t.Context(), rows))
}

func (s *service) state(t *testing.T, id string) store.Delivery {
	t.Helper()
	row, err := s.store.Delivery(t.Context(), id)
	require.NoError(t, err)
	return row
}

func (s *service) isPulled(t *testing.T, channel string) bool {
	t.Helper()
	found, err := s.store.Channel(t.Context(), channel)
	require.NoError(t, err)
	return !found.PullSince.IsZero()
}

// sayHi is a text message.
func sayHi(text string) string {
	quoted, _ := json.Marshal(text) // a string is always JSON
	return `{"messaging_product":"whatsapp","to":"56933330000","type":"text",  "text":{"body":` + string(quoted) + `}}`
}

// local is a server of the person's, at this machine.
type local struct {
	*httptest.Server
	mu     sync.Mutex
	got    []string
	header []http.Header
	answer http.HandlerFunc
}

func newLocal(t *testing.T, answer http.HandlerFunc) *local {
	t.Helper()
	l := &local{answer: answer}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		l.mu.Lock()
		l.got, l.header = append(l.got, string(body)), append(l.header, r.Header)
		l.mu.Unlock()
		l.answer(w, r)
	}))
	t.Cleanup(l.Close)
	return l
}

func (l *local) received() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]string(nil), l.got...)
}

func (s *service) pull(t *testing.T, channel string) {
	t.Helper()
	pull := true
	require.NoError(t, s.store.ConfigureWebhook(t.Context(), channel, store.WebhookSettings{Pull: &pull}, time.Now()))
}

func TestListenForwardsWhatAWebhookWouldGet(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.pull(t, docsChannel)
	bodies := []string{sayHi("¿Qué tal?\nBien\x1b[2J\u202e"), `{"type":"interactive","interactive":{"body":{"text":"Elige"}}}`, `{"chatBeenClosed":{"closed":true}}`}
	s.waits(t, docsChannel, bodies...)
	here := newLocal(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `{"messages":[{"id":"wamid.%s"}]}`, r.Header.Get("Webhook-Id"))
	})
	l := s.terminal(t, "acme").listen(t, docsChannel, "--to", here.URL+"/hook")
	l.await(t, func() bool { return s.state(t, "msg_3").State == store.DeliveryDelivered })
	l.stop(t)

	require.Equal(t, bodies, here.received(), "byte for byte, in order")
	for i, h := range here.header {
		require.Equal(t, fmt.Sprintf("msg_%d", i+1), h.Get("Webhook-Id"))
		require.Equal(t, fmt.Sprint(i+1), h.Get("Chattigo-Sequence"))
		require.Regexp(t, "^v1,.* v1a,", h.Get("Webhook-Signature"))
		require.Equal(t, "application/json", h.Get("Content-Type"))
	}
	require.Equal(t, "wamid.msg_1", s.state(t, "msg_1").WAMID, "what the local address answered is handed on")
	lines := strings.Split(l.out.String(), "\n")
	require.Contains(t, lines[0], "Pulling the messages of 56911110000 from "+s.URL+", posting them to "+here.URL+"/hook")
	require.Regexp(t, `^\d\d:\d\d:\d\d  56933330000  text  ¿Qué tal\? Bien \[2J  200  \d+.*s$`, lines[1])
	require.Regexp(t, `  interactive  Elige  200  `, lines[2])
	require.Regexp(t, `  closed  the chat has ended  200  `, lines[3])
	require.True(t, s.isPulled(t, docsChannel), "as it was before")
	require.Empty(t, l.err.String())
}

func TestListenPostsAgainWhatWasNotTaken(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.pull(t, docsChannel)
	s.waits(t, docsChannel, sayHi("uno"), sayHi("dos"))
	var posts atomic.Int64
	here := newLocal(t, func(w http.ResponseWriter, r *http.Request) {
		switch posts.Add(1) {
		case 1:
			w.WriteHeader(http.StatusInternalServerError)
		case 2:
			http.Redirect(w, r, "/elsewhere", http.StatusFound)
		}
	})
	l := s.terminal(t, "acme").listen(t, docsChannel, "--to", here.URL)
	l.await(t, func() bool { return s.state(t, "msg_2").State == store.DeliveryDelivered })
	l.stop(t)
	require.Equal(t, []string{sayHi("uno"), sayHi("uno"), sayHi("uno"), sayHi("dos")}, here.received())
	require.Contains(t, l.err.String(), "the local address answered 500; only 2xx takes a message; trying again in 1s")
	require.Contains(t, l.err.String(), "redirects are not followed")
}

func TestListenShowsAndTakesWithoutALocalAddress(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.pull(t, docsChannel)
	s.waits(t, docsChannel, sayHi(strings.Repeat("ñ", 500)), `not even JSON`)
	l := s.terminal(t, "acme").listen(t, docsChannel)
	l.await(t, func() bool { return s.state(t, "msg_2").State == store.DeliveryDelivered })
	l.stop(t)
	lines := strings.Split(l.out.String(), "\n")
	require.Regexp(t, `  text  ñ{60}…$`, lines[1])
	require.Regexp(t, `  message$`, lines[2])
}

func TestListenSwitchesAndSetsBack(t *testing.T) {
	t.Parallel()
	s := newService(t)
	acme := s.terminal(t, "acme")
	l := acme.listen(t, docsChannel)
	require.Equal(t, 1, <-l.ended)
	require.Contains(t, l.err.String(), "the messages of channel 56911110000 are posted to https://hooks.acme.example/chattigo; --switch pulls them")
	require.False(t, s.isPulled(t, docsChannel))

	for channel, args := range map[string][]string{docsChannel: {docsChannel, "--switch"}, othersChannel: {othersChannel}} {
		tm := acme
		if channel == othersChannel { // it has no webhook
			tm = s.terminal(t, "other")
		}
		l := tm.listen(t, args...)
		l.await(t, func() bool { return strings.Contains(l.out.String(), "Ctrl-C ends it") })
		require.True(t, s.isPulled(t, channel))
		l.stop(t)
		require.False(t, s.isPulled(t, channel))
		require.Contains(t, l.out.String(), "The messages of "+channel+" are posted to its webhook again.")
	}
}

func TestListenEndsWhenTheServerWantsNoMore(t *testing.T) {
	t.Parallel()
	s := newService(t)
	for account, want := range map[string]string{
		"other": "unsupported get request. Object with ID '56911110000' does not exist", "eva": "unauthorized Access",
	} {
		l := s.terminal(t, account).listen(t, docsChannel, "--switch")
		require.Equal(t, 1, <-l.ended)
		require.Contains(t, l.err.String(), want)
	}
	require.False(t, s.isPulled(t, docsChannel))

	s.pull(t, docsChannel)
	l := s.terminal(t, "acme").listen(t, docsChannel)
	l.await(t, func() bool { return strings.Contains(l.out.String(), "Ctrl-C ends it") })
	push := false
	require.NoError(t, s.store.ConfigureWebhook(t.Context(), docsChannel, store.WebhookSettings{Pull: &push}, time.Now()))
	require.Equal(t, 1, <-l.ended, "somebody else has switched it")
	require.Contains(t, l.err.String(), "are posted to its webhook")

	for _, to := range []string{"localhost:3000", "ftp://localhost", "http://", "http://user:pw@localhost", "http://a b", ":"} {
		code, _, errOut := s.terminal(t, "acme").run(t, "", "listen", docsChannel, "--to", to)
		require.Equal(t, exitUsage, code)
		require.Contains(t, errOut, "--to must be a URL such as http://localhost:3000")
	}
	code, out, _ := newTerminal(t).run(t, "", "listen", "--help")
	require.Zero(t, code)
	require.Contains(t, out, "ITS ISV GETS NOTHING MEANWHILE")
}

// A server that restarts, or a local one, costs nothing but time.
func TestListenSurvivesARestart(t *testing.T) {
	t.Parallel()
	s := newService(t)
	s.pull(t, docsChannel)
	var down atomic.Bool
	var refused, acks atomic.Int64
	behind := s.Config.Handler
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ack := strings.HasSuffix(r.URL.Path, "/ack")
		if ack {
			acks.Add(1)
		}
		if down.Load() || ack && acks.Load() == 1 {
			refused.Add(1)
			panic(http.ErrAbortHandler)
		}
		behind.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	tm := newTerminal(t, "CHATTIGO_URL="+front.URL, "CHATTIGO_TOKEN="+s.token(t, "acme"))
	here := newLocal(t, func(http.ResponseWriter, *http.Request) {})
	s.waits(t, docsChannel, sayHi("uno"), sayHi("dos"))
	l := tm.listen(t, docsChannel, "--to", here.URL)
	l.await(t, func() bool { return refused.Load() == 1 })
	down.Store(true)
	l.await(t, func() bool { return refused.Load() >= 2 })
	down.Store(false)
	l.await(t, func() bool { return s.state(t, "msg_2").State == store.DeliveryDelivered })
	l.stop(t)
	require.Equal(t, []string{sayHi("uno"), sayHi("dos")}, here.received(), "what the server did not hear was said again, not posted again")
	require.Contains(t, l.err.String(), "trying again in")
}
