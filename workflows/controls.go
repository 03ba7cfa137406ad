package workflows

import (
	"time"
	"unicode/utf8"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
)

// Types of a validator's errors, whose messages are for callers.
const (
	// RefusedInvalid is for what is wrong in itself.
	RefusedInvalid = "InvalidRequest"
	// RefusedConflict is for what comes at the wrong time.
	RefusedConflict = "Conflict"
	// RefusedTooMany is for what comes too often.
	RefusedTooMany = "TooMany"
)

// MaxControls is how many handoffs and resumes a conversation obeys within ControlsSpan. Each
// costs a workflow task of its own before a message can be answered, and some events.
const (
	MaxControls  = 10
	ControlsSpan = time.Minute
)

const (
	// reasonOperator is why an operator closed who gave no reason.
	reasonOperator = "operator"
	maxReason      = 32
	maxNote        = 500
)

// handleUpdates registers what operators may ask for. A handler writes the wish into the inbox
// and returns: one that was at work when its run ends would die with it.
func (c *conversation) handleUpdates(ctx workflow.Context) error {
	for _, err := range []error{
		workflow.SetUpdateHandlerWithOptions(ctx, UpdateClose, c.onClose, workflow.UpdateHandlerOptions{
			Validator: c.checkClose, Description: `Ends the chat with the bot's closing words and the notice. Takes {"reason": "…"}`,
		}),
		workflow.SetUpdateHandlerWithOptions(ctx, UpdateHandoff, c.onHandoff, workflow.UpdateHandlerOptions{
			Validator: c.checkHandoff, Description: `Mutes the bot: a person answers. Takes {"note": "…"}`,
		}),
		workflow.SetUpdateHandlerWithOptions(ctx, UpdateResume, c.onResume, workflow.UpdateHandlerOptions{
			Validator: c.checkResume, Description: "Lets the bot answer again; it asks its question anew",
		}),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *conversation) onClose(ctx workflow.Context, in CloseRequest) (ControlResult, error) {
	if in.Reason == "" {
		in.Reason = reasonOperator
	}
	return c.obey(ctx, activities.Wish{Control: bot.ControlClose, Reason: in.Reason}, StatusClosing)
}

func (c *conversation) onHandoff(ctx workflow.Context, in HandoffRequest) (ControlResult, error) {
	return c.obey(ctx, activities.Wish{Control: bot.ControlHandoff, Note: in.Note}, StatusHandedOff)
}

func (c *conversation) onResume(ctx workflow.Context, _ ResumeRequest) (ControlResult, error) {
	return c.obey(ctx, activities.Wish{Control: bot.ControlResume}, StatusOpen)
}

func (c *conversation) obey(ctx workflow.Context, w activities.Wish, status string) (ControlResult, error) {
	c.drain() // what came before it goes before it
	c.countControl()
	c.wish(w, "update:"+workflow.GetCurrentUpdateInfo(ctx).ID)
	return ControlResult{Conversation: c.ID, Status: status}, nil
}

func (c *conversation) checkClose(in CloseRequest) error {
	if len(in.Reason) > maxReason || !isWord(in.Reason) {
		return refuse(RefusedInvalid, "reason must be at most 32 of a-z, 0-9 and _")
	}
	return c.checkOpen(in.Addressee)
}

func (c *conversation) checkHandoff(in HandoffRequest) error {
	if len(in.Note) > maxNote || !utf8.ValidString(in.Note) {
		return refuse(RefusedInvalid, "note must be at most 500 bytes of UTF-8")
	}
	if err := c.checkObeys(in.Addressee); err != nil {
		return err
	}
	if c.willBeMuted() {
		return refuse(RefusedConflict, "the conversation is handed off already")
	}
	return nil
}

func (c *conversation) checkResume(in ResumeRequest) error {
	if err := c.checkObeys(in.Addressee); err != nil {
		return err
	}
	if !c.willBeMuted() {
		return refuse(RefusedConflict, "the conversation is not handed off")
	}
	return nil
}

// checkObeys refuses what a conversation that is open cannot do, or has done too often. A close is
// never too often.
func (c *conversation) checkObeys(to Addressee) error {
	if err := c.checkOpen(to); err != nil {
		return err
	}
	n := len(c.Controls)
	if n >= MaxControls && workflow.Now(c.work).Sub(c.Controls[n-MaxControls]) < ControlsSpan {
		return refuse(RefusedTooMany, "the conversation was handed off and resumed too often within a minute")
	}
	return nil
}

// countControl remembers when the latest ones were obeyed.
func (c *conversation) countControl() {
	c.Controls = append(c.Controls, workflow.Now(c.work).UTC())
	c.Controls = c.Controls[max(len(c.Controls)-MaxControls, 0):]
}

func (c *conversation) checkOpen(to Addressee) error {
	if to.Conversation != "" && to.Conversation != c.ID {
		return refuse(RefusedConflict, "the conversation is closed already")
	}
	closing := c.Closing != nil
	for _, m := range c.Inbox {
		closing = closing || (m.Wish != nil && m.Wish.Control == bot.ControlClose)
	}
	if closing {
		return refuse(RefusedConflict, "the conversation is being closed already")
	}
	return nil
}

// willBeMuted is who answers when all that waits has been looked at.
func (c *conversation) willBeMuted() bool {
	muted := c.muted()
	for _, m := range c.Inbox {
		switch {
		case m.Wish != nil && m.Wish.Control != bot.ControlUnsaid:
			muted = m.Wish.Control == bot.ControlHandoff
		case m.Echo:
			muted = true
		}
	}
	return muted
}

func (c *conversation) muted() bool { return c.State != nil && c.State.Muted() }

func refuse(kind, message string) error {
	return temporal.NewApplicationErrorWithOptions(message, kind, temporal.ApplicationErrorOptions{NonRetryable: true})
}

func isWord(s string) bool {
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' {
			return false
		}
	}
	return true
}

// wish queues what is asked for from outside, behind the messages that came before it. In a
// task that is repeated its place and time may be others: see settle.
func (c *conversation) wish(w activities.Wish, cause string) {
	at := workflow.Now(c.work).UTC().Truncate(time.Millisecond)
	if c.Closing != nil {
		return // it comes too late
	}
	c.enqueue(Queued{At: latest(at, c.latest()), Wish: &w, Inbound: Inbound{ID: cause}})
	c.unsettled = true
}

// latest is the latest time that was recorded.
func (c *conversation) latest() time.Time {
	at := latest(c.Now, c.due)
	if n := len(c.Inbox); n > 0 {
		at = latest(at, c.Inbox[n-1].At)
	}
	return at
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// settle ends the workflow task in which a wish came before anything is said because of it.
// Until then nothing of the wish is recorded: were the task repeated, more messages could
// stand before it, and the clock be another.
func (c *conversation) settle() {
	c.unsettled = false
	timer := workflow.NewTimerWithOptions(c.work, time.Millisecond, workflow.TimerOptions{Summary: "record what was asked for"})
	_ = timer.Get(c.work, nil) // the context is never cancelled
	c.dirty = false
}
