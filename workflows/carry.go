package workflows

import (
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
)

const (
	// maxTail is how much of the transcript makes a page, in bytes.
	maxTail = 64 << 10
	// entryOverhead is what an entry takes beside its body and id.
	entryOverhead = 200
)

// full says that the run has grown long enough and may end here: not in a task that holds a
// local activity, and not with more waiting than the next run can be handed.
func (c *conversation) full() bool { return !c.dirty && !c.excessive() && c.grown() }

// grown reports whether the run is long enough.
func (c *conversation) grown() bool {
	info := workflow.GetInfo(c.work)
	return info.GetContinueAsNewSuggested() || (c.in.MaxEvents > 0 && info.GetCurrentHistoryLength() > c.in.MaxEvents)
}

func (c *conversation) out() bool { return c.delivery.out() || c.notice.out() || c.call.out() }

// cancelAndWait takes back what is out. It may have been delivered meanwhile, which counts.
func (c *conversation) cancelAndWait() {
	if c.delivery.out() {
		c.delivery.cancel()
		c.settleDelivery()
	}
	if c.notice.out() {
		c.notice.cancel()
		c.settleNotice()
	}
	if c.call.out() {
		c.takeCallBack()
	}
}

// writePage keeps the beginning of what is not kept yet as a page. It is a regular activity, so that no
// lookup of the same task can find what it wrote.
func (c *conversation) writePage() {
	input := activities.PageInput{Conversation: c.ID, Number: c.NextPage, Entries: c.page()}
	ctx := workflow.WithActivityOptions(c.work, pageOptions(c.NextPage))
	err := workflow.ExecuteActivity(ctx, c.acts.WritePage, input).Get(ctx, nil)
	c.dirty = false
	if err != nil {
		c.pause("WritePage gave up", err)
		return
	}
	c.NextPage++
	c.emptyTail(len(input.Entries))
}

// page is what goes into the next page: as much as makes it full, and at least one entry.
func (c *conversation) page() []Entry {
	size := 0
	for i, e := range c.Tail {
		if size += entrySize(e); size >= maxTail {
			return c.Tail[:i+1]
		}
	}
	return c.Tail
}

func entrySize(e Entry) int { return len(e.Body) + len(e.ID) + len(e.InReplyTo) + entryOverhead }

// emptyTail drops the entries that are kept elsewhere.
func (c *conversation) emptyTail(n int) {
	rest := c.Tail[n:]
	c.Tail, c.tailBytes = nil, 0
	for _, e := range rest {
		c.Tail = append(c.Tail, e)
		c.tailBytes += entrySize(e)
	}
}

// continueAsNew carries the conversation into a new run.
func (c *conversation) continueAsNew(ctx workflow.Context) error {
	carried := c.Carried
	carried.Own, carried.Others = c.own.Remembered, c.others.Remembered
	return c.continueWith(ctx, carried)
}

// openAnew lets the messages that came during the end open a new conversation: only they and
// what is remembered travel.
func (c *conversation) openAnew() error {
	carried := Carried{Inbox: c.Inbox, Overflow: c.Overflow, Own: Remembered{Horizon: c.own.Horizon}}
	others := c.others
	for _, id := range c.handledIDs() {
		others.add(id)
	}
	carried.Others = others.Remembered
	carried.Own.IDs = c.waitingIDs()
	c.in.WaID, c.in.UserID = c.contact().WaID, c.contact().UserID
	return c.continueWith(c.work, carried)
}

func (c *conversation) continueWith(ctx workflow.Context, carried Carried) error {
	next := c.in
	next.Carried = &carried
	return workflow.NewContinueAsNewError(ctx, ConversationType, next)
}
