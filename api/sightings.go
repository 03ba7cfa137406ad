package api

import (
	"slices"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
)

// sight notes which identities in a webhook value belong together, person by person.
func (p *people) sight(channel store.Channel, value *whatsapp.Value) {
	for i := range value.Contacts {
		p.sightOne(channel, []string{value.Contacts[i].WaID}, value.Contacts[i].UserID)
	}
	// A contact that names another number is no proof: relays have been seen to send the same one
	// with every message.
	if contact, from, userID, ok := onlySender(value); ok && contact.WaID == "" {
		p.sightOne(channel, []string{from}, userID, contact.UserID)
	}
	for i := range value.Messages {
		m := &value.Messages[i]
		userIDs := []string{m.FromUserID}
		if m.Fate() == whatsapp.FateNewUserID {
			userIDs = []string{m.System.UserID, m.FromUserID}
		}
		p.sightOne(channel, []string{m.From}, userIDs...)
		if m.Fate() == whatsapp.FateNewNumber {
			p.sightOne(channel, []string{m.System.Number()})
		}
	}
	for i := range value.Echoes {
		if value.Echoes[i].GroupID == "" {
			p.sightOne(channel, []string{value.Echoes[i].To}, value.Echoes[i].ToUserID)
		}
	}
	p.sightFacts(channel, value)
}

// sightFacts does so for everything but messages. Of statuses it uses only those with two identities:
// the others come for every message that is sent, and link nothing.
func (p *people) sightFacts(channel store.Channel, value *whatsapp.Value) {
	for i := range value.Statuses {
		s := &value.Statuses[i]
		if s.GroupID == "" && s.RecipientType != "group" && s.RecipientID != "" && s.RecipientUserID != "" {
			p.sightOne(channel, []string{s.RecipientID}, s.RecipientUserID)
		}
	}
	for i := range value.VoiceCalls {
		if value.VoiceCalls[i].Fate() == whatsapp.FateWindow {
			p.sightOne(channel, []string{value.VoiceCalls[i].From}, value.VoiceCalls[i].FromUserID)
		}
	}
	for _, preference := range value.Preferences {
		p.sightOne(channel, []string{preference.WaID}, preference.UserID)
	}
	for _, update := range value.UserIDUpdates {
		p.sightOne(channel, []string{update.WaID}, update.UserID.Current, update.UserID.Previous)
	}
}

// sightOne adds the identities of one person, unless one of them is the channel's own number.
func (p *people) sightOne(channel store.Channel, numbers []string, userIDs ...string) {
	seen := sighting{channel: channel.WaID}
	for _, number := range numbers {
		seen.add(identitiesOf(channel.WaID, number, ""))
	}
	for _, userID := range userIDs {
		seen.add(identitiesOf(channel.WaID, "", userID))
	}
	if len(seen.identities) > 0 && !slices.ContainsFunc(seen.identities, func(identity store.ContactLink) bool { return isOwn(channel, identity.Identity) }) {
		p.sightings = append(p.sightings, seen)
	}
}

func (s *sighting) add(identities []store.ContactLink) {
	for _, identity := range identities {
		if !slices.ContainsFunc(s.identities, func(known store.ContactLink) bool { return known.Identity == identity.Identity }) {
			s.identities = append(s.identities, identity)
		}
	}
}

// isOwn reports whether an identity is the business number itself: a relay may hand over what the
// business says as if a contact had said it, and a bot must not answer itself.
func isOwn(channel store.Channel, identity string) bool {
	return identity == whatsapp.NumberKey(channel.WaID) || identity == channel.PhoneNumberID && identity != ""
}

// onlySender returns the contact and the sender of a value that has one of each: the profile name is
// the sender's then, even if the two have different forms of a number.
func onlySender(value *whatsapp.Value) (contact *whatsapp.Contact, from, userID string, ok bool) {
	if len(value.Contacts) != 1 || len(value.Messages) == 0 {
		return nil, "", "", false
	}
	for i := range value.Messages {
		m := &value.Messages[i]
		if i > 0 && (m.From != from || m.FromUserID != userID) {
			return nil, "", "", false
		}
		from, userID = m.From, m.FromUserID
	}
	return &value.Contacts[0], from, userID, from != "" || userID != ""
}

// namesOf returns the profile names in a value, by identity.
func namesOf(value *whatsapp.Value) map[string]string {
	names := make(map[string]string, 2*len(value.Contacts))
	for i := range value.Contacts {
		contact := &value.Contacts[i]
		if contact.Profile.Name == "" {
			continue
		}
		for _, identity := range identitiesOf("", contact.WaID, contact.UserID) {
			names[identity.Identity] = cutAt(contact.Profile.Name, maxName)
		}
	}
	if contact, from, userID, ok := onlySender(value); ok && contact.Profile.Name != "" {
		for _, identity := range identitiesOf("", from, userID) {
			names[identity.Identity] = cutAt(contact.Profile.Name, maxName)
		}
	}
	return names
}

// nameOf returns the profile name of a message's sender, under any of their identities; empty if it is
// unknown.
func (b *batch) nameOf(from source, m *whatsapp.Message, with person) string {
	for _, identity := range identitiesOf("", m.From, m.FromUserID) {
		if name := from.names[identity.Identity]; name != "" {
			return name
		}
	}
	for _, identity := range b.people.byContact[personKey{from.channel.WaID, with.key}] {
		if name := from.names[identity]; name != "" {
			return name
		}
	}
	return ""
}
