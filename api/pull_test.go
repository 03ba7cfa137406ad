package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// pulled is what GET /deliveries/next hands out.
type pulled struct {
	ID, Channel, Conversation, Contact, Kind, Body string
	Sequence, Attempt                              int
	Headers                                        map[string]string
	LeasedUntil                                    time.Time
}

// pulling switches the channel of isv to being pulled.
func pulling(t testing.TB) *fixture {
	t.Helper()
	f := setUp(t)
	f.setPull(t, true)
	return f
}

func (f *fixture) setPull(t testing.TB, pull bool) {
	t.Helper()
	require.NoError(t, f.store.ConfigureWebhook(t.Context(), waID, store.WebhookSettings{Pull: &pull}, f.now))
}

// next pulls without waiting. It returns nil if there is nothing.
func (f *fixture) next(t testing.TB) *pulled {
	t.Helper()
	status, body := f.as(t, "isv", "GET", "/deliveries/next?channel=56900000001&wait=0", "")
	if status == http.StatusNoContent {
		require.Empty(t, body)
		return nil
	}
	require.Equal(t, 200, status, body)
	var got pulled
	require.NoError(t, json.Unmarshal([]byte(body), &got))
	return &got
}

func (f *fixture) ack(t testing.TB, id, body string) {
	t.Helper()
	require.JSONEq(t, fmt.Sprintf(`{"id":%q,"state":"delivered"}`, id), f.ok(t, "isv", "POST", "/deliveries/"+id+"/ack", body))
}

// verified checks a message with the public library, which goes by the real clock, as an ISV does.
func (f *fixture) verified(t testing.TB, got *pulled) {
	t.Helper()
	var key struct{ Secret string }
	require.NoError(t, json.Unmarshal([]byte(f.ok(t, "isv", "GET", "/webhooks/outbound/secret?waId=56900000001", "")), &key))
	verifier, err := standardwebhooks.NewWebhook(key.Secret)
	require.NoError(t, err)
	h := http.Header{}
	for name, value := range got.Headers {
		require.Equal(t, strings.ToLower(name), name)
		h.Set(name, value)
	}
	require.NoError(t, verifier.VerifyIgnoringTimestamp([]byte(got.Body), h))
}

func TestAMessageIsPulledAsItWouldBePosted(t *testing.T) {
	t.Parallel()
	f := pulling(t)
	d := waitingFor(waID, "msg_1", 0, store.DeliveryWaiting)
	d.Body, d.Sequence = json.RawMessage(`{"text":{"body":"<b>&é `+"\u2028"+`\u0001 🦩"},  "n":1.0}`), 4
	f.park(t, d)
	f.now = start().Add(time.Minute)
	got := f.next(t)
	require.Equal(t, string(d.Body), got.Body)
	f.verified(t, got)
	delete(got.Headers, "webhook-signature")
	require.Equal(t, &pulled{
		ID: "msg_1", Channel: waID, Conversation: "cnv_msg_1", Contact: contact, Kind: "reply", Body: string(d.Body), Sequence: 4, Attempt: 1,
		Headers: map[string]string{
			"webhook-id": "msg_1", "webhook-timestamp": fmt.Sprint(f.now.Unix()), "content-type": "application/json",
			"chattigo-conversation": "cnv_msg_1", "chattigo-wa-id": waID, "chattigo-contact": contact, "chattigo-sequence": "4",
			"chattigo-attempt": "1", "chattigo-in-reply-to": "wamid.1",
		},
		LeasedUntil: f.now.Add(time.Minute).Truncate(time.Millisecond),
	}, got)
	require.Nil(t, f.next(t))

	f.now = f.now.Add(time.Minute)
	again := f.next(t)
	require.Equal(t, "msg_1", again.ID)
	require.Equal(t, 2, again.Attempt)
	require.Equal(t, "2", again.Headers["chattigo-attempt"])
	f.verified(t, again)
}

