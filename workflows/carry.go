package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
)

// Carried is what a run hands to the next one. Its zero value is a conversation that has not
// begun. It only grows, and a missing field means what it meant before the field existed.
type Carried struct {
	// ID is the conversation's; empty when the next run opens a new one.
	ID string `json:"id,omitempty"`
	// Bot is the hash of the definition; a conversation keeps its first message's.
	Bot   string     `json:"bot,omitempty"`
	Label string     `json:"label,omitempty"`
	State *bot.State `json:"state,omitempty"`
	// Status is the value of the search attribute ChattigoStatus.
	Status string `json:"status,omitempty"`
	// Now is the time of the latest event that the bot has handled.
	Now    time.Time   `json:"now,omitzero"`
	Timers []bot.Timer `json:"timers,omitempty"`
	// HeldFrom is since when something the bot said has not reached the contact; zero for never.
	HeldFrom time.Time `json:"heldFrom,omitzero"`
	// Holds are the pauses of the idle timers that no recorded turn has yet.
	Holds []chat.Hold `json:"holds,omitempty"`
	// Sequence is the number of the latest message to the ISV.
	Sequence int      `json:"sequence,omitempty"`
	Outbox   []Parked `json:"outbox,omitempty"`
	// Asked is the number of the latest question that was delivered.
	Asked int `json:"asked,omitempty"`
	// Trouble is why the head of the outbox was not delivered at once.
	Trouble string `json:"trouble,omitempty"`
	// Retry says that the head of the outbox is to be tried at once, RetriedAt when that was last asked for.
	Retry     bool      `json:"retry,omitempty"`
	RetriedAt time.Time `json:"retriedAt,omitzero"`
	// Call is a call in flight, or whose outcome the bot has not been told.
	Call *requestedCall `json:"call,omitempty"`
	// Handoff is what the bot said of a handoff, while a person answers.
	Handoff *bot.Handoff `json:"handoff,omitempty"`
	// Controls are the times of the latest handoffs and resumes.
	Controls []time.Time `json:"controls,omitempty"`
	// Closing is set once the conversation closes.
	Closing *Closing `json:"closing,omitempty"`
	// Unclosed are the contact's other conversations that have to be recovered.
	Unclosed []string `json:"unclosed,omitempty"`
	// NextPage is the number that the transcript's next page will have.
	NextPage   int `json:"nextPage,omitempty"`
	Messages   int `json:"messages,omitempty"`
	Replies    int `json:"replies,omitempty"`
	Repeats    int `json:"repeats,omitempty"`
	Unanswered int `json:"unanswered,omitempty"`
	// Own are the ids of this conversation's messages, Others those of the contact's other
	// conversations.
	Own    remembered `json:"own,omitzero"`
	Others remembered `json:"others,omitzero"`
	// Inbox are the messages and controls that wait for the bot, Overflow messages that wait behind
	// them in the database.
	Inbox    []queued  `json:"inbox,omitempty"`
	Overflow *overflow `json:"overflow,omitempty"`
}

// restore takes over what the run before carried.
func (c *conversation) restore(from Carried) {
	c.id, c.bot, c.state, c.handoff, c.now = from.ID, from.Bot, from.State, from.Handoff, from.Now
	c.controls, c.unclosed, c.closing = from.Controls, from.Unclosed, from.Closing
	c.attributes = attributes{status: from.Status, label: from.Label}
	c.inbox = newInbox(from)
	c.outbox = outbox{parked: from.Outbox, sequence: from.Sequence, asked: from.Asked, trouble: from.Trouble, retry: from.Retry, retriedAt: from.RetriedAt}
	c.call = httpCall{requested: from.Call}
	c.clock = clock{timers: from.Timers, heldFrom: from.HeldFrom, holds: from.Holds}
	c.transcript = transcript{nextPage: from.NextPage, counts: counts{
		messages: from.Messages, replies: from.Replies, repeats: from.Repeats, unanswered: from.Unanswered,
	}}
}

// carried is the whole conversation, for the next run. The transcript's tail has become a page.
func (c *conversation) carried() Carried {
	return Carried{
		ID: c.id, Bot: c.bot, Label: c.attributes.label, State: c.state, Status: c.attributes.status,
		Now: c.now, Timers: c.clock.timers, HeldFrom: c.clock.heldFrom, Holds: c.clock.holds,
		Sequence: c.outbox.sequence, Outbox: c.outbox.parked, Asked: c.outbox.asked, Trouble: c.outbox.trouble,
		Retry: c.outbox.retry, RetriedAt: c.outbox.retriedAt,
		Call: c.call.requested, Handoff: c.handoff, Controls: c.controls, Closing: c.closing, Unclosed: c.unclosed,
		NextPage: c.transcript.nextPage, Messages: c.transcript.messages, Replies: c.transcript.replies,
		Repeats: c.transcript.repeats, Unanswered: c.transcript.unanswered,
		Own: c.inbox.own.remembered, Others: c.inbox.others.remembered, Inbox: c.inbox.queue, Overflow: c.inbox.overflow,
	}
}

// full reports whether the run may and should go on in a new one: not in a task that ran a local
// activity, and not with more waiting than the next run can be handed.
func (c *conversation) full() bool {
	return c.exec.mayEndRun() && !c.inbox.excessive() && c.exec.longHistory(c.in.MaxEvents)
}

// busy reports whether an activity is running.
func (c *conversation) busy() bool {
	return c.outbox.delivery.running() || c.notice.activity.running() || c.call.activity.running()
}

// cancelAndWait takes back the activities that are running. Each may have done its work meanwhile,
// which counts.
func (c *conversation) cancelAndWait() {
	if c.outbox.delivery.running() {
		c.outbox.delivery.cancel()
		c.settleDelivery()
	}
	if c.notice.activity.running() {
		c.cancelNotice()
	}
	if c.call.activity.running() {
		c.call.cancel(c.exec)
	}
}

// openNext lets the messages that came during the end open a new conversation: only they and
// the remembered ids travel.
func (c *conversation) openNext() error {
	own, others := c.inbox.own, c.inbox.others
	for _, id := range c.inbox.handledIDs() {
		others.add(id)
	}
	contact := c.contact()
	c.in.WaID, c.in.UserID = contact.WaID, contact.UserID
	return continueAsNew(c.exec.ctx, c.in, Carried{
		Inbox: c.inbox.queue, Overflow: c.inbox.overflow,
		Own: remembered{Horizon: own.Horizon, IDs: c.inbox.waitingIDs()}, Others: others.remembered,
	})
}

func continueAsNew(ctx workflow.Context, in ConversationInput, carried Carried) error {
	in.Carried = &carried
	return workflow.NewContinueAsNewError(ctx, ConversationType, in)
}
