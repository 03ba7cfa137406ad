package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

const (
	// leaseTime is how long a message that was pulled is kept from others.
	leaseTime = time.Minute
	// A request waits pullWait for a message unless it says otherwise, and maxPullWait at most. It looks
	// for one after pullSoon, and the longer it has waited in vain the more rarely, down to every pullLate.
	pullWait    = 30 * time.Second
	maxPullWait = time.Minute
	pullSoon    = 500 * time.Millisecond
	pullLate    = 2 * time.Second
	// A channel may have pullsPerChannel requests waiting in this process: each looks through what waits
	// there, twice a second. An account may have pullsPerAccount, all accounts together maxPulls.
	pullsPerChannel = 4
	pullsPerAccount = 50
	maxPulls        = 500
	// pulledClass is the class of the attempt that an acknowledgement records.
	pulledClass = "pulled"
)

// pulledView is a message as its ISV pulls it.
type pulledView struct {
	// ID is its webhook-id.
	ID           string `json:"id"`
	Channel      string `json:"channel"`
	Conversation string `json:"conversation"`
	Contact      string `json:"contact"`
	Sequence     int    `json:"sequence"`
	// Kind is "reply" or "notice".
	Kind string `json:"kind"`
	// Attempt counts how often it was handed out or posted, this time included.
	Attempt int `json:"attempt"`
	// Headers are those with which it would be posted, in lower case; the signatures are for Body.
	Headers map[string]string `json:"headers"`
	// Body is the message, byte for byte.
	Body string `json:"body"`
	// LeasedUntil is until when nobody else gets it: then it is handed out again, unless it was
	// acknowledged.
	LeasedUntil string `json:"leasedUntil"`
}

// handlePull makes the handler of a request that waits longer than others may: neither the deadline of
// its body, which it has not, nor that of responses may end it. One that says it has a body keeps its
// deadline: else a body that never comes would hold the connection for ever.
func handlePull(s *server, rt route) http.Handler {
	pull := handle(decodeNothing, (*server).nextDelivery)(s, rt)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		// Recorders have no deadlines.
		if r.ContentLength == 0 {
			_ = control.SetReadDeadline(time.Time{})
		}
		_ = control.SetWriteDeadline(time.Now().Add(maxPullWait + lineWait))
		pull.ServeHTTP(w, r)
	})
}

// nextDelivery handles GET /deliveries/next: it hands out the message of a channel that comes next, and waits
// for one if there is none.
func (s *server) nextDelivery(ctx context.Context, req *request, _ struct{}) (answered, error) {
	waID, wait, err := decodePull(req.query)
	if err != nil {
		return answered{}, err
	}
	if err := s.pulls.begin(req.account.Name, waID); err != nil {
		return answered{}, err
	}
	defer s.pulls.end(req.account.Name, waID)
	ctx, cancel := context.WithTimeout(ctx, wait+lineWait)
	defer cancel()
	until := time.Now().Add(wait)
	for again := pullSoon; ; again = min(again+again/4, pullLate) {
		channel, err := s.pulledChannel(ctx, req, waID)
		if err != nil {
			return answered{}, err
		}
		row, err := s.lease(ctx, channel)
		if err == nil {
			return s.hand(ctx, channel, row)
		}
		if !errors.Is(err, store.ErrNotFound) {
			return answered{}, errUnavailable(err)
		}
		if !s.pause(ctx, until, again) {
			break
		}
		if err := s.stillMay(ctx, req.account); err != nil {
			return answered{}, err
		}
	}
	if err := ctx.Err(); err != nil {
		return answered{}, errUnavailable(err)
	}
	return answered{status: http.StatusNoContent}, nil
}