func TestWhatWasPulledIsAcknowledged(t *testing.T) {
	t.Parallel()
	f := pulling(t)
	first, second, notice := waitingFor(waID, "a", 0, ""), waitingFor(waID, "b", 0, ""), waitingFor(waID, "n", 0, "")
	for i, d := range []*store.Delivery{&first, &second, &notice} {
		d.Conversation, d.WorkflowID, d.Sequence = "cnv_1", "wf_1", i+1
	}
	notice.Kind = "notice"
	f.park(t, first, second, notice)

	status, body := f.as(t, "isv", "POST", "/deliveries/a/ack", "")
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, body, "was not handed out")
	require.Equal(t, "a", f.next(t).ID)
	f.ack(t, "a", `{"messaging_product":"whatsapp","contacts":[{"wa_id":"1"}],"messages":[{"id":"wamid.out"}]}`)
	require.Equal(t, "b", f.next(t).ID, "at once, without the workflow")
	retry := signal{id: "wf_1", envelope: workflows.Envelope{At: start().Truncate(time.Millisecond), Retry: true}}
	require.Equal(t, []signal{retry}, f.temporal.all())
	row, err := f.store.Delivery(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, "wamid.out", row.WAMID)
	var shown struct {
		State string
		Tries []struct{ Class string }
	}
	require.NoError(t, json.Unmarshal([]byte(f.ok(t, "isv", "GET", "/deliveries/a", "")), &shown))
	require.Equal(t, "delivered", shown.State)
	require.Equal(t, "pulled", shown.Tries[0].Class)

	f.now = f.now.Add(2 * time.Minute) // the lease is over
	f.setPull(t, false)
	f.ack(t, "b", "")
	f.setPull(t, true)
	require.Equal(t, "n", f.next(t).ID)
	f.ack(t, "n", "{}")
	require.Equal(t, []string{"notice:cnv_1"}, f.temporal.notices)
	for range 20 {
		f.ack(t, "n", "")
	}
	require.Len(t, f.temporal.notices, 2, "a repeat asks the workflow once in a while")
	require.Nil(t, f.next(t))
}

// A message is acknowledged although its workflow cannot be told; the repeat tells it.
func TestAnAcknowledgementThatCannotBePassedOnIsRepeated(t *testing.T) {
	t.Parallel()
	f := pulling(t)
	f.park(t, waitingFor(waID, "a", 0, ""))
	require.Equal(t, "a", f.next(t).ID)
	f.temporal.fail = func(signal) error { return errTemporal }
	status, _ := f.as(t, "isv", "POST", "/deliveries/a/ack", "")
	require.Equal(t, http.StatusServiceUnavailable, status)
	f.temporal.fail = nil
	f.ack(t, "a", "")
	require.Len(t, f.temporal.all(), 1)
}

func TestADeadLetterIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	f := pulling(t)
	f.park(t, waitingFor(waID, "a", 0, ""))
	require.Equal(t, "a", f.next(t).ID)
	require.NoError(t, f.store.MarkDead(t.Context(), "a", "pull", f.now))
	status, body := f.as(t, "isv", "POST", "/deliveries/a/ack", "")
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, "the delivery is a dead letter: it was given up (pull) before it was acknowledged", messageOf(t, body))
}

// What is about to be given up is not handed out: a puller that never acknowledges would keep it for ever.
func TestWhatIsTooOldIsNotPulled(t *testing.T) {
	t.Parallel()
	f := pulling(t)
	notice := waitingFor(waID, "n", 0, "")
	notice.Kind = "notice"
	f.park(t, waitingFor(waID, "a", 0, ""), notice)
	f.now = start().Add(24*time.Hour - time.Second)
	require.Equal(t, "a", f.next(t).ID)
	f.now = start().Add(25 * time.Hour)
	require.Equal(t, "n", f.next(t).ID)
	f.now = start().Add(26 * time.Hour)
	require.Equal(t, "n", f.next(t).ID)
	f.now = start().Add(72 * time.Hour)
	require.Nil(t, f.next(t))
}

