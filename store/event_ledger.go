package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
)

const eventColumns = `id, channel, contact, type, body, made_at, state, attempts, next_try, last_error, updated_at`

func (e Event) values() []any {
	return []any{
		e.ID, e.Channel, e.Contact, e.Type, []byte(e.Body), e.MadeAt, e.State, e.Attempts, e.NextTry, e.LastError, e.UpdatedAt,
	}
}

// Announce adds events to those that wait, all or none: for channels that want events, and each once.
func (s events) Announce(ctx context.Context, all ...Event) error {
	const op = "announce events"
	return s.inTx(ctx, op, func(ctx context.Context, tx session) error { return announce(ctx, tx, op, all...) })
}

// announce adds events in the transaction that writes what has happened.
func announce(ctx context.Context, tx session, op string, all ...Event) error {
	if len(all) == 0 {
		return nil
	}
	channels := make([]string, len(all))
	for i, e := range all {
		channels[i] = e.Channel
	}
	slices.Sort(channels)
	wanted, err := listIn[string](ctx, tx, op, slices.Compact(channels),
		`SELECT wa_id FROM channels WHERE events_url <> '' AND wa_id IN (?)`)
	if err != nil {
		return err
	}
	// Sorted, because two writers that insert the same ids in different orders would deadlock.
	sorted := slices.SortedFunc(slices.Values(all), func(a, b Event) int { return strings.Compare(a.ID, b.ID) })
	var rows [][]any
	for _, e := range sorted {
		if slices.Contains(wanted, e.Channel) {
			rows = append(rows, e.values())
		}
	}
	return tx.insert(ctx, op, "events", eventColumns, `ON CONFLICT (id) DO NOTHING`, rows...)
}

// EventsHealth is what is known of a channel's present events URL. The zero value is one that works.
type EventsHealth struct {
	Channel string `db:"channel"`
	URL     string `db:"url"`
	// FailingSince is when the first of Failures was, since the latest success.
	FailingSince time.Time `db:"failing_since"`
	Failures     int       `db:"failures"`
	// NextTry is until when nothing is tried.
	NextTry time.Time `db:"next_try"`
	// OffAt is since when nothing is tried; zero while it is on.
	OffAt     time.Time `db:"off_at"`
	OffReason string    `db:"off_reason"`
}

// IsOff reports whether nothing is to be tried until the URL is set anew.
func (h EventsHealth) IsOff() bool { return !h.OffAt.IsZero() }

const eventsHealthColumns = `channel, url, failing_since, failures, next_try, off_at, off_reason`

// EventsHealth reads what is known of a channel's present events URL; the zero value if it works.
func (s events) EventsHealth(ctx context.Context, channel string) (EventsHealth, error) {
	rows, err := list[EventsHealth](ctx, s.reader(), "health of an events URL",
		`SELECT `+eventsHealthColumns+` FROM events_health
		WHERE channel = ? AND url = (SELECT events_url FROM channels WHERE wa_id = events_health.channel)`, channel)
	if err != nil || len(rows) == 0 {
		return EventsHealth{}, err
	}
	return rows[0], nil
}

// NextEvent returns the event of a channel that is to be tried next, or ErrNotFound if none waits.
func (s events) NextEvent(ctx context.Context, channel string) (Event, error) {
	return get[Event](ctx, s.reader(), "next event", nextEvent, channel)
}

const nextEvent = `SELECT ` + eventColumns + ` FROM events WHERE state = 'waiting' AND channel = ?
	ORDER BY next_try, made_at, id LIMIT 1`

// Event finds an event by its webhook-id, or returns ErrNotFound.
func (s events) Event(ctx context.Context, id string) (Event, error) {
	return get[Event](ctx, s.reader(), "event", `SELECT `+eventColumns+` FROM events WHERE id = ?`, id)
}

// CountWaitingEvents counts the waiting events of a channel, up to a limit.
func (s events) CountWaitingEvents(ctx context.Context, channel string, limit int) (int, error) {
	return get[int](ctx, s.reader(), "waiting events",
		`SELECT COUNT(*) FROM (SELECT id FROM events WHERE state = 'waiting' AND channel = ? LIMIT ?) AS found`, channel, max(limit, 0))
}

