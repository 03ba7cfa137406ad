package bot

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/expr"
)

// KeptOf are those of some variables that outlive the conversation. What holds its zero value is left out,
// as it would be the same without: an author forgets something by emptying it.
func KeptOf(b *definition.Bot, vars map[string]json.RawMessage) map[string]json.RawMessage {
	kept := map[string]json.RawMessage{}
	for name := range b.Kept {
		if value, set := vars[name]; set && !slices.Contains(zeros, string(value)) {
			kept[name] = value
		}
	}
	return kept
}

// zeros are the values that variables have before they are set, as JSON. It is never written.
var zeros = []string{`""`, `0`, `false`, `[]`, `{}`}

// KeptChanged reports whether a variable that outlives the conversation has another value after a step.
func KeptChanged(b *definition.Bot, before, after State) bool {
	for name := range b.Kept {
		if !bytes.Equal(before.Vars[name], after.Vars[name]) {
			return true
		}
	}
	return false
}

// Remembering is the state of a conversation that opens, with the variables that were kept of the contact.
// Those that the definition no longer keeps are left out. dropped are the names of those whose values are
// of another type than they have now, or too large.
func (s State) Remembering(b *definition.Bot, kept map[string]json.RawMessage) (remembers State, dropped []string) {
	vars := maps.Clone(s.Vars)
	for _, name := range slices.Sorted(maps.Keys(kept)) {
		switch _, given := vars[name]; {
		case !b.Kept[name] || given:
		case !expr.Fits(kept[name], b.Vars[name], b.Most[name]):
			dropped = append(dropped, name)
		default:
			if vars == nil {
				vars = map[string]json.RawMessage{}
			}
			vars[name] = kept[name]
		}
	}
	s.Vars = vars
	return s, dropped
}
