package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/store"
)

// pending is a regular activity that may be out.
type pending struct {
	future workflow.Future
	cancel workflow.CancelFunc
}

func (p pending) out() bool   { return p.future != nil }
func (p pending) ready() bool { return p.future != nil && p.future.IsReady() }

// deliver says what a turn wants said: in the fast lane if nothing is waiting, and what does
// not go through at once in the slow one, behind what waits.
func (c *conversation) deliver(sends []activities.Send) {
	c.hold(sends[0].At)
	messages := c.number(sends)
	var fast activities.DeliverResult
	if len(c.Outbox) == 0 {
		fast = c.deliverFast(messages)
	}
	for i, m := range messages[:fast.Delivered] {
		c.recordSent(m, store.DeliveredAtOnce, fast.WAMID(i))
		c.askDelivered(m.Ask)
	}
	waiting := messages[fast.Delivered:]
	if len(waiting) == 0 {
		c.release(fast.At)
		return
	}
	c.park(activities.ParkInput{Address: c.address(), Messages: waiting, Failure: fast.Failure, At: fast.At})
	for _, m := range waiting {
		c.recordSent(m, store.InLedger, "")
		c.Outbox = append(c.Outbox, Parked{ID: m.ID, Sequence: m.Sequence, Ask: m.Ask})
	}
	if fast.Failure != nil {
		c.Trouble = fast.Failure.Reason()
	}
}

func (c *conversation) number(sends []activities.Send) []activities.Outgoing {
	messages := make([]activities.Outgoing, 0, len(sends))
	for _, s := range sends {
		c.Sequence++
		c.Replies++
		messages = append(messages, activities.Outgoing{
			ID: s.ID, Sequence: c.Sequence, InReplyTo: s.InReplyTo, MadeAt: s.At, Body: s.Body, Ask: s.Ask,
		})
	}
	return messages
}

// deliverFast tries each message once. When the activity itself fails, nothing is known to
// have been delivered.
func (c *conversation) deliverFast(messages []activities.Outgoing) activities.DeliverResult {
	var result activities.DeliverResult
	ctx := workflow.WithLocalActivityOptions(c.work, deliverOptions(messages))
	c.dirty = true
	input := activities.DeliverInput{Address: c.address(), Messages: messages}
	if err := workflow.ExecuteLocalActivity(ctx, c.acts.Deliver, input).Get(ctx, &result); err != nil {
		workflow.GetLogger(c.work).Warn("the fast lane failed", "conversation", c.ID, "error", err)
		return activities.DeliverResult{At: c.Now}
	}
	return result
}

// park writes into the ledger, and does not go on before it has: the bodies are nowhere else.
func (c *conversation) park(in activities.ParkInput) {
	ctx := workflow.WithLocalActivityOptions(c.work, parkOptions(len(in.Messages)))
	for {
		c.dirty = true
		err := workflow.ExecuteLocalActivity(ctx, c.acts.Park, in).Get(ctx, nil)
		if err == nil {
			return
		}
		c.pause("Park gave up", err)
	}
}

func (c *conversation) recordSent(m activities.Outgoing, how, wamid string) {
	c.ownMessage(wamid, m.MadeAt)
	c.note(Entry{
		At: m.MadeAt, Direction: store.Out, ID: m.ID, Sequence: m.Sequence, InReplyTo: m.InReplyTo,
		Delivery: how, WAMID: wamid, Body: m.Body,
	})
}

// ownMessage remembers the id that WhatsApp gave to a message of the bot: an echo of it is no
// person, and is dropped like a message that came twice.
func (c *conversation) ownMessage(wamid string, at time.Time) {
	if wamid != "" {
		c.own.add(store.MessageID{Hash: store.HashMessageID(wamid), Timestamp: at.Unix()})
	}
}

// startDelivery hands the head of the outbox to the slow lane; one at a time keeps the order.
func (c *conversation) startDelivery() {
	head := c.Outbox[0]
	ctx, cancel := workflow.WithCancel(workflow.WithActivityOptions(c.work, slowOptions(head)))
	c.delivery = pending{
		future: workflow.ExecuteActivity(ctx, c.acts.DeliverSlow, activities.SlowInput{ID: head.ID}),
		cancel: cancel,
	}
}

// settleDelivery takes the outcome of the slow lane. Success counts however it comes; anything
// but an outcome leaves the message at the head, to be scheduled anew.
func (c *conversation) settleDelivery() {
	var result activities.SlowResult
	err := c.delivery.future.Get(c.work, &result)
	c.delivery = pending{}
	c.dirty = false
	if err != nil {
		workflow.GetLogger(c.work).Info("a delivery came back without an outcome", "conversation", c.ID, "error", err)
		return
	}
	head := c.Outbox[0]
	c.Outbox = c.Outbox[1:]
	c.ownMessage(result.WAMID, result.At)
	if result.State == store.DeliveryDead {
		c.note(Entry{At: result.At, Direction: store.Note, ID: head.ID, Sequence: head.Sequence, Note: "not delivered: dead letter"})
		c.askLost(head)
	} else {
		c.askDelivered(head.Ask)
	}
	if len(c.Outbox) == 0 {
		c.release(result.At)
		c.Trouble = ""
		c.refreshStatus()
	}
}
