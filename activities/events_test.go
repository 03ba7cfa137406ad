package activities

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

// wantEvents sets the events URL of the channel, which is the ISV's webhook too.
func (r *room) wantEvents(url string) {
	r.t.Helper()
	require.NoError(r.t, r.db.ConfigureWebhook(r.t.Context(), channel, store.WebhookSettings{EventsURL: &url}, opened()))
	r.endpoints.DeleteAll()
}

// happens announces the ends of n conversations.
func (r *room) happens(n int) (ids []string) {
	r.t.Helper()
	for i := range n {
		event := store.ClosedData{WaID: channel, Conversation: fmt.Sprint("cnv_", i), Contact: contact, ClosedAt: at(time.Duration(i) * time.Millisecond)}.Event()
		require.NoError(r.t, r.db.Announce(r.t.Context(), event))
		ids = append(ids, event.ID)
	}
	r.clock.set(r.clock.now().Add(time.Second))
	return ids
}

func (r *room) sends() SendEventsResult {
	r.t.Helper()
	var result SendEventsResult
	require.NoError(r.t, r.run(r.SendEvents, SendEventsInput{Channel: channel}, &result))
	return result
}

func (r *room) event(id string) store.Event {
	r.t.Helper()
	e, err := r.db.Event(r.t.Context(), id)
	require.NoError(r.t, err)
	return e
}

func TestEventsArePostedInOrderSignedAndOnce(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wantEvents(r.isv.URL)
	var headers []http.Header
	r.isv.answers(func(_ http.ResponseWriter, request *http.Request) { headers = append(headers, request.Header.Clone()) })
	ids := r.happens(3)
	require.Equal(t, SendEventsResult{Sent: 3}, r.sends())
	require.Equal(t, SendEventsResult{}, r.sends())
	got := r.isv.received()
	require.Len(t, got, 3)
	keys, err := r.vault.WebhookKeys(t.Context(), store.Channel{WaID: channel, Account: "demo"}, r.clock.now())
	require.NoError(t, err)
	key, err := webhook.NewSigningKey(keys[0].Material())
	require.NoError(t, err)
	verifier, err := standardwebhooks.NewWebhook(key.Secret())
	require.NoError(t, err)
	for i, p := range got {
		require.Equal(t, ids[i], p.id)
		require.NoError(t, verifier.Verify([]byte(p.body), headers[i]))
		require.Equal(t, channel, headers[i].Get("Chattigo-Wa-Id"))
		require.Equal(t, "application/json", headers[i].Get("Content-Type"))
		for name := range headers[i] {
			if strings.HasPrefix(name, "Chattigo-") {
				require.Equal(t, "Chattigo-Wa-Id", name)
			}
		}
		require.Equal(t, store.DeliveryDelivered, r.event(ids[i]).State)
	}
}

func TestAnEndpointOfEventsThatFailsIsLeftAlone(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wantEvents(r.isv.URL)
	r.isv.says(http.StatusInternalServerError)
	ids := r.happens(3)
	for n, pause := range []time.Duration{time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second} {
		require.Equal(t, SendEventsResult{More: true, Wait: pause.Milliseconds(), Reason: "HTTP 500"}, r.sends())
		require.Len(t, r.isv.received(), n+1, "one attempt, whatever waits")
		waits := r.sends()
		require.Equal(t, SendEventsResult{More: true, Wait: pause.Milliseconds()}, waits)
		r.clock.set(r.clock.now().Add(pause))
	}
	require.Equal(t, []int{2, 1, 1}, []int{r.event(ids[0]).Attempts, r.event(ids[1]).Attempts, r.event(ids[2]).Attempts}, "one after the other")
	r.isv.says(http.StatusOK)
	require.Equal(t, 3, r.sends().Sent)
	require.Len(t, r.isv.received(), 7)
}

// After an outage nobody waits for the schedule.
func TestAllEventsAreDueAfterAnOutage(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wantEvents(r.isv.URL)
	r.isv.says(http.StatusInternalServerError)
	r.happens(3)
	for range 6 {
		result := r.sends()
		r.clock.set(r.clock.now().Add(time.Duration(result.Wait) * time.Millisecond))
	}
	r.backOffices = webhook.NewEndpoints(webhook.EventLimits()) // another process, whose breaker is closed
	r.isv.says(http.StatusOK)
	result := r.sends()
	require.Equal(t, 3, result.Sent)
	require.False(t, result.More)
}

func TestAnEventThatIsNotWantedHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wantEvents(r.isv.URL)
	ids := r.happens(3)
	r.isv.answers(func(w http.ResponseWriter, request *http.Request) {
		if request.Header.Get("Webhook-Id") == ids[0] {
			w.WriteHeader(http.StatusBadRequest)
		}
	})
	result := r.sends()
	require.Equal(t, SendEventsResult{Sent: 2, More: true, Wait: 1000, EventPause: true}, result)
	for range 4 {
		r.clock.set(r.event(ids[0]).NextTry)
		result = r.sends()
	}
	require.Equal(t, SendEventsResult{Dead: 1, Reason: "HTTP 400"}, result)
	require.Equal(t, store.DeliveryDead, r.event(ids[0]).State)
	health, err := r.db.EventsHealth(t.Context(), channel)
	require.NoError(t, err)
	require.Zero(t, health)
	require.Contains(t, r.logs.String(), "event was given up")
	require.NotContains(t, r.logs.String(), contact)
}

func TestRetryAfterOfTheBackOfficeIsObeyed(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wantEvents(r.isv.URL)
	r.isv.answers(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	r.happens(2)
	require.Equal(t, SendEventsResult{More: true, Wait: 120_000, Reason: "HTTP 429"}, r.sends())
}

func TestAnEventsURLThatIsGoneIsOffUntilItIsSetAnew(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"410":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) },
		"disable": func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Webhook-Delivery", "disable") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRoom(t)
			r.wantEvents(r.isv.URL)
			r.isv.answers(answer)
			r.happens(3)
			r.sends()
			require.Equal(t, SendEventsResult{Reason: EndpointOff}, r.sends())
			require.Len(t, r.isv.received(), 1)
			health, err := r.db.WebhookHealth(t.Context(), channel)
			require.NoError(t, err)
			require.Zero(t, health, "the webhook of the replies is another matter, also at the same URL")
			r.isv.says(http.StatusOK)
			r.wantEvents(r.isv.URL)
			require.GreaterOrEqual(t, r.sends().Sent, 2)
		})
	}
}

func TestEventsOf72HoursAgoAreNotSent(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wantEvents(r.isv.URL)
	ids := r.happens(2)
	r.clock.set(at(72*time.Hour + time.Millisecond))
	result := r.sends()
	require.Equal(t, []int{1, 1}, []int{result.Dead, result.Sent})
	require.Equal(t, "expired", r.event(ids[0]).LastError)
	require.Contains(t, r.logs.String(), "events were not delivered")
}

// Whatever the back office does, the last attempt is in time, and there are no more than of a notice.
func TestAnEventKeepsTheScheduleOfANotice(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wantEvents(r.isv.URL)
	r.isv.says(http.StatusServiceUnavailable)
	id := r.happens(1)[0]
	for range 200 {
		r.backOffices = webhook.NewEndpoints(webhook.EventLimits())
		result := r.sends()
		if !result.More {
			break
		}
		r.clock.set(r.clock.now().Add(time.Duration(result.Wait) * time.Millisecond))
	}
	require.Equal(t, store.DeliveryDead, r.event(id).State)
	require.LessOrEqual(t, r.event(id).Attempts, 19)
	require.GreaterOrEqual(t, r.event(id).Attempts, 18)
	require.False(t, r.clock.now().After(at(72*time.Hour+time.Second)))
}

func TestAChannelWithoutAnEventsURLSendsNothing(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wantEvents(r.isv.URL)
	r.happens(2)
	r.wantEvents("")
	require.Equal(t, SendEventsResult{}, r.sends())
	var result SendEventsResult
	require.NoError(t, r.run(r.SendEvents, SendEventsInput{Channel: "unknown"}, &result))
	require.Equal(t, SendEventsResult{}, result)
	require.Empty(t, r.isv.received())
}

// A back office that fails takes neither places nor the circuit breaker from the replies.
func TestEventsTakeNothingFromReplies(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wantEvents(r.isv.URL)
	r.isv.says(http.StatusInternalServerError)
	r.happens(1)
	for range 8 {
		result := r.sends()
		r.clock.set(r.clock.now().Add(time.Duration(result.Wait) * time.Millisecond))
	}
	r.isv.says(http.StatusOK)
	result, err := r.Deliver(t.Context(), turnOf(2))
	require.NoError(t, err)
	require.Equal(t, 2, result.Delivered)
}

