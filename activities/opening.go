package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/store"
)

// opening is what a conversation that opens finds: it goes by it until its end.
type opening struct {
	env     string
	guarded bool
	// guard is what the loop guard remembers of the contact's latest conversation.
	guard   *bot.Guard
	contact store.Contact
}

// prepareOpening asks for it, if the turn is going to open a conversation.
func (a *Activities) prepareOpening(ctx context.Context, t *turn) error {
	if t.in.State != nil || !t.hasNews() {
		return nil
	}
	channel, err := a.endpoint(ctx, t.in.Channel)
	if err != nil && !isNotFound(err) {
		return fmt.Errorf("read the channel: %w", err)
	}
	contact, err := a.store.Contact(ctx, t.in.Channel, t.in.WaID, t.in.UserID)
	if err != nil && !isNotFound(err) {
		return fmt.Errorf("read what the contact wants: %w", err)
	}
	t.opening = opening{env: a.env, guarded: channel.LoopGuard, contact: contact}
	if !channel.LoopGuard {
		return nil
	}
	kept, err := a.store.LastGuard(ctx, t.in.WorkflowID, t.in.Conversation)
	if err != nil {
		return fmt.Errorf("read what the loop guard remembers: %w", err)
	}
	// What cannot be read is as good as nothing: the guard begins to count anew.
	_ = json.Unmarshal(kept, &t.opening.guard)
	return nil
}

func (t *turn) hasNews() bool {
	return slices.ContainsFunc(t.in.Messages, func(m Incoming) bool { return m.Wish == nil && !m.Echo && !t.repeats[m.ID] })
}

func (o opening) fill(s bot.State) bot.State {
	s.Env, s.OptedOut = o.env, o.optedOut(s.Started)
	if o.guarded {
		return s.Guarded(o.guard)
	}
	return s
}

// optedOut says what the contact wanted before the conversation. A turn that is repeated finds
// what it wrote itself the first time, and must not go by that; but as it writes only changes,
// what stood there before was the opposite.
func (o opening) optedOut(started time.Time) bool {
	ours := !o.contact.OptedOutAt.IsZero() && !o.contact.OptedOutAt.Before(started)
	return o.contact.OptedOut != ours
}

// keepPreference writes what the contact wanted last. The turn that opens a conversation writes
// it only where it is a change: see optedOut.
func (a *Activities) keepPreference(ctx context.Context, t *turn) error {
	wanted := t.optOut
	if wanted == nil || (t.in.State == nil && wanted.OptedOut == t.opening.optedOut(t.result.State.Started)) {
		return nil
	}
	if err := a.store.SetPreferences(ctx, []store.Preference{*wanted}); err != nil {
		return fmt.Errorf("keep what the contact wants: %w", err)
	}
	return nil
}
