package workflows

import (
	"time"
	"unicode/utf8"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
)

// Types of a validator's errors, whose messages are for callers.
const (
	// RefusedInvalid is for a request with a wrong argument.
	RefusedInvalid = "InvalidRequest"
	// RefusedConflict is for a request that the conversation's state does not allow.
	RefusedConflict = "Conflict"
	// RefusedTooMany is for a request that comes too often.
	RefusedTooMany = "TooMany"
)

// MaxControls is how many handoffs and resumes a conversation accepts within ControlsSpan. Each
// costs a workflow task of its own before a message can be answered, and some events.
const (
	MaxControls  = 10
	ControlsSpan = time.Minute
)

const (
	// reasonOperator is the reason of an operator who closes and gives none.
	reasonOperator = "operator"
	// maxReason and maxNote bound what operators may send, in bytes.
	maxReason = 32
	maxNote   = 500
)

// updates are the handlers of what operators may ask a conversation for, each with its validator.
// A handler queues a control and returns: one that was at work when its run ends would die with it.
type updates struct{ *conversation }

func (u updates) register(ctx workflow.Context) error {
	for _, err := range []error{
		workflow.SetUpdateHandlerWithOptions(ctx, UpdateClose, u.close, workflow.UpdateHandlerOptions{
			Validator: u.checkClose, Description: `Ends the chat with the bot's closing words and the notice. Takes {"reason": "…"}`,
		}),
		workflow.SetUpdateHandlerWithOptions(ctx, UpdateHandoff, u.handoff, workflow.UpdateHandlerOptions{
			Validator: u.checkHandoff, Description: `Mutes the bot: a person answers. Takes {"note": "…"}`,
		}),
		workflow.SetUpdateHandlerWithOptions(ctx, UpdateResume, u.resume, workflow.UpdateHandlerOptions{
			Validator: u.checkResume, Description: "Lets the bot answer again; it asks its question anew",
		}),
		workflow.SetUpdateHandlerWithOptions(ctx, UpdateRetry, u.retry, workflow.UpdateHandlerOptions{
			Validator: u.checkRetry, Description: "Tries at once to deliver what waits for the webhook",
		}),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

func (u updates) close(ctx workflow.Context, in CloseRequest) (ControlResult, error) {
	if in.Reason == "" {
		in.Reason = reasonOperator
	}
	return u.queue(ctx, chat.Control{Kind: bot.ControlClose, Reason: in.Reason}, StatusClosing)
}

func (u updates) handoff(ctx workflow.Context, in HandoffRequest) (ControlResult, error) {
	return u.queue(ctx, chat.Control{Kind: bot.ControlHandoff, Note: in.Note}, StatusHandedOff)
}

func (u updates) resume(ctx workflow.Context, _ ResumeRequest) (ControlResult, error) {
	return u.queue(ctx, chat.Control{Kind: bot.ControlResume}, StatusOpen)
}

func (u updates) retry(ctx workflow.Context, _ RetryRequest) (ControlResult, error) {
	c := u.conversation
	c.retryNow(workflow.Now(ctx).UTC())
	return ControlResult{Conversation: c.id, Status: c.attributes.status}, nil
}

func (u updates) queue(ctx workflow.Context, control chat.Control, status string) (ControlResult, error) {
	c := u.conversation
	c.drain() // messages that came before it are handled before it
	c.controls = append(c.controls, workflow.Now(c.exec.ctx).UTC())
	c.controls = c.controls[max(len(c.controls)-MaxControls, 0):]
	c.queueControl(control, "update:"+workflow.GetCurrentUpdateInfo(ctx).ID)
	return ControlResult{Conversation: c.id, Status: status}, nil
}

func (u updates) checkClose(in CloseRequest) error {
	if len(in.Reason) > maxReason || !isWord(in.Reason) {
		return refuse(RefusedInvalid, "reason must be at most 32 of a-z, 0-9 and _")
	}
	return u.checkOpen(in.Addressee)
}

func (u updates) checkHandoff(in HandoffRequest) error {
	if len(in.Note) > maxNote || !utf8.ValidString(in.Note) {
		return refuse(RefusedInvalid, "note must be at most 500 bytes of UTF-8")
	}
	if err := u.checkRate(in.Addressee); err != nil {
		return err
	}
	if u.inbox.mutedAfter(isMuted(u.state)) {
		return refuse(RefusedConflict, "the conversation is handed off already")
	}
	return nil
}

func (u updates) checkResume(in ResumeRequest) error {
	if err := u.checkRate(in.Addressee); err != nil {
		return err
	}
	if !u.inbox.mutedAfter(isMuted(u.state)) {
		return refuse(RefusedConflict, "the conversation is not handed off")
	}
	return nil
}

// checkRetry also lets a conversation be retried that closes: its last words may wait.
func (u updates) checkRetry(in RetryRequest) error {
	if err := u.checkSame(in.Addressee); err != nil {
		return err
	}
	if len(u.outbox.parked) == 0 && !u.notice.activity.running() {
		return refuse(RefusedConflict, "nothing of this conversation waits for the webhook")
	}
	if workflow.Now(u.exec.ctx).Sub(u.outbox.retriedAt) < askedRetry {
		return refuse(RefusedTooMany, "what waits was tried again just now")
	}
	return nil
}

// checkRate refuses a handoff or resume of a conversation that is not open or had too many of them. A
// close is never too much.
func (u updates) checkRate(to Addressee) error {
	if err := u.checkOpen(to); err != nil {
		return err
	}
	n := len(u.controls)
	if n >= MaxControls && workflow.Now(u.exec.ctx).Sub(u.controls[n-MaxControls]) < ControlsSpan {
		return refuse(RefusedTooMany, "the conversation was handed off and resumed too often within a minute")
	}
	return nil
}

func (u updates) checkSame(to Addressee) error {
	if to.Conversation != "" && to.Conversation != u.id {
		return refuse(RefusedConflict, "the conversation is closed already")
	}
	return nil
}

func (u updates) checkOpen(to Addressee) error {
	if err := u.checkSame(to); err != nil {
		return err
	}
	if u.closing != nil || u.inbox.closeWaits() {
		return refuse(RefusedConflict, "the conversation is being closed already")
	}
	return nil
}

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
