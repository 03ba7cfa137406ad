package workflows

import (
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/store"
)

// Notice is the workflow that carries a close notice on when its conversation cannot wait for
// it any longer: the ISV refuses it, or the contact has written again. It ends when the
// notice was taken or its 72 hours are over; cancelling it makes a dead letter of the notice.
func Notice(ctx workflow.Context, in activities.NoticeInput) (activities.SlowResult, error) {
	in.Carried = true
	workflow.SetCurrentDetails(ctx, "The close notice of "+in.Conversation+" is tried for 72 hours; "+
		"*Pending Activities* says how often it was, and why it was not taken.")
	var acts *activities.Activities
	var result activities.SlowResult
	sending := workflow.WithActivityOptions(ctx, noticeOptions())
	for ctx.Err() == nil {
		err := workflow.ExecuteActivity(sending, acts.Notice, in).Get(sending, &result)
		if err == nil {
			return result, nil
		}
		workflow.GetLogger(ctx).Info("a notice came back without an outcome", "conversation", in.Conversation, "error", err)
		_ = workflow.Sleep(ctx, again) // cancelled: the loop sees it
	}
	undisturbed, _ := workflow.NewDisconnectedContext(ctx)
	undisturbed = workflow.WithActivityOptions(undisturbed, keep("make a dead letter of the notice"))
	if err := workflow.ExecuteActivity(undisturbed, acts.GiveUp, in).Get(undisturbed, &result); err != nil {
		return result, err
	}
	return result, temporal.NewCanceledError()
}

// startNotice is a regular activity, so that the closing stands in the history before it is
// said.
func (c *conversation) startNotice() {
	in := c.noticeInput()
	in.Once = c.waiting() > 0
	ctx, cancel := workflow.WithCancel(workflow.WithActivityOptions(c.work, noticeOptions()))
	c.notice = pending{future: workflow.ExecuteActivity(ctx, c.acts.Notice, in), cancel: cancel}
	c.hurried = in.Once
}

func (c *conversation) noticeInput() activities.NoticeInput {
	return activities.NoticeInput{Address: c.address(), Sequence: c.Sequence + 1, MadeAt: c.Closing.At}
}

// settleNotice takes the outcome; without one the notice is started again.
func (c *conversation) settleNotice() {
	var result activities.SlowResult
	err := c.notice.future.Get(c.work, &result)
	c.notice = pending{}
	c.dirty = false
	switch {
	case err != nil:
	case result.State == store.DeliveryWaiting:
		c.handOver()
	default:
		c.told(result)
	}
}

// hurryNotice takes the notice back, unless it is taken at this very moment, to offer it one
// last time: the contact has written again, and a new conversation must not wait for an ISV
// that refuses notices.
func (c *conversation) hurryNotice() {
	c.notice.cancel()
	c.settleNotice()
}

// handOver starts the workflow that carries the notice on; it outlives this one, so its start
// is awaited. One that is there already does it.
func (c *conversation) handOver() {
	in := c.noticeInput()
	ctx := workflow.WithChildOptions(c.work, c.childOptions("notice:"+c.ID, "carry the close notice on"))
	err := workflow.ExecuteChildWorkflow(ctx, NoticeType, in).GetChildWorkflowExecution().Get(ctx, nil)
	c.dirty = false
	if err != nil && !temporal.IsWorkflowExecutionAlreadyStartedError(err) {
		c.pause("the notice's workflow was not started", err)
		return
	}
	c.told(activities.SlowResult{State: store.DeliveryWaiting, At: c.Closing.At})
}

// childOptions are those of a workflow that outlives this one.
func (c *conversation) childOptions(id, summary string) workflow.ChildWorkflowOptions {
	return workflow.ChildWorkflowOptions{
		WorkflowID: id, ParentClosePolicy: enums.PARENT_CLOSE_POLICY_ABANDON, StaticSummary: summary,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			AttributeWaID().ValueSet(c.in.Channel), AttributeContact().ValueSet(c.in.Contact()),
		),
	}
}

// told notes the notice in the transcript. It is the conversation's last message.
func (c *conversation) told(r activities.SlowResult) {
	c.Closing.Told = true
	c.Sequence++
	id, body := activities.NoticeMessage(c.ID)
	entry := Entry{At: r.At, Direction: store.Out, ID: id, Sequence: c.Sequence, Type: "notice", Delivery: store.DeliveredAtOnce, Body: body}
	if r.State != store.DeliveryDelivered {
		entry.Delivery = store.InLedger
	}
	c.note(entry)
}
