package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jellydator/ttlcache/v3"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
)

// announceEvery is how often a process wakes what sends the events of a channel at most. It goes on looking
// for longer than that after it was woken.
const announceEvery = 2 * time.Second

// announceTimeout bounds waking it: the activity that does so has other things to do.
const announceTimeout = time.Second

// Who asks for a handoff, and where an opt-out was heard.
const (
	byBot      = "bot"
	byOperator = "operator"
)

// Announcement is what a turn has led to and the ISV's back office is told of. It stands in histories.
type Announcement struct {
	// Handoff is set when a person was asked for.
	Handoff *HandoffRequested `json:"handoff,omitempty"`
	// OptedOutAt is when the contact opted out of notices; zero if they did not, or had before.
	OptedOutAt time.Time `json:"optedOutAt,omitzero"`
}

// HandoffRequested is a person who was asked for.
type HandoffRequested struct {
	At time.Time `json:"at"`
	// By is "bot" or "operator".
	By   string `json:"by"`
	Desk string `json:"desk,omitempty"`
	Note string `json:"note,omitempty"`
}

// announcement returns what is to be announced of a turn; nil for nothing, or where nobody wants to know.
// Nothing of it is announced before it stands in the history: a turn may run twice.
func (a *Activities) announcement(ctx context.Context, in ReplyInput, r ReplyResult) (*Announcement, error) {
	found := Announcement{Handoff: handoffIn(in.Input, r.Output)}
	if out := r.OptOut; out != nil && out.Out && !wasOut(in.Input, r.Output) {
		found.OptedOutAt = out.At
	}
	if found == (Announcement{}) {
		return nil, nil
	}
	to, err := a.endpoint(ctx, in.Channel)
	switch {
	case isNotFound(err) || err == nil && to.EventsURL == "":
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &found, nil
}

// wasOut reports whether the contact had opted out before the turn.
func wasOut(in chat.Input, out chat.Output) bool {
	if in.State != nil {
		return in.State.OptedOut
	}
	return in.Opening.Preference.OptedOut(out.State.Started)
}

// handoffIn returns the handoff that a turn has come to; nil if it has not. A person who answers by
// themselves was not asked for.
func handoffIn(in chat.Input, out chat.Output) *HandoffRequested {
	if !out.State.Muted() || in.State != nil && in.State.MutedAt.Equal(out.State.MutedAt) {
		return nil
	}
	by := ""
	for _, step := range out.Steps {
		switch {
		case slices.ContainsFunc(step.Effects, func(e bot.Effect) bool { return e.Kind == bot.EffectHandoff }):
			by = byBot
		case step.Event.Kind == bot.EventControl && step.Event.Control == bot.ControlHandoff:
			by = ""
			if isOperators(in, step.Event.Cause) {
				by = byOperator
			}
		}
	}
	if by == "" {
		return nil
	}
	asked := HandoffRequested{At: out.State.MutedAt, By: by}
	if out.Handoff != nil {
		asked.Desk, asked.Note = out.Handoff.To, out.Handoff.Note
	}
	return &asked
}

// isOperators reports whether a handoff was asked for, and is not the message of a person to the contact.
func isOperators(in chat.Input, cause string) bool {
	return slices.ContainsFunc(in.Messages, func(m chat.Incoming) bool { return m.ID == cause && m.Control != nil })
}

// AnnounceInput is an announcement of a conversation.
type AnnounceInput struct {
	Address
	Announcement
}

// Announce writes what is to be announced. Repeating it changes nothing.
func (a *Activities) Announce(ctx context.Context, in AnnounceInput) error {
	var all []store.Event
	if h := in.Handoff; h != nil {
		all = append(all, store.HandoffData{
			WaID: in.Channel, Conversation: in.Conversation, Contact: in.Contact,
			RequestedBy: h.By, Desk: h.Desk, Note: h.Note, At: h.At,
		}.Event())
	}
	if !in.OptedOutAt.IsZero() {
		all = append(all, store.OptedOutData{
			WaID: in.Channel, Conversation: in.Conversation, Contact: in.Contact, Source: byBot, At: in.OptedOutAt,
		}.Event())
	}
	if err := a.store.Announce(ctx, all...); err != nil {
		return fmt.Errorf("write events: %w", err)
	}
	a.sendEvents(ctx, in.Channel)
	return nil
}

// closedEvent announces the end of a conversation. vars are all its variables: those are left out that the
// definition does not know, or marks as personal.
func (a *Activities) closedEvent(ctx context.Context, row store.Conversation, contact string, vars map[string]json.RawMessage) *store.Event {
	data := store.ClosedData{
		WaID: row.Channel, Conversation: row.ID, Contact: contact, Reason: row.Outcome, OpenedAt: row.OpenedAt, ClosedAt: row.ClosedAt,
		Messages: row.Messages, Replies: row.Replies, Unanswered: row.Unanswered, Variables: a.publicVars(ctx, row.Bot, vars),
	}
	if data.Contact == "" {
		data.Contact = whatsapp.Identity{WaID: row.WaID, UserID: row.UserID}.Key()
	}
	event := data.Event()
	return &event
}

// publicVars are the variables that hold no personal data: none, if the definition is not to be had. They
// are at most 24 KiB, like all of a conversation's.
func (a *Activities) publicVars(ctx context.Context, hash string, vars map[string]json.RawMessage) map[string]json.RawMessage {
	if len(vars) == 0 {
		return nil
	}
	definition, err := a.compiled(ctx, hash)
	if err != nil {
		a.log.WarnContext(ctx, "variables are left out of an event: cannot load the bot's definition", "bot", hash, "error", err)
		return nil
	}
	public := map[string]json.RawMessage{}
	for name, value := range vars {
		if _, declared := definition.Vars[name]; declared && !definition.Private[name] && json.Valid(value) {
			public[name] = value
		}
	}
	return public
}

// sendEvents wakes what sends the events of a channel, if it wants events. What fails here is made up for by
// the hourly sweep.
func (a *Activities) sendEvents(ctx context.Context, channel string) {
	ctx, cancel := context.WithTimeout(ctx, announceTimeout)
	defer cancel()
	to, err := a.endpoint(ctx, channel)
	if err == nil && (to.EventsURL == "" || a.announced.Has(channel)) {
		return
	}
	if err == nil {
		err = a.runs.SendEvents(ctx, channel)
	}
	if err != nil {
		a.log.WarnContext(ctx, "cannot start sending events", "channel", channel, "error", err)
		return
	}
	a.announced.Set(channel, struct{}{}, ttlcache.DefaultTTL)
}
