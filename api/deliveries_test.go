package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// waitingFor is a delivery of a channel, made some minutes after the start.
func waitingFor(channel, id string, minute int, state store.DeliveryState) store.Delivery {
	at := start().Truncate(time.Millisecond).Add(time.Duration(minute) * time.Minute)
	return store.Delivery{
		ID: id, Channel: channel, Conversation: "cnv_" + id, WorkflowID: "wf_" + id, Contact: contact, Sequence: 1,
		InReplyTo: "wamid.1", Kind: "reply", Body: json.RawMessage(`{"text":{"body":"` + id + `"}}`),
		MadeAt: at, UpdatedAt: at, State: state,
	}
}

// listed are the ids that a query of the ledger finds, over all its pages.
func (f *fixture) listed(t *testing.T, as, query string) (ids []string) {
	t.Helper()
	for cursor := ""; ; {
		var page struct {
			Deliveries []struct{ ID string }
			Next       string
		}
		require.NoError(t, json.Unmarshal([]byte(f.ok(t, as, "GET", "/deliveries?"+query+cursor, "")), &page))
		for _, d := range page.Deliveries {
			ids = append(ids, d.ID)
		}
		if page.Next == "" {
			return ids
		}
		cursor = "&cursor=" + url.QueryEscape(page.Next)
	}
}

func TestTheLedgerIsListedByWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	other := waitingFor(waID, "e", 5, store.DeliveryWaiting)
	other.Contact, other.Conversation = contact2, "cnv_a"
	f.park(t,
		waitingFor(waID, "a", 1, store.DeliveryWaiting), waitingFor(waID, "b", 1, store.DeliveryDead),
		waitingFor(waID, "c", 3, store.DeliveryDelivered), waitingFor(otherWaID, "d", 4, store.DeliveryDead), other,
	)
	from, to := url.QueryEscape("2026-03-10T12:03:00Z"), url.QueryEscape("2026-03-10T12:05:00Z")
	for query, want := range map[string][]string{
		"limit=1": {"e", "c", "b", "a"}, "limit=200": {"e", "c", "b", "a"}, "channel=" + waID: {"e", "c", "b", "a"},
		"state=dead": {"b"}, "state=waiting&limit=1": {"e", "a"}, "contact=" + contact2: {"e"}, "conversation=cnv_a": {"e", "a"},
		"from=" + from: {"e", "c"}, "to=" + to + "&limit=1": {"c", "b", "a"}, "from=" + from + "&to=" + to: {"c"},
	} {
		require.Equal(t, want, f.listed(t, "isv", query), query)
	}
	require.Equal(t, []string{"d"}, f.listed(t, "other", "limit=5"))
	require.Equal(t, []string{"e", "d", "c", "b", "a"}, f.listed(t, "operator", "limit=2"))

	for query, want := range map[string]string{
		"state=lost":             "state must be one of waiting, delivered, dead",
		"contact=%00":            "contact holds what no id has",
		"status=dead":            "the query has no 'status'; it takes channel, conversation, contact, state, from, to, limit, cursor",
		"cursor=x":               "cursor must be the next of an earlier answer",
		"limit=201":              "limit must be a whole number from 1 to 200",
		"channel=" + "569999999": "unsupported get request. Object with ID '569999999' does not exist",
	} {
		status, body := f.as(t, "isv", "GET", "/deliveries?"+query, "")
		require.Equal(t, http.StatusBadRequest, status, query)
		require.Equal(t, fmt.Sprintf(`{"message":%q}`, want), body)
	}
	status, _ := f.as(t, "isv", "GET", "/deliveries?channel="+otherWaID, "")
	require.Equal(t, http.StatusUnauthorized, status)
}

func TestADeliveryIsShownWithItsAttempts(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	d := waitingFor(waID, "a", 1, store.DeliveryWaiting)
	f.park(t, d, waitingFor(otherWaID, "d", 1, store.DeliveryWaiting))
	_, err := f.store.RecordAttempt(t.Context(), store.Attempt{
		Delivery: "a", At: d.MadeAt, Class: "status", Status: 500, DurationMS: 12, Answer: []byte("no\xffpe"), Peer: "10.0.0.1:443",
	}, store.Outcome{State: store.DeliveryWaiting, NextTry: d.MadeAt.Add(time.Second), LastError: "HTTP 500", At: d.MadeAt})
	require.NoError(t, err)

	for _, as := range []string{"isv", "operator"} {
		require.JSONEq(t, `{"id":"a","waId":"56900000001","conversation":"cnv_a","contact":"56911112222","sequence":1,
			"inReplyTo":"wamid.1","kind":"reply","state":"waiting","attempts":1,"nextTry":"2026-03-10T12:01:01.123Z",
			"lastError":"HTTP 500","madeAt":"2026-03-10T12:01:00.123Z","updatedAt":"2026-03-10T12:01:00.123Z",
			"message":{"text":{"body":"a"}},
			"tries":[{"number":1,"at":"2026-03-10T12:01:00.123Z","class":"status","status":500,"durationMs":12,"answer":"no�pe"}]}`,
			f.ok(t, as, "GET", "/deliveries/a", ""))
	}
	for _, id := range []string{"d", "x", "a%00"} {
		for _, try := range []struct{ method, suffix string }{{"GET", ""}, {"POST", "/retry"}} {
			status, body := f.as(t, "isv", try.method, "/deliveries/"+id+try.suffix, "")
			require.Equal(t, http.StatusBadRequest, status, body)
			require.Contains(t, body, "does not exist")
		}
	}
}

func TestWhatWaitsIsRetriedWhenItIsAskedFor(t *testing.T) {
	t.Parallel()
	f := setUp(t)
	notice := waitingFor(waID, "n", 1, store.DeliveryWaiting)
	notice.Kind = "notice"
	f.park(t, waitingFor(waID, "a", 1, store.DeliveryWaiting), waitingFor(waID, "b", 1, store.DeliveryDead), notice)

	require.JSONEq(t, `{"id":"a","status":"retrying"}`, f.ok(t, "isv", "POST", "/deliveries/a/retry", ""))
	require.Equal(t, []signal{{id: "wf_a", envelope: workflows.Envelope{At: start().Truncate(time.Millisecond), Retry: true}}}, f.temporal.all())
	status, body := f.as(t, "isv", "POST", "/deliveries/a/retry", "")
	require.Equal(t, http.StatusTooManyRequests, status)
	require.JSONEq(t, `{"message":"what waits was tried again just now"}`, body)
	status, body = f.as(t, "isv", "POST", "/deliveries/b/retry", "")
	require.Equal(t, http.StatusConflict, status)
	require.JSONEq(t, `{"message":"the delivery does not wait: it is dead"}`, body)

	f.ok(t, "operator", "POST", "/deliveries/n/retry", "")
	require.Equal(t, []string{"notice:cnv_n"}, f.temporal.notices)

	require.JSONEq(t, `{"id":"56900000001","status":"retrying"}`, f.ok(t, "isv", "POST", "/channels/56900000001/retry", ""))
	require.Equal(t, []string{waID}, f.temporal.drains)
	status, _ = f.as(t, "isv", "POST", "/channels/56900000001/retry", "")
	require.Equal(t, http.StatusTooManyRequests, status)
	status, _ = f.as(t, "isv", "POST", "/channels/56900000002/retry", "")
	require.Equal(t, http.StatusBadRequest, status)
}