func TestPullsThatAreRefused(t *testing.T) {
	t.Parallel()
	f := pulling(t)
	f.park(t, waitingFor(otherWaID, "d", 0, ""), waitingFor(waID, "a", 0, ""))
	for query, want := range map[string]string{
		"":                             "the query must have a channel, such as ?channel=56900000001",
		"channel=":                     "channel must not be empty",
		"channel=569":                  "unsupported get request. Object with ID '569' does not exist",
		"channel=a%00b":                "unsupported get request. Object with ID 'a\x00b' does not exist",
		"channel=56900000001&wait=61":  "wait must be a number of seconds from 0 to 60, such as 30s",
		"channel=56900000001&waits=1":  "the query has no 'waits'; it takes channel, wait",
		"channel=56900000001&channel=": "channel may be given only once",
	} {
		status, body := f.as(t, "isv", "GET", "/deliveries/next?"+query, "")
		require.Equal(t, http.StatusBadRequest, status, query)
		require.Equal(t, want, messageOf(t, body), query)
	}
	for _, wait := range []string{"-1", "+1", "1m", "1e1", "NaN", "0x1", "1.5s", "30ss", "s", "99999999999999999999", "٣", "30 s"} {
		status, body := f.as(t, "isv", "GET", "/deliveries/next?channel=56900000001&wait="+url.QueryEscape(wait), "")
		require.Equal(t, http.StatusBadRequest, status, wait)
		require.Contains(t, body, "wait must be")
	}
	for as, want := range map[string]int{"other": 401, "operator": 401, "gone": 401} {
		for _, route := range []struct{ method, path string }{{"GET", "/deliveries/next?channel=56900000001"}} {
			status, _ := f.as(t, as, route.method, route.path, "")
			require.Equal(t, want, status, as)
		}
	}
	status, body := f.as(t, "other", "GET", "/deliveries/next?channel="+otherWaID, "")
	require.Equal(t, http.StatusConflict, status)
	require.Equal(t, `the messages of this channel are posted to its webhook; to pull them, send PATCH /webhooks/outbound `+
		`with {"waId": "56900000002", "delivery": "pull"}`, messageOf(t, body))
	require.Equal(t, "a", f.next(t).ID, "nobody else has pulled it")

	for as, want := range map[string]int{"other": 400, "operator": 401} {
		status, _ := f.as(t, as, "POST", "/deliveries/a/ack", "")
		require.Equal(t, want, status, as)
	}
	for _, id := range []string{"d", "x", "a%00", "a%0Ab", strings.Repeat("x", 300)} {
		status, body := f.as(t, "isv", "POST", "/deliveries/"+id+"/ack", "")
		require.Equal(t, http.StatusBadRequest, status)
		require.Contains(t, body, "does not exist")
	}
	for body, want := range map[string]int{"[]": 400, "x": 400, `"wamid"`: 400, strings.Repeat(" ", 17<<10): 413} {
		status, _ := f.as(t, "isv", "POST", "/deliveries/a/ack", body)
		require.Equal(t, want, status)
	}
	status, _ = f.as(t, "isv", "HEAD", "/deliveries/next?channel=56900000001&wait=0", "")
	require.Equal(t, http.StatusBadRequest, status, "what is asked for without its body is not handed out")
	row, err := f.store.Delivery(t.Context(), "a")
	require.NoError(t, err)
	require.Equal(t, store.DeliveryWaiting, row.State)
	require.Equal(t, 1, row.Attempts)
	require.NotContains(t, f.log.String(), contact)
}

func TestAPullThatWaitsGetsWhatComes(t *testing.T) {
	t.Parallel()
	f := pulling(t)
	parked := make(chan error, 1)
	time.AfterFunc(100*time.Millisecond, func() {
		parked <- f.store.Park(t.Context(), []store.Delivery{waitingFor(waID, "a", 0, "")})
	})
	began := time.Now()
	status, body := f.as(t, "isv", "GET", "/deliveries/next?channel=56900000001", "")
	require.NoError(t, <-parked)
	require.Equal(t, 200, status, body)
	require.Less(t, time.Since(began), 10*time.Second)
	require.Contains(t, body, `"id":"a"`)
}

// An account that is shut out while it waits gets nothing any more.
func TestAPullEndsWithItsAccount(t *testing.T) {
	t.Parallel()
	f := pulling(t)
	changed := make(chan error, 1)
	time.AfterFunc(100*time.Millisecond, func() {
		changed <- errors.Join(f.store.DisableAccount(t.Context(), "isv"), f.store.Park(t.Context(), []store.Delivery{waitingFor(waID, "a", 0, "")}))
	})
	status, body := f.as(t, "isv", "GET", "/deliveries/next?channel=56900000001", "")
	require.NoError(t, <-changed)
	require.Equal(t, http.StatusUnauthorized, status)
	require.Equal(t, invalidToken, body)
	row, err := f.store.Delivery(t.Context(), "a")
	require.NoError(t, err)
	require.Zero(t, row.Leases)
}

// emptyChannel is a database with one channel, of which nothing waits.
type emptyChannel struct {
	memoryStore
	pushed bool
}

func (e emptyChannel) Channel(context.Context, string) (store.Channel, error) {
	channel := store.Channel{WaID: waID, Account: "isv"}
	if !e.pushed {
		channel.PullSince = start()
	}
	return channel, nil
}

