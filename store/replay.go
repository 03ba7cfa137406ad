package store

import (
	"context"
	"time"
)

// ReplayQuery asks for dead letters to be sent again. Empty fields do not filter.
type ReplayQuery struct {
	// ID is the new replay's.
	ID      string
	Channel string
	// Delivery is one dead letter.
	Delivery     string
	Conversation string
	Contact      string
	// From and To bound when the message was made: From is included, To is not.
	From, To time.Time
	// At is now. Dead letters that an earlier replay has marked after Abandoned are left to that.
	At, Abandoned time.Time
	Limit         int
}

// MarkReplay marks dead letters for a replay, the oldest first, and counts them: they are its list.
func (s deliveries) MarkReplay(ctx context.Context, q ReplayQuery) (int64, error) {
	filter := DeliveryQuery{Conversation: q.Conversation, Contact: q.Contact, From: q.From, To: q.To}.filter()
	if q.Delivery != "" {
		filter.sql, filter.args = filter.sql+` AND id = ?`, append(filter.args, q.Delivery)
	}
	args := append([]any{q.ID, q.At, q.Abandoned, q.Channel, q.Abandoned}, filter.args...)
	// The outer condition is for two that mark the same at once: PostgreSQL checks it anew for a row that
	// the other one has changed.
	return s.writer().exec(ctx, "mark dead letters for a replay", `UPDATE deliveries SET replay = ?, replay_at = ?
		WHERE state = 'dead' AND (replay = '' OR replay_at < ?) AND id IN (SELECT id FROM deliveries
			WHERE channel = ? AND state = 'dead' AND (replay = '' OR replay_at < ?)`+filter.sql+`
			ORDER BY made_at, id LIMIT ?)`, append(args, max(q.Limit, 0))...)
}

// The first condition is that of the index. The whole list is sorted without its bodies.
const (
	nextToReplay = `SELECT ` + deliveryColumns + ` FROM (
			SELECT id AS marked, MIN(made_at) OVER (PARTITION BY conversation) AS oldest,
				CASE WHEN kind = 'notice' THEN 1 ELSE 0 END AS last
			FROM deliveries WHERE replay <> '' AND replay = ? AND state = 'dead'
			ORDER BY oldest, conversation, last, sequence LIMIT ?) AS list
		JOIN deliveries ON id = marked ORDER BY oldest, conversation, last, sequence`
	endReplay = `UPDATE deliveries SET replay = '', replay_at = 0 WHERE replay <> '' AND replay = ? AND state = 'dead'`
)

// dropSettled finds its rows by the index of what is settled.
const dropSettled = `DELETE FROM deliveries WHERE id IN (
	SELECT id FROM deliveries WHERE state <> 'waiting' AND updated_at < ? AND replay_at < ? ORDER BY updated_at LIMIT ?)`

// NextToReplay lists the dead letters of a replay that are still to be sent, at most limit: conversation by
// conversation, that with the oldest one first, and each in its own order.
func (s deliveries) NextToReplay(ctx context.Context, replay string, limit int) ([]Delivery, error) {
	return list[Delivery](ctx, s.reader(), "dead letters to replay", nextToReplay, replay, max(limit, 0))
}

// LeaveDead takes a dead letter off the list of its replay: it stays dead.
func (s deliveries) LeaveDead(ctx context.Context, id, replay string) error {
	_, err := s.writer().exec(ctx, "leave a dead letter",
		`UPDATE deliveries SET replay = '', replay_at = 0 WHERE id = ? AND replay = ? AND state = 'dead'`, id, replay)
	return err
}

// EndReplay takes all that is left off the list of a replay, and counts it.
func (s deliveries) EndReplay(ctx context.Context, replay string) (int64, error) {
	return s.writer().exec(ctx, "end a replay", endReplay, replay)
}

// CountDeliveries counts a channel's deliveries in a state, up to most.
func (s deliveries) CountDeliveries(ctx context.Context, channel string, state DeliveryState, most int) (int, error) {
	return get[int](ctx, s.reader(), "count deliveries", `SELECT COUNT(*) FROM (
		SELECT 1 FROM deliveries WHERE channel = ? AND state = ? LIMIT ?) AS counted`, channel, state, most)
}

// OldestWaiting is when the oldest of a channel's waiting deliveries was made; zero if none waits.
func (s deliveries) OldestWaiting(ctx context.Context, channel string) (time.Time, error) {
	found, err := list[time.Time](ctx, s.reader(), "oldest waiting delivery",
		`SELECT made_at FROM deliveries WHERE channel = ? AND state = 'waiting' ORDER BY made_at, id LIMIT 1`, channel)
	if err != nil || len(found) == 0 {
		return time.Time{}, err
	}
	return found[0], nil
}

// DropSettled deletes deliveries in a final state that did not change since the given time, with their
// attempts, at most limit, and counts them. Dead letters that were marked for a replay after that time stay.
func (s deliveries) DropSettled(ctx context.Context, before time.Time, limit int) (int64, error) {
	return s.writer().exec(ctx, "drop settled deliveries", dropSettled, before, before, limit)
}
