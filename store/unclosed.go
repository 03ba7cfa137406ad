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
	// WorkflowID is the workflow id of the contact's conversations; empty matches none.
	WorkflowID string
	// Except is the conversation that asks. It is not in the result.
	Except string
	Limit  int
}

const unclosedConversations = `SELECT id FROM (
		SELECT id, opened_at FROM conversations WHERE channel = ? AND wa_id = ? AND closed_at = 0
		UNION
		SELECT id, opened_at FROM conversations WHERE channel = ? AND user_id = ? AND user_id <> '' AND closed_at = 0
		UNION
		SELECT id, opened_at FROM conversations WHERE workflow_id = ? AND closed_at = 0
	) AS found WHERE id <> ? ORDER BY opened_at DESC, id DESC LIMIT ?`

const supersededConversations = `SELECT id FROM conversations AS c
	WHERE closed_at = 0 AND opened_at < ? AND EXISTS (
		SELECT 1 FROM conversations AS later WHERE later.workflow_id = c.workflow_id AND later.opened_at > c.opened_at)
	ORDER BY opened_at, id LIMIT ?`

// UnclosedConversations lists the ids of these conversations, newest first.
func (s conversations) UnclosedConversations(ctx context.Context, q UnclosedQuery) ([]string, error) {
	return list[string](ctx, s.reader(), "unclosed conversations", unclosedConversations,
		q.Channel, orNull(q.WaID), q.Channel, orNull(q.UserID), orNull(q.WorkflowID), q.Except, max(q.Limit, 0))
}

// OpenQuery asks for a page of the conversations whose rows are open.
type OpenQuery struct {
	// Before leaves out conversations that were opened at that time or later.
	Before time.Time
	// After is the last row of the previous page; zero begins at the first.
	After Conversation
	Limit int
}

// OpenConversations lists a page of the open rows, oldest first.
func (s conversations) OpenConversations(ctx context.Context, q OpenQuery) ([]Conversation, error) {
	return list[Conversation](ctx, s.reader(), "open conversations",
		`SELECT `+conversationColumns+` FROM conversations
		WHERE closed_at = 0 AND opened_at < ? AND (opened_at > ? OR (opened_at = ? AND id > ?))
		ORDER BY opened_at, id LIMIT ?`,
		q.Before, q.After.OpenedAt, q.After.OpenedAt, q.After.ID, max(q.Limit, 0))
}

// SupersededConversations lists the ids of open rows that were opened before the given time and
// whose workflow id has a row that was opened later. A workflow id has one open run at most, so
// their workflows cannot be running.
func (s conversations) SupersededConversations(ctx context.Context, before time.Time, limit int) ([]string, error) {
	return list[string](ctx, s.reader(), "superseded conversations", supersededConversations, before, max(limit, 0))
}
