package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/store"
)

// PageInput is a full page of a transcript.
type PageInput struct {
	Conversation string        `json:"conversation"`
	Number       int           `json:"number"`
	Entries      []store.Entry `json:"entries"`
}

// WritePage keeps a page of the transcript. Writing it again changes nothing.
func (a *Activities) WritePage(ctx context.Context, in PageInput) error {
	page := store.Page{Conversation: in.Conversation, Number: in.Number, Entries: in.Entries}
	if err := a.store.PutPage(ctx, page); err != nil {
		return fmt.Errorf("write page %d of the transcript: %w", in.Number, err)
	}
	return nil
}

// ArchiveInput is what the archive keeps of an ended conversation.
type ArchiveInput struct {
	Address
	WaID       string    `json:"waId,omitempty"`
	UserID     string    `json:"userId,omitempty"`
	Bot        string    `json:"bot"`
	OpenedAt   time.Time `json:"openedAt"`
	ClosedAt   time.Time `json:"closedAt"`
	Outcome    string    `json:"outcome"`
	Messages   int       `json:"messages"`
	Replies    int       `json:"replies"`
	Unanswered int       `json:"unanswered,omitempty"`
	// Refused counts, by state, the messages that the bot did not understand.
	Refused map[string]int `json:"refused,omitempty"`
	// Vars are the bot's variables.
	Vars map[string]json.RawMessage `json:"vars,omitempty"`
	// Guard is what the loop guard remembers of the contact; nil for nothing.
	Guard *bot.Guard `json:"guard,omitempty"`
	// MessageIDs are the contact's messages, so that a redelivered one is known.
	MessageIDs store.MessageIDs `json:"messageIds,omitempty"`
	// Page and Entries are the transcript's last page.
	Page    int           `json:"page"`
	Entries []store.Entry `json:"entries,omitempty"`
}

// Archive closes the conversation's row, keeps the end of its transcript and announces it.
func (a *Activities) Archive(ctx context.Context, in ArchiveInput) error {
	guard, err := json.Marshal(in.Guard)
	if err != nil {
		return fmt.Errorf("write down what the loop guard remembers: %w", err)
	}
	closing := store.Closing{
		Guard: guard,
		Conversation: store.Conversation{
			ID: in.Conversation, WorkflowID: in.WorkflowID, Channel: in.Channel, WaID: in.WaID, UserID: in.UserID,
			Bot: in.Bot, OpenedAt: in.OpenedAt, ClosedAt: in.ClosedAt, Outcome: in.Outcome,
			Messages: in.Messages, Replies: in.Replies, Unanswered: in.Unanswered, Refused: in.Refused,
		},
		MessageIDs: in.MessageIDs,
	}
	closing.Event = a.closedEvent(ctx, closing.Conversation, in.Contact, in.Vars)
	if len(in.Entries) > 0 {
		closing.Page = &store.Page{Conversation: in.Conversation, Number: in.Page, Entries: in.Entries}
	}
	if err := a.store.CloseConversation(ctx, closing); err != nil {
		return fmt.Errorf("archive the conversation: %w", err)
	}
	a.metrics.Closed(in.Outcome)
	a.sendEvents(ctx, in.Channel)
	return nil
}
