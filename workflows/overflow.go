package workflows

import (
	"encoding/json"

	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/store"
)

// keptAtOnce bounds one write of messages that wait, in bytes.
const keptAtOnce = 1 << 20

// noteLost stands where messages that waited in the database are not there any more.
const noteLost = "not answered: the messages that waited in the database are gone"

// Overflow are messages that wait in the database, because a run could not be handed them: they
// come after the inbox, and before what has arrived since.
type Overflow struct {
	// Owner is the conversation that was open when the first of them came.
	Owner string `json:"owner"`
	// Next is the number of the first that waits, IDs are those of all, in order.
	Next int              `json:"next"`
	IDs  store.MessageIDs `json:"ids"`
}

// overflowing reports whether messages wait behind the inbox: what arrives queues up behind them.
func (c *conversation) overflowing() bool {
	return c.Overflow != nil && len(c.Overflow.IDs) > 0 || len(c.behind) > 0
}

// waiting counts the messages that have not been answered, wherever they are.
func (c *conversation) waiting() int {
	n := len(c.Inbox) + len(c.behind)
	if c.Overflow != nil {
		n += len(c.Overflow.IDs)
	}
	return n
}

// excessive reports whether more waits than the next run can be handed.
func (c *conversation) excessive() bool { return c.inboxBytes > maxCarried || len(c.behind) > 0 }

// spill writes what the next run cannot be handed into the database. Unlike other local activities
// this one may stand in the task that ends the run: a repeated task writes under the same numbers
// again, and nobody outside sees it.
func (c *conversation) spill() {
	c.moveBehind()
	if c.Overflow == nil {
		c.Overflow = &Overflow{Owner: c.ID}
	}
	for len(c.behind) > 0 {
		in, n := c.overflowInput()
		ctx := workflow.WithLocalActivityOptions(c.work, overflowOptions(n))
		if err := workflow.ExecuteLocalActivity(ctx, c.acts.KeepOverflow, in).Get(ctx, nil); err != nil {
			c.pause("KeepOverflow gave up", err)
			continue
		}
		for _, m := range c.behind[:n] {
			c.Overflow.IDs = append(c.Overflow.IDs, m.messageID())
		}
		c.behind = c.behind[n:]
	}
}

// moveBehind takes from the inbox what the next run cannot be handed; wishes stay in it.
func (c *conversation) moveBehind() {
	if c.overflowing() {
		return
	}
	inbox := c.Inbox
	c.Inbox, c.inboxBytes = nil, 0
	for i, m := range inbox {
		if m.Wish == nil && c.inboxBytes+m.size() > maxCarried/2 {
			c.behind = append(c.behind, m)
			c.deferred = min(c.deferred, i)
			continue
		}
		if m.Wish == nil && len(c.behind) > 0 {
			c.behind = append(c.behind, m)
			continue
		}
		c.enqueue(m)
	}
}

// overflowInput is what is written at once, and how many messages that are.
func (c *conversation) overflowInput() (in activities.OverflowInput, n int) {
	in = activities.OverflowInput{Owner: c.Overflow.Owner, From: c.Overflow.Next + len(c.Overflow.IDs)}
	size := 0
	for _, m := range c.behind {
		if size += m.size(); size > keptAtOnce && n > 0 {
			break
		}
		encoded, err := json.Marshal(m)
		if err != nil { // it has been JSON before
			workflow.GetLogger(c.work).Error("a waiting message cannot be encoded", "conversation", c.ID, "error", err)
			encoded = []byte("{}")
		}
		in.Messages = append(in.Messages, encoded)
		n++
	}
	return in, n
}

// fetchDue reports whether the inbox is empty and messages wait in the database.
func (c *conversation) fetchDue() bool {
	return c.Closing == nil && len(c.Inbox) == 0 && c.Overflow != nil && len(c.Overflow.IDs) > 0
}

// fetch takes the first messages that wait in the database into the inbox. It is a regular
// activity, so that it cannot find what the same task has written.
func (c *conversation) fetch() {
	in := *c.overflowRange()
	ctx := workflow.WithActivityOptions(c.work, keep("take up messages that wait"))
	var result activities.OverflowResult
	err := workflow.ExecuteActivity(ctx, c.acts.FetchOverflow, in).Get(ctx, &result)
	c.dirty = false
	if err != nil {
		c.pause("FetchOverflow gave up", err)
		return
	}
	for _, raw := range result.Messages {
		var m Queued
		if err := json.Unmarshal(raw, &m); err != nil {
			workflow.GetLogger(c.work).Error("a waiting message cannot be read", "conversation", c.ID, "error", err)
			continue
		}
		c.enqueue(m)
	}
	c.taken(len(result.Messages))
}

func (c *conversation) overflowRange() *activities.OverflowRange {
	if c.Overflow == nil || len(c.Overflow.IDs) == 0 {
		return nil
	}
	return &activities.OverflowRange{Owner: c.Overflow.Owner, From: c.Overflow.Next, Count: len(c.Overflow.IDs)}
}

// taken forgets the first n messages that waited in the database. None means that they are gone.
func (c *conversation) taken(n int) {
	if n == 0 {
		n = len(c.Overflow.IDs)
		c.Unanswered += n
		c.note(Entry{At: c.Now, Direction: store.Note, Note: noteLost})
	}
	c.Overflow.IDs = c.Overflow.IDs[n:]
	c.Overflow.Next += n
	if len(c.Overflow.IDs) > 0 {
		return
	}
	behind := c.behind
	c.behind = nil
	for _, m := range behind {
		c.enqueue(m)
	}
}

// messageID is under which a message is remembered.
func (m Queued) messageID() store.MessageID {
	return store.MessageID{Hash: store.HashMessageID(m.ID), Timestamp: m.Timestamp}
}

// waitingIDs are those of all messages that wait.
func (c *conversation) waitingIDs() store.MessageIDs {
	var ids store.MessageIDs
	for _, m := range c.Inbox {
		ids = append(ids, m.messageID())
	}
	if c.Overflow != nil {
		ids = append(ids, c.Overflow.IDs...)
	}
	for _, m := range c.behind {
		ids = append(ids, m.messageID())
	}
	return ids
}
