package store

import (
	"context"
	"time"
)

// RecentQuery asks for the message ids of a contact's other conversations. A contact matches by
// WaID or by UserID, if not empty, and by the identities before the latest change.
type RecentQuery struct {
	Channel string
	WaID    string
	UserID  string
	// WorkflowID is the workflow id of the contact's conversations: it finds those under
	// identities that are no longer known. Empty matches none.
	WorkflowID string
	// Except is the conversation that asks: its own row and pages are left out.
	Except string
	// Since leaves out conversations that were neither opened nor closed since then.
	Since time.Time
	// Limit bounds how many ids are returned.
	Limit int
}

// KnownQuery asks which messages of a contact are duplicates. A contact matches as in a
// RecentQuery.
type KnownQuery struct {
	Channel string
	WaID    string
	UserID  string
	// WorkflowID is as in a RecentQuery.
	WorkflowID string
	// Conversation is the one that asks. Its row is left out, and so are its pages from
	// BelowPage on, because an earlier attempt of the same activity may have written them.
	Conversation string
	BelowPage    int
	// Since leaves out other conversations that were neither opened nor closed since then.
	Since time.Time
	// IDs are message ids as they were received.
	IDs []string
}

// otherMessageIDs reads pages as well as rows: a row that is open, or whose run was terminated,
// has no ids yet, and a closed one keeps only the newest. The identities, and the former ones,
// are searched in a SELECT each, because SQLite would scan the whole channel for an OR. A CROSS JOIN is one that
// SQLite begins with its first table; only with the condition that a user id is not empty is the index of the user
// ids used.
const otherMessageIDs = `WITH former AS (
		SELECT former_wa_id, former_user_id FROM contacts WHERE channel = ? AND contact = ?
		UNION ALL
		SELECT former_wa_id, former_user_id FROM contacts WHERE channel = ? AND user_id = ? AND user_id <> ''
	), others AS (
		SELECT id FROM conversations
		WHERE channel = ? AND wa_id IN (SELECT ? UNION ALL SELECT former_wa_id FROM former WHERE former_wa_id <> '')
			AND id <> ? AND (opened_at >= ? OR closed_at >= ?)
		UNION
		SELECT id FROM conversations
		WHERE channel = ? AND user_id = ? AND user_id <> ''
			AND id <> ? AND (opened_at >= ? OR closed_at >= ?)
		UNION
		SELECT id FROM former CROSS JOIN conversations
		WHERE channel = ? AND user_id = former_user_id AND user_id <> '' AND id <> ? AND (opened_at >= ? OR closed_at >= ?)
		UNION
		SELECT id FROM conversations
		WHERE workflow_id = ? AND id <> ? AND (opened_at >= ? OR closed_at >= ?)
	)
	SELECT message_ids FROM conversations WHERE id IN (SELECT id FROM others)
	UNION ALL
	SELECT message_ids FROM transcript_pages WHERE conversation IN (SELECT id FROM others)`

const ownMessageIDs = `SELECT message_ids FROM transcript_pages WHERE conversation = ? AND number < ?`

func otherArgs(channel, waID, userID, workflowID, own string, since time.Time) []any {
	return []any{
		channel, orNull(waID), channel, orNull(userID),
		channel, orNull(waID), own, since, since,
		channel, orNull(userID), own, since, since,
		channel, own, since, since,
		orNull(workflowID), own, since, since,
	}
}

// newContact asks for each identity in a SELECT of its own, as otherMessageIDs does.
const newContact = `SELECT NOT (
	EXISTS (SELECT 1 FROM contacts WHERE channel = ? AND contact IN (?, ?))
	OR EXISTS (SELECT 1 FROM contacts WHERE channel = ? AND user_id = ? AND user_id <> '')
	OR EXISTS (SELECT 1 FROM conversations WHERE channel = ? AND wa_id = ? AND id <> ?)
	OR EXISTS (SELECT 1 FROM conversations WHERE channel = ? AND user_id = ? AND user_id <> '' AND id <> ?)
	OR EXISTS (SELECT 1 FROM conversations WHERE workflow_id = ? AND id <> ?))`

// IsNewContact reports whether Contact, RecentMessageIDs and UnclosedConversations would find nothing of the contact,
// which it reads faster than each of them. It matches as they do; q.Since and q.Limit do not count.
func (s conversations) IsNewContact(ctx context.Context, q RecentQuery) (bool, error) {
	waID, userID, workflowID := orNull(q.WaID), orNull(q.UserID), orNull(q.WorkflowID)
	return get[bool](ctx, s.reader(), "new contact", newContact,
		q.Channel, waID, userID, q.Channel, userID,
		q.Channel, waID, q.Except, q.Channel, userID, q.Except, workflowID, q.Except)
}

// RecentMessageIDs lists the message ids of the contact's other conversations that were opened or
// closed since q.Since, each once, newest timestamp first. More reports whether there were more
// than q.Limit; the ids that are left out are not newer than the last one returned.
func (s conversations) RecentMessageIDs(ctx context.Context, q RecentQuery) (ids []MessageID, more bool, err error) {
	newest := newNewestIDs(q.Limit)
	err = s.reader().eachBlob(ctx, "recent message ids",
		func(blob []byte) { eachID(blob, newest.add) },
		otherMessageIDs, otherArgs(q.Channel, q.WaID, q.UserID, q.WorkflowID, q.Except, q.Since)...)
	if err != nil {
		return nil, false, err
	}
	ids = newest.drop()
	return ids, newest.more, nil
}

// KnownMessages lists those of q.IDs that are in other conversations of the contact since q.Since,
// or in pages of q.Conversation below q.BelowPage, in the order of q.IDs.
func (s conversations) KnownMessages(ctx context.Context, q KnownQuery) ([]string, error) {
	if len(q.IDs) == 0 {
		return nil, nil
	}
	seen := make(map[uint64]bool, len(q.IDs))
	for _, id := range q.IDs {
		seen[HashMessageID(id)] = false
	}
	mark := func(id MessageID) {
		if _, asked := seen[id.Hash]; asked {
			seen[id.Hash] = true
		}
	}
	args := otherArgs(q.Channel, q.WaID, q.UserID, q.WorkflowID, q.Conversation, q.Since)
	err := s.reader().eachBlob(ctx, "known messages",
		func(blob []byte) { eachID(blob, mark) },
		otherMessageIDs+` UNION ALL `+ownMessageIDs, append(args, q.Conversation, q.BelowPage)...)
	if err != nil {
		return nil, err
	}
	var known []string
	for _, id := range q.IDs {
		if seen[HashMessageID(id)] {
			known = append(known, id)
		}
	}
	return known, nil
}
