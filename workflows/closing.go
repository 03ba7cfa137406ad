package workflows

import (
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
)

// Closing is how far the end of a conversation has come. It is made when the conversation closes.
type Closing struct {
	Reason string `json:"reason"`
	// Notice says that the ISV is to be told; Told that it was, or that the Notice workflow does it.
	Notice bool `json:"notice"`
	Told   bool `json:"told,omitempty"`
	// At is when the conversation was closed.
	At       time.Time `json:"at"`
	Archived bool      `json:"archived,omitempty"`
	// LastWords is the message that carries the notice, and waits in the ledger; nil for a notice apart.
	LastWords *Parked `json:"lastWords,omitempty"`
}

// notice is the activity that delivers the close notice.
type notice struct {
	activity pending
	// once reports whether the activity makes a single attempt, retry whether the next one is to be made
	// at once.
	once, retry bool
}

// retryNow makes the notice be tried at once, as that of the outbox does.
func (n *notice) retryNow() {
	if n.activity.running() && !n.retry {
		n.retry = true
		n.activity.cancel()
	}
}

// nextOfClosing returns the next step of the end; nil when there is nothing but to wait. The last
// replies are delivered or given up first, then comes the notice, then the archive. Once the contact
// has written again, the notice is tried one last time: a new conversation must not wait for an ISV
// that refuses it.
func (c *conversation) nextOfClosing() func() {
	switch {
	case len(c.outbox.parked) > 0:
		return nil
	case c.notice.activity.running() && c.inbox.waiting() > 0 && !c.notice.once:
		return c.cancelNotice
	case c.notice.activity.running():
		return nil
	case c.closing.Notice && !c.closing.Told:
		return c.startNotice
	}
	return c.archive
}

// startNotice delivers the notice by a regular activity, so that the close is recorded before it is
// said.
func (c *conversation) startNotice() {
	in := c.noticeInput()
	in.Once, in.Retry = c.inbox.waiting() > 0, c.notice.retry
	c.notice = notice{activity: c.exec.start(noticeOptions(), acts.Notice, in), once: in.Once}
}

func (c *conversation) noticeInput() activities.NoticeInput {
	in := activities.NoticeInput{Address: c.address(), Sequence: c.outbox.sequence + 1, MadeAt: c.closing.At}
	if last := c.closing.LastWords; last != nil {
		in.ID, in.Sequence = last.ID, last.Sequence
	}
	return in
}

// keepLastWords writes the message that carries the notice into the ledger, from where Notice delivers it:
// only what stands in the history may say that the conversation has ended. made is the id that it had
// without the notice.
func (c *conversation) keepLastWords(last chat.Send, made string) {
	messages := c.outbox.number([]chat.Send{last})
	c.transcript.replies++
	keep(c.exec, activities.ParkInput{Address: c.address(), Messages: messages, Notice: true})
	c.closing.LastWords = &Parked{ID: last.ID, Sequence: messages[0].Sequence}
	c.transcript.addLastWords(messages[0], made)
}

// cancelNotice takes the notice back. It may have been delivered meanwhile, which counts.
func (c *conversation) cancelNotice() {
	c.notice.activity.cancel()
	c.settleNotice()
}

// settleNotice takes the result; without one the notice is started again.
func (c *conversation) settleNotice() {
	var result activities.SlowResult
	err := c.exec.finish(&c.notice.activity, &result)
	switch {
	case err != nil:
	case result.State == store.DeliveryWaiting:
		c.handOverNotice()
	default:
		c.noticeDone(result)
	}
}

// handOverNotice starts the workflow that carries the notice on. It outlives this one, so its start
// is awaited.
func (c *conversation) handOverNotice() {
	options := workflow.ChildWorkflowOptions{
		WorkflowID: NoticeID(c.id), ParentClosePolicy: enums.PARENT_CLOSE_POLICY_ABANDON,
		StaticSummary: "carry the close notice on",
		TypedSearchAttributes: temporal.NewSearchAttributes(
			AttributeWaID().ValueSet(c.in.Channel), AttributeContact().ValueSet(c.in.Contact()),
		),
	}
	if err := c.exec.startChild(options, NoticeType, c.noticeInput()); err != nil {
		c.exec.pause("start of the Notice workflow", err)
		return
	}
	c.noticeDone(activities.SlowResult{State: store.DeliveryWaiting, At: c.closing.At})
}

// noticeDone writes the notice into the transcript, unless it is in the last words, which stand there. It
// is the conversation's last message.
func (c *conversation) noticeDone(r activities.SlowResult) {
	c.closing.Told = true
	if last := c.closing.LastWords; last != nil {
		c.inbox.rememberSent(r.WAMID, r.At)
		if r.State == store.DeliveryDead {
			c.transcript.addDead(*last, r.At)
		}
		return
	}
	c.outbox.sequence++
	id, body := activities.NoticeMessage(c.id)
	entry := Entry{At: r.At, Direction: store.Out, ID: id, Sequence: c.outbox.sequence, Type: "notice", Delivery: store.DeliveredAtOnce, Body: body}
	if r.State != store.DeliveryDelivered {
		entry.Delivery = store.InLedger
	}
	c.transcript.add(entry)
}

// archive stores the conversation. It is a regular activity, so that the task that ends the run
// holds no local one.
func (c *conversation) archive() {
	contact, t := c.contact(), &c.transcript
	input := activities.ArchiveInput{
		Address: c.address(), WaID: contact.WaID, UserID: contact.UserID, Bot: c.bot,
		OpenedAt: c.closing.At, ClosedAt: c.closing.At, Outcome: c.closing.Reason,
		Messages: t.messages, Replies: t.replies, Unanswered: t.unanswered,
		MessageIDs: c.inbox.handledIDs(), Page: t.nextPage, Entries: t.tail,
	}
	if s := c.state; s != nil { // nil when nothing could be decoded
		input.OpenedAt, input.Guard, input.Refused, input.Vars = s.Started, s.Guard(), s.Refused, s.Vars
	}
	if err := c.exec.regular(ownDatabase("archive the conversation"), acts.Archive, input, nil); err != nil {
		c.exec.pause("Archive", err)
		return
	}
	t.written(len(input.Entries))
	c.closing.Archived = true
}