func TestAnotherTenantsEventsAreNotHeldUpByTheSameURL(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wantEvents(r.isv.URL)
	require.NoError(t, r.db.AddAccount(t.Context(), store.Account{Name: "other", PasswordHash: "x", CreatedAt: opened()}))
	require.NoError(t, r.db.AddChannel(t.Context(), store.Channel{
		WaID: "56900000002", PhoneNumberID: "2", Account: "other", EventsURL: r.isv.URL, CreatedAt: opened(), UpdatedAt: opened(),
	}))
	theirs := store.ClosedData{WaID: "56900000002", Conversation: "cnv_theirs", ClosedAt: at(0)}.Event()
	require.NoError(t, r.db.Announce(t.Context(), theirs))
	r.isv.answers(func(w http.ResponseWriter, request *http.Request) {
		if request.Header.Get("Chattigo-Wa-Id") == channel {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	r.happens(1)
	for range 8 {
		result := r.sends()
		r.clock.set(r.clock.now().Add(time.Duration(result.Wait) * time.Millisecond))
	}
	var result SendEventsResult
	require.NoError(t, r.run(r.SendEvents, SendEventsInput{Channel: "56900000002"}, &result))
	require.Equal(t, 1, result.Sent)
	for _, p := range r.isv.received() {
		if p.id == theirs.ID {
			require.Contains(t, p.body, "cnv_theirs")
		} else {
			require.NotContains(t, p.body, "cnv_theirs")
		}
	}
}

func TestTheSweepSendsWhatNobodySends(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wantEvents(r.isv.URL)
	id := r.happens(1)[0]
	require.NoError(t, r.run(r.FindUnclosed, FindInput{}, nil))
	require.Equal(t, []string{channel}, r.runs.sending)
	r.sends()
	r.clock.set(at(31 * 24 * time.Hour))
	require.NoError(t, r.run(r.FindUnclosed, FindInput{}, nil))
	_, err := r.db.Event(t.Context(), id)
	require.ErrorIs(t, err, store.ErrNotFound)
	require.Len(t, r.runs.sending, 1)
}

func TestEventsAreNotSentWithoutASignature(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	r.wantEvents(r.isv.URL)
	r.happens(1)
	r.vault.err = errors.New("the keys cannot be read")
	require.Error(t, r.run(r.SendEvents, SendEventsInput{Channel: channel}, nil))
	require.Empty(t, r.isv.received())
}

func TestEventsLeadToNoPrivateAddress(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	strict := webhook.NewClient("test", webhook.NewGuard())
	t.Cleanup(strict.Close)
	r.poster = strict
	r.wantEvents(r.isv.URL)
	id := r.happens(1)[0]
	r.sends()
	require.Empty(t, r.isv.received())
	require.Equal(t, "bad_target", r.event(id).LastError)
}

func TestEventBodiesAreStandardWebhooks(t *testing.T) {
	t.Parallel()
	for _, e := range []store.Event{
		store.ClosedData{WaID: channel, Variables: map[string]json.RawMessage{"a": json.RawMessage(`"<&>"`)}}.Event(),
		store.HandoffData{WaID: channel, Note: "ñ\u2028<b>\x00"}.Event(), store.OptedOutData{WaID: channel}.Event(),
		store.DeadData{WaID: channel}.Event(), store.DisabledData{WaID: channel}.Event(),
	} {
		var body struct {
			Type      string
			Timestamp time.Time
			Data      map[string]any
		}
		require.NoError(t, json.Unmarshal(e.Body, &body))
		require.Equal(t, e.Type, body.Type)
		require.Equal(t, channel, body.Data["waId"])
		require.NotContains(t, string(e.Body), `\u003c`)
	}
}

// The channels of one account cannot take all the places in which events are sent.
func TestChannelsOfAnAccountThatSendEventsAreBounded(t *testing.T) {
	t.Parallel()
	r := newRoom(t)
	for range eventSendingsPerAccount {
		require.True(t, r.eventSendings.begin("demo"))
	}
	require.Equal(t, SendEventsResult{More: true, Wait: 5000, Reason: "too many channels send events"}, r.sends())
	require.True(t, r.eventSendings.begin("another"))
	r.eventSendings.end("demo")
	require.Equal(t, SendEventsResult{}, r.sends())
}
