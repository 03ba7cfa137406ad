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
	case c.Wish != nil:
		return true
	}
	return len(c.Outbox) < maxOutbox && (len(c.Inbox) > 0 || c.timerDue())
}

// turn lets the bot answer what waits, and delivers what it said.
func (c *conversation) turn() {
	input := c.replyInput()
	var result activities.ReplyResult
	ctx := workflow.WithLocalActivityOptions(c.work, replyOptions(len(input.Messages)))
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
	in := activities.ReplyInput{
		Conversation: c.ID, WorkflowID: c.workflowID, Channel: c.in.Channel, WaID: c.in.WaID, UserID: c.in.UserID,
		Bot: c.Bot, State: c.State, Page: c.NextPage, Horizon: max(c.own.Horizon, c.others.Horizon),
		Timers: slices.Clone(c.Timers), Hold: c.held(), Until: c.due, Close: c.Wish,
	}
	if in.Bot == "" && len(c.Inbox) > 0 {
		in.Bot = c.Inbox[0].Bot
	}
	for _, m := range c.Inbox {
		in.Messages = append(in.Messages, activities.Incoming{
			ID: m.ID, At: m.At, Timestamp: m.Timestamp, Name: m.Name, Body: m.Message,
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
	taken := c.take(r.Handled)
	if r.State == nil {
		return
	}
	c.State, c.Bot, c.Timers = r.State, in.Bot, r.Timers
	if r.Now.After(c.Now) {
		c.Now = r.Now
	}
	c.label(r.Label)
	c.record(taken, r.Repeats)
	if r.Handled == len(in.Messages) {
		c.Wish = nil
	}
	if r.Close != nil {
		c.close(*r.Close)
	}
	if len(r.Sends) > 0 {
		c.deliver(r.Sends)
	}
}

// record writes the messages that were answered into the transcript; repeats stand there
// already.
func (c *conversation) record(taken []Queued, repeats []int) {
	for i, m := range taken {
		if slices.Contains(repeats, i) {
			c.Repeats++
			continue
		}
		c.Messages++
		c.note(incomingEntry(m))
	}
}

// close begins the end of the conversation. Its time is the event's, not the clock's.
func (c *conversation) close(how bot.Close) {
	c.Closing = &Closing{Reason: how.Reason, Notice: how.Notice, At: c.Now}
	c.Wish = nil
	c.trimInbox()
}

// askToCancel turns a cancellation into the wish to close properly.
func (c *conversation) askToCancel() {
	c.canceled = true
	c.ask(activities.CloseWish{Reason: OutcomeCanceled, Cause: "cancel", At: c.Now})
}

// ask keeps the first wish: a conversation closes once.
func (c *conversation) ask(wish activities.CloseWish) {
	if c.Wish == nil && c.Closing == nil {
		c.Wish = &wish
	}
}

// note appends to the transcript.
func (c *conversation) note(e store.Entry) {
	c.Tail = append(c.Tail, e)
	c.tailBytes += entrySize(e)
}

// pause keeps an activity that failed for good from being scheduled in a circle.
func (c *conversation) pause(what string, err error) {
	workflow.GetLogger(c.work).Error(what, "conversation", c.ID, "error", err)
	_ = workflow.Sleep(c.work, again)
	c.dirty = false
}
