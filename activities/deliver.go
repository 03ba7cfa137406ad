package activities

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

const (
	// fastAttempt bounds one attempt of the fast lane, unless the channel has less, fastTotal all attempts of a turn: they hold a
	// workflow task open, whose timeout is 10 s; from 8 s on, keeping it open costs events. An attempt
	// begins only while its whole time is left, so none after 4 s: an attempt that is cut short has
	// mostly been accepted, and the slow lane would post the message again.
	fastAttempt = 3 * time.Second
	fastTotal   = 7 * time.Second
	// fastWait is how long a message waits while all places of its webhook are taken: a burst is
	// mostly over by then, and the ledger is spared.
	fastWait = 500 * time.Millisecond
	// NoWebhook is the class of a failure on a channel whose ISV has not set a webhook: no attempt.
	NoWebhook = "no_webhook"
	// EndpointOff is the class of a failure on a webhook that is off: no attempt.
	EndpointOff = "endpoint_off"
	// Held is the class of a failure on a webhook that asked for a pause: no attempt.
	Held = "held"
	// Pull is the class of a failure on a channel whose ISV pulls its messages: no attempt.
	Pull = "pull"
	// unreadable is the class of a failure when the channel or its signing keys could not be read: no
	// attempt. The slow lane says why.
	unreadable = "store"
)

// Address says to which conversation, channel and contact messages belong.
type Address struct {
	Conversation string `json:"conversation"`
	WorkflowID   string `json:"workflowId"`
	Channel      string `json:"channel"`
	Contact      string `json:"contact"`
}

// Outgoing is one message to deliver.
type Outgoing struct {
	chat.Send
	// Sequence is its position among the conversation's messages, from 1.
	Sequence int
}

// DeliverInput holds the messages of one turn.
type DeliverInput struct {
	Address
	Messages []Outgoing
}

// DeliverResult is the result of the fast lane.
type DeliverResult struct {
	// Delivered counts the messages that the ISV accepted, from the first on.
	Delivered int `json:"delivered"`
	// WAMIDs are the ids that Meta gave to them, in the same order; shorter when the last
	// ones are not known, and "" for one in between.
	WAMIDs []string `json:"wamids,omitempty"`
	// Failure is why the next message was not delivered; nil when all were.
	Failure *Failure `json:"failure,omitempty"`
	// At is when it ended.
	At time.Time `json:"at"`
}

// Failure is an attempt that the ISV did not accept, as histories keep it.
type Failure struct {
	// Class is one of webhook's classes or reasons for a deferral, NoWebhook, EndpointOff, Held, Pull, or "store".
	Class string `json:"class"`
	// Status is the HTTP status; 0 without an answer.
	Status int `json:"status,omitempty"`
	// RetryAfter is what the ISV asked for, in milliseconds.
	RetryAfter int64 `json:"retryAfter,omitempty"`
	// Duration is the attempt's length in milliseconds.
	Duration int64 `json:"duration,omitempty"`
	// Attempted is set when a request was made.
	Attempted bool `json:"attempted,omitempty"`
	// Late is set when too little of the turn's time was left for an attempt: operators see it in the
	// history.
	Late bool `json:"late,omitempty"`
	// Control is what the response asked for beside.
	Control webhook.Control `json:"control,omitempty"`
}

// Deliver is the fast lane: it posts a turn's messages in order, each once, until one is not
// accepted. It returns no error, because its result has to stand in the history.
func (a *Activities) Deliver(ctx context.Context, in DeliverInput) (DeliverResult, error) {
	ctx, cancel := context.WithTimeout(ctx, a.limits.fastTotal)
	defer cancel()
	var result DeliverResult
	for _, m := range in.Messages {
		wamid, failure := a.deliverOnce(ctx, in.Address, m)
		if result.Failure = failure; failure != nil {
			break
		}
		result.add(wamid)
	}
	result.At = a.clock()
	return result, nil
}

