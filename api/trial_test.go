package api_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/store"
	webhookclient "github.com/chattigo/api-isv/webhook"
)

const testPath = "/webhooks/outbound/test"

// poster records what it is asked to post.
type poster struct {
	mu       sync.Mutex
	requests []webhookclient.Request
	// answer decides the outcome; nil delivers.
	answer func(context.Context, webhookclient.Request) webhookclient.Result
	// real posts for it, if it is set.
	real api.Poster
}

func (p *poster) Post(ctx context.Context, r webhookclient.Request) webhookclient.Result {
	p.mu.Lock()
	p.requests = append(p.requests, r)
	p.mu.Unlock()
	switch {
	case p.real != nil:
		return p.real.Post(ctx, r)
	case p.answer != nil:
		return p.answer(ctx, r)
	}
	return webhookclient.Result{Class: webhookclient.Delivered, StatusCode: 200}
}

func (p *poster) posted() []webhookclient.Request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]webhookclient.Request(nil), p.requests...)
}

type trialView struct {
	WaID, WebhookID, Class, Explanation, Body string
	Delivered                                 bool
	Status                                    int
	Timings                                   map[string]int64
	SignedBy                                  []string
}

func (f *fixture) try(t *testing.T) (int, trialView, *httptest.ResponseRecorder) {
	t.Helper()
	response := f.do(t, "POST", testPath, headers{"Authorization": f.token("isv")}, strings.NewReader(`{"waId":"56900000001"}`))
	var view trialView
	require.NoError(t, json.Unmarshal(response.Body.Bytes(), &view))
	return response.Code, view, response
}

func TestAWebhookIsTriedWithASignedPOSTThatIsNoMessage(t *testing.T) {
	var header http.Header
	var body []byte
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header = r.Header.Clone()
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, "thanks \xff<&>")
	}))
	t.Cleanup(server.Close)
	client := webhookclient.NewClient("test", webhookclient.NewGuard(webhookclient.WithLoopback()))
	t.Cleanup(client.Close)
	f := setUp(t)
	f.poster.real = client
	require.NoError(t, f.store.SetWebhook(t.Context(), waID, server.URL, "", start()))
	old := f.secret(t)
	fresh := f.rotate(t, "1")

	code, got, response := f.try(t)
	require.Equal(t, 200, code)
	require.Equal(t, trialView{
		WaID: waID, WebhookID: header.Get("Webhook-Id"), Class: "delivered", Explanation: "the webhook accepted the test",
		Delivered: true, Status: 202, Body: "thanks \uFFFD<&>", Timings: got.Timings, SignedBy: []string{fresh.ID, old.ID},
	}, got)
	require.Len(t, got.Timings, 4)
	require.NotContains(t, response.Body.String(), "127.0.0.1")
	for _, secret := range []string{old.Secret, fresh.Secret} {
		verifier, err := standardwebhooks.NewWebhook(secret)
		require.NoError(t, err)
		require.NoError(t, verifier.Verify(body, header))
		require.NotContains(t, f.log.String(), strings.TrimPrefix(secret, "whsec_"))
	}
	require.Equal(t, "true", header.Get("Chattigo-Test"))
	var sent map[string]any
	require.NoError(t, json.Unmarshal(body, &sent))
	require.Equal(t, true, sent["chattigoTest"])
	for _, name := range []string{"messaging_product", "to", "recipient", "type", "text", "chatBeenClosed", "object", "entry"} {
		require.NotContains(t, sent, name)
	}
	require.Equal(t, 15*time.Second, f.poster.posted()[0].Timeout)
}

func TestATestTakesAtMostTheChannelsTime(t *testing.T) {
	f := setUp(t)
	require.NoError(t, f.store.SetWebhook(t.Context(), waID, hook, "", start()))
	seconds := 2
	require.NoError(t, f.store.ConfigureWebhook(t.Context(), waID, store.WebhookSettings{TimeoutSeconds: &seconds}, start()))
	code, _, _ := f.try(t)
	require.Equal(t, 200, code)
	require.Equal(t, 2*time.Second, f.poster.posted()[0].Timeout)
}

