package activities

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/store"
)

// opening reads the settings of a conversation with a bot, if the turn is going to open it.
func (a *Activities) opening(ctx context.Context, in ReplyInput, b *definition.Bot, newContact bool) (chat.Opening, error) {
	if in.State != nil || !hasNewMessage(in) {
		return chat.Opening{}, nil
	}
	channel, err := a.endpoint(ctx, in.Channel)
	if err != nil && !isNotFound(err) {
		return chat.Opening{}, fmt.Errorf("read the channel: %w", err)
	}
	var contact store.Contact
	if !newContact {
		if contact, err = a.store.Contact(ctx, in.Channel, in.WaID, in.UserID); err != nil && !isNotFound(err) {
			return chat.Opening{}, fmt.Errorf("read the contact's preference: %w", err)
		}
	}
	o := chat.Opening{
		Env: a.env, LoopGuard: channel.LoopGuard,
		Preference: chat.Preference{Out: contact.OptedOut, At: contact.OptedOutAt},
	}
	if o.Kept, err = a.kept(ctx, in, b); err != nil || !o.LoopGuard {
		return o, err
	}
	kept, err := a.store.LastGuard(ctx, in.WorkflowID, in.Conversation)
	if err != nil {
		return chat.Opening{}, fmt.Errorf("read the loop guard's memory: %w", err)
	}
	// A memory that cannot be read counts as empty: the guard begins to count anew.
	_ = json.Unmarshal(kept, &o.Guard)
	return o, nil
}

// kept reads the variables that the bot keeps of the contact. What cannot be read counts as nothing.
func (a *Activities) kept(ctx context.Context, in ReplyInput, b *definition.Bot) (vars map[string]json.RawMessage, err error) {
	if len(b.Kept) == 0 {
		return nil, nil
	}
	raw, err := a.store.VarsKept(ctx, in.Channel, in.WaID, in.UserID, b.Name, in.Conversation)
	if err != nil {
		return nil, fmt.Errorf("read what is kept of the contact: %w", err)
	}
	_ = json.Unmarshal(raw, &vars) // nil then, as for nothing
	return vars, nil
}

// keepVars writes the variables that the bot keeps of the contact, if the turn has changed one.
func (a *Activities) keepVars(ctx context.Context, in ReplyInput, b *definition.Bot, r ReplyResult) error {
	if r.Kept == nil {
		return nil
	}
	var vars []byte
	if len(r.Kept.Vars) > 0 {
		vars = r.Kept.JSON()
	}
	err := a.store.KeepVars(ctx, store.KeptVars{
		Channel: in.Channel, WaID: r.Kept.WaID, UserID: r.Kept.UserID, Bot: b.Name, Vars: vars,
		Conversation: in.Conversation, Opening: in.State == nil, At: r.Kept.At,
	})
	if err != nil {
		return fmt.Errorf("keep what the bot keeps of the contact: %w", err)
	}
	return nil
}

func hasNewMessage(in ReplyInput) bool {
	return slices.ContainsFunc(in.Messages, func(m chat.Incoming) bool { return m.Control == nil && !m.Echo && !in.Repeats[m.ID] })
}

// keepPreference writes the contact's latest word on notices. The turn that opens a conversation
// writes only changes: see [chat.Preference.OptedOut].
func (a *Activities) keepPreference(ctx context.Context, in ReplyInput, r ReplyResult) error {
	wanted := r.OptOut
	if wanted == nil || in.State == nil && wanted.Out == in.Opening.Preference.OptedOut(r.State.Started) {
		return nil
	}
	err := a.store.SetPreferences(ctx, []store.Preference{{
		Channel: in.Channel, WaID: wanted.WaID, UserID: wanted.UserID, OptedOut: wanted.Out, At: wanted.At,
	}})
	if err != nil {
		return fmt.Errorf("keep the contact's preference: %w", err)
	}
	return nil
}
