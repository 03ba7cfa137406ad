package chat

import (
	"encoding/json"
	"maps"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

// Opening holds the settings that are read once, when a conversation opens, and kept for its life. It
// stands in histories and archives.
type Opening struct {
	// Env is what expressions see as bot.env: "production", "dev" or "test".
	Env string `json:"env,omitempty"`
	// LoopGuard switches the loop guard on. Guard is what it remembers of the contact's latest
	// conversation; nil for nothing.
	LoopGuard bool       `json:"loopGuard,omitempty"`
	Guard     *bot.Guard `json:"guard,omitempty"`
	// Preference is the contact's.
	Preference Preference `json:"preference,omitzero"`
	// Kept are the variables that were kept of the contact before the conversation.
	Kept map[string]json.RawMessage `json:"kept,omitempty"`
	// Vars are variables that are set from the beginning, as scripted tests may want.
	Vars map[string]json.RawMessage `json:"vars,omitempty"`
}

// Preference says whether a contact wants notices.
type Preference struct {
	// Out is set when none are wanted, At is when the contact said so; zero when unknown.
	Out bool      `json:"out,omitempty"`
	At  time.Time `json:"at,omitzero"`
}

// OptedOut reports whether the contact wanted no notices before a conversation that started then. A
// turn that is repeated finds what it wrote itself the first time, and must not decide by that; but
// as it writes only changes, what stood there before was the opposite.
func (p Preference) OptedOut(started time.Time) bool {
	ours := !p.At.IsZero() && !p.At.Before(started)
	return p.Out != ours
}

// recorded is the opening as it stands in the history, the same also if the turn is repeated: with the
// preference from before.
func (o Opening) recorded(started time.Time) *Opening {
	o.Preference = Preference{Out: o.Preference.OptedOut(started)}
	return &o
}

// state is the state of a conversation that opens. dropped are the names of the variables that were kept
// but are of another type now.
func (o Opening) state(b *definition.Bot, s bot.State) (opens bot.State, dropped []string) {
	s.Env, s.OptedOut = o.Env, o.Preference.OptedOut(s.Started)
	s.Vars = maps.Clone(o.Vars)
	s, dropped = s.Remembering(b, o.Kept)
	if o.LoopGuard {
		s = s.Guarded(o.Guard)
	}
	return s, dropped
}