// ChannelsWithEvents lists channels with waiting events and a URL for them, after the given one, at most
// limit.
func (s events) ChannelsWithEvents(ctx context.Context, after string, limit int) ([]string, error) {
	return list[string](ctx, s.reader(), "channels with waiting events",
		`SELECT wa_id FROM channels WHERE events_url <> '' AND wa_id > ?
			AND EXISTS (SELECT 1 FROM events WHERE state = 'waiting' AND channel = wa_id)
		ORDER BY wa_id LIMIT ?`, after, max(limit, 0))
}

// EventAttempt is one attempt to deliver an event.
type EventAttempt struct {
	ID, Channel string
	// URL is where it was posted: nothing is learned of it once the channel has another.
	URL string
	At  time.Time
	// State and NextTry are the event's after the attempt, Reason is the class of its failure.
	State   DeliveryState
	NextTry time.Time
	Reason  string
	// Failed is set for a failure of the endpoint, not of this event alone. Pause is until when nothing is
	// tried there then, Off why it is to be switched off at once.
	Failed bool
	Pause  time.Time
	Off    string
}

// eventsOutage is after how many failures in a row a success makes all that waits be tried at once.
const eventsOutage = 5

// RecordEventAttempt writes the outcome of an attempt, all or nothing. switchedOff reports whether it
// switched the events URL off. An event that is gone or settled stays as it is.
func (s events) RecordEventAttempt(ctx context.Context, a EventAttempt) (switchedOff bool, err error) {
	const op = "record attempt of an event"
	err = s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		if a.State == DeliveryDelivered {
			return takeEvent(ctx, tx, op, a)
		}
		if err := settleEvent(ctx, tx, op, a); err != nil || !a.Failed && a.Off == "" {
			return err
		}
		switchedOff, err = failEvents(ctx, tx, op, a)
		return err
	})
	return switchedOff && err == nil, err
}

func settleEvent(ctx context.Context, tx session, op string, a EventAttempt) error {
	_, err := tx.exec(ctx, op, `UPDATE events SET attempts = attempts + 1, state = ?, next_try = ?, last_error = ?, updated_at = ?
		WHERE id = ? AND state = 'waiting'`, a.State, a.NextTry, a.Reason, a.At, a.ID)
	return err
}

// takeEvent records a success. After an outage all that waits is due: the channel's row is locked before, as
// by whoever sets the URL anew, who changes the same rows.
func takeEvent(ctx context.Context, tx session, op string, a EventAttempt) error {
	failures, err := list[int](ctx, tx, op, `SELECT failures FROM events_health WHERE channel = ? AND url = ?`, a.Channel, a.URL)
	if err != nil {
		return err
	}
	if len(failures) > 0 && failures[0] >= eventsOutage {
		if err := retryEvents(ctx, tx, op, a.Channel); err != nil {
			return err
		}
	}
	if err := settleEvent(ctx, tx, op, a); err != nil || len(failures) == 0 && a.Off == "" {
		return err
	}
	if _, err := tx.exec(ctx, op, `DELETE FROM events_health WHERE channel = ? AND url = ?`, a.Channel, a.URL); err != nil || a.Off == "" {
		return err
	}
	_, err = failEvents(ctx, tx, op, a)
	return err
}

// retryEvents makes all waiting events of a channel due.
func retryEvents(ctx context.Context, tx session, op, channel string) error {
	if _, err := tx.exec(ctx, op, `UPDATE channels SET wa_id = wa_id WHERE wa_id = ?`, channel); err != nil {
		return err
	}
	_, err := tx.exec(ctx, op, `UPDATE events SET next_try = made_at WHERE channel = ? AND state = 'waiting'`, channel)
	return err
}

