package activities

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

const (
	// slowAttempt bounds one attempt of the slow lane, unless the channel says how long it may take.
	slowAttempt = 15 * time.Second
	// waitInside is how long the slow lane itself waits until an attempt is due; a longer wait is left
	// to the server's timer.
	waitInside = 2 * time.Second
	// batchTime is for how long an activity of the slow lane begins with the next message: short, so that
	// the conversation hears of what was delivered.
	batchTime = 5 * time.Second
	// freshFor is for how long after it was made a message may be the probe of a webhook that fails: its
	// contact has just written and waits. Of two who write within the 5 s between two probes, the second
	// is answered with the next one. It is no longer than that: each look costs the server some work.
	freshFor = 6 * time.Second
	// stoppedWait is the pause before a retry when the worker's stop cut an attempt short.
	stoppedWait = time.Second
	// stopped is the type of that error.
	stopped = "stopped"
	// deferred is the type of the error of an attempt that is not due yet, deferredByEndpoint of one
	// that its endpoint does not get now.
	deferred           = "deferred"
	deferredByEndpoint = "deferred_by_endpoint"
	// abortedByReceiver is the reason of a dead letter that the ISV asked for.
	abortedByReceiver = "aborted by the receiver"
)

// SlowInput names one message of the ledger.
type SlowInput struct {
	// ID is its webhook-id.
	ID string `json:"id"`
	// Retry makes the first attempt at once, before it is due.
	Retry bool `json:"retry,omitempty"`
	// Next are the ids of the messages behind it, in order: what waits for a webhook that works again need
	// not cost an activity each.
	Next []string `json:"next,omitempty"`
}

// SlowResult is the final state of a message.
type SlowResult struct {
	// State is "delivered" or "dead".
	State store.DeliveryState `json:"state"`
	At    time.Time           `json:"at"`
	// WAMID is the id that Meta gave to the message; empty unless the ISV's response had it.
	WAMID string `json:"wamid,omitempty"`
	// Next are the final states of the messages behind it, as many as were settled at once.
	Next []SlowResult `json:"next,omitempty"`
}

// DeliverSlow is the slow lane: one attempt to deliver a message of the ledger, and then those behind it.
// If the ISV does not accept the first, the error names the reason and the time of the next attempt; if it
// does not accept another, that one is left to the next activity. Attempts are counted in the ledger,
// because the server counts anew whenever the activity is scheduled.
func (a *Activities) DeliverSlow(ctx context.Context, in SlowInput) (SlowResult, error) {
	enough := a.now().Add(batchTime)
	result, err := a.deliverWaiting(ctx, in.ID, in.Retry && isFirstAttempt(ctx))
	if err == nil {
		result.Next = a.deliverBehind(ctx, in.Next, enough)
	}
	return result, err
}

// deliverBehind delivers messages in order, until one is not accepted or a time has come, and returns the
// final states. The one that was not accepted stands in the ledger, with the time of its next attempt.
func (a *Activities) deliverBehind(ctx context.Context, ids []string, enough time.Time) (settled []SlowResult) {
	for _, id := range ids {
		if ctx.Err() != nil || stopping(ctx) || !a.now().Before(enough) {
			break
		}
		result, err := a.deliverWaiting(ctx, id, false)
		if err != nil {
			break
		}
		settled = append(settled, result)
	}
	return settled
}

// deliverWaiting makes one attempt with a message of the ledger when it is due, or early.
func (a *Activities) deliverWaiting(ctx context.Context, id string, early bool) (SlowResult, error) {
	row, err := a.ledgerRow(ctx, id)
	if err != nil || row.State != store.DeliveryWaiting {
		return a.settled(row), err
	}
	due := row.NextTry
	if early {
		due = time.Time{}
	}
	waited, err := a.untilDue(ctx, due)
	if err != nil {
		return SlowResult{}, err
	}
	if waited { // it may have been given up meanwhile
		row, err = a.ledgerRow(ctx, id)
		if err != nil || row.State != store.DeliveryWaiting {
			return a.settled(row), err
		}
	}
	return a.attempt(ctx, row, early)
}

// isFirstAttempt reports whether the server runs the activity for the first time since it was scheduled.
func isFirstAttempt(ctx context.Context) bool { return activity.GetInfo(ctx).Attempt == 1 }

// ledgerRow reads a row of the ledger. A row that is gone counts as dead.
func (a *Activities) ledgerRow(ctx context.Context, id string) (store.Delivery, error) {
	row, err := a.store.Delivery(ctx, id)
	if isNotFound(err) {
		return store.Delivery{ID: id, State: store.DeliveryDead}, nil
	}
	if err != nil {
		return row, fmt.Errorf("read the ledger: %w", err)
	}
	return row, nil
}

