package activities

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

const (
	// ReplayBatch is how long one run of the activity goes on beginning attempts, replayPage how many
	// messages it reads for that.
	ReplayBatch = 20 * time.Second
	replayPage  = 50
	// replayPace is the pause after a message that was taken: a webhook gets 50 messages a second, and most of
	// them are to be left to the replies of the moment.
	replayPace = 100 * time.Millisecond
	// A process runs maxReplays of these activities at once, replaysPerAccount for one account: each holds
	// a slot of the slow lane. Others come back after replayTurn.
	maxReplays        = 40
	replaysPerAccount = 4
	replayTurn        = 5 * time.Second
)

// ReplayInput names a replay and how far it is.
type ReplayInput struct {
	// ID is the replay's: the ledger has its list.
	ID      string `json:"id"`
	Channel string `json:"channel"`
	// Head is the webhook-id of the message that failed last, and Tries how often it did in this replay.
	Head  string `json:"head,omitempty"`
	Tries int    `json:"tries,omitempty"`
}

// ReplayResult is what a part of a replay did.
type ReplayResult struct {
	// Sent counts the messages that were taken, Left those that stay dead.
	Sent int `json:"sent,omitempty"`
	Left int `json:"left,omitempty"`
	// Head and Tries are those of the next input.
	Head  string `json:"head,omitempty"`
	Tries int    `json:"tries,omitempty"`
	// Why says why the latest attempt failed or was not made; empty if it did not.
	Why string `json:"why,omitempty"`
	// Wait is the pause before the next part, in milliseconds.
	Wait int64 `json:"wait,omitempty"`
	// Done is set when nothing is left on the list.
	Done bool `json:"done,omitempty"`
	// Off is set when the webhook takes nothing for a long time: the replay ends then.
	Off bool `json:"off,omitempty"`
}

// Replay sends a part of a replay's dead letters again, one after the other, through the same limits as all
// that is delivered. A message that was taken is delivered from then on, one that was not stays dead.
func (a *Activities) Replay(ctx context.Context, in ReplayInput) (ReplayResult, error) {
	p := replayPart{Activities: a, in: in, result: ReplayResult{Head: in.Head, Tries: in.Tries}}
	to, err := a.readEndpoint(ctx, in.Channel)
	if err != nil {
		return p.result, err
	}
	if !a.replays.begin(to.Account) {
		p.pause("too many replays are under way", replayTurn+time.Duration(a.jitter()*float64(replayTurn)))
		return p.result, nil
	}
	defer a.replays.end(to.Account)
	rows, err := a.store.NextToReplay(ctx, in.ID, replayPage)
	if err != nil {
		return p.result, fmt.Errorf("read the ledger: %w", err)
	}
	p.until = a.now().Add(ReplayBatch)
	if err = p.send(ctx, rows); err != nil && p.handled > 0 {
		// What was done counts: an error would take the result with it. The next part meets the fault again.
		a.log.WarnContext(ctx, "replay was cut short", "channel", in.Channel, "replay", in.ID, "error", err)
		p.pause("our database did not respond", replayTurn)
		return p.result, nil
	}
	p.result.Done = err == nil && len(rows) < replayPage && p.handled == len(rows)
	return p.result, err
}

// EndReplay leaves dead what a replay has not sent, and counts it.
func (a *Activities) EndReplay(ctx context.Context, in ReplayInput) (int, error) {
	left, err := a.store.EndReplay(ctx, in.ID)
	if err != nil {
		return 0, fmt.Errorf("write the ledger: %w", err)
	}
	return int(left), nil
}

// replayPart has the steps of Replay.
type replayPart struct {
	*Activities

	in      ReplayInput
	result  ReplayResult
	until   time.Time
	handled int
}

// pause ends the part: the next one begins after a while.
func (p *replayPart) pause(why string, after time.Duration) {
	p.result.Why, p.result.Wait = why, max(after, time.Millisecond).Milliseconds()
}

// send sends messages until one has to be tried again later or the time is over.
func (p *replayPart) send(ctx context.Context, rows []store.Delivery) error {
	for _, row := range rows {
		if p.over(ctx) {
			break
		}
		activity.RecordHeartbeat(ctx)
		if row.ID != p.result.Head {
			p.result.Head, p.result.Tries = "", 0
		}
		settled, err := p.sendOne(ctx, row)
		if err != nil || !settled {
			return err
		}
		p.handled++
		p.result.Head, p.result.Tries = "", 0
	}
	return nil
}