func TestATestTellsEachOutcome(t *testing.T) {
	f := setUp(t)
	require.NoError(t, f.store.SetWebhook(t.Context(), waID, hook, "", start()))
	for class, status := range map[webhookclient.Class]int{
		webhookclient.Status: 302, webhookclient.Timeout: 0, webhookclient.Connect: 0, webhookclient.Forbidden: 0,
		webhookclient.BadTarget: 0, webhookclient.Canceled: 0,
	} {
		f.now = f.now.Add(time.Minute)
		f.poster.answer = func(context.Context, webhookclient.Request) webhookclient.Result {
			return webhookclient.Result{Class: class, StatusCode: status, Peer: "10.9.8.7:443", Timings: webhookclient.Timings{Connected: time.Second}}
		}
		code, got, response := f.try(t)
		require.Equal(t, 200, code)
		require.False(t, got.Delivered)
		require.Equal(t, string(class), got.Class)
		require.Equal(t, status, got.Status)
		require.NotEmpty(t, got.Explanation)
		require.EqualValues(t, 1000, got.Timings["connectedMs"])
		require.NotContains(t, response.Body.String(), "10.9.8.7")
	}
}

func TestAChannelWithoutAWebhookIsNotTried(t *testing.T) {
	f := setUp(t)
	f.run(t, []scenario{{
		name: "none", method: "POST", path: testPath, as: "isv", body: `{"waId":"56900000001"}`, wantStatus: 409,
		wantBody: `{"message":"the channel has no webhook; set one with PATCH /webhooks/outbound"}`,
	}})
	require.Empty(t, f.poster.posted())
}

func TestTestsAreLimitedForEachAccount(t *testing.T) {
	f := setUp(t)
	require.NoError(t, f.store.SetWebhook(t.Context(), waID, hook, "", start()))
	require.NoError(t, f.store.SetWebhook(t.Context(), otherWaID, hook, "", start()))
	for range 5 {
		code, _, _ := f.try(t)
		require.Equal(t, 200, code)
	}
	for range 3 { // a refused one takes nothing
		code, _, response := f.try(t)
		require.Equal(t, 429, code)
		require.Equal(t, "6", response.Header().Get("Retry-After"))
	}
	other := f.do(t, "POST", testPath, headers{"Authorization": f.token("other")}, strings.NewReader(`{"waId":"56900000002"}`))
	require.Equal(t, 200, other.Code)
	f.now = f.now.Add(6 * time.Second)
	code, _, _ := f.try(t)
	require.Equal(t, 200, code)
	code, _, _ = f.try(t)
	require.Equal(t, 429, code)
	require.Len(t, f.poster.posted(), 7)
}

func TestAnAccountHasTwoTestsInFlight(t *testing.T) {
	f := setUp(t)
	require.NoError(t, f.store.SetWebhook(t.Context(), waID, hook, "", start()))
	inside, release := make(chan struct{}), make(chan struct{})
	f.poster.answer = func(context.Context, webhookclient.Request) webhookclient.Result {
		inside <- struct{}{}
		<-release
		return webhookclient.Result{Class: webhookclient.Delivered, StatusCode: 200}
	}
	var group sync.WaitGroup
	codes := make([]int, 2)
	for i := range codes {
		group.Go(func() {
			response := f.do(t, "POST", testPath, headers{"Authorization": f.token("isv")}, strings.NewReader(`{"waId":"56900000001"}`))
			codes[i] = response.Code
		})
	}
	<-inside
	<-inside
	code, _, response := f.try(t)
	require.Equal(t, 429, code)
	seconds, err := strconv.Atoi(response.Header().Get("Retry-After"))
	require.NoError(t, err)
	require.Equal(t, 15, seconds)
	close(release)
	group.Wait()
	require.Equal(t, []int{200, 200}, codes)
	go func() { <-inside }()
	code, _, _ = f.try(t)
	require.Equal(t, 200, code)
}
