package store

import (
	"context"
	"errors"
	"time"
)

const (
	// leaseWindow is how many of a channel's waiting deliveries are looked at for one to hand out: those of
	// a hundred conversations that are stuck with all that a conversation may have waiting.
	leaseWindow = 100_000
	// leaseCandidates is how many of them are tried when others take them at the same time, leaseRounds how
	// often so many are looked for.
	leaseCandidates = 16
	leaseRounds     = 4
)

// LeaseQuery asks for a delivery to be handed out.
type LeaseQuery struct {
	Channel string
	// At is now, Until is when the lease ends.
	At, Until time.Time
	// ReplyMadeAfter and NoticeMadeAfter bound the age: what is older is about to be given up.
	ReplyMadeAfter, NoticeMadeAfter time.Time
}

// nextToLease finds the conversations' first waiting deliveries that are in nobody's hands, the oldest
// first. A conversation's notice is its last delivery.
const nextToLease = `SELECT id FROM (
		SELECT id, kind, made_at, leased_until, ROW_NUMBER() OVER (PARTITION BY conversation
			ORDER BY CASE WHEN kind = 'notice' THEN 1 ELSE 0 END, sequence) AS place
		FROM (SELECT id, conversation, kind, sequence, made_at, leased_until FROM deliveries
			WHERE channel = ? AND state = 'waiting' ORDER BY conversation, sequence LIMIT ?) AS waiting) AS d
	WHERE place = 1 AND leased_until <= ? AND (kind = 'notice' AND made_at > ? OR kind <> 'notice' AND made_at > ?)
	ORDER BY made_at, id LIMIT ?`

// LeaseNext takes the next delivery of a channel into the caller's hands until the lease ends, and counts
// that as an attempt. Of two that ask at the same time only one gets it. It returns ErrNotFound if there is
// none.
//
// What is found is still its conversation's first when it is taken: deliveries are parked in order, and
// none waits again.
func (s deliveries) LeaseNext(ctx context.Context, q LeaseQuery) (Delivery, error) {
	const op = "lease the next delivery"
	for range leaseRounds {
		found, err := list[string](ctx, s.reader(), op, nextToLease,
			q.Channel, leaseWindow, q.At, q.NoticeMadeAfter, q.ReplyMadeAfter, leaseCandidates)
		if err != nil {
			return Delivery{}, err
		}
		for _, id := range found {
			leased, err := s.take(ctx, op, `attempts = attempts + 1, leases = leases + 1, updated_at = ?,`, id, q.Until, q.At)
			if !errors.Is(err, ErrNotFound) {
				return leased, err
			}
		}
		if len(found) < leaseCandidates {
			break
		}
	}
	return Delivery{}, s.reader().fail(ctx, op, ErrNotFound)
}

// ClaimDelivery takes a waiting delivery into the hands of a worker that posts it, until the given time. It
// returns ErrNotFound if it does not wait or is in other hands.
func (s deliveries) ClaimDelivery(ctx context.Context, id string, until, at time.Time) (Delivery, error) {
	return s.take(ctx, "claim delivery", `updated_at = ?,`, id, until, at)
}

func (s deliveries) take(ctx context.Context, op, also, id string, until, at time.Time) (Delivery, error) {
	return get[Delivery](ctx, s.writer(), op, `UPDATE deliveries SET `+also+` leased_until = ?
		WHERE id = ? AND state = 'waiting' AND leased_until <= ? RETURNING `+deliveryColumns, at, until, id, at)
}

// ReleaseDelivery ends the lease that lasts until the given time before it is over.
func (s deliveries) ReleaseDelivery(ctx context.Context, id string, until time.Time) error {
	_, err := s.writer().exec(ctx, "release delivery",
		`UPDATE deliveries SET leased_until = 0 WHERE id = ? AND leased_until = ?`, id, until)
	return err
}

// Acknowledge makes a waiting delivery that was handed out a delivered one, and records that as an attempt of
// the given class. wamid is Meta's id of the message; empty if it is not known. It returns the delivery as
// it is then: one that does not wait, or was never handed out, is left as it is. It returns ErrNotFound if
// there is no such delivery.
func (s deliveries) Acknowledge(ctx context.Context, id, class, wamid string, at time.Time) (Delivery, error) {
	const op = "acknowledge delivery"
	var row Delivery
	err := s.inTx(ctx, op, func(ctx context.Context, tx session) (err error) {
		row, err = get[Delivery](ctx, tx, op, `UPDATE deliveries SET
				state = 'delivered', next_try = 0, leased_until = 0, updated_at = ?,
				wamid = CASE WHEN ? <> '' THEN ? ELSE wamid END,
				attempts = attempts + CASE WHEN EXISTS (SELECT 1 FROM delivery_attempts
					WHERE delivery = deliveries.id AND number >= deliveries.attempts) THEN 1 ELSE 0 END
			WHERE id = ? AND state = 'waiting' AND leases > 0 RETURNING `+deliveryColumns, at, wamid, wamid, id)
		if errors.Is(err, ErrNotFound) {
			row, err = get[Delivery](ctx, tx, op, `SELECT `+deliveryColumns+` FROM deliveries WHERE id = ?`, id)
			return err
		}
		if err != nil {
			return err
		}
		return tx.insert(ctx, op, "delivery_attempts", attemptColumns, "",
			[]any{id, row.Attempts, at, class, 0, int64(0), []byte(nil), ""})
	})
	return row, err
}
