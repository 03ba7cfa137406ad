package chat

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/chattigo/api-isv/bot"
)

// Kept are the variables that outlive the conversation, as a turn leaves them that has changed one.
type Kept struct {
	WaID, UserID string
	// Vars are those that are set.
	Vars map[string]json.RawMessage
	At   time.Time
}

// JSON is an object with the variables, whose values keep their bytes.
func (k *Kept) JSON() []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(k.Vars) // values of variables can be written
	return bytes.TrimSpace(buf.Bytes())
}

// keep notes what a step has made of the variables that outlive the conversation.
func (t *turn) keep(before, after bot.State) {
	if t.out.Kept == nil && !bot.KeptChanged(t.bot, before, after) {
		return
	}
	t.out.Kept = &Kept{
		WaID: after.Contact.WaID, UserID: after.Contact.UserID, Vars: bot.KeptOf(t.bot, after.Vars), At: after.At,
	}
}
