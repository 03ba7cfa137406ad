package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Direction tells whose words an entry holds.
type Direction string

const (
	// In is the contact's message.
	In Direction = "in"
	// Out is a message of the bot.
	Out Direction = "out"
	// Human is what a person of the business said to the contact, beside the bot.
	Human Direction = "human"
	// Note is none of these: something that operators should see.
	Note Direction = "note"
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
	// ID is the message id of the contact's or the human's message, the webhook-id of ours.
	ID   string `json:"id,omitempty"`
	Type string `json:"type,omitempty"`
	// Timestamp is Meta's time of the contact's message in Unix seconds.
	Timestamp int64 `json:"timestamp,omitempty"`
	// Sequence and InReplyTo are set on our messages.
	Sequence  int    `json:"sequence,omitempty"`
	InReplyTo string `json:"inReplyTo,omitempty"`
	// Delivery is DeliveredAtOnce or InLedger, and set on our messages only.
	Delivery string `json:"delivery,omitempty"`
	// WAMID is the id that Meta gave to our message, where the ISV's answer told us; of a
	// message in the ledger its row has it.
	WAMID string `json:"wamid,omitempty"`
	// Note says why a message was not answered.
	Note string          `json:"note,omitempty"`
	Body json.RawMessage `json:"body,omitempty"`
}

// Page is a piece of a transcript; pages are numbered from 1.
type Page struct {
	Conversation string
	Number       int
	Entries      []Entry
}

// PutPage writes a page of a transcript, over an earlier state of it. The conversation's
// row need not exist yet. Times of entries are kept in UTC, to the millisecond.
func (s *Store) PutPage(ctx context.Context, p Page) error {
	return putPage(ctx, s.writer(), p)
}

func putPage(ctx context.Context, on session, p Page) error {
	const op = "put transcript page"
	entries, err := p.encode()
	if err != nil {
		return fmt.Errorf("store: %s: %w", op, err)
	}
	_, err = on.exec(ctx, op,
		`INSERT INTO transcript_pages (conversation, number, message_ids, entries) VALUES (?, ?, ?, ?)
		ON CONFLICT (conversation, number) DO UPDATE
		SET message_ids = excluded.message_ids, entries = excluded.entries`,
		p.Conversation, p.Number, packIDs(p.messageIDs()), entries)
	return err
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

// messageIDs are those of the messages that came in: the ones that may come again.
func (p Page) messageIDs() []MessageID {
	var ids []MessageID
	for _, entry := range p.Entries {
		if (entry.Direction == In || entry.Direction == Human) && entry.ID != "" {
			ids = append(ids, MessageID{Hash: HashMessageID(entry.ID), Timestamp: entry.Timestamp})
		}
		if entry.WAMID != "" { // an echo of it may come
			ids = append(ids, MessageID{Hash: HashMessageID(entry.WAMID), Timestamp: entry.At.Unix()})
		}
	}
	return ids
}

// Pages gives all pages of a conversation in order; none is no error.
func (s *Store) Pages(ctx context.Context, conversation string) ([]Page, error) {
	const op = "transcript pages"
	var rows []struct {
		Number  int    `db:"number"`
		Entries []byte `db:"entries"`
	}
	err := s.reader().list(ctx, op, &rows,
		`SELECT number, entries FROM transcript_pages WHERE conversation = ? ORDER BY number`, conversation)
	if err != nil {
		return nil, err
	}
	pages := make([]Page, len(rows))
	for i, row := range rows {
		pages[i] = Page{Conversation: conversation, Number: row.Number}
		if err := json.Unmarshal(row.Entries, &pages[i].Entries); err != nil {
			return nil, fmt.Errorf("store: %s: page %d cannot be read: %w", op, row.Number, err)
		}
	}
	return pages, nil
}

// Page gives one page of a conversation, without entries where there is none, and the number
// of its last page, 0 when it has none.
func (s *Store) Page(ctx context.Context, conversation string, number int) (page Page, last int, err error) {
	const op = "transcript page"
	var row struct {
		Last    int    `db:"last"`
		Entries []byte `db:"entries"`
	}
	err = s.reader().get(ctx, op, &row,
		`SELECT COALESCE(MAX(number), 0) AS last,
			(SELECT entries FROM transcript_pages WHERE conversation = ? AND number = ?) AS entries
		FROM transcript_pages WHERE conversation = ?`, conversation, number, conversation)
	if err != nil {
		return Page{}, 0, err
	}
	page = Page{Conversation: conversation, Number: number}
	if row.Entries != nil {
		if err := json.Unmarshal(row.Entries, &page.Entries); err != nil {
			return Page{}, 0, fmt.Errorf("store: %s: page %d cannot be read: %w", op, number, err)
		}
	}
	return page, row.Last, nil
}
