package workflows

import (
	"slices"
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/store"
)

const (
	// maxOutbox is how many replies may wait in the ledger before no more are made.
	maxOutbox = 1000
	// again is the pause before an activity that gave up is scheduled anew.
	again = 20 * time.Second
)

// turnDue says that the bot has something to answer. A closed conversation answers nothing:
// what comes then opens the next one.
func (c *conversation) turnDue() bool {
	switch {
	case c.Closing != nil:
		return false
	case c.wishWaits():
		return true
	}
	return len(c.Outbox) < maxOutbox && (len(c.news()) > 0 || c.calledBack() || c.timerDue())
}

// wishWaits says that somebody outside wants something: that is done also when the outbox is
// full.
func (c *conversation) wishWaits() bool {
	return slices.ContainsFunc(c.news(), func(m Queued) bool { return m.Wish != nil })
}

// turn lets the bot answer what waits, and delivers what it said.
func (c *conversation) turn() {
	input := c.replyInput()
	var result activities.ReplyResult
	ctx := workflow.WithLocalActivityOptions(c.work, replyOptions(input))
	c.dirty = true
	if err := workflow.ExecuteLocalActivity(ctx, c.acts.Reply, input).Get(ctx, &result); err != nil {
		c.pause("Reply gave up", err)
		return
	}
	c.apply(input, result)
}

// replyInput copies what the workflow goes on to change: a local activity gets its input
// without serialisation, and one that overruns its time is still reading it.
func (c *conversation) replyInput() activities.ReplyInput {
	with := c.contact()
	in := activities.ReplyInput{
		Conversation: c.ID, WorkflowID: c.workflowID, Channel: c.in.Channel, WaID: with.WaID, UserID: with.UserID,
		Bot: c.Bot, State: c.State, Page: c.NextPage, Horizon: max(c.own.Horizon, c.others.Horizon),
		Timers: slices.Clone(c.Timers), Hold: c.held(), Until: c.due, Handoff: c.Handoff,
	}
	if c.calledBack() {
		in.Result, in.CallFor = c.Call.Outcome, c.Call.For
	}
	for _, m := range c.Inbox {
		if in.Bot == "" {
			in.Bot = m.Bot
		}
		in.Messages = append(in.Messages, activities.Incoming{
			ID: m.ID, At: m.At, Timestamp: m.Timestamp, WaID: m.WaID, UserID: m.UserID, Name: m.Name,
			Body: m.Message, Echo: m.Echo, Wish: m.Wish,
		})
	}
	return in
}

func (c *conversation) apply(in activities.ReplyInput, r activities.ReplyResult) {
	for _, id := range slices.Backward(r.Known) {
		c.others.add(id)
	}
	if r.KnownMore && len(r.Known) > 0 {
		c.others.Horizon = max(c.others.Horizon, r.Known[len(r.Known)-1].Timestamp, 1)
	}
	deferred := r.Deferred
	if r.Close != nil {
		deferred = nil // it was said in the conversation that ends
	}
	looked := c.take(r.Handled, deferred)
	if r.State == nil {
		return
	}
	if c.State != nil && !c.State.Contact.Same(r.State.Contact) {
		// What was answered under an identity that is learned only now is not among the others.
		c.others.Horizon = max(c.others.Horizon, r.Now.Unix())
	}
	c.State, c.Bot, c.Timers = r.State, in.Bot, r.Timers
	if len(r.Unclosed) > 0 {
		// What stood in them is known only when they are recovered: until then, and afterwards, old
		// messages are looked up.
		c.others.Horizon = max(c.others.Horizon, r.Now.Unix())
		c.Unclosed = append(c.Unclosed, r.Unclosed...)
	}
	if r.Now.After(c.Now) {
		c.Now = r.Now
	}
	c.label(r.Label)
	c.record(looked, r)
	c.Handoff = r.Handoff
	early := c.calling() && len(r.Sends) > 0
	c.followCall(r)
	if r.Close != nil {
		c.close(*r.Close)
	}
	if early {
		c.settle()
	}
	if len(r.Sends) > 0 {
		c.deliver(r.Sends)
	}
	c.refreshStatus()
}

// record writes what was looked at into the transcript; repeats stand there already. What was
// deferred gets its place when it is answered, which it is not when the conversation ends.
func (c *conversation) record(looked []Queued, r activities.ReplyResult) {
	notes := r.Notes
	for i, m := range looked {
		notes = c.addNotes(notes, i)
		switch {
		case slices.Contains(r.Deferred, i):
			if r.Close != nil {
				c.leaveUnanswered(m, noteCallOut)
			}
		case slices.Contains(r.Repeats, i):
			c.Repeats++
		case m.Wish != nil:
			c.note(wishEntry(m, ""))
		case m.Echo:
			c.note(incomingEntry(m))
		default:
			c.Messages++
			c.note(incomingEntry(m))
		}
	}
	c.addNotes(notes, len(looked))
}

// addNotes writes the notes that stand behind the first n messages, and gives the others.
func (c *conversation) addNotes(notes []activities.Note, n int) []activities.Note {
	for len(notes) > 0 && notes[0].After <= n {
		c.note(Entry{At: notes[0].At, Direction: store.Note, Note: notes[0].Text})
		notes = notes[1:]
	}
	return notes
}

// close begins the end of the conversation. Its time is the event's, not the clock's.
func (c *conversation) close(how bot.Close) {
	c.Closing = &Closing{Reason: how.Reason, Notice: how.Notice, At: c.Now}
	c.unsettled = false
	c.keepMessages()
}

// keepUnreadable ends a conversation that nobody began, for the sake of its transcript: what
// could not be read must not vanish.
func (c *conversation) keepUnreadable() {
	c.Now = latest(c.Now, workflow.GetInfo(c.work).WorkflowStartTime.UTC())
	c.close(bot.Close{Reason: OutcomeUnreadable})
}

// askToCancel turns a cancellation into the wish to close properly.
func (c *conversation) askToCancel() {
	c.canceled = true
	c.wish(activities.Wish{Control: bot.ControlClose, Reason: OutcomeCanceled}, "cancel")
}

// note appends to the transcript.
func (c *conversation) note(e store.Entry) {
	c.Tail = append(c.Tail, e)
	c.tailBytes += entrySize(e)
	c.remark(e)
}

// pause keeps an activity that failed for good from being scheduled in a circle.
func (c *conversation) pause(what string, err error) {
	workflow.GetLogger(c.work).Error(what, "conversation", c.ID, "error", err)
	_ = workflow.Sleep(c.work, again)
	c.dirty = false
}
