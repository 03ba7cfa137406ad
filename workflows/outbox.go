package workflows

import (
	"slices"
	"time"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
)

const (
	// maxOutbox is how many replies may wait in the ledger before the bot answers nothing more.
	maxOutbox = 1000
	// contactRetry is how often a contact who writes makes what waits be tried at once; askedRetry is the
	// same for an operator. Each costs an attempt, and some events.
	contactRetry = 30 * time.Second
	askedRetry   = 5 * time.Second
	// maxBatch is how many messages an activity of the slow lane is handed: its input and its result stand
	// in the history.
	maxBatch = 50
)

// reasonUnsaid says in the transcript why a question is not open any more.
const reasonUnsaid = "its question was not delivered"

// Parked is a message that waits in the ledger, where its body is.
type Parked struct {
	// ID is its webhook-id.
	ID       string `json:"id"`
	Sequence int    `json:"sequence"`
	// Ask is the number of the question that it says; 0 for none.
	Ask int `json:"ask,omitempty"`
}

// outbox holds what was said and has not been delivered. A turn's messages are posted at once, by
// the fast lane, if nothing waits; what does not go through waits in the ledger and is delivered
// by the slow lane, one at a time, which keeps the order.
type outbox struct {
	parked []Parked
	// sequence is the number of the latest message to the ISV, asked that of the latest question that
	// was delivered.
	sequence, asked int
	// trouble is why the first of them was not delivered at once, for operators.
	trouble string
	// delivery is the slow lane's activity for the first of them.
	delivery pending
	// retry says that the next attempt is to be made at once, retriedAt is when one was last asked for.
	retry     bool
	retriedAt time.Time
}

// full reports whether too many messages wait.
func (o *outbox) full() bool { return len(o.parked) >= maxOutbox }

// deliveryDue reports whether a message waits and none is being delivered.
func (o *outbox) deliveryDue() bool { return len(o.parked) > 0 && !o.delivery.running() }

// number gives a turn's messages their sequence numbers.
func (o *outbox) number(sends []chat.Send) []activities.Outgoing {
	messages := make([]activities.Outgoing, 0, len(sends))
	for _, s := range sends {
		o.sequence++
		messages = append(messages, activities.Outgoing{Send: s, Sequence: o.sequence})
	}
	return messages
}

// deliverFast posts each message once, if none waits before them. When the activity itself fails,
// nothing is known to have been delivered.
func (o *outbox) deliverFast(x *executor, in activities.DeliverInput, now time.Time) (result activities.DeliverResult) {
	if len(o.parked) > 0 {
		return result
	}
	if err := x.local(deliverOptions(in.Messages), acts.Deliver, in, &result); err != nil {
		x.log.Warn("fast delivery failed, leaving it to the slow lane", "error", err)
		return activities.DeliverResult{At: now}
	}
	return result
}

// keep writes messages into the ledger, and does not go on before it has: the bodies are nowhere else.
func keep(x *executor, in activities.ParkInput) {
	for {
		err := x.local(parkOptions(len(in.Messages)), acts.Park, in, nil)
		if err == nil {
			return
		}
		x.pause("Park", err)
	}
}

// park leaves messages to the slow lane.
func (o *outbox) park(x *executor, in activities.ParkInput) {
	keep(x, in)
	for _, m := range in.Messages {
		o.parked = append(o.parked, Parked{ID: m.ID, Sequence: m.Sequence, Ask: m.Ask})
	}
	if in.Failure != nil {
		o.trouble = in.Failure.Reason()
	}
}

// startDelivery hands the first message to the slow lane.
func (o *outbox) startDelivery(x *executor) {
	head := o.parked[0]
	in := activities.SlowInput{ID: head.ID, Retry: o.retry}
	for _, behind := range o.parked[1:min(len(o.parked), maxBatch)] {
		in.Next = append(in.Next, behind.ID)
	}
	o.delivery = x.start(slowOptions(head), acts.DeliverSlow, in)
	o.retry = false
}

// retryNow makes the first message be tried at once. The activity that waits is cancelled and scheduled
// anew when it has ended; one that is in the middle of an attempt ends with it.
func (o *outbox) retryNow(at time.Time) {
	if len(o.parked) == 0 || o.retry {
		return
	}
	o.retry, o.retriedAt = true, at
	if o.delivery.running() {
		o.delivery.cancel()
	}
}

