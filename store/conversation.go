package store

import (
	"context"
	"errors"
	"time"
)

// Conversation is the one row of a conversation, from its opening on.
type Conversation struct {
	ID         string `db:"id"`
	WorkflowID string `db:"workflow_id"`
	Channel    string `db:"channel"`
	// WaID and UserID are the contact's identities; at least one is set.
	WaID     string    `db:"wa_id"`
	UserID   string    `db:"user_id"`
	Bot      string    `db:"bot"`
	OpenedAt time.Time `db:"opened_at"`
	// ClosedAt is zero while the conversation is open.
	ClosedAt time.Time `db:"closed_at"`
	// HandedOffAt is since when a person answers instead of the bot; zero while the bot does,
	// and after the end.
	HandedOffAt time.Time `db:"handed_off_at"`
	// Outcome is empty while it is open.
	Outcome  string `db:"outcome"`
	Messages int    `db:"messages"`
	Replies  int    `db:"replies"`
	// Unanswered counts messages that were kept in the transcript only.
	Unanswered int `db:"unanswered"`
	// Refused counts, by the bot's state, the messages that it did not understand.
	Refused map[string]int `db:"-"`
	// Waiting says that the conversation is open and replies of it wait in the ledger. It is
	// read from there, and never written.
	Waiting bool `db:"waiting"`
}

// Closing is all that is known of a conversation at its end.
type Closing struct {
	// Conversation is the row as it shall be.
	Conversation Conversation
	// MessageIDs are the contact's messages; the newest KeptMessageIDs stay with the row.
	MessageIDs []MessageID
	// Page is the last page of the transcript, nil when all pages are stored.
	Page *Page
	// Guard is what the loop guard remembers of the contact, as JSON; for CloseConversation only.
	Guard []byte
	// Notice is put into the ledger, for EndConversation only; nil for none.
	Notice *Delivery
}

// KeptMessageIDs is how many message ids a row keeps. Pages keep all of theirs.
const KeptMessageIDs = 2000

const conversationColumns = `id, workflow_id, channel, wa_id, user_id, bot, opened_at, closed_at,
	handed_off_at, outcome, messages, replies, unanswered, refused`

const insertConversation = `INSERT INTO conversations (` + conversationColumns + `, guard, message_ids)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) `

type conversationRow struct {
	Conversation
	OpenedAt millis `db:"opened_at"`
	ClosedAt millis `db:"closed_at"`

	HandedOffAt millis `db:"handed_off_at"`
	Refused     counts `db:"refused"`
}

func (r conversationRow) conversation() Conversation {
	r.Conversation.OpenedAt = r.OpenedAt.time()
	r.Conversation.ClosedAt = r.ClosedAt.time()
	r.Conversation.HandedOffAt = r.HandedOffAt.time()
	r.Conversation.Refused = r.Refused
	return r.Conversation
}

func (c Conversation) values(guard []byte, ids []MessageID) []any {
	return []any{
		c.ID, c.WorkflowID, c.Channel, c.WaID, c.UserID, c.Bot, c.OpenedAt, c.ClosedAt, c.HandedOffAt,
		c.Outcome, c.Messages, c.Replies, c.Unanswered, counts(c.Refused), string(guard), packIDs(ids),
	}
}

// OpenConversation inserts the row of a conversation. One that is there already stays as
// it is.
func (s *Store) OpenConversation(ctx context.Context, c Conversation) error {
	_, err := s.writer().exec(ctx, "open conversation",
		insertConversation+`ON CONFLICT (id) DO NOTHING`, c.values(nil, nil)...)
	return err
}

// Conversation finds a conversation by its id, or gives ErrNotFound.
func (s *Store) Conversation(ctx context.Context, id string) (Conversation, error) {
	var row conversationRow
	err := s.reader().get(ctx, "conversation", &row,
		withWaiting+`conversations c WHERE id = ?`, id)
	return row.conversation(), err
}

