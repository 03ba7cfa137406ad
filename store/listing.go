package store

import (
	"context"
	"strings"
	"time"
)

// ConversationStatus is a way in which conversations are looked for. A conversation may have
// several: one that waits for the webhook is open too.
type ConversationStatus string

// The statuses that the table can tell.
const (
	ConversationOpen   ConversationStatus = "open"
	ConversationClosed ConversationStatus = "closed"
	// ConversationHandedOff is open, and a person answers.
	ConversationHandedOff ConversationStatus = "handed_off"
	// ConversationWaiting is open, and replies of it wait in the ledger.
	ConversationWaiting ConversationStatus = "waiting_webhook"
)

// ConversationQuery asks for a piece of the list of conversations; what is empty does not
// matter.
type ConversationQuery struct {
	// Account leaves out the channels of others.
	Account string
	Channel string
	// Contact is a phone number or a user id.
	Contact string
	Status  ConversationStatus
	// From and To bound when the conversation was opened: From is included, To is not.
	From, To time.Time
	// After is the last conversation of the piece before.
	After ConversationCursor
	Limit int
}

// ConversationCursor is a place in the list; the zero value is its beginning.
type ConversationCursor struct {
	OpenedAt time.Time
	ID       string
}

// maxBranches is how many channels are looked through one by one; SQLite takes 500 branches.
const maxBranches = 400

// withWaiting reads conversations "c" with what the ledger says of them.
const withWaiting = `SELECT ` + conversationColumns + `,
	(c.closed_at = 0 AND ` + waitsInLedger + `) AS waiting FROM `

const waitsInLedger = `EXISTS (SELECT 1 FROM deliveries d WHERE d.conversation = c.id AND d.state = 'waiting')`

const newestFirst = ` ORDER BY opened_at DESC, id DESC`

// Conversations lists conversations, newest first. It does not read the ids of their
// messages.
func (s *Store) Conversations(ctx context.Context, q ConversationQuery) ([]Conversation, error) {
	scopes, err := s.scopes(ctx, q)
	if err != nil || len(scopes) == 0 {
		return nil, err
	}
	query, args := q.statement(scopes)
	var rows []conversationRow
	if err := s.reader().list(ctx, "conversations", &rows, query, args...); err != nil {
		return nil, err
	}
	conversations := make([]Conversation, len(rows))
	for i, row := range rows {
		conversations[i] = row.conversation()
	}
	return conversations, nil
}

// condition is a piece of a WHERE clause and its arguments.
type condition struct {
	sql  string
	args []any
}

// scopes says which channels are looked through; none means that there is nothing to find.
func (s *Store) scopes(ctx context.Context, q ConversationQuery) ([]condition, error) {
	switch {
	case q.Channel != "" && q.Account != "":
		return []condition{{`channel = ? AND ` + channelOfAccount, []any{q.Channel, q.Account}}}, nil
	case q.Channel != "":
		return []condition{{`channel = ?`, []any{q.Channel}}}, nil
	case q.Account != "" && q.Contact != "":
		return []condition{{channelOfAccount, []any{q.Account}}}, nil
	case q.Contact != "": // the index that has the contacts begins with the channel
		return []condition{{`channel IN (SELECT wa_id FROM channels)`, nil}}, nil
	case q.Account != "":
		return s.scopesOf(ctx, q.Account)
	}
	return []condition{{`1 = 1`, nil}}, nil
}

const channelOfAccount = `channel IN (SELECT wa_id FROM channels WHERE account = ?)`

// scopesOf makes a scope of each channel of an account: an index has the conversations of one
// channel in order, those of several would all be read and sorted. That is done only where
// there are too many channels for one statement.
func (s *Store) scopesOf(ctx context.Context, account string) ([]condition, error) {
	channels, err := s.Channels(ctx, account)
	if err != nil {
		return nil, err
	}
	if len(channels) > maxBranches {
		return []condition{{channelOfAccount, []any{account}}}, nil
	}
	scopes := make([]condition, len(channels))
	for i, channel := range channels {
		scopes[i] = condition{`channel = ?`, []any{channel.WaID}}
	}
	return scopes, nil
}

// statement takes the newest of each branch, and of these the newest; only those are read
// whole, because what decides is in the indexes.
func (q ConversationQuery) statement(scopes []condition) (query string, args []any) {
	limit := max(q.Limit, 0)
	filter := q.filter()
	var branches []string
	for _, scope := range scopes {
		for _, contact := range q.contacts() {
			branches = append(branches, `SELECT * FROM (SELECT opened_at, id FROM conversations c WHERE `+
				scope.sql+contact.sql+filter.sql+newestFirst+` LIMIT ?) AS branch`)
			args = append(args, scope.args...)
			args = append(args, contact.args...)
			args = append(args, filter.args...)
			args = append(args, limit)
		}
	}
	return withWaiting + `conversations c WHERE id IN (SELECT id FROM (` + strings.Join(branches, ` UNION ALL `) + `) AS found` +
		newestFirst + ` LIMIT ?)` + newestFirst, append(args, limit)
}

// contacts looks both identities up one by one: SQLite would go through the whole channel for
// an OR.
func (q ConversationQuery) contacts() []condition {
	if q.Contact == "" {
		return []condition{{}}
	}
	return []condition{
		{` AND wa_id = ?`, []any{q.Contact}},
		{` AND user_id = ? AND wa_id <> ?`, []any{q.Contact, q.Contact}},
	}
}

// filter is what every branch must satisfy.
func (q ConversationQuery) filter() condition {
	var all condition
	add := func(wanted bool, sql string, args ...any) {
		if wanted {
			all.sql += ` AND ` + sql
			all.args = append(all.args, args...)
		}
	}
	add(!q.From.IsZero(), `opened_at >= ?`, q.From)
	add(!q.To.IsZero(), `opened_at < ?`, q.To)
	add(q.After.ID != "", `(opened_at, id) < (?, ?)`, q.After.OpenedAt, q.After.ID)
	add(q.Status == ConversationClosed, `closed_at <> 0`)
	add(q.Status != "" && q.Status != ConversationClosed, `closed_at = 0`)
	add(q.Status == ConversationHandedOff, `handed_off_at > 0`)
	add(q.Status == ConversationWaiting, waitsInLedger)
	return all
}
