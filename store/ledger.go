package store

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Outcome is how an attempt changes its delivery.
type Outcome struct {
	// State is the delivery's state after the attempt.
	State DeliveryState
	// NextTry counts only while the delivery is waiting.
	NextTry time.Time
	// Retry is set for an attempt that was asked for before it was due.
	Retry bool
	// LastError is the class of the failure; empty keeps that of the row.
	LastError string
	// WAMID is Meta's id of the message; empty keeps that of the row.
	WAMID string
	// Claimed is until when the attempt had claimed the delivery: that ends now. Zero if it had not.
	Claimed time.Time
	At      time.Time
}

// maxBuried is how many deliveries one transaction makes dead letters of.
const maxBuried = 500

// maxAnswer bounds how much of a response's body is kept, in bytes: enough for an error page's
// message.
const maxAnswer = 16 << 10

// firstAttempts and latestAttempts are how many attempts of a delivery are kept: those that tell how its
// trouble began, and at least all of a schedule.
const (
	firstAttempts  = 5
	latestAttempts = 35
)

const deliveryColumns = `id, channel, conversation, workflow_id, contact, sequence, in_reply_to, kind,
	made_at, state, attempts, retries, leases, leased_until, next_try, last_error, wamid, replay, updated_at, body`

const attemptColumns = `delivery, number, at, class, status, duration_ms, answer, peer`

func (d Delivery) values() []any {
	if d.State == "" {
		d.State = DeliveryWaiting
	}
	return []any{
		d.ID, d.Channel, d.Conversation, d.WorkflowID, d.Contact, d.Sequence, d.InReplyTo, d.Kind,
		d.MadeAt, d.State, d.Attempts, d.Retries, d.Leases, d.LeasedUntil, d.NextTry, d.LastError, d.WAMID, d.Replay, d.UpdatedAt, d.Body,
	}
}

// Park adds deliveries to the ledger, all or none. Those whose id exists already are left as
// they are. An empty state means waiting.
func (s deliveries) Park(ctx context.Context, deliveries []Delivery) error {
	const op = "park deliveries"
	if len(deliveries) == 0 {
		return nil
	}
	// Sorted, because two writers that insert the same ids in different orders would deadlock.
	// Stable, so that of two equal ids the first one counts.
	sorted := slices.Clone(deliveries)
	slices.SortStableFunc(sorted, func(a, b Delivery) int { return strings.Compare(a.ID, b.ID) })
	return s.inTx(ctx, op, func(ctx context.Context, tx session) error { return park(ctx, tx, op, sorted...) })
}

func park(ctx context.Context, tx session, op string, deliveries ...Delivery) error {
	rows := make([][]any, len(deliveries))
	for i, d := range deliveries {
		rows[i] = d.values()
	}
	return tx.insert(ctx, op, "deliveries", deliveryColumns, `ON CONFLICT (id) DO NOTHING`, rows...)
}

// Delivery finds a delivery by its webhook-id, or returns ErrNotFound.
func (s deliveries) Delivery(ctx context.Context, id string) (Delivery, error) {
	return get[Delivery](ctx, s.reader(), "delivery",
		`SELECT `+deliveryColumns+` FROM deliveries WHERE id = ?`, id)
}

// RecordAttempt counts an attempt, stores it with that count as its number and applies its
// outcome to the delivery: all or nothing. It returns the delivery as it is then, or ErrNotFound.
// A delivered row stays delivered, and a dead one never waits again; another failure does not make it
// younger.
func (s deliveries) RecordAttempt(ctx context.Context, a Attempt, o Outcome) (Delivery, error) {
	const op = "record attempt"
	var moved Delivery
	err := s.inTx(ctx, op, func(ctx context.Context, tx session) (err error) {
		if moved, err = applyOutcome(ctx, tx, op, a.Delivery, o); err != nil {
			return err
		}
		if moved.State == DeliveryDead && o.State == DeliveryDead {
			if err := announce(ctx, tx, op, deadEvents(moved)...); err != nil {
				return err
			}
		}
		return keepAttempt(ctx, tx, op, a, moved.Attempts)
	})
	if err != nil {
		return Delivery{}, err
	}
	return moved, nil
}

