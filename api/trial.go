package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

const (
	// trialTimeout bounds a test of a webhook, unless the channel says how long an attempt may take: like
	// the slow lane.
	trialTimeout = 15 * time.Second
	// An account may test trialBurst times at once and then every trialEvery, with trialsPerAccount in
	// flight, and all accounts together trialsInFlight in this process: tests are requests to servers
	// that tenants choose, and must take nothing from the rest of the API.
	trialBurst       = 5
	trialEvery       = 6 * time.Second
	trialsPerAccount = 2
	trialsInFlight   = 16
	// trialPaceAge is longer than an empty limiter takes to be full again.
	trialPaceAge = 2 * trialBurst * trialEvery
	maxTrialists = 10_000
)

// trialBody is what a test posts. It is no message body of WhatsApp's and no notice: it has no
// recipient, and neither an ISV nor Meta can take it for something to be said to a person.
const trialBody = `{"chattigoTest":true,"message":"A test of this webhook. It belongs to no conversation: do not forward it."}`

// Poster makes one attempt to deliver.
type Poster interface {
	Post(ctx context.Context, r webhook.Request) webhook.Result
}

// trials bound the tests of webhooks.
type trials struct {
	paces *limiters

	mu       sync.Mutex
	inFlight map[string]int
	total    int
}

func newTrials() *trials {
	return &trials{paces: newLimiters(maxTrialists, trialPaceAge, rate.Every(trialEvery), trialBurst), inFlight: map[string]int{}}
}

// begin counts a test of an account, or returns the error that refuses it; end must follow a nil error.
func (t *trials) begin(account string, at time.Time) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.inFlight[account] >= trialsPerAccount || t.total >= trialsInFlight {
		return errTooManyTrials(trialTimeout)
	}
	if turn := t.paces.get(account).ReserveN(at, 1); turn.DelayFrom(at) > 0 {
		wait := turn.DelayFrom(at)
		turn.CancelAt(at)
		return errTooManyTrials(wait)
	}
	t.inFlight[account]++
	t.total++
	return nil
}

func (t *trials) end(account string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.total--
	if t.inFlight[account]--; t.inFlight[account] == 0 {
		delete(t.inFlight, account)
	}
}

func errTooManyTrials(wait time.Duration) error {
	return &apiError{
		Status: http.StatusTooManyRequests, RetryAfter: wait,
		Message: "too many tests of webhooks; please wait and try again",
	}
}

type trialRequest struct{ waID string }

func decodeTrial(body []byte) (trialRequest, error) {
	object, err := decodeObject(body)
	if err != nil {
		return trialRequest{}, err
	}
	var in trialRequest
	return in, object.texts(text{"waId", &in.waID})
}

// trialResponse is the outcome of a test. The address that was connected to is not in it: it may tell
// about our network.
type trialResponse struct {
	WaID      string `json:"waId"`
	WebhookID string `json:"webhookId"`
	// Delivered is set if a message would count as delivered.
	Delivered bool          `json:"delivered"`
	Class     webhook.Class `json:"class"`
	// Explanation says in a sentence what the class means.
	Explanation string `json:"explanation"`
	// Status is the HTTP status; 0 without a response.
	Status  int          `json:"status"`
	Timings trialTimings `json:"timings"`
	// Body is the beginning of the response's body, at most 16 KiB; what is no UTF-8 is replaced.
	Body string `json:"body"`
	// SignedBy are the ids of the keys, in the order of their signatures.
	SignedBy []string `json:"signedBy"`
}

// trialTimings are in milliseconds from the beginning, 0 for what did not happen: the first two where a
// connection of the last minute was used again.
type trialTimings struct {
	Connected int64 `json:"connectedMs"`
	Secured   int64 `json:"tlsMs"`
	FirstByte int64 `json:"firstByteMs"`
	Total     int64 `json:"totalMs"`
}

// tryWebhook handles POST /webhooks/outbound/test: one signed POST to the channel's webhook.
func (s *server) tryWebhook(ctx context.Context, req *request, in trialRequest) (trialResponse, error) {
	channel, err := s.ownChannel(ctx, req, in.waID)
	if err != nil {
		return trialResponse{}, err
	}
	if channel.WebhookURL == "" {
		return trialResponse{}, errConflict("the channel has no webhook; set one with PATCH /webhooks/outbound", nil)
	}
	if err := s.trials.begin(channel.Account, s.now()); err != nil {
		return trialResponse{}, err
	}
	defer s.trials.end(channel.Account)
	rows, err := s.keys.WebhookKeys(ctx, channel, s.now())
	if err != nil {
		return trialResponse{}, errKeys(channel, err)
	}
	return s.try(ctx, channel, rows)
}

func (s *server) try(ctx context.Context, channel store.Channel, rows []store.WebhookKey) (trialResponse, error) {
	keys, err := signingKeys(rows)
	if err != nil {
		return trialResponse{}, err
	}
	id := "test_" + strings.ToLower(rand.Text())
	result := s.poster.Post(ctx, webhook.Request{
		URL: channel.WebhookURL, Body: []byte(trialBody), ID: id, WaID: channel.WaID,
		Attempt: 1, Keys: keys, Test: true, Timeout: cmp.Or(channel.Timeout(), trialTimeout),
	})
	response := trialResponse{
		WaID: channel.WaID, WebhookID: id, Delivered: result.Class == webhook.Delivered,
		Class: result.Class, Explanation: explain(result.Class), Status: result.StatusCode,
		Timings: trialTimings{
			Connected: result.Timings.Connected.Milliseconds(), Secured: result.Timings.Secured.Milliseconds(),
			FirstByte: result.Timings.FirstByte.Milliseconds(), Total: result.Duration.Milliseconds(),
		},
		Body: strings.ToValidUTF8(string(result.Answer), "\uFFFD"),
	}
	for _, row := range rows {
		response.SignedBy = append(response.SignedBy, row.ID)
	}
	return response, nil
}

func explain(class webhook.Class) string {
	switch class {
	case webhook.Delivered:
		return "the webhook accepted the test"
	case webhook.Status:
		return "only a status from 200 to 299 counts as delivered; redirects are not followed"
	case webhook.Timeout:
		return "the webhook did not respond in time"
	case webhook.Connect:
		return "there was no response: the name was not found, nothing listened there, TLS failed, or the connection broke off"
	case webhook.Forbidden, webhook.BadTarget:
		return "the webhook's URL leads to a target that is not allowed"
	}
	return "the test was cut short"
}
