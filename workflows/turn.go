package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
)

// turnDue reports whether the bot has something to handle. A closed conversation handles nothing:
// what comes then opens the next one. A control is handled also while the outbox is full.
func (c *conversation) turnDue() bool {
	calling := c.call.inFlight()
	switch {
	case c.closing != nil:
		return false
	case c.inbox.controlWaits(calling):
		return true
	case c.outbox.full():
		return false
	}
	return len(c.inbox.undeferred(calling)) > 0 || c.call.returned() || c.clock.timerDue(calling)
}

// turn runs the bot over what waits, and delivers what it said.
func (c *conversation) turn() {
	input := c.replyInput()
	var result activities.ReplyResult
	if err := c.exec.local(replyOptions(input), acts.Reply, input, &result); err != nil {
		c.exec.pause("Reply", err)
		return
	}
	c.apply(input, result)
}

// replyInput copies what the workflow goes on to change: a local activity gets its input
// without serialisation, and one that overruns its time is still reading it.
func (c *conversation) replyInput() activities.ReplyInput {
	contact := c.contact()
	in := activities.ReplyInput{
		WorkflowID: c.workflowID, Channel: c.in.Channel, Bot: c.bot,
		Page: c.transcript.nextPage, Horizon: c.inbox.horizon(),
		Input: chat.Input{
			Conversation: c.id, WaID: contact.WaID, UserID: contact.UserID, State: c.state,
			Timers: slices.Clone(c.clock.timers), Hold: c.clock.held(), Until: c.clock.due, Handoff: c.handoff,
		},
	}
	if c.call.returned() {
		in.Result, in.CallFor = c.call.requested.Outcome, c.call.requested.For
	}
	for _, m := range c.inbox.queue {
		if in.Bot == "" {
			in.Bot = m.Bot
		}
		in.Messages = append(in.Messages, m.incoming())
	}
	return in
}

// apply takes over what a turn came to. The order of the commands in it is part of every history.
func (c *conversation) apply(in activities.ReplyInput, r activities.ReplyResult) {
	turn := chat.Record(in.Input, r.Output, c.clock.holds, c.inbox.deferred)
	c.inbox.learn(c.state, r)
	deferred := r.Deferred
	if r.Close != nil {
		deferred = nil // they were said in the conversation that ends
	}
	handled := c.inbox.dequeue(r.Handled, deferred)
	if r.State == nil {
		return
	}
	c.unclosed = append(c.unclosed, r.Unclosed...)
	c.state, c.bot, c.clock.timers, c.handoff = r.State, in.Bot, r.Timers, r.Handoff
	c.now = latest(c.now, r.Now)
	c.attributes.setLabel(c.exec, r.Label)
	c.transcript.addHandled(handled, r)
	c.transcript.addTurn(c.now, turn)
	c.clock.holds = nil
	spokeWhileCalling := c.call.inFlight() && len(r.Sends) > 0
	c.call.follow(r, c.now)
	if r.Close != nil {
		c.close(*r.Close)
	}
	if spokeWhileCalling {
		c.settle()
	}
	c.say(r)
	if r.Announce != nil {
		c.announce(*r.Announce)
	}
	c.refreshStatus()
}

// announce writes what the ISV's back office is told of the turn, and does not go on before it has.
func (c *conversation) announce(a activities.Announcement) {
	in := activities.AnnounceInput{Address: c.address(), Announcement: a}
	for {
		err := c.exec.local(localDatabase("announce it to the back office"), acts.Announce, in, nil)
		if err == nil {
			return
		}
		c.exec.pause("Announce", err)
	}
}

// say brings what a turn said to the ISV. Last words that carry the close notice are kept for it.
func (c *conversation) say(r activities.ReplyResult) {
	sends := r.Sends
	last, merged := r.LastWords(c.id)
	if merged {
		sends = sends[:len(sends)-1]
	}
	if len(sends) > 0 {
		c.deliver(sends)
	}
	if merged {
		c.keepLastWords(last, r.Sends[len(sends)].ID)
	}
}

// close begins the end of the conversation. Its time is the event's, not the clock's.
func (c *conversation) close(how bot.Close) {
	c.closing = &Closing{Reason: how.Reason, Notice: how.Notice, At: c.now}
	c.unsettled = false
	for _, dropped := range c.inbox.keepMessages() {
		c.transcript.add(dropped)
	}
}

// closeUnreadable ends a conversation that nobody began, for the sake of its transcript: an envelope
// that could not be decoded must not vanish.
func (c *conversation) closeUnreadable() {
	c.now = latest(c.now, workflow.GetInfo(c.exec.ctx).WorkflowStartTime.UTC())
	c.close(bot.Close{Reason: OutcomeUnreadable})
}

// queueControl queues a control behind the messages that came before it. In a task that is repeated
// its position and time may be others: see settle.
func (c *conversation) queueControl(control chat.Control, cause string) {
	if c.closing != nil {
		return // it comes too late
	}
	at := latest(c.exec.now(), c.latest())
	c.inbox.enqueue(queued{At: at, Control: &control, Inbound: Inbound{ID: cause}})
	c.unsettled = true
}

// settle ends the workflow task in which a control came before anything is said because of it.
// Until then nothing of the control is recorded: were the task repeated, more messages could stand
// before it, and the clock be another.
func (c *conversation) settle() {
	c.unsettled = false
	c.exec.endTask("record what was asked for")
}

// settleCall takes the outcome of the call. One that is missing timed out, at a time that only our
// clock knows: nothing is said because of it in the same workflow task.
func (c *conversation) settleCall() {
	if c.call.finish(c.exec) {
		return
	}
	c.call.timeOut(latest(c.exec.now(), c.latest()))
	c.unsettled = true
}

// latest is the latest time that was recorded.
func (c *conversation) latest() time.Time {
	return latest(latest(c.now, c.clock.due), c.inbox.latest())
}
