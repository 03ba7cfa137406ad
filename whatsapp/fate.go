package whatsapp

// Fate says what is done with a message, status or event of a webhook. The documentation of the package
// has the table.
type Fate string

const (
	// FateBot runs the bot.
	FateBot Fate = "bot"
	// FateUnreadable runs the bot too, and opens a conversation: a person made contact, but
	// with something that cannot be read here.
	FateUnreadable Fate = "unreadable"
	// FateReaction can only fire a trigger that asks for reactions; it answers no question.
	FateReaction Fate = "reaction"
	// FateTranscript is kept where a conversation is open and does nothing else.
	FateTranscript Fate = "transcript"
	// FateNewNumber is kept; the contact writes from another phone number from now on, to
	// which opt-out and recent ids are copied.
	FateNewNumber Fate = "new_number"
	// FateNewUserID is kept; the contact has another business-scoped user id from now on.
	FateNewUserID Fate = "new_user_id"
	// FateEcho is something that a person of the business said from the WhatsApp Business
	// app. It mutes the bot of an open conversation, and is never what the contact said.
	FateEcho Fate = "echo"
	// FateStatus is kept by channel and message id, the one of the highest rank.
	FateStatus Fate = "status"
	// FatePreference changes whether the contact wants marketing messages.
	FatePreference Fate = "opt_out"
	// FateWindow opens the 24 hours in which free-form messages may be sent, and nothing else.
	FateWindow Fate = "window"
	// FateError is counted and logged by its code, for operators.
	FateError Fate = "error"
	// FateCount is counted and not kept.
	FateCount Fate = "count"
)

// Conversation reports whether this fate runs the bot with something that a person said, and so may open
// a conversation.
func (f Fate) Conversation() bool { return f == FateBot || f == FateUnreadable }

// Fate is what becomes of a message by what it is. Where it came from can change that:
// see [Value.Fates].
func (m *Message) Fate() Fate {
	if m.GroupID != "" {
		return FateCount
	}
	switch m.Type {
	case TypeReaction:
		return FateReaction
	case "", TypeEdit, TypeRevoke, TypeRequestWelcome, typePlaceholder:
		return FateTranscript
	case TypeSystem:
		return m.System.fate()
	case TypeUnsupported, TypeUnknown:
		if m.Withheld() || m.unavailable() {
			return FateUnreadable
		}
		return FateTranscript
	}
	if m.automatic() {
		return FateTranscript
	}
	if set, _ := m.payload(m.Type); !set {
		return FateUnreadable
	}
	return FateBot
}

// typePlaceholder stands in the past for a medium that is not handed over.
const typePlaceholder = "media_placeholder"

func (s *System) fate() Fate {
	switch {
	case s == nil:
		return FateTranscript
	case s.Type == SystemNewUserID:
		return FateNewUserID
	case s.Type == "user_identity_changed", s.Type == "customer_identity_changed":
		return FateTranscript // these name the number too, the same as before
	case s.Number() != "":
		return FateNewNumber
	}
	return FateTranscript
}

// SystemNewUserID is the type of a system message about a new business-scoped user id.
const SystemNewUserID = "user_changed_user_id"

// Fate is what becomes of a status. Those of calls are about no message.
func (s *Status) Fate() Fate {
	if s.Type == "call" || s.ID == "" {
		return FateCount
	}
	return FateStatus
}

// Fate is what becomes of a voice call.
func (c *VoiceCall) Fate() Fate {
	if c.Direction == "USER_INITIATED" {
		return FateWindow
	}
	return FateCount
}

// Fate is what becomes of a preference.
func (p Preference) Fate() Fate {
	if _, known := p.Stopped(); known {
		return FatePreference
	}
	return FateCount
}

// Part is one element of the lists of a value, and its fate.
type Part struct {
	// List is the name of the list in the value, as in "messages", and Index the position there.
	List  string
	Index int
	Fate  Fate
}

// Fates lists every element of a value with its fate, in order; a value of a field that is
// not known here has one Part without a list. A message without any identity is counted,
// because nobody could be answered.
func (v *Value) Fates() []Part {
	parts := make([]Part, 0, len(v.Messages)+len(v.Statuses)+len(v.Echoes)+1)
	add := func(list string, n int, fate func(int) Fate) {
		for i := range n {
			parts = append(parts, Part{List: list, Index: i, Fate: fate(i)})
		}
	}
	all := func(f Fate) func(int) Fate { return func(int) Fate { return f } }
	add("messages", len(v.Messages), func(i int) Fate { return v.MessageFate(&v.Messages[i]) })
	add("statuses", len(v.Statuses), func(i int) Fate { return v.Statuses[i].Fate() })
	add("errors", len(v.Errors), all(FateError))
	add("user_preferences", len(v.Preferences), func(i int) Fate { return v.Preferences[i].Fate() })
	add("user_id_update", len(v.UserIDUpdates), all(FateNewUserID))
	add("message_echoes", len(v.Echoes), all(FateEcho))
	add("history", v.History, all(FateCount))
	add("state_sync", v.StateSync, all(FateCount))
	add("calls", len(v.VoiceCalls), func(i int) Fate { return v.VoiceCalls[i].Fate() })
	add("groups", v.Groups, all(FateCount))
	if len(parts) == 0 {
		parts = append(parts, Part{Fate: FateCount})
	}
	return parts
}

// MessageFate is what becomes of one of the messages of the value: messages are a person's only under the field of messages; under any other
// they are counted.
func (v *Value) MessageFate(m *Message) Fate {
	foreign := v.Field != "" && v.Field != FieldMessages
	if foreign || !UsableIdentity(m.From) && !UsableIdentity(m.FromUserID) {
		return FateCount
	}
	return m.Fate()
}
