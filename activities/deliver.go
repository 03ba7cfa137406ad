package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jellydator/ttlcache/v3"
	"go.temporal.io/sdk/activity"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

const (
	// fastAttempt bounds one attempt of the fast lane, fastTotal a whole turn's: they hold a
	// workflow task open, whose timeout is 10 s; from 8 s on it costs events to keep it. An attempt
	// is begun only while it may take its whole time, so none after 4 s: one that is cut short
	// has mostly been taken, and is posted again by the slow lane.
	fastAttempt = 3 * time.Second
	fastTotal   = 7 * time.Second
	// NoWebhook is why nothing was tried on a channel whose ISV has not set its webhook.
	NoWebhook = "no_webhook"
	// SlowEndpoint is why nothing was tried at once with a webhook that did not answer within
	// fastAttempt a while ago: most such have taken the message, and would get everything twice.
	SlowEndpoint = "slow_endpoint"
	// unreadable is why nothing was tried when the channel could not be read.
	unreadable = "store"
)

// Address says whose messages these are.
type Address struct {
	Conversation string `json:"conversation"`
	WorkflowID   string `json:"workflowId"`
	Channel      string `json:"channel"`
	Contact      string `json:"contact"`
}

// Outgoing is one message to deliver.
type Outgoing struct {
	// ID is its webhook-id, Sequence its place among the conversation's messages, from 1.
	ID        string
	Sequence  int
	InReplyTo string
	// MadeAt is when the reply was made.
	MadeAt time.Time
	Body   json.RawMessage
	// Ask is the number of the question that it says; 0 for none.
	Ask int
}

// DeliverInput is what one turn says.
type DeliverInput struct {
	Address
	Messages []Outgoing
}

// DeliverResult says how far the fast lane came.
type DeliverResult struct {
	// Delivered counts the messages that were taken, from the first on.
	Delivered int `json:"delivered"`
	// WAMIDs are the ids that Meta gave to them, in the same order; shorter when the last
	// ones are not known, and "" for one in between.
	WAMIDs []string `json:"wamids,omitempty"`
	// Failure is why the next one was not; nil when all were.
	Failure *Failure `json:"failure,omitempty"`
	// At is when it ended.
	At time.Time `json:"at"`
}

// Failure is why a message was not taken.
type Failure struct {
	// Class is one of webhook's classes, NoWebhook, SlowEndpoint, or "store".
	Class string `json:"class"`
	// Status is the HTTP status; 0 without an answer.
	Status int `json:"status,omitempty"`
	// RetryAfter is what the ISV asked for, in milliseconds.
	RetryAfter int64 `json:"retryAfter,omitempty"`
	// Duration is the attempt's length in milliseconds.
	Duration int64 `json:"duration,omitempty"`
	// Attempted says that a request was made.
	Attempted bool `json:"attempted,omitempty"`
	// Late says that too little of the turn's time was left when this message's turn came.
	Late bool `json:"late,omitempty"`
}

// Deliver is the fast lane: it posts a turn's messages in order, each once, until one is not
// taken. It never fails, because its outcome has to stand in the history.
func (a *Activities) Deliver(ctx context.Context, in DeliverInput) (DeliverResult, error) {
	ctx, cancel := context.WithTimeout(ctx, a.limits.fastTotal)
	defer cancel()
	var result DeliverResult
	for _, m := range in.Messages {
		wamid, failure := a.deliverOnce(ctx, in.Address, m)
		if result.Failure = failure; failure != nil {
			break
		}
		result.taken(wamid)
	}
	result.At = a.clock()
	return result, nil
}

func (r *DeliverResult) taken(wamid string) {
	if wamid != "" {
		r.WAMIDs = append(r.WAMIDs, make([]string, r.Delivered-len(r.WAMIDs))...)
		r.WAMIDs = append(r.WAMIDs, wamid)
	}
	r.Delivered++
}

// WAMID is the id that Meta gave to the i-th message; empty when it is not known.
func (r DeliverResult) WAMID(i int) string {
	if i < len(r.WAMIDs) {
		return r.WAMIDs[i]
	}
	return ""
}