// failEvents counts a failure of the endpoint, and switches it off when it is time.
func failEvents(ctx context.Context, tx session, op string, a EventAttempt) (switchedOff bool, err error) {
	_, err = tx.exec(ctx, op, `INSERT INTO events_health (`+eventsHealthColumns+`)
		SELECT wa_id, events_url, CAST(? AS BIGINT), 1, CAST(? AS BIGINT), 0, '' FROM channels WHERE wa_id = ? AND events_url = ?
		ON CONFLICT (channel) DO UPDATE SET
			url = excluded.url, next_try = excluded.next_try,
			failing_since = CASE WHEN events_health.url = excluded.url THEN events_health.failing_since ELSE excluded.failing_since END,
			failures = CASE WHEN events_health.url = excluded.url THEN events_health.failures + 1 ELSE 1 END,
			off_at = CASE WHEN events_health.url = excluded.url THEN events_health.off_at ELSE 0 END,
			off_reason = CASE WHEN events_health.url = excluded.url THEN events_health.off_reason ELSE '' END`,
		a.At, a.Pause, a.Channel, a.URL)
	if err != nil {
		return false, err
	}
	changed, err := tx.exec(ctx, op, `UPDATE events_health SET off_at = ?, off_reason = ?
		WHERE channel = ? AND url = ? AND off_at = 0 AND (? <> '' OR (failures >= ? AND failing_since <= ?))`,
		a.At, cmp.Or(a.Off, OffFailing), a.Channel, a.URL, a.Off, offFailures, a.At.Add(-offAfter))
	return changed > 0, err
}

// configureEvents applies a change of the events URL to what waits: it is due, or, with an empty URL, gone.
func configureEvents(ctx context.Context, tx session, op, channel, url string) error {
	change := `UPDATE events SET next_try = made_at WHERE channel = ? AND state = 'waiting'`
	if url == "" {
		change = `DELETE FROM events WHERE channel = ? AND state = 'waiting'`
	}
	if _, err := tx.exec(ctx, op, change, channel); err != nil {
		return err
	}
	_, err := tx.exec(ctx, op, `DELETE FROM events_health WHERE channel = ?`, channel)
	return err
}

// EventsTrim says what is not to wait any longer on a channel.
type EventsTrim struct {
	Channel string
	// Most is how many events may wait: the oldest of more are dropped.
	Most int
	// Before is since when an event may wait: those from before become dead letters.
	Before time.Time
	At     time.Time
}

// TrimEvents bounds what waits on a channel, and counts what was dropped and what became a dead letter.
func (s events) TrimEvents(ctx context.Context, t EventsTrim) (dropped, dead int64, err error) {
	const op = "trim events"
	dropped, err = s.writer().exec(ctx, op, `DELETE FROM events WHERE id IN (
		SELECT id FROM events WHERE state = 'waiting' AND channel = ? ORDER BY made_at DESC, id DESC LIMIT 1000000 OFFSET ?)`,
		t.Channel, t.Most)
	if err != nil {
		return 0, 0, err
	}
	dead, err = s.writer().exec(ctx, op, `UPDATE events SET state = 'dead', next_try = 0, last_error = 'expired', updated_at = ?
		WHERE state = 'waiting' AND channel = ? AND made_at < ?`, t.At, t.Channel, t.Before)
	return dropped, dead, err
}

// DropUnwantedEvents deletes what waits on a channel that wants no events any more: it was written while
// the URL was being removed.
func (s events) DropUnwantedEvents(ctx context.Context, channel string) error {
	_, err := s.writer().exec(ctx, "drop unwanted events", `DELETE FROM events WHERE state = 'waiting' AND channel = ?
		AND NOT EXISTS (SELECT 1 FROM channels WHERE wa_id = events.channel AND events_url <> '')`, channel)
	return err
}

// DropOldEvents deletes events that were settled before the given time, and any that were made before then,
// and counts them.
func (s events) DropOldEvents(ctx context.Context, before time.Time) (int64, error) {
	return s.writer().exec(ctx, "drop old events", `DELETE FROM events WHERE
		(state <> 'waiting' AND updated_at < ?) OR (state = 'waiting' AND made_at < ?)`, before, before)
}