func (emptyChannel) LeaseNext(context.Context, store.LeaseQuery) (store.Delivery, error) {
	return store.Delivery{}, store.ErrNotFound
}

func pullRequest(t *testing.T, conn net.Conn, wait int) {
	t.Helper()
	f := &fixture{now: time.Now()}
	_, err := fmt.Fprintf(conn, "GET /deliveries/next?channel=%s&wait=%d HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\n\r\n", waID, wait, f.token("isv"))
	require.NoError(t, err)
}

func TestAPullMayWaitForAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := connect(t, emptyChannel{})
		for _, wait := range []int{60, 0, 5} {
			began := time.Now()
			pullRequest(t, conn, wait)
			status, body := answer(t, conn)
			require.Equal(t, 204, status)
			require.Empty(t, body)
			require.Equal(t, time.Duration(wait)*time.Second, time.Since(began))
		}
	})
}

// Nobody may hold a connection with a pull whose body never comes, least of all without a token.
func TestAPullWhoseBodyDoesNotComeEndsAsOthersDo(t *testing.T) {
	for _, header := range []string{"Content-Length: 1000", "Transfer-Encoding: chunked"} {
		synctest.Test(t, func(t *testing.T) {
			conn := connect(t, emptyChannel{})
			began := time.Now()
			_, err := fmt.Fprintf(conn, "GET /deliveries/next?channel=%s&wait=0 HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n", waID, header)
			require.NoError(t, err)
			status, _ := answer(t, conn)
			require.Equal(t, 401, status)
			require.Less(t, time.Since(began), time.Minute)
		})
	}
}

// Thousands of pulls that wait cost no more than their bound, also when their callers are gone, and those
// of one account leave room for others.
func TestPullsThatWaitAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := serve(t, emptyChannel{})
		const pullsAtOnce = 4 // of a channel
		var waiting []net.Conn
		for range pullsAtOnce {
			conn := dial()
			pullRequest(t, conn, 60)
			waiting = append(waiting, conn)
		}
		synctest.Wait()
		for range 1000 {
			conn := dial()
			pullRequest(t, conn, 60)
			status, body := answer(t, conn)
			require.Equal(t, 429, status)
			require.Contains(t, body, "too many requests wait for messages")
		}
		for _, conn := range waiting {
			require.NoError(t, conn.Close())
		}
		synctest.Wait()
		conn := dial()
		pullRequest(t, conn, 0)
		status, _ := answer(t, conn)
		require.Equal(t, 204, status, "those who have gone do not wait")
	})
}

func TestAPullEndsWhenTheProcessStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stopping := make(chan struct{})
		conn := serve(t, emptyChannel{}, func(d *api.Deps) { d.Stopping = stopping })()
		began := time.Now()
		pullRequest(t, conn, 60)
		time.AfterFunc(7*time.Second, func() { close(stopping) })
		status, _ := answer(t, conn)
		require.Equal(t, 204, status)
		require.Equal(t, 7*time.Second, time.Since(began))
	})
}

func TestALeaseMayBeShorter(t *testing.T) {
	t.Parallel()
	f := pulling(t)
	f.park(t, waitingFor(waID, "a", 0, ""))
	var err error
	f.handler, err = api.New(api.Deps{
		Store: f.store, Keys: f.keys, Poster: &f.poster, Temporal: f.temporal, Ready: f.isReady, TokenKey: []byte(tokenKey),
		IDKey: []byte(idKey), StarterBot: starter, Logger: f.logger, Now: f.clock, PullLease: time.Second,
	})
	require.NoError(t, err)
	require.Equal(t, f.now.Add(time.Second).Truncate(time.Millisecond), f.next(t).LeasedUntil)
}

func TestSwitchingToPullAsksNobodyToTryAgain(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	f.park(t, waitingFor(waID, "a", 0, ""))
	f.ok(t, "isv", "PATCH", "/webhooks/outbound", `{"waId":"56900000001","delivery":"pull"}`)
	require.Empty(t, f.temporal.drains)
	require.Contains(t, f.ok(t, "isv", "GET", "/webhooks/outbound?waId=56900000001", ""), `"delivery":"pull"`)
	require.Contains(t, f.ok(t, "isv", "GET", "/webhooks/outbound?waId=56900000001", ""), `"on":true`)
	f.ok(t, "isv", "PATCH", "/webhooks/outbound", `{"waId":"56900000001","delivery":"push"}`)
	require.Equal(t, []string{waID}, f.temporal.drains)
}
