package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/store"
)

// nextOfClosing is the next step of the end: the last replies have been acknowledged or given
// up by then, so the notice, then the archive.
func (c *conversation) nextOfClosing() func() {
	switch {
	case len(c.Outbox) > 0:
		return nil
	case c.notice.out() && len(c.Inbox) > 0:
		return c.hurryNotice
	case c.notice.out() || c.Closing.Archived:
		return nil
	case c.Closing.Notice && !c.Closing.Told:
		return c.startNotice
	}
	return c.archive
}

// startNotice is a regular activity, so that the closing stands in the history before it is
// said.
func (c *conversation) startNotice() {
	c.Sequence++
	ctx, cancel := workflow.WithCancel(workflow.WithActivityOptions(c.work, noticeOptions()))
	c.notice = pending{future: workflow.ExecuteActivity(ctx, c.acts.Notice, c.noticeInput()), cancel: cancel}
}

func (c *conversation) noticeInput() activities.NoticeInput {
	return activities.NoticeInput{Address: c.address(), Sequence: c.Sequence, MadeAt: c.Closing.At}
}

// settleNotice takes the outcome; without one the notice is started again.
func (c *conversation) settleNotice() {
	var result activities.NoticeResult
	err := c.notice.future.Get(c.work, &result)
	c.notice = pending{}
	c.dirty = false
	if err != nil {
		c.Sequence--
		return
	}
	c.told(result)
}

// hurryNotice gives the notice one last attempt: the contact has written again, and a new
// conversation must not wait for an ISV that refuses notices.
func (c *conversation) hurryNotice() {
	c.notice.cancel()
	c.settleNotice()
	for !c.Closing.Told {
		c.Sequence++
		input := c.noticeInput()
		input.Last = true
		ctx := workflow.WithActivityOptions(c.work, noticeOptions())
		c.notice.future = workflow.ExecuteActivity(ctx, c.acts.Notice, input)
		c.settleNotice()
	}
}

func (c *conversation) told(r activities.NoticeResult) {
	c.Closing.Told = true
	entry := Entry{At: r.At, Direction: store.Out, ID: r.ID, Sequence: c.Sequence, Type: "notice", Delivery: deliveredAtOnce, Body: r.Body}
	if r.State == store.DeliveryDead {
		entry.Delivery = inLedger
	}
	c.note(entry)
}

// archive keeps what the conversation was. It is a regular activity, so that the task that
// ends the run holds none of ours.
func (c *conversation) archive() {
	input := activities.ArchiveInput{
		Address: c.address(), WaID: c.in.WaID, UserID: c.in.UserID, Bot: c.Bot,
		OpenedAt: c.State.Started, ClosedAt: c.Closing.At, Outcome: c.Closing.Reason,
		Messages: c.Messages, Replies: c.Replies, Unanswered: c.Unanswered,
		MessageIDs: c.handledIDs(), Page: c.NextPage, Entries: c.Tail,
	}
	ctx := workflow.WithActivityOptions(c.work, archiveOptions())
	err := workflow.ExecuteActivity(ctx, c.acts.Archive, input).Get(ctx, nil)
	c.dirty = false
	if err != nil {
		c.pause("Archive gave up", err)
		return
	}
	c.Closing.Archived = true
	c.emptyTail(len(input.Entries))
}

// handledIDs are the messages of this conversation, without those that the next one has to
// answer.
func (c *conversation) handledIDs() store.MessageIDs {
	waiting := make(map[uint64]bool, len(c.Inbox))
	for _, m := range c.Inbox {
		waiting[store.HashMessageID(m.ID)] = true
	}
	var ids store.MessageIDs
	for _, id := range c.own.IDs {
		if !waiting[id.Hash] {
			ids = append(ids, id)
		}
	}
	return ids
}