// settled is the result of a row in a final state.
func (a *Activities) settled(row store.Delivery) SlowResult {
	return SlowResult{State: row.State, At: a.clock(), WAMID: row.WAMID}
}

// untilDue waits until an attempt is due, or returns a retry error if that takes long.
func (a *Activities) untilDue(ctx context.Context, next time.Time) (waited bool, err error) {
	pause := next.Sub(a.now())
	if pause <= 0 {
		return false, nil
	}
	if pause > waitInside {
		return false, retry(deferred, "the next attempt is not due yet", pause)
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true, nil
	case <-activity.GetWorkerStopChannel(ctx):
		return false, retry(stopped, "the worker is stopping", stoppedWait)
	case <-ctx.Done():
		return false, ctx.Err()
	}
}

// attempt posts once to the channel's present webhook and records the outcome. early is set for an
// attempt that was asked for before it was due.
func (a *Activities) attempt(ctx context.Context, row store.Delivery, early bool) (SlowResult, error) {
	to, err := a.readEndpoint(ctx, row.Channel)
	if err != nil {
		return SlowResult{}, err
	}
	if d := to.unusable(a.now()); d != nil {
		return a.putOff(ctx, row, *d)
	}
	keys, err := a.readSigners(ctx, to.Channel)
	if err != nil {
		return SlowResult{}, err
	}
	takes := a.slowTime(to)
	if !hasTime(ctx, takes) { // the database was slow
		return SlowResult{}, retry(deferred, "too little time was left for an attempt", stoppedWait)
	}
	last := !a.now().Before(deadlineOf(row))
	somebodyWaits := early || a.now().Sub(row.MadeAt) < freshFor
	visit, refused := a.webhooks.Enter(entryOf(to.Channel, webhook.SlowLane, somebodyWaits || last), a.now())
	if refused != nil {
		return a.deferAttempt(ctx, row, refused)
	}
	if !early && !row.NextTry.IsZero() {
		a.metrics.Waited(a.now().Sub(row.NextTry))
	}
	claimed, err := a.claim(ctx, row, takes)
	if err != nil || claimed.State != store.DeliveryWaiting {
		visit.Leave(webhook.Result{Class: webhook.Canceled}, a.now())
		return a.settled(claimed), err
	}
	row = claimed
	post, cancel := untilStop(ctx)
	result, recovered := a.post(post, visit, webhook.Request{
		URL: to.WebhookURL, Body: row.Body, ID: row.ID, Conversation: row.Conversation, WaID: row.Channel,
		Contact: row.Contact, Sequence: row.Sequence, Attempt: row.Attempts + 1, InReplyTo: row.InReplyTo,
		Keys: keys.at(a.now()), Timeout: takes,
	})
	cancel()
	switch result.Class {
	case webhook.Canceled:
		// The worker was stopping; that says nothing about the ISV.
		a.release(ctx, row)
		return SlowResult{}, retry(stopped, "the attempt was cut short by our own stop", stoppedWait)
	case webhook.Delivered:
		return a.recordSuccess(ctx, to, row, result, recovered)
	}
	return a.recordAndRetry(ctx, to, row, attemptResult{result, early, visit})
}

// putOff tries again later, until the message's time is over: a channel without a webhook must not hold
// up its conversations for ever.
func (a *Activities) putOff(ctx context.Context, row store.Delivery, d deferral) (SlowResult, error) {
	a.metrics.Deferred(webhook.SlowLane.String(), d.class)
	left := deadlineOf(row).Sub(a.now())
	inHands := row.LeasedUntil.Sub(a.now())
	switch {
	case left > 0:
		return SlowResult{}, retry(d.class, d.message, min(d.wait, left))
	case inHands > 0: // it may still be acknowledged
		return SlowResult{}, errLeased(inHands)
	}
	return a.bury(ctx, row, d.class)
}

