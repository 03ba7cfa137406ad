package store

import (
	"context"
	"time"
)

// UnclosedQuery asks for a contact's conversations whose rows are open. A contact matches by
// WaID or by UserID, where not empty.
type UnclosedQuery struct {
	Channel string
	WaID    string
	UserID  string
	// WorkflowID is that of the contact's conversations; empty finds none by it.
	WorkflowID string
	// Except is the conversation that asks.
	Except string
	Limit  int
}

const unclosedConversations = `SELECT id FROM (
		SELECT id, opened_at FROM conversations WHERE channel = ? AND wa_id = ? AND closed_at = 0
		UNION
		SELECT id, opened_at FROM conversations WHERE channel = ? AND user_id = ? AND closed_at = 0
		UNION
		SELECT id, opened_at FROM conversations WHERE workflow_id = ? AND closed_at = 0
	) AS found WHERE id <> ? ORDER BY opened_at DESC, id DESC LIMIT ?`

const supersededConversations = `SELECT id FROM conversations AS c
	WHERE closed_at = 0 AND opened_at < ? AND EXISTS (
		SELECT 1 FROM conversations AS later WHERE later.workflow_id = c.workflow_id AND later.opened_at > c.opened_at)
	ORDER BY opened_at, id LIMIT ?`

// UnclosedConversations gives their ids, the newest first.
func (s *Store) UnclosedConversations(ctx context.Context, q UnclosedQuery) ([]string, error) {
	var ids []string
	err := s.reader().list(ctx, "unclosed conversations", &ids,
		unclosedConversations, q.Channel, orNull(q.WaID), q.Channel, orNull(q.UserID), orNull(q.WorkflowID), q.Except, max(q.Limit, 0))
	return ids, err
}

// OpenQuery asks for open rows, the oldest first.
type OpenQuery struct {
	// Before leaves out conversations that were opened later.
	Before time.Time
	// After is the last row of the page before; zero begins at the first.
	After Conversation
	Limit int
}

// OpenConversations gives a page of the rows that are open.
func (s *Store) OpenConversations(ctx context.Context, q OpenQuery) ([]Conversation, error) {
	var rows []conversationRow
	err := s.reader().list(ctx, "open conversations", &rows,
		`SELECT `+conversationColumns+` FROM conversations
		WHERE closed_at = 0 AND opened_at < ? AND (opened_at > ? OR (opened_at = ? AND id > ?))
		ORDER BY opened_at, id LIMIT ?`,
		q.Before, q.After.OpenedAt, q.After.OpenedAt, q.After.ID, max(q.Limit, 0))
	return conversationsOf(rows), err
}

func conversationsOf(rows []conversationRow) []Conversation {
	conversations := make([]Conversation, len(rows))
	for i, row := range rows {
		conversations[i] = row.conversation()
	}
	return conversations
}

// SupersededConversations gives open rows that were opened before the given time and whose
// workflow id has a row that was opened later: a workflow id has one open run.
func (s *Store) SupersededConversations(ctx context.Context, before time.Time, limit int) ([]string, error) {
	var ids []string
	err := s.reader().list(ctx, "superseded conversations", &ids,
		supersededConversations, before, max(limit, 0))
	return ids, err
}

// BuryConversation makes dead letters of the replies of a conversation that wait, and says how
// many. Its notice is left to whoever carries it.
func (s *Store) BuryConversation(ctx context.Context, conversation, reason string, at time.Time) (int64, error) {
	return s.writer().exec(ctx, "bury a conversation's deliveries",
		`UPDATE deliveries SET state = 'dead', next_try = 0, last_error = ?, updated_at = ?
		WHERE conversation = ? AND state = 'waiting' AND kind = 'reply'`, reason, at, conversation)
}

// BuryOverdue makes dead letters of all that waits and was made before the given time, and says
// how many: whoever was to deliver it is gone.
func (s *Store) BuryOverdue(ctx context.Context, madeBefore time.Time, reason string, at time.Time) (int64, error) {
	return s.writer().exec(ctx, "bury overdue deliveries",
		`UPDATE deliveries SET state = 'dead', next_try = 0, last_error = ?, updated_at = ?
		WHERE state = 'waiting' AND made_at < ?`, reason, at, madeBefore)
}

// LastSequence is the highest sequence that the ledger has of a conversation; 0 for none.
func (s *Store) LastSequence(ctx context.Context, conversation string) (int, error) {
	var last int
	err := s.reader().get(ctx, "last sequence", &last,
		`SELECT COALESCE(MAX(sequence), 0) FROM deliveries WHERE conversation = ?`, conversation)
	return last, err
}
