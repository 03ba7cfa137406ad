package store

import (
	"context"
	"time"
)

// RecentQuery asks for the messages of a contact in earlier conversations. A contact
// matches by WaID or by UserID, where not empty, and by what these were before the latest
// change.
type RecentQuery struct {
	Channel string
	WaID    string
	UserID  string
	// WorkflowID is that of the contact's conversations: it finds those that were held under
	// identities which are not known any more. Empty finds none.
	WorkflowID string
	// Except is the conversation that asks: its own row and pages are left out.
	Except string
	// Since leaves out conversations that were neither opened nor closed since then.
	Since time.Time
	// Limit is how many ids are given at most.
	Limit int
}

// KnownQuery asks which messages of a contact were seen before. A contact matches as in a
// RecentQuery.
type KnownQuery struct {
	Channel string
	WaID    string
	UserID  string
	// WorkflowID is that of the contact's conversations: it finds those that were held under
	// identities which are not known any more. Empty finds none.
	WorkflowID string
	// Conversation is the one that asks. Its row is left out, and so are its pages from
	// BelowPage on, because the asking task itself may have written them.
	Conversation string
	BelowPage    int
	// Since leaves out other conversations that were neither opened nor closed since then.
	Since time.Time
	// IDs are message ids as they came.
	IDs []string
}

// otherMessageIDs reads pages as well as rows: a row that is open, or whose run was
// terminated, has no ids yet, and a closed one keeps only the newest. The two identities,
// and what was before them, are looked up one by one, because SQLite would go through the
// whole channel for an OR.
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
		WHERE channel = ? AND user_id IN (SELECT ? UNION ALL SELECT former_user_id FROM former WHERE former_user_id <> '')
			AND id <> ? AND (opened_at >= ? OR closed_at >= ?)
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
		orNull(workflowID), own, since, since,
	}
}

// RecentMessageIDs gives the ids of all the contact's other conversations that were opened
// or closed since q.Since, each once, newest timestamp first. More says that there were
// beyond q.Limit; every one of those is as old as the last one given, or older.
func (s *Store) RecentMessageIDs(ctx context.Context, q RecentQuery) (ids []MessageID, more bool, err error) {
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

// KnownMessages gives those of q.IDs that stand in other conversations of the contact
// since q.Since, or in pages of q.Conversation below q.BelowPage, in the order of q.IDs.
func (s *Store) KnownMessages(ctx context.Context, q KnownQuery) ([]string, error) {
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
