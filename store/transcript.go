package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"time"

	"github.com/jmoiron/sqlx"
)

// Direction is who wrote an entry.
type Direction string

const (
	// In is the contact's message.
	In Direction = "in"
	// Out is a message of the bot.
	Out Direction = "out"
	// Human is a message to the contact from a person of the business.
	Human Direction = "human"
	// Note is no message, but something that operators should know.
	Note Direction = "note"
	// Turn is no message either, but what package bot/chat recorded of a turn, in the body. It is not
	// shown.
	Turn Direction = "turn"
)

// Values of Entry.Delivery.
const (
	// DeliveredAtOnce says that the webhook accepted the message at its first attempt.
	DeliveredAtOnce = "delivered"
	// InLedger says that the message went to the ledger: its Delivery has the outcome.
	InLedger = "ledger"
)

// Entry is one line of a transcript.
type Entry struct {
	At        time.Time `json:"at"`
	Direction Direction `json:"direction"`
	// ID is the message id of the contact's or the human's message, or the webhook-id of ours.
	ID   string `json:"id,omitempty"`
	Type string `json:"type,omitempty"`
	// Timestamp is Meta's time of the contact's message in Unix seconds.
	Timestamp int64 `json:"timestamp,omitempty"`
	// Sequence and InReplyTo are set on our messages.
	Sequence  int    `json:"sequence,omitempty"`
	InReplyTo string `json:"inReplyTo,omitempty"`
	// Delivery is DeliveredAtOnce or InLedger, and set on our messages only.
	Delivery string `json:"delivery,omitempty"`
	// Made is the webhook-id that our message had before the close notice was put into its body.
	Made string `json:"made,omitempty"`
	// WAMID is Meta's id of our message, if the ISV's response contained it. That of a message
	// in the ledger is in its Delivery.
	WAMID string `json:"wamid,omitempty"`
	// Note is why a message was not answered.
	Note string          `json:"note,omitempty"`
	Body json.RawMessage `json:"body,omitempty"`
}

// Page is a part of a transcript. Pages are numbered from 1.
type Page struct {
	Conversation string
	Number       int
	Entries      []Entry
}

// PutPage writes a page of a transcript and replaces an earlier version of it. The conversation's
// row need not exist yet. Times of entries are stored in UTC, to the millisecond.
func (s conversations) PutPage(ctx context.Context, p Page) error {
	return putPage(ctx, s.writer(), p, p.newest())
}

const pageColumns = `conversation, number, message_ids, entries, early_at`

// putPage writes a page. Early is stored with it if the conversation has no row; zero is for one that has.
func putPage(ctx context.Context, on session, p Page, early time.Time) error {
	const op = "put transcript page"
	entries, err := p.encode()
	if err != nil {
		return fmt.Errorf("store: %s: %w", op, err)
	}
	_, err = on.exec(ctx, op, `INSERT INTO transcript_pages (`+pageColumns+`) VALUES (?, ?, ?, ?,
			CASE WHEN EXISTS (SELECT 1 FROM conversations WHERE id = ?) THEN 0 ELSE CAST(? AS BIGINT) END) `+
		overwrite("conversation, number", pageColumns),
		p.Conversation, p.Number, packIDs(p.messageIDs()), entries, p.Conversation, early)
	return err
}

// newest is the time of the page's newest entry; zero if it has none.
func (p Page) newest() (newest time.Time) {
	for _, entry := range p.Entries {
		if entry.At.After(newest) {
			newest = entry.At
		}
	}
	return newest
}

func (p Page) encode() ([]byte, error) {
	entries := make([]Entry, len(p.Entries))
	for i, entry := range p.Entries {
		entry.At = entry.At.UTC().Truncate(time.Millisecond)
		entries[i] = entry
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(entries); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// messageIDs are the ids of the messages that may arrive again.
func (p Page) messageIDs() []MessageID {
	var ids []MessageID
	for _, entry := range p.Entries {
		if (entry.Direction == In || entry.Direction == Human) && entry.ID != "" {
			ids = append(ids, MessageID{Hash: HashMessageID(entry.ID), Timestamp: entry.Timestamp})
		}
		if entry.WAMID != "" { // its echo may arrive
			ids = append(ids, MessageID{Hash: HashMessageID(entry.WAMID), Timestamp: entry.At.Unix()})
		}
	}
	return ids
}

// pageRow is a page as it is stored.
type pageRow struct {
	Number  int    `db:"number"`
	Entries []byte `db:"entries"`
	// Last is the number of the conversation's last page.
	Last int `db:"last"`
}

func (r pageRow) decode(op, conversation string) (Page, error) {
	page := Page{Conversation: conversation, Number: r.Number}
	if r.Entries == nil {
		return page, nil
	}
	entries, err := decodeEntries(r.Entries)
	if err != nil {
		return Page{}, fmt.Errorf("store: %s: cannot read page %d: %w", op, r.Number, err)
	}
	page.Entries = entries
	return page, nil
}

// Pages lists all pages of a conversation in order. A conversation without pages is no error.
func (s conversations) Pages(ctx context.Context, conversation string) ([]Page, error) {
	return s.PagesUpTo(ctx, conversation, math.MaxInt)
}

// PagesUpTo is Pages for a transcript of at most so many bytes, as it is stored. The error of a larger
// one is ErrTooLarge: a conversation may grow for a week.
func (s conversations) PagesUpTo(ctx context.Context, conversation string, most int) ([]Page, error) {
	const op = "transcript pages"
	pages, size := []Page{}, 0
	err := s.reader().each(ctx, op, func(rows *sqlx.Rows) error {
		var row pageRow
		if err := rows.Scan(&row.Number, &row.Entries); err != nil {
			return err
		}
		if size += len(row.Entries); size > most {
			return ErrTooLarge
		}
		page, err := row.decode(op, conversation)
		pages = append(pages, page)
		return err
	}, `SELECT number, entries FROM transcript_pages WHERE conversation = ? ORDER BY number`, conversation)
	if err != nil {
		return nil, err
	}
	return pages, nil
}

// Page reads one page of a conversation, without entries if there is no such page, and the
// number of the last page, 0 if there is none.
func (s conversations) Page(ctx context.Context, conversation string, number int) (page Page, last int, err error) {
	const op = "transcript page"
	row, err := get[pageRow](ctx, s.reader(), op,
		`SELECT COALESCE(MAX(number), 0) AS last,
			(SELECT entries FROM transcript_pages WHERE conversation = ? AND number = ?) AS entries
		FROM transcript_pages WHERE conversation = ?`, conversation, number, conversation)
	if err != nil {
		return Page{}, 0, err
	}
	row.Number = number
	page, err = row.decode(op, conversation)
	return page, row.Last, err
}
