package workflows

import (
	"time"

	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
)

// Outcomes that are not the bot's.
const (
	// OutcomeRepeat is of a run that found only duplicates: its messages had been handled before.
	OutcomeRepeat = "repeat"
	// OutcomeCanceled is of a conversation that was cancelled, in the Temporal UI for instance.
	OutcomeCanceled = "canceled"
	// OutcomeLifetime is of a conversation that was closed because of its age.
	OutcomeLifetime = "lifetime"
	// OutcomeUnreadable is of a run that got only envelopes that could not be decoded.
	OutcomeUnreadable = "unreadable"
	// OutcomeMerged is of a conversation that another one of the same person carries on.
	OutcomeMerged = "merged"
)

// Conversation is the workflow of one chat.
func Conversation(ctx workflow.Context, in ConversationInput) (ConversationResult, error) {
	c, err := setup(ctx, in)
	if err != nil {
		return ConversationResult{}, err
	}
	return c.run()
}

// conversation is one run of the workflow. setup makes it of what the run before handed over;
// carried is what it hands to the next.
type conversation struct {
	in         ConversationInput
	workflowID string
	// root is the workflow's context: it ends when the run is cancelled. Work is done by exec.
	root    workflow.Context
	exec    *executor
	signals workflow.ReceiveChannel

	// id is the conversation's, bot the hash of the definition that answers, state what it has come to.
	id, bot string
	state   *bot.State
	handoff *bot.Handoff
	// now is the time of the latest event that the bot has handled.
	now        time.Time
	inbox      inbox
	outbox     outbox
	call       httpCall
	clock      clock
	transcript transcript
	attributes attributes
	// controls are the times of the latest handoffs and resumes.
	controls []time.Time
	// unclosed are the contact's other conversations that have to be recovered.
	unclosed []string
	closing  *Closing
	notice   notice
	// canceled reports whether a cancellation has become a control.
	canceled bool
	// unsettled reports whether a control came in this workflow task: see settle.
	unsettled bool
}

// setup restores what an earlier run carried before anything can ask for it.
func setup(ctx workflow.Context, in ConversationInput) (*conversation, error) {
	info := workflow.GetInfo(ctx)
	var carried Carried
	if in.Carried != nil {
		carried = *in.Carried
	}
	if carried.ID == "" {
		carried.ID, carried.NextPage, carried.Status = ConversationID(info.OriginalRunID), 1, StatusOpen
	}
	work, _ := workflow.NewDisconnectedContext(ctx)
	c := &conversation{
		in: in, workflowID: info.WorkflowExecution.ID, root: ctx, signals: workflow.GetSignalChannel(ctx, SignalInbound),
		exec: &executor{ctx: work, log: log.With(workflow.GetLogger(ctx), "conversation", carried.ID)},
	}
	c.restore(carried)
	if err := workflow.SetQueryHandlerWithOptions(ctx, QueryState, c.snapshot, workflow.QueryHandlerOptions{
		Description: "The conversation's state and the end of its transcript",
	}); err != nil {
		return nil, err
	}
	return c, updates{c}.register(ctx)
}

// run is the loop that never loses a message: everything that was received is drained
// before the run ends, and between the last drain and the end nothing yields.
func (c *conversation) run() (ConversationResult, error) {
	for {
		c.drain()
		workflow.SetCurrentDetails(c.exec.ctx, newDetails(c).page())
		switch {
		case c.inbox.excessive() && c.exec.mayEndRun() && (c.exec.longHistory(c.in.MaxEvents) || c.ended()):
			c.inbox.spill(c.exec, c.id)
		case c.ended():
			return c.end()
		case c.full() && c.busy():
			c.cancelAndWait()
		case c.full() && len(c.transcript.tail) > 0:
			c.transcript.writePage(c.exec, c.id)
		case c.full():
			return ConversationResult{}, continueAsNew(c.root, c.in, c.carried())
		default:
			if do := c.next(); do != nil {
				do()
			} else {
				c.wait()
			}
		}
	}
}

