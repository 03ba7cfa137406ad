package activities

import (
	"context"
	"fmt"
	"time"

	"github.com/chattigo/api-isv/store"
)

const (
	// leased is the type of the error of an attempt at a message that is in other hands: an ISV has pulled
	// it, or another attempt is being made.
	leased = "leased"
	// claimSpare is how much longer than an attempt may take its message is kept from others: what is
	// recorded then may take a moment.
	claimSpare = storeTimeout + 2*time.Second
)

// claim takes a message into the hands of an attempt that may take so long: nobody else posts it
// meanwhile, and no ISV that pulls gets it. It returns the row as it is then, which may have been settled, or
// an error while it is in other hands. A notice that is not in the ledger yet needs no claim.
func (a *Activities) claim(ctx context.Context, row store.Delivery, takes time.Duration) (store.Delivery, error) {
	until := a.clock().Add(takes + claimSpare)
	claimed, err := a.store.ClaimDelivery(ctx, row.ID, until, a.clock())
	if !isNotFound(err) {
		if err != nil {
			err = fmt.Errorf("write the ledger: %w", err)
		}
		return claimed, err
	}
	now, err := a.store.Delivery(ctx, row.ID)
	switch {
	case isNotFound(err) && row.Kind == noticeKind:
		return row, nil
	case err != nil:
		return row, fmt.Errorf("read the ledger: %w", err)
	case now.State != store.DeliveryWaiting:
		return now, nil
	}
	return now, errLeased(now.LeasedUntil.Sub(a.now()))
}

// release gives a claimed message back before its time. What fails here ends with that time.
func (a *Activities) release(ctx context.Context, row store.Delivery) {
	ctx, cancel := detached(ctx)
	defer cancel()
	if err := a.store.ReleaseDelivery(ctx, row.ID, row.LeasedUntil); err != nil {
		a.log.WarnContext(ctx, "cannot give a message back", "channel", row.Channel, "error", err)
	}
}

func errLeased(left time.Duration) error {
	return retry(leased, "the message is in other hands: it was pulled, or another attempt is being made", left)
}
