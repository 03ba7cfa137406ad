package activities

import (
	"context"
	"math"
	"time"

	"github.com/chattigo/api-isv/store"
)

// repeats are the messages of a turn that were handled before.
type repeats struct {
	// newContact is set if the turn opens the first conversation of a contact of whom nothing is stored.
	newContact bool
	// ids are the message ids of the repeated messages.
	ids map[string]bool
	// known are the message ids of the contact's other conversations; more reports that there were
	// more than that.
	known store.MessageIDs
	more  bool
}

// findRepeats asks the database for what the workflow cannot know: the contact's other
// conversations, once, and whatever is older than the workflow's memory.
func (a *Activities) findRepeats(ctx context.Context, in ReplyInput) (repeats, error) {
	found := repeats{ids: map[string]bool{}}
	if len(in.Messages) == 0 {
		return found, nil
	}
	since := in.Messages[0].At.Add(-remembered)
	horizon := in.Horizon
	if in.State == nil {
		if err := a.findOthers(ctx, in, since, &found); err != nil {
			return found, err
		}
		horizon = max(horizon, found.markKnown(in))
	}
	old := found.olderThan(horizon, in)
	if len(old) == 0 {
		return found, nil
	}
	ids, err := a.store.KnownMessages(ctx, store.KnownQuery{
		Channel: in.Channel, WaID: in.WaID, UserID: in.UserID, WorkflowID: in.WorkflowID, Conversation: in.Conversation,
		BelowPage: in.Page, Since: since, IDs: old,
	})
	for _, id := range ids {
		found.ids[id] = true
	}
	return found, err
}

// findOthers reads the message ids of the contact's other conversations, unless the contact is new.
func (a *Activities) findOthers(ctx context.Context, in ReplyInput, since time.Time, found *repeats) (err error) {
	query := store.RecentQuery{
		Channel: in.Channel, WaID: in.WaID, UserID: in.UserID, WorkflowID: in.WorkflowID, Except: in.Conversation,
		Since: since, Limit: store.KeptMessageIDs,
	}
	if found.newContact, err = a.store.IsNewContact(ctx, query); err != nil || found.newContact {
		return err
	}
	found.known, found.more, err = a.store.RecentMessageIDs(ctx, query)
	return err
}

// markKnown marks the messages that stand in the contact's other conversations. It returns Meta's
// time of the oldest of them if there are more than were read, else 0.
func (r *repeats) markKnown(in ReplyInput) (horizon int64) {
	hashes := make(map[uint64]bool, len(r.known))
	oldest := int64(math.MaxInt64)
	for _, id := range r.known {
		hashes[id.Hash] = true
		oldest = min(oldest, id.Timestamp)
	}
	for _, m := range in.Messages {
		if m.Control == nil && hashes[store.HashMessageID(m.ID)] {
			r.ids[m.ID] = true
		}
	}
	if r.more {
		return max(oldest, 1)
	}
	return 0
}

// olderThan lists the messages that may have been forgotten. A message without a readable time may
// be of any age.
func (r *repeats) olderThan(horizon int64, in ReplyInput) []string {
	if horizon == 0 {
		return nil
	}
	var old []string
	for _, m := range in.Messages {
		if m.Control == nil && m.Timestamp <= horizon && !r.ids[m.ID] {
			old = append(old, m.ID)
		}
	}
	return old
}
