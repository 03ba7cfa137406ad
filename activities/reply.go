package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
)

const (
	// remembered is how long a message id is known: Meta redelivers for up to 7 days.
	remembered = 8 * 24 * time.Hour
	// maxTurnBytes ends a turn early, by what it says and by what it answers. One event adds at
	// most 128 KiB to either, which keeps the result, a marker in the history, under 256 KiB,
	// and what a turn adds to the transcript under 512 KiB.
	maxTurnBytes = 128 << 10
	// sendOverhead is what a message takes in the result beside its body and cause.
	sendOverhead = 256
	// maxUnclosed is how many conversations a new one has looked into; the rest is left to the
	// hourly look.
	maxUnclosed = 5
)

// Incoming is one thing for Reply, in recorded order: a message of the contact, an echo of what
// a person of the business wrote, or a wish from outside the chat.
type Incoming struct {
	// ID is the message's or, as a wish's, its cause: it occurs once in a conversation.
	ID string
	// At is the message's time as its envelope recorded it.
	At time.Time
	// Timestamp is Meta's time in Unix seconds; 0 when unknown.
	Timestamp int64
	// WaID and UserID are what was known of the contact when the message came; both may be empty.
	WaID, UserID string
	// Name is the contact's profile name, where known.
	Name string
	Body json.RawMessage
	// Echo says that a person of the business wrote this.
	Echo bool
	// Wish is set instead of all above but ID and At.
	Wish *Wish
}

// Wish is what an operator, a cancellation or the conversation's age asks for.
type Wish struct {
	Control bot.Control `json:"control"`
	// Reason is why to close, or why a question was not said.
	Reason string `json:"reason,omitempty"`
	// Ask is the number of a question that was not said.
	Ask int `json:"ask,omitempty"`
	// Note is for whoever takes over.
	Note string `json:"note,omitempty"`
	// Silent closes without a word to the contact or the ISV.
	Silent bool `json:"silent,omitempty"`
}

// ReplyInput is one turn. It is passed by value and holds nothing that the workflow changes
// afterwards.
type ReplyInput struct {
	Conversation string
	WorkflowID   string
	Channel      string
	WaID         string
	UserID       string
	// Bot is the hash of the definition that answers.
	Bot string
	// State is nil until the contact has said something.
	State *bot.State
	// Page is the number of the transcript's next page: what stands below it can be looked up.
	Page int
	// Horizon is Meta's time of the newest message that the workflow has forgotten; what is
	// not newer is looked up. 0 when nothing was forgotten.
	Horizon  int64
	Messages []Incoming
	// Timers are all that are set. Idle ones do not fire while Hold is set: the question has
	// not reached the contact.
	Timers []bot.Timer
	Hold   bool
	// Until is the deadline of a timer that has fired; zero when none has.
	Until time.Time
	// Handoff is what is known of one that was handed off before.
	Handoff *bot.Handoff
	// Result is what came of the call that was out; it comes before the messages. CallFor is the
	// contact's message that led to that call, empty when none did.
	Result  *CallOutcome
	CallFor string
}

// ReplyResult is what a turn came to. It stands in the history.
type ReplyResult struct {
	// State is nil while nobody has said anything new.
	State *bot.State `json:"state,omitempty"`
	// Label is name@hash8 of the bot.
	Label string `json:"label,omitempty"`
	// Handled counts the messages that were looked at, in order; the rest waits.
	Handled int `json:"handled,omitempty"`
	// Deferred are the places of those that wait nevertheless, until the call that is out is back.
	Deferred []int `json:"deferred,omitempty"`
	// Repeats are the places of those that had been handled before.
	Repeats []int `json:"repeats,omitempty"`
	// Known are the ids of the contact's other conversations, given once, when this one
	// opens; KnownMore says that there were more than that.
	Known     store.MessageIDs `json:"known,omitempty"`
	KnownMore bool             `json:"knownMore,omitempty"`
	// Unclosed are the contact's other conversations whose rows are still open, given once:
	// what became of them has to be looked into.
	Unclosed []string `json:"unclosed,omitempty"`
	Sends    []Send   `json:"sends,omitempty"`
	// Timers are all that are set after the turn.
	Timers []bot.Timer `json:"timers,omitempty"`
	Close  *bot.Close  `json:"close,omitempty"`
	// Call is the call that the state now waits for, if the turn has asked for it. CallFor is the
	// contact's message that led to it, directly or through another call.
	Call    *bot.Call `json:"call,omitempty"`
	CallFor string    `json:"callFor,omitempty"`
	// Handoff is what is known of a conversation that is handed off after the turn: who has to
	// take over, and what they should know.
	Handoff *bot.Handoff `json:"handoff,omitempty"`
	// Notes are for the transcript.
	Notes []Note `json:"notes,omitempty"`
	// Now is the time of the turn's latest event; zero when there was none.
	Now time.Time `json:"now,omitzero"`
}

// Note is a line in the transcript that operators read.
type Note struct {
	At time.Time `json:"at"`
	// After counts the turn's messages that stand before it.
	After int    `json:"after,omitempty"`
	Text  string `json:"text"`
}

// Send is one message that the turn wants delivered.
type Send struct {
	// ID is its webhook-id.
	ID string `json:"id"`
	// InReplyTo is the contact's message that caused it; empty for timers and wishes.
	InReplyTo string `json:"inReplyTo,omitempty"`
	// At is the time of its event: its 24 hours count from there.
	At time.Time `json:"at"`
	// State is the state of the bot that said it.
	State string `json:"state,omitempty"`
	// Ask is the number of the question that it says; 0 for none.
	Ask int `json:"ask,omitempty"`
	// Body is compact JSON without HTML escaping. Histories have to keep its bytes: package
	// app sees to it.
	Body json.RawMessage `json:"body"`
}