// SetHandedOff writes since when a person answers; the zero time means that the bot does. A
// conversation without a row is none: ErrNotFound.
func (s *Store) SetHandedOff(ctx context.Context, id string, since time.Time) error {
	return s.writer().change(ctx, "set handed off",
		`UPDATE conversations SET handed_off_at = ? WHERE id = ?`, since, id)
}

// SetContact writes who the contact is, where more of them was learned. A conversation without a
// row is none: ErrNotFound.
func (s *Store) SetContact(ctx context.Context, id, waID, userID string) error {
	return s.writer().change(ctx, "set contact",
		`UPDATE conversations SET wa_id = ?, user_id = ? WHERE id = ?`, waID, userID, id)
}

// LastGuard gives what the loop guard remembers of a contact, by the workflow id of their
// conversations: that of the latest one but for the one that asks. It is nil for nothing.
func (s *Store) LastGuard(ctx context.Context, workflowID, except string) ([]byte, error) {
	var guard string
	err := s.reader().get(ctx, "last guard", &guard, lastGuard, workflowID, except)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return []byte(guard), err
}

const lastGuard = `SELECT guard FROM conversations WHERE workflow_id = ? AND id <> ? ORDER BY opened_at DESC LIMIT 1`

// CloseConversation writes the row as it shall be, inserting it where it is missing, and
// the last page, both or neither. Doing it again changes nothing.
func (s *Store) CloseConversation(ctx context.Context, c Closing) error {
	const op = "close conversation"
	newest := newNewestIDs(KeptMessageIDs)
	for _, id := range c.MessageIDs {
		newest.add(id)
	}
	return s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		if c.Page != nil {
			if err := putPage(ctx, tx, *c.Page); err != nil {
				return err
			}
		}
		_, err := tx.exec(ctx, op, insertConversation+`ON CONFLICT (id) DO UPDATE SET
			workflow_id = excluded.workflow_id, channel = excluded.channel,
			wa_id = excluded.wa_id, user_id = excluded.user_id, bot = excluded.bot,
			opened_at = excluded.opened_at, closed_at = excluded.closed_at,
			handed_off_at = excluded.handed_off_at, outcome = excluded.outcome,
			messages = excluded.messages, replies = excluded.replies, unanswered = excluded.unanswered,
			refused = excluded.refused, guard = excluded.guard, message_ids = excluded.message_ids`,
			c.Conversation.values(c.Guard, newest.drop())...)
		return err
	})
}

// EndConversation closes the row of a conversation that could not close it itself, keeps the end
// of its transcript and puts its notice into the ledger, all or nothing. It is false, and nothing is changed, when the row is
// closed or not there. The row's message ids stay as they are: pages have theirs.
func (s *Store) EndConversation(ctx context.Context, c Closing) (ended bool, err error) {
	const op = "end conversation"
	row := c.Conversation
	err = s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		touched, err := tx.exec(ctx, op,
			`UPDATE conversations SET closed_at = ?, handed_off_at = 0, outcome = ?, messages = ?, replies = ?, unanswered = ?, refused = ?
			WHERE id = ? AND closed_at = 0`,
			row.ClosedAt, row.Outcome, row.Messages, row.Replies, row.Unanswered, counts(row.Refused), row.ID)
		if ended = touched > 0; err != nil || !ended {
			return err
		}
		if c.Notice != nil {
			query, args := parkStatement([]Delivery{*c.Notice})
			if _, err := tx.exec(ctx, op, query, args...); err != nil {
				return err
			}
		}
		if c.Page == nil {
			return nil
		}
		return putPage(ctx, tx, *c.Page)
	})
	return ended && err == nil, err
}

// orNull makes an empty identity NULL, which equals nothing: contacts without a phone
// number, or without a user id, are not all the same contact.
func orNull(identity string) any {
	if identity == "" {
		return nil
	}
	return identity
}