// keepAttempt stores an attempt, and drops those between the first and the latest ones of the delivery: a
// contact who writes, and replays, make any number of attempts.
func keepAttempt(ctx context.Context, tx session, op string, a Attempt, number int) error {
	answer := a.Answer[:min(len(a.Answer), maxAnswer)]
	err := tx.insert(ctx, op, "delivery_attempts", attemptColumns, "",
		[]any{a.Delivery, number, a.At, a.Class, a.Status, a.DurationMS, answer, a.Peer})
	if err != nil || number <= firstAttempts+latestAttempts {
		return err
	}
	_, err = tx.exec(ctx, op, `DELETE FROM delivery_attempts WHERE delivery = ? AND number > ? AND number <= ?`,
		a.Delivery, firstAttempts, number-latestAttempts)
	return err
}

// applyOutcome changes a row by an outcome, which locks it, and reads it back.
func applyOutcome(ctx context.Context, tx session, op, id string, o Outcome) (Delivery, error) {
	nextTry := o.NextTry
	if o.State != DeliveryWaiting {
		nextTry = time.Time{}
	}
	retries := 0
	if o.Retry {
		retries = 1
	}
	return get[Delivery](ctx, tx, op,
		`UPDATE deliveries SET
			attempts = attempts + 1,
			retries = retries + ?,
			next_try = CASE WHEN state = 'waiting' THEN ? ELSE next_try END,
			last_error = CASE WHEN ? <> '' THEN ? ELSE last_error END,
			wamid = CASE WHEN ? <> '' THEN ? ELSE wamid END,
			leased_until = CASE WHEN leased_until = ? THEN 0 ELSE leased_until END,
			updated_at = CASE WHEN state = 'dead' AND ? <> 'delivered' THEN updated_at ELSE ? END,
			state = CASE WHEN state = 'waiting' OR (state = 'dead' AND ? = 'delivered') THEN ? ELSE state END
		WHERE id = ? RETURNING `+deliveryColumns,
		retries, nextTry, o.LastError, o.LastError, o.WAMID, o.WAMID, o.Claimed, o.State, o.At, o.State, o.State, id)
}

// MarkDead makes a waiting delivery a dead letter, for the given reason. One that is not waiting is
// left as it is. It returns ErrNotFound if there is no such delivery.
func (s deliveries) MarkDead(ctx context.Context, id, reason string, at time.Time) error {
	const op = "mark delivery dead"
	buried, err := s.bury(ctx, op, reason, at, `id = ?`, id)
	if err != nil || buried > 0 {
		return err
	}
	_, err = get[string](ctx, s.reader(), op, `SELECT id FROM deliveries WHERE id = ?`, id)
	return err
}

// bury makes dead letters of waiting deliveries, announces them, and counts them.
func (s deliveries) bury(ctx context.Context, op, reason string, at time.Time, where string, args ...any) (int64, error) {
	var dead []Delivery
	err := s.inTx(ctx, op, func(ctx context.Context, tx session) (err error) {
		dead, err = list[Delivery](ctx, tx, op,
			`UPDATE deliveries SET state = 'dead', next_try = 0, last_error = ?, updated_at = ?
			WHERE state = 'waiting' AND `+where+` RETURNING id, channel, conversation, contact, sequence, kind, last_error, updated_at`,
			append([]any{reason, at}, args...)...)
		if err != nil {
			return err
		}
		return announce(ctx, tx, op, deadEvents(dead...)...)
	})
	return int64(len(dead)), err
}

