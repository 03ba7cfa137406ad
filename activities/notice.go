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

// noticeBody is the close notice, byte for byte as the ISVs' document gives it.
func noticeBody() json.RawMessage {
	return json.RawMessage(`{"chatBeenClosed":{"closed":true,"message":"El chat finalizo"}}`)
}

// patience is how often a conversation offers its notice before it ends without an answer: then
// a workflow of its own carries the notice on.
const patience = 5

// NoticeInput is the close notice of a conversation.
type NoticeInput struct {
	Address
	Sequence int       `json:"sequence"`
	MadeAt   time.Time `json:"madeAt"`
	// Once says that a new message waits: one attempt, and what is not taken is to be carried on.
	Once bool `json:"once,omitempty"`
	// Carried says that nobody waits for this notice: it is tried for 72 hours.
	Carried bool `json:"carried,omitempty"`
}

// Notice says that the chat has ended. It comes into the ledger only when it was not taken at
// its first attempt.
// Its result is "waiting" when the notice is to be carried on.
func (a *Activities) Notice(ctx context.Context, in NoticeInput) (SlowResult, error) {
	row := in.noticeRow()
	known, err := a.store.Delivery(ctx, row.ID)
	switch {
	case err != nil && !isNotFound(err):
		return SlowResult{}, fmt.Errorf("read the ledger: %w", err)
	case err == nil && known.State != store.DeliveryWaiting:
		return a.settled(known), nil
	case err == nil:
		row = known
	}
	if in.Carried {
		return a.tryNotice(ctx, row, row.NextTry)
	}
	return a.offerNotice(ctx, row, in.Once)
}

// NoticeMessage is the webhook-id and the body of a conversation's notice.
func NoticeMessage(conversation string) (id string, body json.RawMessage) {
	body = noticeBody()
	return chat.MessageID(conversation, noticeKind, 0, body), body
}

func (in NoticeInput) noticeRow() store.Delivery {
	id, body := NoticeMessage(in.Conversation)
	return in.row(Outgoing{ID: id, Sequence: in.Sequence, MadeAt: in.MadeAt, Body: body}, noticeKind)
}

// offerNotice is what a conversation does that has a life after its notice: it does not insist.
func (a *Activities) offerNotice(ctx context.Context, row store.Delivery, once bool) (SlowResult, error) {
	if row.Attempts >= patience {
		return a.settled(row), nil
	}
	due := row.NextTry
	if once {
		due = time.Time{}
	}
	result, err := a.tryNotice(ctx, row, due)
	if why := refusal(err); why == NoWebhook || (why != "" && (once || row.Attempts+1 >= patience)) {
		return a.leaveWaiting(ctx, row)
	}
	return result, err
}

func (a *Activities) tryNotice(ctx context.Context, row store.Delivery, due time.Time) (SlowResult, error) {
	if _, err := a.untilDue(ctx, due); err != nil {
		return SlowResult{}, err
	}
	return a.attempt(ctx, row)
}

// leaveWaiting hands a notice over to whoever carries it on. It stands in the ledger then, also
// when nothing was tried.
func (a *Activities) leaveWaiting(ctx context.Context, row store.Delivery) (SlowResult, error) {
	ctx, cancel := detached(ctx)
	defer cancel()
	if err := a.store.Park(ctx, []store.Delivery{row}); err != nil {
		return SlowResult{}, fmt.Errorf("write the ledger: %w", err)
	}
	return SlowResult{State: store.DeliveryWaiting, At: a.clock()}, nil
}

// GiveUp makes a dead letter of a notice that was called off.
func (a *Activities) GiveUp(ctx context.Context, in NoticeInput) (SlowResult, error) {
	return a.bury(ctx, in.noticeRow(), calledOff)
}

// calledOff is why a notice that an operator cancelled was not delivered.
const calledOff = "canceled"

// refusal names the failure if it is the ISV's; our own failures are worth another try.
func refusal(err error) string {
	var failed *temporal.ApplicationError
	if errors.As(err, &failed) && failed.Type() != stopped && failed.Type() != deferred && failed.NextRetryDelay() > 0 {
		return failed.Type()
	}
	return ""
}

// bury makes a dead letter of a message for which there is no more time.
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
	a.logDead(ctx, row)
	return SlowResult{State: store.DeliveryDead, At: at}, nil
}
