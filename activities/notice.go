package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
)

// maxInlineNoticeAttempts is how often a conversation tries to deliver its notice before it ends and
// leaves the notice to the Notice workflow.
const maxInlineNoticeAttempts = 5

// inlineNoticeTime is the same as a time, for an endpoint that gets no attempts now: about as long as
// those attempts take.
const inlineNoticeTime = time.Minute

// NoticeInput is the close notice of a conversation.
type NoticeInput struct {
	Address
	// ID is the webhook-id of the conversation's last words, which say it too: they are in the ledger.
	// Empty is a notice apart.
	ID       string    `json:"id,omitempty"`
	Sequence int       `json:"sequence"`
	MadeAt   time.Time `json:"madeAt"`
	// Once is set when a new message waits: one attempt, then the Notice workflow goes on.
	Once bool `json:"once,omitempty"`
	// Carried is set by the Notice workflow: attempts for 72 hours.
	Carried bool `json:"carried,omitempty"`
	// Retry makes the first attempt at once, before it is due.
	Retry bool `json:"retry,omitempty"`
}

// Notice delivers the close notice of a conversation. One that is apart is written into the ledger only if
// its first attempt failed. The result is "waiting" if the Notice workflow has to go on.
func (a *Activities) Notice(ctx context.Context, in NoticeInput) (SlowResult, error) {
	row, err := a.notice(ctx, in)
	switch {
	case err != nil:
		return SlowResult{}, err
	case row.State != store.DeliveryWaiting:
		return a.settled(row), nil
	}
	if in.Carried {
		return noticeDelivery{a}.try(ctx, row, in.Retry && isFirstAttempt(ctx))
	}
	return noticeDelivery{a}.offer(ctx, row, in)
}

// notice returns what tells that the conversation has ended: as the ledger has it, or else as it is made.
func (a *Activities) notice(ctx context.Context, in NoticeInput) (store.Delivery, error) {
	if in.ID != "" {
		return a.ledgerRow(ctx, in.ID)
	}
	row := in.noticeRow()
	known, err := a.store.Delivery(ctx, row.ID)
	switch {
	case isNotFound(err):
		return row, nil
	case err != nil:
		return row, fmt.Errorf("read the ledger: %w", err)
	}
	return known, nil
}

// NoticeMessage is the webhook-id and the body of a conversation's notice that is apart.
func NoticeMessage(conversation string) (id string, body json.RawMessage) {
	body = json.RawMessage(chat.Notice)
	return chat.MessageID(conversation, noticeKind, 0, body), body
}

func (in NoticeInput) noticeRow() store.Delivery {
	id, body := NoticeMessage(in.Conversation)
	return in.row(Outgoing{Send: chat.Send{ID: id, At: in.MadeAt, Body: body}, Sequence: in.Sequence}, noticeKind)
}

// noticeDelivery has the steps of Notice.
type noticeDelivery struct{ *Activities }

// offer tries the notice at most maxInlineNoticeAttempts times, then leaves it to the Notice
// workflow.
func (n noticeDelivery) offer(ctx context.Context, row store.Delivery, in NoticeInput) (SlowResult, error) {
	if row.Attempts >= maxInlineNoticeAttempts {
		return n.settled(row), nil
	}
	result, err := n.try(ctx, row, in.Once || (in.Retry && isFirstAttempt(ctx)))
	why := refusal(err)
	again, refused := refusedUntil(err, n.now())
	switch {
	case refused && (in.Once || again.After(row.MadeAt.Add(inlineNoticeTime))):
		return n.leaveWaiting(ctx, row)
	case why == "":
		return result, err
	case in.Once, row.Attempts+1 >= maxInlineNoticeAttempts, isPutOff(why):
		return n.leaveWaiting(ctx, row)
	}
	return result, err
}

// isPutOff reports whether an error says that the webhook gets no attempts now, for no fault of this message.
func isPutOff(why string) bool {
	return why == NoWebhook || why == EndpointOff || why == Held || why == Pull
}

// try makes an attempt when it is due, or early.
func (n noticeDelivery) try(ctx context.Context, row store.Delivery, early bool) (SlowResult, error) {
	due := row.NextTry
	if early {
		due = time.Time{}
	}
	if _, err := n.untilDue(ctx, due); err != nil {
		return SlowResult{}, err
	}
	return n.attempt(ctx, row, early && row.Attempts > 0)
}

// leaveWaiting writes a notice into the ledger for the Notice workflow, also without an attempt.
func (n noticeDelivery) leaveWaiting(ctx context.Context, row store.Delivery) (SlowResult, error) {
	ctx, cancel := detached(ctx)
	defer cancel()
	if err := n.store.Park(ctx, []store.Delivery{row}); err != nil {
		return SlowResult{}, fmt.Errorf("write the ledger: %w", err)
	}
	return SlowResult{State: store.DeliveryWaiting, At: n.clock()}, nil
}

// GiveUp makes a dead letter of a notice that an operator cancelled.
func (a *Activities) GiveUp(ctx context.Context, in NoticeInput) (SlowResult, error) {
	row, err := a.notice(ctx, in)
	if err != nil || row.State != store.DeliveryWaiting {
		return a.settled(row), err
	}
	return a.bury(ctx, row, calledOff)
}

// calledOff is the reason of that dead letter.
const calledOff = "canceled"

// refusal is the type of an ISV's failure; empty for failures of the service, which are retried.
func refusal(err error) string {
	var failed *temporal.ApplicationError
	if !errors.As(err, &failed) || failed.NextRetryDelay() == 0 {
		return ""
	}
	switch failed.Type() {
	case stopped, deferred, deferredByEndpoint:
		return ""
	}
	return failed.Type()
}

// refusedUntil reports whether an error is the deferral of an endpoint that gets no attempt now, and
// until when.
func refusedUntil(err error, now time.Time) (again time.Time, refused bool) {
	var failed *temporal.ApplicationError
	if !errors.As(err, &failed) || failed.Type() != deferredByEndpoint {
		return time.Time{}, false
	}
	return now.Add(failed.NextRetryDelay()), true
}

// bury makes a dead letter of a message whose time is over.
func (a *Activities) bury(ctx context.Context, row store.Delivery, reason string) (SlowResult, error) {
	ctx, cancel := detached(ctx)
	defer cancel()
	if err := a.store.Park(ctx, []store.Delivery{row}); err != nil {
		return SlowResult{}, fmt.Errorf("write the ledger: %w", err)
	}
	at := a.clock()
	if err := a.store.MarkDead(ctx, row.ID, reason, at); err != nil {
		return SlowResult{}, fmt.Errorf("write the ledger: %w", err)
	}
	row.LastError = reason
	a.tellDead(ctx, row)
	return SlowResult{State: store.DeliveryDead, At: at}, nil
}