// deadEvents announce dead letters.
func deadEvents(dead ...Delivery) []Event {
	all := make([]Event, len(dead))
	for i, d := range dead {
		all[i] = DeadData{
			WaID: d.Channel, Delivery: d.ID, Conversation: d.Conversation, Contact: d.Contact,
			Sequence: d.Sequence, Kind: d.Kind, Reason: d.LastError, At: d.UpdatedAt,
		}.Event()
	}
	return all
}

// MarkOthersDead makes dead letters of what waits in the conversation of a notice, and counts them. The
// notice itself is not touched: the workflow that delivers it goes on. It need not be in the ledger.
func (s deliveries) MarkOthersDead(ctx context.Context, notice Delivery, reason string, at time.Time) (int64, error) {
	return s.bury(ctx, "mark others dead", reason, at, `conversation = ? AND id <> ?`, notice.Conversation, notice.ID)
}

// NoticeOf finds what tells an ISV that a conversation has ended, or returns ErrNotFound: what waits comes
// before what does not.
func (s deliveries) NoticeOf(ctx context.Context, conversation string) (Delivery, error) {
	return get[Delivery](ctx, s.reader(), "notice of a conversation",
		`SELECT `+deliveryColumns+` FROM deliveries WHERE conversation = ? AND kind = 'notice'
		ORDER BY CASE WHEN state = 'waiting' THEN 0 ELSE 1 END, sequence DESC, id LIMIT 1`, conversation)
}

// MarkOverdueDead makes dead letters of all waiting deliveries that were made before the given time,
// and counts them: the workflows that should have delivered them are gone.
func (s deliveries) MarkOverdueDead(ctx context.Context, madeBefore time.Time, reason string, at time.Time) (total int64, err error) {
	for {
		buried, err := s.bury(ctx, "mark overdue deliveries dead", reason, at,
			`id IN (SELECT id FROM deliveries WHERE state = 'waiting' AND made_at < ? ORDER BY made_at, id LIMIT ?)`, madeBefore, maxBuried)
		total += buried
		if err != nil || buried < maxBuried {
			return total, err
		}
	}
}

// Attempts lists the attempts of a delivery in order. A delivery without attempts is no error.
func (s deliveries) Attempts(ctx context.Context, deliveryID string) ([]Attempt, error) {
	return list[Attempt](ctx, s.reader(), "attempts",
		`SELECT `+attemptColumns+` FROM delivery_attempts WHERE delivery = ? ORDER BY number`, deliveryID)
}

// WaitingDeliveries lists a channel's waiting deliveries, at most limit, the next to be tried
// first.
func (s deliveries) WaitingDeliveries(ctx context.Context, channel string, limit int) ([]Delivery, error) {
	return list[Delivery](ctx, s.reader(), "waiting deliveries",
		`SELECT `+deliveryColumns+` FROM deliveries WHERE state = 'waiting' AND channel = ?
		ORDER BY next_try, id LIMIT ?`, channel, max(limit, 0))
}

// DeliveriesOf reads the progress of a conversation's deliveries, by id. Ids that are not in the
// ledger, or belong to another conversation, are missing from the result.
func (s deliveries) DeliveriesOf(ctx context.Context, conversation string, ids []string) (map[string]DeliveryProgress, error) {
	rows, err := listIn[DeliveryProgress](ctx, s.reader(), "deliveries of a conversation", ids,
		`SELECT id, state, attempts, last_error, wamid FROM deliveries WHERE conversation = ? AND id IN (?)`, conversation)
	if err != nil {
		return nil, err
	}
	found := make(map[string]DeliveryProgress, len(rows))
	for _, row := range rows {
		found[row.ID] = row
	}
	return found, nil
}

// LastSequence is the highest sequence of a conversation in the ledger; 0 for none.
func (s deliveries) LastSequence(ctx context.Context, conversation string) (int, error) {
	return get[int](ctx, s.reader(), "last sequence",
		`SELECT COALESCE(MAX(sequence), 0) FROM deliveries WHERE conversation = ?`, conversation)
}
