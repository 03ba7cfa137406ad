package api

import (
	"context"
	"errors"
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
	channel store.Channel
	// waID, userID or both are set.
	waID, userID string
	messages     []sized
}

// contact is the key of the conversation: the phone number if it is known.
func (g *group) contact() string {
	return workflows.ConversationInput{WaID: g.waID, UserID: g.userID}.Contact()
}

// batch sorts what one POST holds: messages by conversation, and facts for the database.
type batch struct {
	store  Store
	now    time.Time
	groups []*group
	byKey  map[groupKey]*group
	// phones are the phone numbers of user ids, as far as this POST or the store knows them.
	phones map[groupKey]string
	facts  facts
	count  inboundResponse
	cut    int
	// codes are those of the errors that WhatsApp reported, each once, at most maxLogged.
	codes []int64
}

// groupKey is a channel's waId and a contact or user id.
type groupKey struct{ channel, contact string }

func newBatch(s Store, now time.Time) *batch {
	return &batch{store: s, now: now, byKey: map[groupKey]*group{}, phones: map[groupKey]string{}}
}

// source is the value that something comes from.
type source struct {
	*whatsapp.Value

	channel store.Channel
	// names are the profile names of contacts by either identity.
	names map[string]string
}

// add takes one value in: all that it holds, each by its fate. A value of which something
// could not be read counts as ignored at least once.
func (b *batch) add(ctx context.Context, channel store.Channel, value *whatsapp.Value) error {
	from := source{value, channel, b.learn(channel, value)}
	ignored := 0
	for _, part := range value.Fates() {
		done, err := b.take(ctx, from, part)
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
func (b *batch) take(ctx context.Context, from source, part whatsapp.Part) (done bool, err error) {
	switch part.Fate {
	case whatsapp.FateBot, whatsapp.FateUnreadable, whatsapp.FateReaction, whatsapp.FateTranscript, whatsapp.FateNewNumber:
		return b.addMessage(ctx, from, part)
	case whatsapp.FateNewUserID:
		if part.List == whatsapp.FieldMessages {
			return b.addMessage(ctx, from, part)
		}
		return b.addUserIDUpdate(ctx, from, from.UserIDUpdates[part.Index])
	case whatsapp.FateEcho:
		return false, b.addEcho(ctx, from, &from.Echoes[part.Index])
	case whatsapp.FateStatus:
		return b.addStatus(from, &from.Statuses[part.Index]), nil
	case whatsapp.FatePreference:
		return b.addPreference(ctx, from, from.Preferences[part.Index])
	case whatsapp.FateWindow:
		return b.addCall(ctx, from, &from.Calls[part.Index])
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

// learn notes which user id has which phone number, and returns the profile names by
// either of them.
func (b *batch) learn(channel store.Channel, value *whatsapp.Value) map[string]string {
	names := make(map[string]string, 2*len(value.Contacts))
	for _, contact := range value.Contacts {
		b.link(channel, contact.WaID, contact.UserID)
		for _, id := range []string{contact.WaID, contact.UserID} {
			if id != "" && contact.Profile.Name != "" {
				names[id] = cutAt(contact.Profile.Name, maxName)
			}
		}
	}
	for i := range value.Messages {
		b.link(channel, value.Messages[i].From, value.Messages[i].FromUserID)
	}
	for i := range value.Echoes {
		b.link(channel, value.Echoes[i].To, value.Echoes[i].ToUserID)
	}
	return names
}

func (b *batch) link(channel store.Channel, waID, userID string) {
	if storable(waID) && storable(userID) {
		b.phones[groupKey{channel.WaID, userID}] = waID
	}
}

// addMessage hands a message to its conversation, and keeps what it says of its sender.
func (b *batch) addMessage(ctx context.Context, from source, part whatsapp.Part) (done bool, err error) {
	m := &from.Messages[part.Index]
	waID, userID, err := b.identify(ctx, from.channel, m.From, m.FromUserID)
	if err != nil || (waID == "" && userID == "") {
		return false, err
	}
	name := from.names[m.From]
	if name == "" {
		name = from.names[m.FromUserID]
	}
	message, err := measure(m, name)
	if err != nil {
		return false, err
	}
	if message.Cut {
		b.cut++
	}
	switch part.Fate {
	case whatsapp.FateNewNumber:
		b.addNumberChange(from, m, waID)
	case whatsapp.FateNewUserID:
		b.addIdentityChange(from, m.Timestamp, waID, userID, m.System.UserID)
	}
	b.count.Messages++
	g := b.group(from.channel, waID, userID)
	g.messages = append(g.messages, message)
	return true, nil
}

// identify returns who a phone number and a user id are, without what cannot be kept. A
// phone number that is missing is filled in when it is known, so that the conversation
// stays one.
func (b *batch) identify(ctx context.Context, channel store.Channel, from, fromUserID string) (waID, userID string, err error) {
	if storable(fromUserID) {
		userID = fromUserID
	}
	if storable(from) {
		return from, userID, nil
	}
	if userID == "" {
		return "", "", nil
	}
	key := groupKey{channel.WaID, userID}
	waID, known := b.phones[key]
	if !known {
		waID, err = b.store.ContactWaID(ctx, channel.WaID, userID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return "", "", err
		}
		b.phones[key] = waID
	}
	return waID, userID, nil
}

func (b *batch) group(channel store.Channel, waID, userID string) *group {
	fresh := &group{channel: channel, waID: waID, userID: userID}
	key := groupKey{channel.WaID, fresh.contact()}
	if known := b.byKey[key]; known != nil {
		if known.userID == "" {
			known.userID = userID
		}
		return known
	}
	b.byKey[key] = fresh
	b.groups = append(b.groups, fresh)
	return fresh
}