// untilStop cancels an attempt when the worker stops: another worker makes it again.
func untilStop(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	stop := activity.GetWorkerStopChannel(ctx)
	go func() {
		select {
		case <-stop:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// recordSuccess writes the ledger, if the message is in it: a notice that was accepted at the first
// attempt is not.
func (a *Activities) recordSuccess(ctx context.Context, to endpoint, row store.Delivery, r webhook.Result, recovered bool) (SlowResult, error) {
	ctx, cancel := detached(ctx)
	defer cancel()
	a.succeeded(ctx, to, r, recovered)
	at := a.clock()
	_, err := a.store.RecordAttempt(ctx, attemptOf(row, r, at), store.Outcome{
		State: store.DeliveryDelivered, WAMID: r.MessageID, Claimed: row.LeasedUntil, At: at,
	})
	if err != nil && !isNotFound(err) {
		a.release(ctx, row)
		return SlowResult{}, fmt.Errorf("write the ledger: %w", err)
	}
	if row.Kind == replyKind {
		a.log.InfoContext(ctx, "waiting message delivered", "channel", row.Channel, "conversation", row.Conversation,
			"sequence", row.Sequence, "attempts", row.Attempts+1)
	}
	return SlowResult{State: store.DeliveryDelivered, At: at, WAMID: r.MessageID}, nil
}

// attemptResult is the result of an attempt that was made.
type attemptResult struct {
	webhook.Result

	early bool
	visit *webhook.Visit
}

// recordAndRetry records a failed attempt and returns a retry error, or the result if the message
// is dead.
func (a *Activities) recordAndRetry(ctx context.Context, to endpoint, row store.Delivery, got attemptResult) (SlowResult, error) {
	r := got.Result
	ctx, cancel := detached(ctx)
	defer cancel()
	at := a.clock()
	if row.Kind == noticeKind {
		if err := a.store.Park(ctx, []store.Delivery{row}); err != nil {
			return SlowResult{}, fmt.Errorf("write the ledger: %w", err)
		}
	}
	refused, err := a.refusesOnly(ctx, row, got)
	if err != nil {
		return SlowResult{}, err
	}
	row, err = a.recordFailure(ctx, row, webhook.Failure{Result: r, At: at, Refused: refused}, got.early)
	if err != nil {
		return SlowResult{}, err
	}
	if err := a.countFailure(ctx, to, r, at); err != nil {
		a.log.WarnContext(ctx, "cannot count a failure of a webhook", "channel", row.Channel, "error", err)
	}
	if row.State != store.DeliveryWaiting {
		a.tellDead(ctx, row)
		return a.settled(row), nil
	}
	return SlowResult{}, retry(reason(r), fmt.Sprintf("attempt %d failed: %s", row.Attempts, reason(r)), row.NextTry.Sub(a.now()))
}

// tellDead logs a dead letter, and lets the event of it be sent, which the ledger has announced.
func (a *Activities) tellDead(ctx context.Context, row store.Delivery) {
	a.metrics.GaveUp(1)
	a.log.WarnContext(ctx, "message became a dead letter", "channel", row.Channel, "conversation", row.Conversation,
		"sequence", row.Sequence, "kind", row.Kind, "attempts", row.Attempts, "reason", row.LastError)
	a.sendEvents(ctx, row.Channel)
}

// recordFailure records a failed attempt and when the next one is due.
func (a *Activities) recordFailure(ctx context.Context, row store.Delivery, f webhook.Failure, early bool) (store.Delivery, error) {
	f.Attempts, f.Early, f.Pulled = row.Attempts+1, row.Retries, row.Leases
	f.MadeAt, f.Notice, f.Jitter = row.MadeAt, row.Kind == noticeKind, a.jitter()
	if early {
		f.Early++
		f.Due = row.NextTry
	}
	next, again := webhook.NextTry(f)
	outcome := store.Outcome{State: store.DeliveryDead, LastError: reason(f.Result), Retry: early, Claimed: row.LeasedUntil, At: f.At}
	if again {
		outcome.State, outcome.NextTry = store.DeliveryWaiting, next
	}
	recorded, err := a.store.RecordAttempt(ctx, attemptOf(row, f.Result, f.At), outcome)
	if err != nil {
		a.release(ctx, row)
		return row, fmt.Errorf("write the ledger: %w", err)
	}
	return recorded, nil
}

func attemptOf(row store.Delivery, r webhook.Result, at time.Time) store.Attempt {
	return store.Attempt{
		Delivery: row.ID, At: at, Class: string(r.Class), Status: r.StatusCode,
		DurationMS: r.Duration.Milliseconds(), Answer: r.Answer, Peer: r.Peer,
	}
}

// reason names a failure for people. It stands in the ledger and in the Temporal UI, so that it holds
// nothing of the ISV's response but the status.
func reason(r webhook.Result) string {
	switch {
	case r.Control == webhook.AbortMessage:
		return abortedByReceiver
	case r.Class == webhook.Status || r.Class == webhook.Gone:
		return fmt.Sprintf("HTTP %d", r.StatusCode)
	}
	return string(r.Class)
}

// retry is an error that is to be expected of other people's servers: it has the pause before the next
// attempt, and does not count as an error of the service.
func retry(kind, message string, after time.Duration) error {
	return temporal.NewApplicationErrorWithOptions(message, kind, temporal.ApplicationErrorOptions{
		NextRetryDelay: max(after, time.Millisecond),
		Category:       temporal.ApplicationErrorCategoryBenign,
	})
}