// deliverOnce makes one attempt. A message that was taken has no failure, and Meta's id if the
// ISV told it.
func (a *Activities) deliverOnce(ctx context.Context, to Address, m Outgoing) (wamid string, failure *Failure) {
	url, failure := a.fastEndpoint(ctx, to.Channel)
	if failure != nil {
		return "", failure
	}
	r := a.poster.Post(ctx, webhook.Request{
		URL: url, Body: m.Body, ID: m.ID, Conversation: to.Conversation, WaID: to.Channel,
		Contact: to.Contact, Sequence: m.Sequence, Attempt: 1, InReplyTo: m.InReplyTo, Timeout: a.limits.fastAttempt,
	})
	if r.Class == webhook.Delivered {
		return r.MessageID, nil
	}
	a.watchSpeed(url, r)
	return "", &Failure{
		Class: string(r.Class), Status: r.StatusCode, RetryAfter: r.RetryAfter.Milliseconds(),
		Duration: r.Duration.Milliseconds(), Attempted: r.Class != webhook.Canceled,
	}
}

// fastEndpoint is where an attempt of the fast lane goes, or why none is begun.
func (a *Activities) fastEndpoint(ctx context.Context, waID string) (url string, failure *Failure) {
	channel, err := a.endpoint(ctx, waID)
	switch {
	case !hasTime(ctx, a.limits.fastAttempt) || stopping(ctx):
		return "", &Failure{Class: string(webhook.Canceled), Late: true}
	case err != nil:
		return "", &Failure{Class: unreadable}
	case channel.WebhookURL == "":
		return "", &Failure{Class: NoWebhook}
	case a.slowEndpoints.Has(channel.WebhookURL):
		return "", &Failure{Class: SlowEndpoint}
	}
	return channel.WebhookURL, nil
}

// stopping reports whether the worker stops: what it begins now may outlast it.
func stopping(ctx context.Context) bool {
	if !activity.IsActivity(ctx) {
		return false
	}
	select {
	case <-activity.GetWorkerStopChannel(ctx):
		return true
	default:
		return false
	}
}

// watchSpeed remembers a webhook that takes longer than the fast lane waits.
func (a *Activities) watchSpeed(url string, r webhook.Result) {
	tooLong := r.Class == webhook.Timeout || (r.Class == webhook.Delivered && r.Duration > a.limits.fastAttempt)
	if tooLong {
		a.slowEndpoints.Set(url, struct{}{}, ttlcache.DefaultTTL)
	}
}

// ParkInput hands messages to the slow lane.
type ParkInput struct {
	Address
	Messages []Outgoing
	// Failure is what became of the first message in the fast lane; nil when it was not tried.
	Failure *Failure
	// At is when that was.
	At time.Time
}

// Park writes messages into the ledger, before the slow lane first tries them: what is
// waiting has to survive the cancellation of whoever is waiting for it. Doing it again
// changes nothing.
func (a *Activities) Park(ctx context.Context, in ParkInput) error {
	rows := make([]store.Delivery, 0, len(in.Messages))
	for _, m := range in.Messages {
		rows = append(rows, in.row(m, replyKind))
	}
	if err := a.store.Park(ctx, rows); err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	if in.Failure == nil {
		return nil
	}
	a.log.WarnContext(ctx, "a message was not delivered at once", "channel", in.Channel, "conversation", in.Conversation,
		"sequence", in.Messages[0].Sequence, "reason", reason(in.Failure.result()), "waiting", len(in.Messages))
	if !in.Failure.Attempted {
		return nil
	}
	return a.countFast(ctx, in)
}

// countFast writes the fast lane's attempt down, once: an attempt that is recorded already
// can only be this one, because the slow lane begins when Park has ended.
func (a *Activities) countFast(ctx context.Context, in ParkInput) error {
	head, err := a.store.Delivery(ctx, in.Messages[0].ID)
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	if head.Attempts > 0 {
		return nil
	}
	_, err = a.recordFailure(ctx, head, in.Failure.result(), in.At)
	return err
}

// Reason names the failure for people.
func (f Failure) Reason() string { return reason(f.result()) }

// result is the attempt again, as far as the history keeps it.
func (f Failure) result() webhook.Result {
	return webhook.Result{
		Class: webhook.Class(f.Class), StatusCode: f.Status,
		RetryAfter: time.Duration(f.RetryAfter) * time.Millisecond,
		Duration:   time.Duration(f.Duration) * time.Millisecond,
	}
}

// Kinds of deliveries.
const (
	replyKind  = "reply"
	noticeKind = "notice"
)

func (to Address) row(m Outgoing, kind string) store.Delivery {
	return store.Delivery{
		ID: m.ID, Channel: to.Channel, Conversation: to.Conversation, WorkflowID: to.WorkflowID, Contact: to.Contact,
		Sequence: m.Sequence, InReplyTo: m.InReplyTo, Kind: kind, Body: m.Body, MadeAt: m.MadeAt,
		State: store.DeliveryWaiting, UpdatedAt: m.MadeAt,
	}
}
