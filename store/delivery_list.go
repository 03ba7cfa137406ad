package store

import (
	"context"
	"strings"
	"time"
)

// DeliveryQuery asks for a page of the ledger. Empty fields do not filter.
type DeliveryQuery struct {
	// Account limits the list to the channels of an account.
	Account      string
	Channel      string
	Conversation string
	Contact      string
	State        DeliveryState
	// From and To bound when the message was made: From is included, To is not.
	From, To time.Time
	// After is the last delivery of the previous page.
	After DeliveryCursor
	Limit int
}

// DeliveryCursor is a position in the list; the zero value is its beginning.
type DeliveryCursor struct {
	MadeAt time.Time
	ID     string
}

// Deliveries lists deliveries, newest first. It does not read their bodies.
func (s conversations) Deliveries(ctx context.Context, q DeliveryQuery) ([]Delivery, error) {
	scopes, err := s.scopes(ctx, ConversationQuery{Account: q.Account, Channel: q.Channel})
	if err != nil || len(scopes) == 0 {
		return nil, err
	}
	query, args := q.statement(scopes)
	return list[Delivery](ctx, s.reader().unprepared(), "deliveries", query, args...)
}

const latestMade = ` ORDER BY made_at DESC, id DESC`

// statement finds the newest deliveries of each channel, and among these the newest of all.
func (q DeliveryQuery) statement(scopes []condition) (query string, args []any) {
	limit, filter := max(q.Limit, 0), q.filter()
	branches := make([]string, len(scopes))
	for i, scope := range scopes {
		branches[i] = `SELECT * FROM (SELECT made_at, id FROM deliveries WHERE ` + scope.sql + filter.sql + latestMade + ` LIMIT ?) AS branch`
		args = append(append(append(args, scope.args...), filter.args...), limit)
	}
	return `SELECT ` + strings.TrimSuffix(deliveryColumns, ", body") + ` FROM deliveries WHERE id IN (SELECT id FROM (` +
		strings.Join(branches, ` UNION ALL `) + `) AS found` + latestMade + ` LIMIT ?)` + latestMade, append(args, limit)
}

// filter is the condition of every branch.
func (q DeliveryQuery) filter() condition {
	var all condition
	add := func(wanted bool, sql string, args ...any) {
		if wanted {
			all.sql += ` AND ` + sql
			all.args = append(all.args, args...)
		}
	}
	add(q.Conversation != "", `conversation = ?`, q.Conversation)
	add(q.Contact != "", `contact = ?`, q.Contact)
	add(q.State != "", `state = ?`, q.State)
	add(!q.From.IsZero(), `made_at >= ?`, q.From)
	add(!q.To.IsZero(), `made_at < ?`, q.To)
	add(q.After.ID != "", `(made_at, id) < (?, ?)`, q.After.MadeAt, q.After.ID)
	return all
}

// Backlog is what waits in the ledger, of all channels.
type Backlog struct {
	Messages int `db:"messages"`
	// Oldest is when the oldest of them was made; zero when nothing waits.
	Oldest time.Time `db:"oldest"`
}

// Backlog counts what waits.
func (s deliveries) Backlog(ctx context.Context) (Backlog, error) {
	return get[Backlog](ctx, s.reader(), "backlog",
		`SELECT COUNT(*) AS messages, COALESCE(MIN(made_at), 0) AS oldest FROM deliveries WHERE state = 'waiting'`)
}
