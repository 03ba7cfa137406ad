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

// group holds what one POST has for one conversation, in order: messages of the contact, and echoes
// to it.
type group struct {
	channel  store.Channel
	with     person
	messages []sized
}

func (g *group) add(m sized, with person) {
	m.with = with
	g.messages = append(g.messages, m)
}

// startInput is the input of a conversation that these messages open.
func (g *group) startInput() workflows.ConversationInput {
	return workflows.ConversationInput{Channel: g.channel.WaID, WaID: g.with.waID, UserID: g.with.userID}
}

// batch is one POST, sorted: messages by conversation, and facts for the database. It is made and
// saved while the POST is handled.
type batch struct {
	now    time.Time
	people *people
	groups []*group
	byKey  map[personKey]*group
	facts  facts
	count  inboundResponse
	cut    int
	// codes are those of the errors that WhatsApp reported, each once, at most maxLogged of them.
	codes []int64
}

func newBatch(p *people, now time.Time) *batch {
	return &batch{now: now, people: p, byKey: map[personKey]*group{}}
}

// source is a value with its channel.
type source struct {
	*whatsapp.Value

	channel store.Channel
	// names are the profile names of contacts by identity.
	names map[string]string
}

// add sorts what one value holds. What is not kept counts as ignored; so does every echo, because
// nobody knows yet whether a conversation is open that it could mute. A value of which something
// could not be read counts as ignored at least once.
func (b *batch) add(channel store.Channel, value *whatsapp.Value) error {
	ignored := len(value.Fates())
	if value.Metadata == nil || channel.WaID != "" { // else the channel is not the account's
		from := source{value, channel, namesOf(value)}
		kept, err := b.addMessages(from)
		if err != nil {
			return err
		}
		ignored -= kept + b.addFacts(from)
	}
	if value.Problem != "" {
		ignored = max(ignored, 1)
	}
	b.count.Ignored += ignored
	return nil
}

// addMessages adds the messages and echoes of a value, and returns how many messages are kept.
func (b *batch) addMessages(from source) (kept int, err error) {
	for i := range from.Messages {
		added, err := b.addMessage(from, &from.Messages[i])
		if err != nil {
			return kept, err
		}
		if added {
			kept++
		}
	}
	for i := range from.Echoes {
		if err := b.addEcho(from, &from.Echoes[i]); err != nil {
			return kept, err
		}
	}
	return kept, nil
}

func (b *batch) addCode(code int64) {
	if len(b.codes) < maxLogged && !slices.Contains(b.codes, code) {
		b.codes = append(b.codes, code)
	}
}

// addMessage adds a message to its conversation, and keeps what it says of its sender. It reports
// whether the message has a conversation.
func (b *batch) addMessage(from source, m *whatsapp.Message) (added bool, err error) {
	fate := from.MessageFate(m)
	with, ok := b.people.find(from.channel.WaID, m.From, m.FromUserID)
	if fate == whatsapp.FateCount || !ok || isOwn(from.channel, with.key) {
		return false, nil
	}
	message, err := newInbound(m, b.nameOf(from, m, with))
	if err != nil {
		return false, err
	}
	if message.Cut {
		b.cut++
	}
	switch fate {
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
