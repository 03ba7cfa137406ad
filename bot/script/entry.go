package script

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

// EntryKind is the kind of an entry.
type EntryKind string

// The kinds of entries.
const (
	EntryUser    EntryKind = "user"    // a message of the contact
	EntryBot     EntryKind = "bot"     // a message of the bot
	EntryPerson  EntryKind = "person"  // what a person of the business wrote
	EntryWait    EntryKind = "wait"    // time passed
	EntryTimer   EntryKind = "timer"   // a timer fired
	EntryCall    EntryKind = "call"    // the bot made a call
	EntryHandoff EntryKind = "handoff" // the bot handed the conversation to a person
	EntryControl EntryKind = "control" // an operator closed, handed off or resumed
	EntryOptOut  EntryKind = "optout"  // the contact opted out of notices, or in again
	EntryClosed  EntryKind = "closed"  // the chat ended
	EntryNote    EntryKind = "note"    // a remark for operators
	EntryTrace   EntryKind = "trace"   // a rule that the bot applied, or an edge that it took
)

// Entry is one event of a conversation. Besides Kind, At and Chat, the fields of that kind are set.
type Entry struct {
	Kind EntryKind
	At   time.Time
	// Chat counts the conversations of the contact, from 1.
	Chat int
	// Body is the message of the contact or of the bot.
	Body json.RawMessage
	// State is the state that says a message or makes a call.
	State string
	// StateUnknown is set by a stage that cannot know which state says a message.
	StateUnknown bool
	// Text is the text of a person, of a note or of a trace, or the reason of a control.
	Text    string
	Control bot.Control
	// Call is an HTTP call of the bot, and Answers has what each attempt got.
	Call    *bot.Call
	Answers []Answer
	Wait    time.Duration
	Timer   string
	Handoff *bot.Handoff
	OptOut  bool
	Close   *bot.Close
	Edge    *definition.Edge
	// Failed marks a trace of an error that the definition did not provide for.
	Failed bool
}

// brief is a message of the bot in a few words.
func (e *Entry) brief() string {
	text := Visible(e.Body)
	if text != "" {
		text = string(quote(cut(text, maxOneLine)))
	} else {
		text = "a message of type " + typeOf(e.Body)
	}
	if e.State == "" {
		return text
	}
	return fmt.Sprintf("%s (state %s)", text, e.State)
}

func typeOf(body json.RawMessage) string {
	var b struct{ Type string }
	_ = json.Unmarshal(body, &b)
	return orNone(b.Type)
}
