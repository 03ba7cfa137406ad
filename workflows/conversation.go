package workflows

import (
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
)

// Outcomes that are not the bot's.
const (
	// OutcomeRepeat is a run that found nothing new: its messages had been handled before.
	OutcomeRepeat = "repeat"
	// OutcomeCanceled is a conversation that was cancelled, in the Temporal UI for instance.
	OutcomeCanceled = "canceled"
	// OutcomeLifetime is a conversation that was closed because of its age.
	OutcomeLifetime = "lifetime"
	// OutcomeUnreadable is a run that got nothing that could be read.
	OutcomeUnreadable = "unreadable"
	// OutcomeMerged is a conversation that another one of the same person carries on.
	OutcomeMerged = "merged"
)

// lifetime is how old a conversation may become.
const lifetime = 7 * 24 * time.Hour

// Conversation is the workflow of one chat.
func Conversation(ctx workflow.Context, in ConversationInput) (ConversationResult, error) {
	c, err := setup(ctx, in)
	if err != nil {
		return ConversationResult{}, err
	}
	return c.run(ctx)
}

// conversation is a run at work. What it has to hand to the next run is in Carried; the rest
// belongs to this run alone.
type conversation struct {
	Carried
	in         ConversationInput
	workflowID string
	root       workflow.Context
	// work is disconnected: cancelling the workflow cancels nothing that is being done.
	work    workflow.Context
	signals workflow.ReceiveChannel
	acts    *activities.Activities

	own, others *memory
	inboxBytes  int
	// behind are messages that have arrived while others wait in the database.
	behind []Queued
	// deferred counts what waits at the head of the inbox until the call that is out is back.
	deferred  int
	tailBytes int
	timer     timer
	delivery  pending
	notice    pending
	call      pending
	// due is the latest deadline at which a timer has fired.
	due      time.Time
	canceled bool
	// unsettled says that a wish came in this workflow task.
	unsettled bool
	// hurried says that the notice that is out is offered once only.
	hurried bool
	// lines are the last words of both sides, for operators.
	lines []string
	// dirty says that a local activity ran in this workflow task: it may not end the run.
	dirty bool
}

// setup restores what an earlier run carried before anything can ask for it.
func setup(ctx workflow.Context, in ConversationInput) (*conversation, error) {
	info := workflow.GetInfo(ctx)
	work, _ := workflow.NewDisconnectedContext(ctx)
	c := &conversation{
		in: in, workflowID: info.WorkflowExecution.ID, root: ctx, work: work,
		signals: workflow.GetSignalChannel(ctx, SignalInbound),
	}
	if in.Carried != nil {
		c.Carried = *in.Carried
	}
	if c.ID == "" {
		c.ID = ConversationID(info.OriginalRunID)
		c.NextPage = 1
		c.Status = StatusOpen
	}
	c.own, c.others = newMemory(c.Own), newMemory(c.Others)
	for _, m := range c.Inbox {
		c.inboxBytes += m.size()
	}
	if err := workflow.SetQueryHandlerWithOptions(ctx, QueryState, c.snapshot, workflow.QueryHandlerOptions{
		Description: "The conversation's state and the end of its transcript",
	}); err != nil {
		return nil, err
	}
	return c, c.handleUpdates(ctx)
}

// run is the loop that never loses a message: everything that was received is looked at
// before the run ends, and between the last look and the end nothing yields.
func (c *conversation) run(ctx workflow.Context) (ConversationResult, error) {
	for {
		c.drain()
		c.describe()
		switch {
		case c.excessive() && !c.dirty && (c.grown() || c.ended()):
			c.spill()
		case c.ended():
			return c.end()
		case c.full() && c.out():
			c.cancelAndWait()
		case c.full() && len(c.Tail) > 0:
			c.writePage()
		case c.full():
			return ConversationResult{}, c.continueAsNew(ctx)
		default:
			if do := c.next(); do != nil {
				do()
			} else {
				c.wait()
			}
		}
	}
}

// next is the most urgent thing to do, nil when there is nothing but to wait.
func (c *conversation) next() func() {
	switch {
	case c.timer.fired():
		return c.timerFired
	case c.delivery.ready():
		return c.settleDelivery
	case c.notice.ready():
		return c.settleNotice
	case c.call.ready():
		return c.settleCall
	case c.callDue():
		return c.startCall
	case c.tailBytes >= maxTail:
		return c.writePage
	case c.unsettled:
		return c.settle
	case c.turnDue():
		return c.turn
	case len(c.Outbox) > 0 && !c.delivery.out():
		return c.startDelivery
	case c.fetchDue():
		return c.fetch
	case len(c.Unclosed) > 0:
		return c.recoverOthers
	case c.Closing != nil:
		return c.nextOfClosing()
	case c.State == nil && c.waiting() == 0 && (len(c.Tail) > 0 || c.NextPage > 1):
		return c.keepUnreadable
	}
	return nil
}

// wait blocks until there is something to do. Whatever ends the wait comes with a new
// workflow task.
func (c *conversation) wait() {
	c.armTimer()
	stirred := func() bool {
		return c.signals.Len() > 0 || c.timer.fired() || c.delivery.ready() || c.notice.ready() ||
			c.call.ready() || c.cancelAsked() || c.unsettled
	}
	if stirred() {
		return
	}
	_ = workflow.Await(c.work, stirred)
	c.dirty = false
}

