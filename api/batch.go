package api

import (
	"slices"
	"time"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/workflows"
)

// maxName bounds, in bytes, a profile name that travels with a message.
const maxName = 256

// group is what one POST holds for one conversation, in order: messages of the contact, and
// echoes to it.
type group struct {
	channel  store.Channel
	with     person
	messages []sized
}

func (g *group) add(m sized, with person) {
	m.with = with
	g.messages = append(g.messages, m)
}

// input starts the conversation.
func (g *group) input() workflows.ConversationInput {
	return workflows.ConversationInput{Channel: g.channel.WaID, WaID: g.with.waID, UserID: g.with.userID}
}

// batch sorts what one POST holds: messages by conversation, and facts for the database.
type batch struct {
	now    time.Time
	people *people
	groups []*group
	byKey  map[personKey]*group
	facts  facts
	count  inboundResponse
	cut    int
	// codes are those of the errors that WhatsApp reported, each once, at most maxLogged.
	codes []int64
}

func newBatch(p *people, now time.Time) *batch {
	return &batch{now: now, people: p, byKey: map[personKey]*group{}}
}

// source is the value that something comes from.
type source struct {
	*whatsapp.Value

	channel store.Channel
	// names are the profile names of contacts by identity.
	names map[string]string
}

// add takes one value in: all that it holds, each by its fate. A value of which something
// could not be read counts as ignored at least once.
func (b *batch) add(channel store.Channel, value *whatsapp.Value) error {
	from := source{value, channel, namesOf(value)}
	ignored := 0
	for _, part := range value.Fates() {
		done, err := b.take(from, part)
		if err != nil {
			return err
		}
		if !done {
			ignored++
		}
	}
	if value.Problem != "" {
		ignored = max(ignored, 1)
	}
	b.count.Ignored += ignored
	return nil
}

// take does with a thing what its fate says. done is false for what counts as ignored; echoes
// do, because nobody knows yet whether a conversation is open that they could mute.
func (b *batch) take(from source, part whatsapp.Part) (done bool, err error) {
	if from.Metadata != nil && from.channel.WaID == "" {
		return false, nil // of a channel that is not the account's
	}
	switch part.Fate {
	case whatsapp.FateBot, whatsapp.FateUnreadable, whatsapp.FateReaction, whatsapp.FateTranscript, whatsapp.FateNewNumber:
		return b.addMessage(from, part)
	case whatsapp.FateNewUserID:
		if part.List == whatsapp.FieldMessages {
			return b.addMessage(from, part)
		}
		return b.addUserIDUpdate(from, from.UserIDUpdates[part.Index]), nil
	case whatsapp.FateEcho:
		return false, b.addEcho(from, &from.Echoes[part.Index])
	case whatsapp.FateStatus:
		return b.addStatus(from, &from.Statuses[part.Index]), nil
	case whatsapp.FatePreference:
		return b.addPreference(from, from.Preferences[part.Index]), nil
	case whatsapp.FateWindow:
		return b.addCall(from, &from.Calls[part.Index]), nil
	case whatsapp.FateError:
		b.addCode(int64(from.Errors[part.Index].Code))
		return true, nil
	}
	return false, nil
}

func (b *batch) addCode(code int64) {
	if len(b.codes) < maxLogged && !slices.Contains(b.codes, code) {
		b.codes = append(b.codes, code)
	}
}

// addMessage hands a message to its conversation, and keeps what it says of its sender.
func (b *batch) addMessage(from source, part whatsapp.Part) (done bool, err error) {
	m := &from.Messages[part.Index]
	with, ok := b.people.who(from.channel.WaID, m.From, m.FromUserID)
	if !ok || isOwn(from.channel, with.key) {
		return false, nil
	}
	message, err := newInbound(m, b.nameOf(from, m, with))
	if err != nil {
		return false, err
	}
	if message.Cut {
		b.cut++
	}
	switch part.Fate {
	case whatsapp.FateNewNumber:
		b.addNumberChange(from, m, with)
	case whatsapp.FateNewUserID:
		b.addIdentityChange(from, m.Timestamp, with.waID, m.FromUserID, m.System.UserID)
	}
	b.count.Messages++
	b.group(from.channel, with).add(message, with)
	return true, nil
}

func (b *batch) group(channel store.Channel, with person) *group {
	key := personKey{channel.WaID, with.key}
	if known := b.byKey[key]; known != nil {
		return known
	}
	fresh := &group{channel: channel, with: with}
	b.byKey[key] = fresh
	b.groups = append(b.groups, fresh)
	return fresh
}
