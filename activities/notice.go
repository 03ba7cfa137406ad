package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"

	"github.com/chattigo/api-isv/store"
)

// noticeBody is the close notice, byte for byte as the ISVs' document gives it.
func noticeBody() json.RawMessage {
	return json.RawMessage(`{"chatBeenClosed":{"closed":true,"message":"El chat finalizo"}}`)
}

// NoticeInput is the close notice of a conversation.
type NoticeInput struct {
	Address
	Sequence int       `json:"sequence"`
	MadeAt   time.Time `json:"madeAt"`
	// Last makes one attempt, and a dead letter if it fails: a new message waits.
	Last bool `json:"last,omitempty"`
}

// NoticeResult says what became of the notice.
type NoticeResult struct {
	SlowResult
	// ID is its webhook-id.
	ID   string          `json:"id"`
	Body json.RawMessage `json:"body"`
}

// Notice says that the chat has ended. It comes into the ledger only when it was not taken at
// its first attempt.
func (a *Activities) Notice(ctx context.Context, in NoticeInput) (NoticeResult, error) {
	row := in.row(Outgoing{
		ID:       MessageID(in.Conversation, noticeKind, 0, noticeBody()),
		Sequence: in.Sequence, MadeAt: in.MadeAt, Body: noticeBody(),
	}, noticeKind)
	result, err := a.notice(ctx, row, in.Last)
	return NoticeResult{SlowResult: result, ID: row.ID, Body: row.Body}, err
}

func (a *Activities) notice(ctx context.Context, row store.Delivery, last bool) (SlowResult, error) {
	known, err := a.store.Delivery(ctx, row.ID)
	switch {
	case err != nil && !isNotFound(err):
		return SlowResult{}, fmt.Errorf("read the ledger: %w", err)
	case err == nil && known.State != store.DeliveryWaiting:
		return a.settled(known), nil
	case err == nil:
		row = known
	}
	if !last {
		if err := a.untilDue(ctx, row.NextTry); err != nil {
			return SlowResult{}, err
		}
	}
	result, err := a.attempt(ctx, row)
	if reason := refusal(err); last && reason != "" {
		return a.bury(ctx, row, reason)
	}
	return result, err
}

// refusal names the failure if it is the ISV's; our own failures are worth another try.
func refusal(err error) string {
	var failed *temporal.ApplicationError
	if errors.As(err, &failed) && failed.Type() != stopped && failed.NextRetryDelay() > 0 {
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
	if err := a.store.Bury(ctx, row.ID, reason, at); err != nil {
		return SlowResult{}, fmt.Errorf("write the ledger: %w", err)
	}
	row.LastError = reason
	a.logDead(ctx, row)
	return SlowResult{State: store.DeliveryDead, At: at}, nil
}