// add counts an accepted message.
func (r *DeliverResult) add(wamid string) {
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

// deliverOnce makes one attempt. It returns no failure if the ISV accepted the message, and Meta's id
// if the ISV's response had it.
func (a *Activities) deliverOnce(ctx context.Context, to Address, m Outgoing) (wamid string, failure *Failure) {
	at, keys, failure := a.fastEndpoint(ctx, to.Channel)
	if failure != nil {
		return "", failure
	}
	visit, failure := a.enterFast(ctx, at)
	if failure != nil {
		return "", failure
	}
	r, recovered := a.post(ctx, visit, webhook.Request{
		URL: at.WebhookURL, Body: m.Body, ID: m.ID, Conversation: to.Conversation, WaID: to.Channel,
		Contact: to.Contact, Sequence: m.Sequence, Attempt: 1, InReplyTo: m.InReplyTo,
		Keys: keys, Timeout: a.fastTime(at),
	})
	if r.Class == webhook.Delivered {
		a.succeeded(ctx, at, r, recovered)
		return r.MessageID, nil
	}
	a.heed(ctx, at, r)
	return "", &Failure{
		Class: string(r.Class), Status: r.StatusCode, RetryAfter: r.RetryAfter.Milliseconds(),
		Duration: r.Duration.Milliseconds(), Attempted: r.Class != webhook.Canceled, Control: r.Control,
	}
}

// fastEndpoint returns the endpoint for an attempt of the fast lane and the keys that sign it, or why no
// attempt is made.
func (a *Activities) fastEndpoint(ctx context.Context, waID string) (to endpoint, keys []webhook.SigningKey, failure *Failure) {
	to, err := a.endpoint(ctx, waID)
	var found signers
	if err == nil && to.WebhookURL != "" && to.PullSince.IsZero() {
		found, err = a.recentSigners(ctx, to.Channel)
	}
	switch {
	case !hasTime(ctx, a.fastTime(to)) || stopping(ctx):
		return to, nil, &Failure{Class: string(webhook.Canceled), Late: true}
	case err != nil:
		return to, nil, &Failure{Class: unreadable}
	}
	if d := to.unusable(a.now()); d != nil {
		a.metrics.Deferred(webhook.FastLane.String(), d.class)
		return to, nil, &Failure{Class: d.class}
	}
	return to, found.at(a.now()), nil
}

// stopping reports whether the worker is stopping: an attempt that begins now might not end in time.
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

// ParkInput hands messages to the slow lane.
type ParkInput struct {
	Address
	Messages []Outgoing
	// Failure is that of the first message in the fast lane; nil when it was not tried there.
	Failure *Failure
	// Notice is set for last words that say that the conversation has ended: the activity Notice delivers
	// them.
	Notice bool
	// At is when it failed.
	At time.Time
}

// Park writes messages into the ledger, before the slow lane first tries them: a waiting message has
// to survive the cancellation of the activity that waits to deliver it. Park is idempotent.
func (a *Activities) Park(ctx context.Context, in ParkInput) error {
	rows, kind := make([]store.Delivery, 0, len(in.Messages)), replyKind
	if in.Notice {
		kind = noticeKind
	}
	for _, m := range in.Messages {
		rows = append(rows, in.row(m, kind))
	}
	if err := a.store.Park(ctx, rows); err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	if in.Failure == nil || in.Failure.Class == Pull {
		return nil
	}
	a.log.WarnContext(ctx, "message not delivered at once", "channel", in.Channel, "conversation", in.Conversation,
		"sequence", in.Messages[0].Sequence, "reason", reason(in.Failure.result()), "waiting", len(in.Messages))
	if !in.Failure.Attempted {
		return nil
	}
	return a.countFast(ctx, in)
}

// countFast records the fast lane's attempt, once: an attempt that is recorded already can only be
// this one, because the slow lane begins when Park has ended.
func (a *Activities) countFast(ctx context.Context, in ParkInput) error {
	head, err := a.store.Delivery(ctx, in.Messages[0].ID)
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	if head.Attempts > 0 {
		return nil
	}
	head, err = a.recordFailure(ctx, head, webhook.Failure{Result: in.Failure.result(), At: in.At}, false)
	if err == nil && head.State == store.DeliveryDead {
		a.tellDead(ctx, head)
	}
	return err
}

// Reason names the failure for people.
func (f Failure) Reason() string {
	if f.Attempted {
		return reason(f.result())
	}
	return explain(f.Class)
}

// result is the attempt as webhook knows it, as far as the history keeps it.
func (f Failure) result() webhook.Result {
	return webhook.Result{
		Class: webhook.Class(f.Class), StatusCode: f.Status, Control: f.Control,
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
		Sequence: m.Sequence, InReplyTo: m.InReplyTo, Kind: kind, Body: m.Body, MadeAt: m.At,
		State: store.DeliveryWaiting, UpdatedAt: m.At,
	}
}