// over reports whether no other attempt is to be begun.
func (p *replayPart) over(ctx context.Context) bool {
	return !p.now().Before(p.until) || ctx.Err() != nil || stopping(ctx)
}

// sendOne makes one attempt. It reports whether the message is off the list.
func (p *replayPart) sendOne(ctx context.Context, row store.Delivery) (settled bool, err error) {
	to, err := p.readEndpoint(ctx, row.Channel)
	if err != nil {
		return false, err
	}
	if d := to.unusable(p.now()); d != nil {
		p.result.Off = d.class != Held
		p.pause(d.message, d.wait)
		return false, nil
	}
	keys, err := p.readSigners(ctx, to.Channel)
	if err != nil {
		return false, err
	}
	takes := p.slowTime(to)
	if !hasTime(ctx, takes) {
		p.pause("too little time was left for an attempt", stoppedWait)
		return false, nil
	}
	visit, refused := p.webhooks.Enter(entryOf(to.Channel, webhook.SlowLane, false), p.now())
	if refused != nil {
		p.pause("no attempt was made: "+explain(string(refused.Reason)), max(refused.After, replayTurn))
		return false, nil
	}
	post, cancel := untilStop(ctx)
	result, recovered := p.post(post, visit, webhook.Request{
		URL: to.WebhookURL, Body: row.Body, ID: row.ID, Conversation: row.Conversation, WaID: row.Channel,
		Contact: row.Contact, Sequence: row.Sequence, Attempt: row.Attempts + 1, InReplyTo: row.InReplyTo,
		Replay: true, Keys: keys.at(p.now()), Timeout: takes,
	})
	cancel()
	if result.Class == webhook.Canceled {
		p.pause("the attempt was cut short by our own stop", stoppedWait)
		return false, nil
	}
	return p.record(ctx, to, row, attempted{result, recovered})
}

// attempted is the result of an attempt, and whether it closed the webhook's circuit breaker.
type attempted struct {
	webhook.Result

	recovered bool
}

// record writes an attempt into the ledger, and decides what becomes of the message.
func (p *replayPart) record(ctx context.Context, to endpoint, row store.Delivery, got attempted) (settled bool, err error) {
	r := got.Result
	kept, cancel := detached(ctx)
	defer cancel()
	at := p.clock()
	outcome := store.Outcome{State: store.DeliveryDelivered, WAMID: r.MessageID, At: at}
	if r.Class != webhook.Delivered {
		// It is dead already, and stays so: that is no news for the ISV's back office.
		outcome = store.Outcome{State: store.DeliveryWaiting, LastError: reason(r), At: at}
	}
	if _, err := p.store.RecordAttempt(kept, attemptOf(row, r, at), outcome); err != nil && !isNotFound(err) {
		return false, fmt.Errorf("write the ledger: %w", err)
	}
	if r.Class == webhook.Delivered {
		p.succeeded(kept, to, r, got.recovered)
		p.result.Sent++
		p.rest(ctx)
		return true, nil
	}
	if err := p.countFailure(kept, to, r, at); err != nil {
		p.log.WarnContext(ctx, "cannot count a failure of a webhook", "channel", row.Channel, "error", err)
	}
	return p.again(kept, row, r)
}

// again decides when a message that was not taken is tried again, if it is.
func (p *replayPart) again(ctx context.Context, row store.Delivery, r webhook.Result) (settled bool, err error) {
	after, more := webhook.NextReplay(r, p.result.Tries+1, p.jitter())
	if more {
		p.result.Head, p.result.Tries = row.ID, p.result.Tries+1
		p.pause(reason(r), after)
		return false, nil
	}
	if err := p.store.LeaveDead(ctx, row.ID, p.in.ID); err != nil {
		return false, fmt.Errorf("write the ledger: %w", err)
	}
	p.result.Left++
	p.result.Why = reason(r)
	p.rest(ctx)
	return true, nil
}

// rest waits a moment, so that the replies of the moment find the webhook free.
func (p *replayPart) rest(ctx context.Context) {
	timer := time.NewTimer(p.limits.replayPace)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
