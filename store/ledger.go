package store

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Outcome is what an attempt made of its delivery.
type Outcome struct {
	// State is where the delivery stands now.
	State DeliveryState
	// NextTry counts only while the delivery is waiting.
	NextTry time.Time
	// LastError is the class of the failure; empty leaves the row's as it is.
	LastError string
	// WAMID is Meta's id of the message; empty leaves the row's as it is.
	WAMID string
	At    time.Time
}

const (
	// parkRows is how many deliveries go into one statement: 16 values each stay far below
	// the 32,766 that SQLite takes.
	parkRows = 100
	// progressRows is how many deliveries are asked for in one statement.
	progressRows = 500
	// maxAnswer is how much of an answer is kept, in bytes.
	maxAnswer = 16 << 10
)

const deliveryColumns = `id, channel, conversation, workflow_id, contact, sequence, in_reply_to, kind,
	made_at, state, attempts, next_try, last_error, wamid, updated_at, body`

const attemptColumns = `delivery, number, at, class, status, duration_ms, answer, peer`

type deliveryRow struct {
	Delivery
	// Body is plain bytes: those are the ones that database/sql copies out of the driver.
	Body      []byte `db:"body"`
	MadeAt    millis `db:"made_at"`
	NextTry   millis `db:"next_try"`
	UpdatedAt millis `db:"updated_at"`
}

func (r deliveryRow) delivery() Delivery {
	r.Delivery.Body = orNil(r.Body)
	r.Delivery.MadeAt = r.MadeAt.time()
	r.Delivery.NextTry = r.NextTry.time()
	r.Delivery.UpdatedAt = r.UpdatedAt.time()
	return r.Delivery
}

func (d Delivery) values() []any {
	if d.State == "" {
		d.State = DeliveryWaiting
	}
	return []any{
		d.ID, d.Channel, d.Conversation, d.WorkflowID, d.Contact, d.Sequence, d.InReplyTo, d.Kind,
		d.MadeAt, d.State, d.Attempts, d.NextTry, d.LastError, d.WAMID, d.UpdatedAt, d.Body,
	}
}

// Park writes deliveries into the ledger, all or none. Those whose id is there already
// stay as they are. An empty state means waiting.
func (s *Store) Park(ctx context.Context, deliveries []Delivery) error {
	const op = "park deliveries"
	if len(deliveries) == 0 {
		return nil
	}
	// In one order everywhere: two writers that insert the same ids in different orders
	// would wait for each other. Stable, so that of two equal ids the first one wins.
	sorted := slices.Clone(deliveries)
	slices.SortStableFunc(sorted, func(a, b Delivery) int { return strings.Compare(a.ID, b.ID) })
	return s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		for chunk := range slices.Chunk(sorted, parkRows) {
			query, args := parkStatement(chunk)
			if _, err := tx.exec(ctx, op, query, args...); err != nil {
				return err
			}
		}
		return nil
	})
}

func parkStatement(deliveries []Delivery) (query string, args []any) {
	const row = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	for _, d := range deliveries {
		args = append(args, d.values()...)
	}
	rows := row + strings.Repeat(`, `+row, len(deliveries)-1)
	return `INSERT INTO deliveries (` + deliveryColumns + `) VALUES ` + rows + ` ON CONFLICT (id) DO NOTHING`, args
}

// Delivery finds a delivery by its webhook-id, or gives ErrNotFound.
func (s *Store) Delivery(ctx context.Context, id string) (Delivery, error) {
	var row deliveryRow
	err := s.reader().get(ctx, "delivery", &row,
		`SELECT `+deliveryColumns+` FROM deliveries WHERE id = ?`, id)
	return row.delivery(), err
}

// RecordAttempt counts an attempt, keeps it under that count as its number, and moves the
// delivery on, all or nothing; it gives the delivery as it is now, or ErrNotFound. A
// delivered row stays delivered, and a dead one does not wait again.
func (s *Store) RecordAttempt(ctx context.Context, a Attempt, o Outcome) (Delivery, error) {
	const op = "record attempt"
	var row deliveryRow
	err := s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		if err := moveDelivery(ctx, tx, &row, a.Delivery, o); err != nil {
			return err
		}
		_, err := tx.exec(ctx, op,
			`INSERT INTO delivery_attempts (`+attemptColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
			a.Delivery, row.Attempts, a.At, a.Class, a.Status, a.DurationMS,
			a.Answer[:min(len(a.Answer), maxAnswer)], a.Peer)
		return err
	})
	if err != nil {
		return Delivery{}, err
	}
	return row.delivery(), nil
}

