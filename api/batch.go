package api

import (
	"context"
	"errors"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/workflows"
)

// maxName bounds, in bytes, a profile name that travels with a message.
const maxName = 256

// group is what one POST holds for one conversation, in order.
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

// batch sorts the messages of one POST by conversation.
type batch struct {
	store  Store
	groups []*group
	byKey  map[groupKey]*group
	// phones are the phone numbers of user ids, as far as this POST or the store knows them.
	phones map[groupKey]string
	count  inboundResponse
	cut    int
}

// groupKey is a channel's waId and a contact or user id.
type groupKey struct{ channel, contact string }

func newBatch(s Store) *batch {
	return &batch{store: s, byKey: map[groupKey]*group{}, phones: map[groupKey]string{}}
}

// add takes one value in.
func (b *batch) add(ctx context.Context, channel store.Channel, value whatsapp.Value) error {
	if value.Problem != "" || (value.Field != fieldMessages && value.Field != "") {
		b.count.Ignored++
	}
	if value.Field != fieldMessages && value.Field != "" {
		return nil
	}
	b.count.Statuses += len(value.Statuses)
	names := b.learn(channel, value)
	for i := range value.Messages {
		if err := b.addMessage(ctx, channel, &value.Messages[i], names); err != nil {
			return err
		}
	}
	return nil
}

// learn notes which user id has which phone number, and returns the profile names by
// either of them.
func (b *batch) learn(channel store.Channel, value whatsapp.Value) map[string]string {
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
	return names
}

func (b *batch) link(channel store.Channel, waID, userID string) {
	if storable(waID) && storable(userID) {
		b.phones[groupKey{channel.WaID, userID}] = waID
	}
}

func (b *batch) addMessage(ctx context.Context, channel store.Channel, m *whatsapp.Message, names map[string]string) error {
	waID, userID, err := b.identify(ctx, channel, m)
	if err != nil {
		return err
	}
	if m.GroupID != "" || (waID == "" && userID == "") {
		b.count.Ignored++
		return nil
	}
	name := names[m.From]
	if name == "" {
		name = names[m.FromUserID]
	}
	message, err := measure(m, name)
	if err != nil {
		return err
	}
	if message.Cut {
		b.cut++
	}
	b.count.Messages++
	g := b.group(channel, waID, userID)
	g.messages = append(g.messages, message)
	return nil
}

// identify returns who sent a message. A phone number that the message leaves out is
// filled in when it is known, so that the conversation stays one.
func (b *batch) identify(ctx context.Context, channel store.Channel, m *whatsapp.Message) (waID, userID string, err error) {
	if storable(m.FromUserID) {
		userID = m.FromUserID
	}
	if storable(m.From) {
		return m.From, userID, nil
	}
	if userID == "" || m.GroupID != "" {
		return "", userID, nil
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