func (c *conversation) cancelAsked() bool { return c.root.Err() != nil && !c.canceled }

// ended says that nothing is left to be done: the conversation is archived, or it never
// opened because nothing new was said.
func (c *conversation) ended() bool {
	if c.Closing != nil {
		return c.Closing.Archived && len(c.Tail) == 0
	}
	return c.State == nil && c.waiting() == 0 && len(c.Tail) == 0 && c.NextPage == 1
}

// end gives the result, or hands the messages that came meanwhile to a new conversation.
func (c *conversation) end() (ConversationResult, error) {
	if c.waiting() > 0 {
		return ConversationResult{}, c.openAnew()
	}
	result := ConversationResult{Conversation: c.ID, Outcome: OutcomeRepeat, Messages: c.Messages, Replies: c.Replies}
	if c.Closing != nil {
		result.Outcome = c.Closing.Reason
	}
	if result.Outcome == OutcomeCanceled || (c.Closing == nil && c.root.Err() != nil) {
		return result, temporal.NewCanceledError()
	}
	return result, nil
}

// contact is who the person is by now: as the bot knows them, or as the messages say that wait.
func (c *conversation) contact() bot.Contact {
	if c.State != nil {
		return c.State.Contact
	}
	known := bot.Contact{WaID: c.in.WaID, UserID: c.in.UserID}
	for _, m := range c.Inbox {
		known = known.Identified(m.WaID, m.UserID)
	}
	return known
}

// address says whose messages these are. The contact stays the one under whom the conversation
// was opened, so that an ISV finds all of a chat under one name.
func (c *conversation) address() activities.Address {
	return activities.Address{Conversation: c.ID, WorkflowID: c.workflowID, Channel: c.in.Channel, Contact: c.in.Contact()}
}

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
	// Now is the time of the latest event that the bot has seen.
	Now    time.Time   `json:"now,omitzero"`
	Timers []bot.Timer `json:"timers,omitempty"`
	// HeldFrom is since when questions have not reached the contact; zero while they do.
	HeldFrom time.Time `json:"heldFrom,omitzero"`
	// Sequence is the number of the latest message to the ISV.
	Sequence int      `json:"sequence,omitempty"`
	Outbox   []Parked `json:"outbox,omitempty"`
	// Asked is the number of the latest question that was delivered.
	Asked int `json:"asked,omitempty"`
	// Trouble is why the head of the outbox was not delivered at once.
	Trouble string `json:"trouble,omitempty"`
	// Call is a call that is out, or whose outcome the bot has not been told.
	Call *Calling `json:"call,omitempty"`
	// Handoff is what is known of a handoff, while a person answers.
	Handoff *bot.Handoff `json:"handoff,omitempty"`
	// Controls are the times of the latest handoffs and resumes.
	Controls []time.Time `json:"controls,omitempty"`
	// Closing is the end of the conversation under way.
	Closing *Closing `json:"closing,omitempty"`
	// Unclosed are the contact's other conversations that have to be looked into.
	Unclosed []string `json:"unclosed,omitempty"`
	// NextPage is the number that the transcript's next page will have.
	NextPage   int `json:"nextPage,omitempty"`
	Messages   int `json:"messages,omitempty"`
	Replies    int `json:"replies,omitempty"`
	Repeats    int `json:"repeats,omitempty"`
	Unanswered int `json:"unanswered,omitempty"`
	// Own are the ids of this conversation's messages, Others those of the contact's other
	// conversations.
	Own    Remembered `json:"own,omitzero"`
	Others Remembered `json:"others,omitzero"`
	// Inbox is what waits to be answered, Overflow what waits behind it in the database.
	Inbox    []Queued  `json:"inbox,omitempty"`
	Overflow *Overflow `json:"overflow,omitempty"`
	// Tail is the end of the transcript, empty when a run begins.
	Tail []Entry `json:"-"`
}

// Queued is what waits: a message or an echo with what its envelope said, or a wish.
type Queued struct {
	At     time.Time `json:"at"`
	Bot    string    `json:"bot,omitempty"`
	WaID   string    `json:"waId,omitempty"`
	UserID string    `json:"userId,omitempty"`
	Inbound
	// Wish is set instead of a message; the ID is its cause then.
	Wish *activities.Wish `json:"wish,omitempty"`
}

// Parked is a message that waits in the ledger.
type Parked struct {
	// ID is its webhook-id.
	ID       string `json:"id"`
	Sequence int    `json:"sequence"`
	// Ask is the number of the question that it says; 0 for none.
	Ask int `json:"ask,omitempty"`
}

// Closing is how far the end of a conversation has come.
type Closing struct {
	Reason string `json:"reason"`
	// Notice says that the ISV is to be told; Told that it was, or that there was no telling it.
	Notice bool `json:"notice"`
	Told   bool `json:"told,omitempty"`
	// At is when the conversation was closed.
	At       time.Time `json:"at"`
	Archived bool      `json:"archived,omitempty"`
}
