package store

import (
	"context"
	"errors"
	"time"
)

// Conversation is the row of a conversation, written when it opens and again when it closes.
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
	// HandedOffAt is when a person took over from the bot; zero while the bot answers, and after
	// the end.
	HandedOffAt time.Time `db:"handed_off_at"`
	// Outcome is empty while it is open.
	Outcome  string `db:"outcome"`
	Messages int    `db:"messages"`
	Replies  int    `db:"replies"`
	// Unanswered counts messages that the bot did not see: they stand in the transcript only.
	Unanswered int `db:"unanswered"`
	// Refused counts the messages that the bot did not understand, by the bot's state.
	Refused map[string]int `db:"refused"`
	// Waiting reports whether the conversation is open and some of its replies are waiting in
	// the ledger. It is computed when read, and never written.
	Waiting bool `db:"waiting"`
}

// Closing is what is written when a conversation ends.
type Closing struct {
	// Conversation is the final row.
	Conversation Conversation
	// MessageIDs are the contact's messages; the newest KeptMessageIDs stay with the row.
	MessageIDs []MessageID
	// Page is the last page of the transcript, nil when all pages are stored.
	Page *Page
	// Guard is the loop guard's memory of the contact, as JSON; for CloseConversation only.
	Guard []byte
	// Notice is added to the ledger; nil for none. For EndConversation only.
	Notice *Delivery
	// Event announces the end; nil for nothing.
	Event *Event
}

// KeptMessageIDs bounds how many message ids a row keeps. Pages keep all of theirs.
const KeptMessageIDs = 2000

const conversationColumns = `id, workflow_id, channel, wa_id, user_id, bot, opened_at, closed_at,
	handed_off_at, outcome, messages, replies, unanswered, refused`

// conversationInserts are the columns that are written: lists do not read the last two.
const conversationInserts = conversationColumns + `, guard, message_ids`

func (c Conversation) values(guard []byte, ids []MessageID) []any {
	return []any{
		c.ID, c.WorkflowID, c.Channel, c.WaID, c.UserID, c.Bot, c.OpenedAt, c.ClosedAt, c.HandedOffAt,
		c.Outcome, c.Messages, c.Replies, c.Unanswered, c.Refused, string(guard), packIDs(ids),
	}
}

// OpenConversation inserts the row of a conversation. One that exists already is left as it is.
func (s conversations) OpenConversation(ctx context.Context, c Conversation) error {
	return s.writer().insert(ctx, "open conversation", "conversations", conversationInserts,
		`ON CONFLICT (id) DO NOTHING`, c.values(nil, nil))
}

// Conversation finds a conversation by its id, or returns ErrNotFound.
func (s conversations) Conversation(ctx context.Context, id string) (Conversation, error) {
	return get[Conversation](ctx, s.reader(), "conversation", withWaiting+`conversations c WHERE id = ?`, id)
}

// SetHandedOff writes when a person took over; the zero time means that the bot answers again.
// It returns ErrNotFound if the conversation has no row.
func (s conversations) SetHandedOff(ctx context.Context, id string, since time.Time) error {
	return s.writer().change(ctx, "set handed off",
		`UPDATE conversations SET handed_off_at = ? WHERE id = ?`, since, id)
}

// SetContact changes the contact's identities, after a further one was learned. It returns
// ErrNotFound if the conversation has no row.
func (s conversations) SetContact(ctx context.Context, id, waID, userID string) error {
	return s.writer().change(ctx, "set contact",
		`UPDATE conversations SET wa_id = ?, user_id = ? WHERE id = ?`, waID, userID, id)
}

// LastGuard returns the loop guard's memory of a contact, from the latest conversation of a
// workflow id, but for the given one. It is nil if there is none.
func (s conversations) LastGuard(ctx context.Context, workflowID, except string) ([]byte, error) {
	guard, err := get[string](ctx, s.reader(), "last guard", lastGuard, workflowID, except)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return []byte(guard), err
}

const lastGuard = `SELECT guard FROM conversations WHERE workflow_id = ? AND id <> ? ORDER BY opened_at DESC LIMIT 1`

// announce adds the event.
func (c Closing) announce(ctx context.Context, tx session, op string) error {
	if c.Event == nil {
		return nil
	}
	return announce(ctx, tx, op, *c.Event)
}

// CloseConversation writes the final row, inserting it where it is missing, the last page and the event:
// all or nothing. Repeating it changes nothing.
func (s conversations) CloseConversation(ctx context.Context, c Closing) error {
	const op = "close conversation"
	newest := newNewestIDs(KeptMessageIDs)
	for _, id := range c.MessageIDs {
		newest.add(id)
	}
	return s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		if c.Page != nil {
			if err := putPage(ctx, tx, *c.Page, time.Time{}); err != nil {
				return err
			}
		}
		if err := c.announce(ctx, tx, op); err != nil {
			return err
		}
		return tx.insert(ctx, op, "conversations", conversationInserts, overwrite("id", conversationInserts),
			c.Conversation.values(c.Guard, newest.drop()))
	})
}

// EndConversation closes the row of a conversation whose workflow could not, because it was
// terminated. It also writes the last page and the event, and adds the notice to the ledger: all or nothing. It
// returns false, and changes nothing, if the row is closed or missing. The row's message ids
// stay as they are: the pages have theirs.
func (s conversations) EndConversation(ctx context.Context, c Closing) (ended bool, err error) {
	const op = "end conversation"
	row := c.Conversation
	err = s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		touched, err := tx.exec(ctx, op,
			`UPDATE conversations SET closed_at = ?, handed_off_at = 0, outcome = ?, messages = ?, replies = ?, unanswered = ?, refused = ?
			WHERE id = ? AND closed_at = 0`,
			row.ClosedAt, row.Outcome, row.Messages, row.Replies, row.Unanswered, row.Refused, row.ID)
		if ended = touched > 0; err != nil || !ended {
			return err
		}
		if err := c.announce(ctx, tx, op); err != nil {
			return err
		}
		if c.Notice != nil {
			if err := park(ctx, tx, op, *c.Notice); err != nil {
				return err
			}
		}
		if c.Page == nil {
			return nil
		}
		return putPage(ctx, tx, *c.Page, time.Time{})
	})
	return ended && err == nil, err
}
