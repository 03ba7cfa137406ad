package store

import (
	"context"
	"strings"
	"time"
)

// ConversationStatus filters a list of conversations. A conversation may match several: one
// that waits for the webhook is open too.
type ConversationStatus string

// The statuses that can be asked for.
const (
	ConversationOpen   ConversationStatus = "open"
	ConversationClosed ConversationStatus = "closed"
	// ConversationHandedOff is open, and a person answers instead of the bot.
	ConversationHandedOff ConversationStatus = "handed_off"
	// ConversationWaiting is open, and some of its replies are waiting in the ledger.
	ConversationWaiting ConversationStatus = "waiting_webhook"
)

// ConversationQuery asks for a page of the list of conversations. Empty fields do not filter.
type ConversationQuery struct {
	// Account limits the list to the channels of an account.
	Account string
	Channel string
	// Contact is a phone number or a user id.
	Contact string
	Status  ConversationStatus
	// From and To bound when the conversation was opened: From is included, To is not.
	From, To time.Time
	// After is the last conversation of the previous page.
	After ConversationCursor
	Limit int
}

// ConversationCursor is a position in the list; the zero value is its beginning.
type ConversationCursor struct {
	OpenedAt time.Time
	ID       string
}

// maxBranches bounds how many channels are searched in a branch of their own; SQLite accepts 500
// branches in a statement.
const maxBranches = 400

// withWaiting begins a query of conversations "c" that computes Conversation.Waiting.
const withWaiting = `SELECT ` + conversationColumns + `,
	(c.closed_at = 0 AND ` + waitsInLedger + `) AS waiting FROM `

const waitsInLedger = `EXISTS (SELECT 1 FROM deliveries d WHERE d.conversation = c.id AND d.state = 'waiting')`

const newestFirst = ` ORDER BY opened_at DESC, id DESC`

// Conversations lists conversations, newest first. It does not read the ids of their
// messages.
func (s conversations) Conversations(ctx context.Context, q ConversationQuery) ([]Conversation, error) {
	scopes, err := s.scopes(ctx, q)
	if err != nil || len(scopes) == 0 {
		return nil, err
	}
	query, args := q.statement(scopes)
	return list[Conversation](ctx, s.reader().unprepared(), "conversations", query, args...)
}

// condition is a piece of a WHERE clause and its arguments.
type condition struct {
	sql  string
	args []any
}

// scopes are conditions that together cover the channels to search; none means that nothing can
// be found.
func (s conversations) scopes(ctx context.Context, q ConversationQuery) ([]condition, error) {
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

// scopesOf makes a scope for each channel of an account, because an index has the conversations
// of one channel in order, while those of several would all be read and sorted. An account with
// too many channels for one statement gets a single scope all the same.
func (s conversations) scopesOf(ctx context.Context, account string) ([]condition, error) {
	channels, err := list[string](ctx, s.reader(), "channels of an account",
		`SELECT wa_id FROM channels WHERE account = ? LIMIT ?`, account, maxBranches+1)
	if err != nil {
		return nil, err
	}
	if len(channels) > maxBranches {
		return []condition{{channelOfAccount, []any{account}}}, nil
	}
	scopes := make([]condition, len(channels))
	for i, channel := range channels {
		scopes[i] = condition{`channel = ?`, []any{channel}}
	}
	return scopes, nil
}

// statement finds the newest conversations of each branch, and among these the newest of all.
// Only those are read completely: ordering and filtering need nothing but the indexes.
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

// contacts are the conditions for either identity of the contact. They become branches of their
// own, because SQLite would scan the whole channel for an OR.
func (q ConversationQuery) contacts() []condition {
	if q.Contact == "" {
		return []condition{{}}
	}
	return []condition{
		{` AND wa_id = ?`, []any{q.Contact}},
		{` AND user_id = ? AND user_id <> '' AND wa_id <> ?`, []any{q.Contact, q.Contact}},
	}
}

// filter is the condition of every branch.
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