// untroubled forgets why the first message was not delivered at once, if that is the reason.
func (o *outbox) untroubled(reason string) {
	if o.trouble == reason {
		o.trouble = ""
	}
}

// retryFor is retryNow for a contact who writes: somebody waits for an answer. Where the ISV pulls it would
// be in vain.
func (o *outbox) retryFor(contactWroteAt time.Time) {
	if o.trouble != activities.Pull && contactWroteAt.Sub(o.retriedAt) >= contactRetry {
		o.retryNow(contactWroteAt)
	}
}

// settled is a message that the slow lane delivered or gave up.
type settled struct {
	Parked
	activities.SlowResult
}

// finishDelivery waits for the slow lane and returns what it delivered or gave up, in order; each is to be
// removed. Success counts however it comes; without a result the messages stay, to be scheduled again.
func (o *outbox) finishDelivery(x *executor) []settled {
	var result activities.SlowResult
	if err := x.finish(&o.delivery, &result); err != nil {
		x.log.Info("delivery activity ended without a result", "error", err)
		return nil
	}
	done := []settled{{o.parked[0], result}}
	for i, next := range result.Next {
		done = append(done, settled{o.parked[i+1], next})
	}
	return done
}

// remove removes the first message, which was delivered or given up.
func (o *outbox) remove(done settled) {
	o.parked = o.parked[1:]
	if done.State != store.DeliveryDead {
		o.delivered(done.Ask)
	}
	if len(o.parked) == 0 {
		o.trouble, o.retry = "", false
	}
}

// delivered remembers that a question has reached the ISV; 0 is none.
func (o *outbox) delivered(ask int) { o.asked = max(o.asked, ask) }

// losesQuestion reports whether the bot's open question is lost with a message that was given up:
// what the contact says next is no answer to it. A question of which one message was delivered, or
// may still be, was said.
func (o *outbox) losesQuestion(lost Parked, s *bot.State) bool {
	if lost.Ask == 0 || lost.Ask == o.asked || s == nil || s.Ask == nil || s.Ask.No != lost.Ask {
		return false
	}
	return !slices.ContainsFunc(o.parked, func(p Parked) bool { return p.Ask == lost.Ask })
}

// deliver brings what a turn said to the ISV, or into the ledger.
func (c *conversation) deliver(sends []chat.Send) {
	c.clock.hold(sends[0].At)
	messages := c.outbox.number(sends)
	c.transcript.replies += len(messages)
	fast := c.outbox.deliverFast(c.exec, activities.DeliverInput{Address: c.address(), Messages: messages}, c.now)
	for i, m := range messages[:fast.Delivered] {
		c.inbox.rememberSent(fast.WAMID(i), m.At)
		c.transcript.addSent(m, store.DeliveredAtOnce, fast.WAMID(i))
		c.outbox.delivered(m.Ask)
	}
	waiting := messages[fast.Delivered:]
	if len(waiting) == 0 {
		c.clock.release(fast.At)
		return
	}
	c.outbox.park(c.exec, activities.ParkInput{Address: c.address(), Messages: waiting, Failure: fast.Failure, At: fast.At})
	for _, m := range waiting {
		c.transcript.addSent(m, store.InLedger, "")
	}
}

// settleDelivery takes the results of the slow lane.
func (c *conversation) settleDelivery() {
	for _, done := range c.outbox.finishDelivery(c.exec) {
		c.outbox.remove(done)
		c.settleMessage(done)
	}
}

func (c *conversation) settleMessage(done settled) {
	c.inbox.rememberSent(done.WAMID, done.At)
	if done.State == store.DeliveryDead {
		c.transcript.addDead(done.Parked, done.At)
		if c.outbox.losesQuestion(done.Parked, c.state) {
			unsaid := chat.Control{Kind: bot.ControlUnsaid, Ask: done.Ask, Reason: reasonUnsaid}
			c.queueControl(unsaid, "unsaid:"+done.ID)
		}
	}
	if len(c.outbox.parked) == 0 {
		c.clock.release(done.At)
		c.refreshStatus()
	}
}
