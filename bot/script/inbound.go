package script

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"github.com/chattigo/api-isv/bot"
)

// Stamp completes a message of the contact with what WhatsApp knows of it: the sender, the id and
// the time. What it has already stays.
func Stamp(message json.RawMessage, c bot.Contact, id string, at time.Time) json.RawMessage {
	var has map[string]json.RawMessage
	if json.Unmarshal(message, &has) != nil || has == nil {
		return message // no object: nothing can be added
	}
	var head object
	for _, m := range []struct{ key, text string }{
		{"from", c.WaID},
		{"from_user_id", c.UserID},
		{"id", id},
		{"timestamp", strconv.FormatInt(at.Unix(), 10)},
	} {
		if _, own := has[m.key]; !own && m.text != "" {
			head.set(m.key, quote(m.text))
		}
	}
	whole, rest := head.JSON(), bytes.TrimSpace(message)
	switch {
	case len(head) == 0:
		return rest
	case len(has) == 0:
		return whole
	}
	return append(append(whole[:len(whole)-1], ','), rest[1:]...)
}

// Unstamped is a message without what [Stamp] completes.
func Unstamped(message json.RawMessage) json.RawMessage {
	return without(message, "from", "from_user_id", "id", "timestamp")
}

// NewTap is a tap on a choice, as an element of messages[] without sender, id and time.
func NewTap(c Choice) json.RawMessage {
	if c.Kind == kindTemplate {
		button := object{{"payload", quote(c.Sent)}, {"text", quote(c.Title)}}
		return object{{"type", quote(kindTemplate)}, {kindTemplate, button.JSON()}}.JSON()
	}
	reply := object{{"id", quote(c.Sent)}, {"title", quote(c.Title)}}
	if c.Description != "" {
		reply.set("description", quote(c.Description))
	}
	interactive := object{{"type", quote(c.Kind)}, {c.Kind, reply.JSON()}}
	return object{{"type", quote("interactive")}, {"interactive", interactive.JSON()}}.JSON()
}
