package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/store"
)

// nextOfClosing is the next step of the end: the last replies have been acknowledged or given
// up by then, so the notice, then the archive.
func (c *conversation) nextOfClosing() func() {
	switch {
	case len(c.Outbox) > 0:
		return nil
	case c.notice.out() && c.waiting() > 0 && !c.hurried:
		return c.hurryNotice
	case c.notice.out():
		return nil
	case c.Closing.Notice && !c.Closing.Told:
		return c.startNotice
	}
	return c.archive
}

// archive keeps what the conversation was. It is a regular activity, so that the task that
// ends the run holds none of ours.
func (c *conversation) archive() {
	with := c.contact()
	input := activities.ArchiveInput{
		Address: c.address(), WaID: with.WaID, UserID: with.UserID, Bot: c.Bot, Guard: c.guard(),
		OpenedAt: c.opened(), ClosedAt: c.Closing.At, Outcome: c.Closing.Reason,
		Messages: c.Messages, Replies: c.Replies, Unanswered: c.Unanswered, Refused: c.refused(),
		MessageIDs: c.handledIDs(), Page: c.NextPage, Entries: c.Tail,
	}
	ctx := workflow.WithActivityOptions(c.work, archiveOptions())
	err := workflow.ExecuteActivity(ctx, c.acts.Archive, input).Get(ctx, nil)
	c.dirty = false
	if err != nil {
		c.pause("Archive gave up", err)
		return
	}
	if len(input.Entries) > 0 {
		c.NextPage++
	}
	c.emptyTail(len(input.Entries))
	c.Closing.Archived = true
}

// guard is what the loop guard remembers of the contact; nil for nothing.
func (c *conversation) guard() *bot.Guard {
	if c.State == nil {
		return nil
	}
	return c.State.Guard()
}

// refused counts, by state, what the bot did not understand.
func (c *conversation) refused() map[string]int {
	if c.State == nil {
		return nil
	}
	return c.State.Refused
}

// opened is when somebody first said something; of what could not be read, when it came.
func (c *conversation) opened() time.Time {
	if c.State == nil {
		return c.Closing.At
	}
	return c.State.Started
}

// handledIDs are the messages of this conversation, without those that the next one has to
// answer.
func (c *conversation) handledIDs() store.MessageIDs {
	waiting := make(map[uint64]bool, c.waiting())
	for _, id := range c.waitingIDs() {
		waiting[id.Hash] = true
	}
	var ids store.MessageIDs
	for _, id := range c.own.IDs {
		if !waiting[id.Hash] {
			ids = append(ids, id)
		}
	}
	return ids
}