// decodePull reads the query of a pull.
func decodePull(raw string) (waID string, wait time.Duration, err error) {
	q, err := parseQuery(raw, "channel", "wait")
	if err != nil {
		return "", 0, err
	}
	if q["channel"] == "" {
		return "", 0, errBadRequest("the query must have a channel, such as ?channel=56900000001")
	}
	text, given := q["wait"]
	if !given {
		return q["channel"], pullWait, nil
	}
	seconds, err := strconv.ParseUint(strings.TrimSuffix(text, "s"), 10, 8)
	if err != nil || seconds > uint64(maxPullWait/time.Second) {
		return "", 0, errBadRequest(fmt.Sprintf("wait must be a number of seconds from 0 to %d, such as 30s", maxPullWait/time.Second))
	}
	return q["channel"], time.Duration(seconds) * time.Second, nil
}

// pulledChannel returns a channel of the caller's that is pulled.
func (s *server) pulledChannel(ctx context.Context, req *request, waID string) (store.Channel, error) {
	channel, err := s.ownChannel(ctx, req, waID)
	if err == nil && channel.PullSince.IsZero() {
		err = errConflict(`the messages of this channel are posted to its webhook; to pull them, send PATCH /webhooks/outbound `+
			`with {"waId": "`+channel.WaID+`", "delivery": "pull"}`, nil)
	}
	return channel, err
}

// stillMay returns an error if an account was shut out, or its tokens ended, while its request waited.
func (s *server) stillMay(ctx context.Context, as store.Account) error {
	now, err := s.store.Account(ctx, as.Name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return errInvalidToken(err)
	case err != nil:
		return errUnavailable(err)
	case now.Disabled || now.Generation != as.Generation:
		return errInvalidToken(nil)
	}
	return nil
}

// lease takes the next message of a channel. What is older than its budget is about to be given up.
func (s *server) lease(ctx context.Context, channel store.Channel) (store.Delivery, error) {
	now := s.now()
	return s.store.LeaseNext(ctx, store.LeaseQuery{
		Channel: channel.WaID, At: now, Until: now.Add(s.pulls.lease),
		ReplyMadeAfter: now.Add(-webhook.ReplyBudget), NoticeMadeAfter: now.Add(-webhook.NoticeBudget),
	})
}

// pause waits until it is time to look again, after so long. It returns false if the time is over, the caller has gone, or
// the process stops.
func (s *server) pause(ctx context.Context, until time.Time, again time.Duration) bool {
	left := time.Until(until)
	if left <= 0 {
		return false
	}
	timer := time.NewTimer(min(left, again))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.pulls.stopping:
	case <-ctx.Done():
	}
	return false
}

// hand makes the response of a message that was leased, with a signature of now. The lease of one that
// cannot be handed out ends at once.
func (s *server) hand(ctx context.Context, channel store.Channel, row store.Delivery) (answered, error) {
	view, err := s.showPulled(ctx, channel, row)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		return answered{http.StatusOK, view}, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), controlWait)
	defer cancel()
	return answered{}, errors.Join(err, s.store.ReleaseDelivery(ctx, row.ID, row.LeasedUntil))
}

func (s *server) showPulled(ctx context.Context, channel store.Channel, row store.Delivery) (pulledView, error) {
	rows, err := s.keys.WebhookKeys(ctx, channel, s.now())
	if err != nil {
		return pulledView{}, errKeys(channel, err)
	}
	keys, err := signingKeys(rows)
	if err != nil {
		return pulledView{}, err
	}
	headers, err := webhook.Request{
		Body: row.Body, ID: row.ID, Conversation: row.Conversation, WaID: row.Channel, Contact: row.Contact,
		Sequence: row.Sequence, Attempt: row.Attempts, InReplyTo: row.InReplyTo, Keys: keys,
	}.Headers(s.now())
	if err != nil {
		return pulledView{}, fmt.Errorf("sign what is pulled: %w", err)
	}
	view := pulledView{
		ID: row.ID, Channel: row.Channel, Conversation: row.Conversation, Contact: row.Contact, Sequence: row.Sequence,
		Kind: row.Kind, Attempt: row.Attempts, Headers: make(map[string]string, len(headers)), Body: string(row.Body),
		LeasedUntil: stamp(row.LeasedUntil),
	}
	for name := range headers {
		view.Headers[strings.ToLower(name)] = headers.Get(name)
	}
	return view, nil
}