// Reply makes one turn: it drops what was handled before and steps the bot through the
// messages, in order, and through the timers that came due between them. All that it
// decides by is in its input, so that a turn that is repeated says the same. The first turn
// with something new also opens the conversation's row. While a call is out, what has to wait
// for its result is deferred and comes again.
//
// Errors are those of the database only, and worth another try; what a bot does wrong ends
// the conversation with an apology.
func (a *Activities) Reply(ctx context.Context, in ReplyInput) (ReplyResult, error) {
	definition, err := a.definition(ctx, in)
	if err != nil {
		return ReplyResult{}, fmt.Errorf("load the bot: %w", err)
	}
	t := newTurn(in, definition, a.step, a.log)
	if err := a.findRepeats(ctx, t); err != nil {
		return ReplyResult{}, fmt.Errorf("look for repeated messages: %w", err)
	}
	if err := a.prepareOpening(ctx, t); err != nil {
		return ReplyResult{}, err
	}
	t.run()
	if t.result.State == nil {
		return t.result, nil
	}
	if err := a.keepPreference(ctx, t); err != nil {
		return ReplyResult{}, err
	}
	if err := a.keepRow(ctx, in, &t.result); err != nil {
		return ReplyResult{}, err
	}
	return t.result, nil
}

// keepRow opens the conversation's row, once, and keeps there who answers.
func (a *Activities) keepRow(ctx context.Context, in ReplyInput, r *ReplyResult) (err error) {
	before := in.State
	if before == nil {
		if err := a.open(ctx, in, *r); err != nil {
			return fmt.Errorf("open the conversation: %w", err)
		}
		if r.Unclosed, err = a.unclosed(ctx, in); err != nil {
			return fmt.Errorf("look for the contact's open conversations: %w", err)
		}
		before = &bot.State{Contact: r.State.Contact}
	}
	if now := r.State.Contact; !now.Same(before.Contact) {
		if err := a.store.SetContact(ctx, in.Conversation, now.WaID, now.UserID); err != nil && !isNotFound(err) {
			return fmt.Errorf("keep who the contact is: %w", err)
		}
	}
	if before.MutedAt.Equal(r.State.MutedAt) || r.Close != nil {
		return nil
	}
	err = a.store.SetHandedOff(ctx, in.Conversation, r.State.MutedAt)
	if err != nil && !isNotFound(err) {
		return fmt.Errorf("keep who answers: %w", err)
	}
	return nil
}

// unclosed are rows that only a run that was terminated leaves behind, or that belong to a
// chat under the contact's other identity: which of the two is for Recover to find out.
func (a *Activities) unclosed(ctx context.Context, in ReplyInput) ([]string, error) {
	return a.store.UnclosedConversations(ctx, store.UnclosedQuery{
		Channel: in.Channel, WaID: in.WaID, UserID: in.UserID, WorkflowID: in.WorkflowID, Except: in.Conversation, Limit: maxUnclosed,
	})
}

// definition is the bot that answers. One that is gone, or that no longer loads, will not come
// back by trying again: the starter takes its place, which opens a conversation as usual and
// ends one of another bot with an apology.
func (a *Activities) definition(ctx context.Context, in ReplyInput) (*definition.Bot, error) {
	b, err := a.compiled(ctx, in.Bot)
	if problems := definition.Problems(nil); isNotFound(err) || errors.As(err, &problems) {
		a.log.ErrorContext(ctx, "the bot cannot be used", "bot", in.Bot, "conversation", in.Conversation, "error", err)
		return definition.Load(definition.Starter())
	}
	return b, err
}

// findRepeats asks the database for what the workflow cannot know: the contact's other
// conversations, once, and whatever is older than the workflow's memory.
func (a *Activities) findRepeats(ctx context.Context, t *turn) error {
	in := t.in
	if len(in.Messages) == 0 {
		return nil
	}
	since := in.Messages[0].At.Add(-remembered)
	horizon := in.Horizon
	if in.State == nil {
		known, more, err := a.store.RecentMessageIDs(ctx, store.RecentQuery{
			Channel: in.Channel, WaID: in.WaID, UserID: in.UserID, WorkflowID: in.WorkflowID, Except: in.Conversation,
			Since: since, Limit: store.KeptMessageIDs,
		})
		if err != nil {
			return err
		}
		t.remember(known, more)
		horizon = max(horizon, t.horizon)
	}
	old := t.olderThan(horizon)
	if len(old) == 0 {
		return nil
	}
	repeats, err := a.store.KnownMessages(ctx, store.KnownQuery{
		Channel: in.Channel, WaID: in.WaID, UserID: in.UserID, WorkflowID: in.WorkflowID, Conversation: in.Conversation,
		BelowPage: in.Page, Since: since, IDs: old,
	})
	t.repeated(repeats)
	return err
}

func (a *Activities) open(ctx context.Context, in ReplyInput, r ReplyResult) error {
	return a.store.OpenConversation(ctx, store.Conversation{
		ID: in.Conversation, WorkflowID: in.WorkflowID, Channel: in.Channel,
		WaID: r.State.Contact.WaID, UserID: r.State.Contact.UserID, Bot: in.Bot, OpenedAt: r.State.Started,
	})
}