// next returns the most urgent thing to do, nil when there is nothing but to wait.
func (c *conversation) next() func() {
	switch {
	case c.clock.timer.ready():
		return c.timerFired
	case c.outbox.delivery.ready():
		return c.settleDelivery
	case c.notice.activity.ready():
		return c.settleNotice
	case c.call.activity.ready():
		return c.settleCall
	case c.call.startDue():
		return func() { c.call.start(c.exec, c.address()) }
	case c.transcript.pageDue():
		return func() { c.transcript.writePage(c.exec, c.id) }
	case c.unsettled:
		return c.settle
	case c.turnDue():
		return c.turn
	case c.outbox.deliveryDue():
		return func() { c.outbox.startDelivery(c.exec) }
	case c.closing == nil && len(c.inbox.queue) == 0 && c.inbox.overflow.count() > 0:
		return func() { c.inbox.fetchOverflow(c.exec, &c.transcript, c.now) }
	case len(c.unclosed) > 0:
		return func() {
			startRecoveries(c.exec, c.unclosed, c.id)
			c.unclosed = nil
		}
	case c.closing != nil:
		return c.nextOfClosing()
	case c.state == nil && c.inbox.waiting() == 0 && !c.transcript.blank():
		return c.closeUnreadable
	}
	return nil
}

// wait blocks until there is something to do.
func (c *conversation) wait() {
	if purpose, at, ok := c.nextDeadline(); ok {
		c.clock.arm(c.exec, at, purpose)
	}
	c.exec.waitUntil(func() bool {
		return c.signals.Len() > 0 || c.clock.timer.ready() || c.outbox.delivery.ready() || c.notice.activity.ready() ||
			c.call.activity.ready() || c.cancelRequested() || c.unsettled
	})
}

// ended reports whether nothing is left to be done: the conversation is archived, or it never
// opened because only duplicates came.
func (c *conversation) ended() bool {
	if c.closing != nil {
		return c.closing.Archived && len(c.transcript.tail) == 0
	}
	return c.state == nil && c.inbox.waiting() == 0 && c.transcript.blank()
}

// end returns the result, or hands the messages that came meanwhile to a new conversation.
func (c *conversation) end() (ConversationResult, error) {
	if c.inbox.waiting() > 0 {
		return ConversationResult{}, c.openNext()
	}
	result := ConversationResult{
		Conversation: c.id, Outcome: OutcomeRepeat, Messages: c.transcript.messages, Replies: c.transcript.replies,
	}
	if c.closing != nil {
		result.Outcome = c.closing.Reason
	}
	if result.Outcome == OutcomeCanceled || (c.closing == nil && c.root.Err() != nil) {
		return result, temporal.NewCanceledError()
	}
	return result, nil
}

// retryNow makes what waits for the webhook be tried at once.
func (c *conversation) retryNow(at time.Time) {
	c.outbox.untroubled(activities.Pull) // it may be posted by now
	c.outbox.retryNow(at)
	c.notice.retryNow()
}

// contact is who the person is by now: as the bot knows them, or as the waiting messages say.
func (c *conversation) contact() bot.Contact {
	if c.state != nil {
		return c.state.Contact
	}
	return c.inbox.identify(bot.Contact{WaID: c.in.WaID, UserID: c.in.UserID})
}

// address says whose messages these are. The contact stays the one under whom the conversation
// was opened, so that an ISV finds all of a chat under one name.
func (c *conversation) address() activities.Address {
	return activities.Address{Conversation: c.id, WorkflowID: c.workflowID, Channel: c.in.Channel, Contact: c.in.Contact()}
}

// refreshStatus sets what matters most to operators: that messages wait for the ISV's webhook, or else
// who answers.
func (c *conversation) refreshStatus() {
	switch {
	case len(c.outbox.parked) > 0:
		c.attributes.setStatus(c.exec, StatusWaitingWebhook)
	case isMuted(c.state):
		c.attributes.setStatus(c.exec, StatusHandedOff)
	default:
		c.attributes.setStatus(c.exec, StatusOpen)
	}
}

// isMuted reports whether a person answers.
func isMuted(s *bot.State) bool { return s != nil && s.Muted() }
