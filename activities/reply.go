package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
)

const (
	// remembered is how long a message id is known: Meta redelivers for up to 7 days.
	remembered = 8 * 24 * time.Hour
	// turnTime is how long a turn begins messages: a slow bot takes 0.3 s for one, and an attempt of Reply
	// has 3 s. A turn that always took longer would never end.
	turnTime = time.Second
	// maxUnclosed is how many conversations with open rows a new one has recovered; the hourly
	// sweep finds the others.
	maxUnclosed = 5
)

// ReplyInput is one turn. It is passed by value and holds nothing that the workflow changes
// afterwards.
type ReplyInput struct {
	chat.Input

	WorkflowID string
	Channel    string
	// Bot is the hash of the definition that answers.
	Bot string
	// Page is the number of the transcript's next page: messages on the pages below are looked up.
	Page int
	// Horizon is Meta's time of the newest message that the workflow has forgotten; what is
	// not newer is looked up. 0 when nothing was forgotten.
	Horizon int64
}

// ReplyResult is the result of a turn. It stands in the history.
type ReplyResult struct {
	chat.Output

	// Known are the message ids of the contact's other conversations, given once, when this one
	// opens; KnownMore reports that there were more than that.
	Known     store.MessageIDs `json:"known,omitempty"`
	KnownMore bool             `json:"knownMore,omitempty"`
	// Unclosed are the contact's other conversations whose rows are still open, given once: a
	// Recovery is started for each.
	Unclosed []string `json:"unclosed,omitempty"`
	// Merge says that the close notice goes into the turn's last message, because the channel was set so
	// when the conversation closed.
	Merge bool `json:"merge,omitempty"`
	// Announce is what the ISV's back office is told of the turn; nil for nothing.
	Announce *Announcement `json:"announce,omitempty"`
}

// LastWords returns the message that carries the close notice; false if it is apart.
func (r ReplyResult) LastWords(conversation string) (chat.Send, bool) {
	if !r.Merge || len(r.Sends) == 0 {
		return chat.Send{}, false
	}
	return chat.LastWords(conversation, r.Sends[len(r.Sends)-1])
}

// Reply runs the bot over the waiting messages: database work around [chat.Run]. All that the turn
// decides by is in its input or was in the database before the conversation opened, so that a turn
// that is repeated says the same. The first turn with something new also opens the conversation's
// row.
//
// Errors are those of the database only, and worth another attempt; a bot that fails ends the
// conversation with an apology.
func (a *Activities) Reply(ctx context.Context, in ReplyInput) (ReplyResult, error) {
	r, err := a.reply(ctx, in)
	a.countTurn(in, r, err)
	return r, err
}

func (a *Activities) reply(ctx context.Context, in ReplyInput) (ReplyResult, error) {
	definition, err := a.definition(ctx, in)
	if err != nil {
		return ReplyResult{}, fmt.Errorf("load the bot: %w", err)
	}
	seen, err := a.findRepeats(ctx, in)
	if err != nil {
		return ReplyResult{}, fmt.Errorf("look for repeated messages: %w", err)
	}
	in.Repeats = seen.ids
	if in.Opening, err = a.opening(ctx, in, definition, seen.newContact); err != nil {
		return ReplyResult{}, err
	}
	began := a.now()
	in.Late = func() bool { return ctx.Err() != nil || a.now().Sub(began) > turnTime }
	r := ReplyResult{Output: chat.RunWith(a.step, definition, in.Input), Known: seen.known, KnownMore: seen.more}
	a.metrics.TurnTook(a.now().Sub(began))
	a.logFaults(ctx, in, r)
	if r.State == nil {
		return r, nil
	}
	if err := a.keepPreference(ctx, in, r); err != nil {
		return ReplyResult{}, err
	}
	if err := a.keepVars(ctx, in, definition, r); err != nil {
		return ReplyResult{}, err
	}
	if err := a.keepRow(ctx, in, seen.newContact, &r); err != nil {
		return ReplyResult{}, err
	}
	if r.Merge, err = a.merges(ctx, in.Channel, r.Output); err != nil {
		return ReplyResult{}, err
	}
	r.Announce, err = a.announcement(ctx, in, r)
	return r, err
}

// merges reports whether the close notice goes into the turn's last message. It reads the channel as it is
// now: what closes after the answer to a PATCH goes by what that has set.
func (a *Activities) merges(ctx context.Context, waID string, said chat.Output) (bool, error) {
	if !said.ClosesWithWords() {
		return false, nil
	}
	channel, err := a.store.Channel(ctx, waID)
	if err != nil && !isNotFound(err) {
		return false, fmt.Errorf("read the channel: %w", err)
	}
	return channel.MergeNotice, nil
}

// logFaults logs the steps that failed. A panic's value may hold what the contact wrote, so that only
// its type is in the fault.
func (a *Activities) logFaults(ctx context.Context, in ReplyInput, r ReplyResult) {
	for _, f := range r.Faults {
		if f.Stack != "" {
			a.log.ErrorContext(ctx, "bot step panicked", "bot", r.Label, "conversation", in.Conversation, "error", f.Err, "stack", f.Stack)
			continue
		}
		a.log.ErrorContext(ctx, "bot step failed", "bot", r.Label, "conversation", in.Conversation, "error", f.Err)
	}
}

// keepRow opens the conversation's row, once, and keeps its contact and its handoff current.
func (a *Activities) keepRow(ctx context.Context, in ReplyInput, newContact bool, r *ReplyResult) (err error) {
	before := in.State
	if before == nil {
		if err := a.open(ctx, in, *r); err != nil {
			return fmt.Errorf("open the conversation: %w", err)
		}
		if r.Unclosed, err = a.unclosed(ctx, in, newContact); err != nil {
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

// unclosed are the contact's open rows: a terminated run has left them behind, or they belong to a
// chat under the contact's other identity. Recover finds out which.
func (a *Activities) unclosed(ctx context.Context, in ReplyInput, newContact bool) ([]string, error) {
	if newContact {
		return nil, nil
	}
	return a.store.UnclosedConversations(ctx, store.UnclosedQuery{
		Channel: in.Channel, WaID: in.WaID, UserID: in.UserID, WorkflowID: in.WorkflowID, Except: in.Conversation, Limit: maxUnclosed,
	})
}

// definition is the definition that answers. If it is gone or no longer loads, no retry will help:
// the starter takes its place, which opens a conversation as usual and ends one of another bot with
// an apology.
func (a *Activities) definition(ctx context.Context, in ReplyInput) (*definition.Bot, error) {
	b, err := a.compiled(ctx, in.Bot)
	if problems := definition.Problems(nil); isNotFound(err) || errors.As(err, &problems) {
		a.log.ErrorContext(ctx, "cannot load bot definition", "bot", in.Bot, "conversation", in.Conversation, "error", err)
		return definition.Load(definition.Starter())
	}
	return b, err
}

func (a *Activities) open(ctx context.Context, in ReplyInput, r ReplyResult) error {
	return a.store.OpenConversation(ctx, store.Conversation{
		ID: in.Conversation, WorkflowID: in.WorkflowID, Channel: in.Channel,
		WaID: r.State.Contact.WaID, UserID: r.State.Contact.UserID, Bot: in.Bot, OpenedAt: r.State.Started,
	})
}