// moveDelivery applies an outcome to a row, locks it thereby, and reads it back.
func moveDelivery(ctx context.Context, tx session, row *deliveryRow, id string, o Outcome) error {
	nextTry := o.NextTry
	if o.State != DeliveryWaiting {
		nextTry = time.Time{}
	}
	return tx.get(ctx, "record attempt", row,
		`UPDATE deliveries SET
			attempts = attempts + 1,
			next_try = CASE WHEN state = 'waiting' THEN ? ELSE next_try END,
			last_error = CASE WHEN ? <> '' THEN ? ELSE last_error END,
			wamid = CASE WHEN ? <> '' THEN ? ELSE wamid END,
			updated_at = ?,
			state = CASE WHEN state = 'waiting' OR (state = 'dead' AND ? = 'delivered') THEN ? ELSE state END
		WHERE id = ? RETURNING `+deliveryColumns,
		nextTry, o.LastError, o.LastError, o.WAMID, o.WAMID, o.At, o.State, o.State, id)
}

// Bury gives a waiting delivery up: it becomes a dead letter, for the reason given. One
// that is not waiting stays as it is; ErrNotFound if there is none.
func (s *Store) Bury(ctx context.Context, id, reason string, at time.Time) error {
	return s.writer().change(ctx, "bury delivery",
		`UPDATE deliveries SET
			next_try = CASE WHEN state = 'waiting' THEN 0 ELSE next_try END,
			last_error = CASE WHEN state = 'waiting' THEN ? ELSE last_error END,
			updated_at = CASE WHEN state = 'waiting' THEN ? ELSE updated_at END,
			state = CASE WHEN state = 'waiting' THEN 'dead' ELSE state END
		WHERE id = ?`, reason, at, id)
}

// Attempts gives what was recorded of a delivery, in order; none is no error.
func (s *Store) Attempts(ctx context.Context, deliveryID string) ([]Attempt, error) {
	var rows []struct {
		Attempt
		At millis `db:"at"`
	}
	err := s.reader().list(ctx, "attempts", &rows,
		`SELECT `+attemptColumns+` FROM delivery_attempts WHERE delivery = ? ORDER BY number`, deliveryID)
	if err != nil {
		return nil, err
	}
	attempts := make([]Attempt, len(rows))
	for i, row := range rows {
		attempts[i] = row.Attempt
		attempts[i].At = row.At.time()
		attempts[i].Answer = orNil(row.Answer)
	}
	return attempts, nil
}

// WaitingDeliveries gives a channel's waiting deliveries, at most limit, the one that is
// tried next first.
func (s *Store) WaitingDeliveries(ctx context.Context, channel string, limit int) ([]Delivery, error) {
	var rows []deliveryRow
	err := s.reader().list(ctx, "waiting deliveries", &rows,
		`SELECT `+deliveryColumns+` FROM deliveries WHERE state = 'waiting' AND channel = ?
		ORDER BY next_try, id LIMIT ?`, channel, max(limit, 0))
	if err != nil {
		return nil, err
	}
	deliveries := make([]Delivery, len(rows))
	for i, row := range rows {
		deliveries[i] = row.delivery()
	}
	return deliveries, nil
}

// DeliveriesOf gives how far deliveries of a conversation came, by id; those that are not in
// the ledger, or another conversation's, are missing.
func (s *Store) DeliveriesOf(ctx context.Context, conversation string, ids []string) (map[string]DeliveryProgress, error) {
	found := make(map[string]DeliveryProgress, len(ids))
	for chunk := range slices.Chunk(ids, progressRows) {
		args := []any{conversation}
		for _, id := range chunk {
			args = append(args, id)
		}
		var rows []DeliveryProgress
		err := s.reader().list(ctx, "deliveries of a conversation", &rows,
			`SELECT id, state, attempts, last_error, wamid FROM deliveries
			WHERE conversation = ? AND id IN (?`+strings.Repeat(`, ?`, len(chunk)-1)+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			found[row.ID] = row
		}
	}
	return found, nil
}
