package api

import (
	"context"
	"slices"
	"time"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
)

// maxIdentities bounds the identities of one person: each of their messages reads all of them. Real
// people have a handful in their lives; a number that comes with ever new user ids is a fault, or an
// attack.
const maxIdentities = 100

// person is a contact of a channel.
type person struct {
	// key is the identity under which the person's conversations run, whatever is learned later.
	key string
	// waID is the phone number as it was last written, userID the business-scoped user id; one of them
	// may be unknown.
	waID, userID string
}

// personKey is a channel's waId and an identity: a user id, or the key of a phone number.
type personKey struct{ channel, identity string }

// people groups the identities in one POST, and those that were stored before it, by person. It is
// made while the POST is handled; its links are written at the end.
type people struct {
	now time.Time
	// sightings are the identities that parts of the POST name together.
	sightings []sighting
	links     map[personKey]store.ContactLink
	// byContact are the identities of each person, the newest first.
	byContact map[personKey][]string
	// changed are links to be written. merged are workflow ids of open conversations to be closed,
	// because another one of the same person goes on.
	changed []store.ContactLink
	merged  []string
	// moved are links to be written after the messages were signalled.
	moved []store.ContactLink
	// refused counts sightings that would have given one person too many identities.
	refused int
}

// sighting is a set of identities of one person, from one part of a POST. If several are of one kind,
// the current one is the first.
type sighting struct {
	channel    string
	identities []store.ContactLink
}

// identifyPeople finds the person of each identity in a POST.
func (s *server) identifyPeople(ctx context.Context, owners []store.Channel, webhook *whatsapp.Webhook, now time.Time) (*people, error) {
	p := &people{now: now, links: map[personKey]store.ContactLink{}, byContact: map[personKey][]string{}}
	for i := range webhook.Values {
		if owners[i].WaID != "" {
			p.sight(owners[i], &webhook.Values[i])
		}
	}
	if err := p.load(ctx, s.store); err != nil {
		return nil, err
	}
	open, err := s.conversations.findOpen(ctx, p.toJoin())
	if err != nil {
		return nil, err
	}
	for _, seen := range p.sightings {
		if err := p.join(ctx, seen, open); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// load reads the stored links of the identities in the sightings.
func (p *people) load(ctx context.Context, from Store) error {
	identities := map[string][]string{}
	for _, seen := range p.sightings {
		for _, identity := range seen.identities {
			identities[seen.channel] = append(identities[seen.channel], identity.Identity)
		}
	}
	for channel, all := range identities {
		slices.Sort(all)
		links, err := from.ContactLinks(ctx, channel, slices.Compact(all))
		if err != nil {
			return err
		}
		for _, link := range links {
			p.put(link)
		}
	}
	return nil
}

// put adds or replaces a link.
func (p *people) put(link store.ContactLink) {
	at := personKey{link.Channel, link.Identity}
	if known, ok := p.links[at]; ok {
		of := personKey{link.Channel, known.Contact}
		p.byContact[of] = slices.DeleteFunc(p.byContact[of], func(identity string) bool { return identity == link.Identity })
		if link.WaID == "" {
			link.WaID = known.WaID
		}
	}
	p.links[at] = link
	of := personKey{link.Channel, link.Contact}
	position, _ := slices.BinarySearchFunc(p.byContact[of], link.At, func(identity string, at time.Time) int {
		return at.Compare(p.links[personKey{link.Channel, identity}].At)
	})
	p.byContact[of] = slices.Insert(p.byContact[of], position, link.Identity)
}

// contactOf returns the person's key; an identity without a link is a person of its own.
func (p *people) contactOf(channel, identity string) string {
	if link, ok := p.links[personKey{channel, identity}]; ok {
		return link.Contact
	}
	return identity
}

// contacts returns the persons to whom the identities of a sighting belong so far, each once.
func (p *people) contacts(seen sighting) []string {
	var contacts []string
	for _, identity := range seen.identities {
		if contact := p.contactOf(seen.channel, identity.Identity); !slices.Contains(contacts, contact) {
			contacts = append(contacts, contact)
		}
	}
	return contacts
}

// tooMany reports whether a sighting would give one person too many identities: then no identity gets
// another person.
func (p *people) tooMany(seen sighting, contacts []string) bool {
	n := 0
	for _, contact := range contacts {
		n += len(p.byContact[personKey{seen.channel, contact}])
	}
	for _, identity := range seen.identities {
		if _, known := p.links[personKey{seen.channel, identity.Identity}]; !known {
			n++
		}
	}
	return n > maxIdentities
}

// toJoin returns the persons whom sightings make one with another person. Whether their conversations
// are open decides whose key stays. Of each person it returns at most as many as join looks at.
func (p *people) toJoin() []personKey {
	var all []personKey
	asked, joining := map[personKey]bool{}, map[personKey]int{}
	for _, seen := range p.sightings {
		contacts := p.contacts(seen)
		first := personKey{seen.channel, contacts[0]}
		for _, contact := range contacts[1:] {
			of := personKey{seen.channel, contact}
			if asked[of] || p.tooMany(seen, contacts) || joining[first] >= maxIdentities {
				continue
			}
			asked[of] = true
			joining[first]++
			all = append(all, of)
		}
	}
	return all
}

// join makes the persons of a sighting one. The key of the one with an open conversation stays, or else
// that of the first; further open conversations are closed.
func (p *people) join(ctx context.Context, seen sighting, open *openConversations) error {
	contacts := p.contacts(seen)
	if p.tooMany(seen, contacts) {
		p.refused++
		return nil
	}
	winner := contacts[0]
	for _, contact := range contacts[1:] {
		isOpen, err := open.has(ctx, personKey{seen.channel, contact})
		if err != nil {
			return err
		}
		if !isOpen {
			continue
		}
		winnerIsOpen, err := open.has(ctx, personKey{seen.channel, winner})
		switch {
		case err != nil:
			return err
		case winnerIsOpen:
			p.merged = append(p.merged, open.workflowID(personKey{seen.channel, contact}))
		default:
			winner = contact
		}
	}
	p.relink(seen, contacts, winner)
	return nil
}

// relink gives all identities of a sighting, and of the persons to whom they belonged, to the winner. It
// does nothing for a single identity.
func (p *people) relink(seen sighting, contacts []string, winner string) {
	if len(seen.identities) < 2 {
		return
	}
	for _, contact := range contacts {
		if contact == winner {
			continue
		}
		for _, identity := range slices.Clone(p.byContact[personKey{seen.channel, contact}]) {
			link := p.links[personKey{seen.channel, identity}]
			link.Contact = winner
			p.change(link)
		}
	}
	for i, identity := range seen.identities {
		if p.links[personKey{seen.channel, identity.Identity}].Contact == winner {
			continue
		}
		identity.Contact = winner
		identity.At = p.now.Add(-time.Duration(i) * time.Millisecond)
		p.change(identity)
	}
}

func (p *people) change(link store.ContactLink) {
	p.put(link)
	p.changed = append(p.changed, link)
}

// move takes a number from the person who has left it: its next owner is somebody else. All other
// identities of the person are linked to the fresh one, for the following parts of the POST too.
func (p *people) move(of person, fresh store.ContactLink) {
	channel, left := fresh.Channel, whatsapp.NumberKey(of.waID)
	if left == fresh.Identity {
		return
	}
	fresh.At = p.now
	fresh.Contact = p.contactOf(channel, fresh.Identity)
	if fresh.Contact == left { // the new number was known as the person's; the old one's key stays behind
		fresh.Contact = fresh.Identity
	}
	moved := []store.ContactLink{{Channel: channel, Identity: left, Contact: left, WaID: of.waID, At: p.now}, fresh}
	for _, identity := range p.byContact[personKey{channel, of.key}] {
		if identity != left && identity != fresh.Identity {
			link := p.links[personKey{channel, identity}]
			link.Contact = fresh.Contact
			moved = append(moved, link)
		}
	}
	for _, link := range moved {
		p.put(link)
	}
	p.moved = append(p.moved, moved...)
}

// find returns the person with a phone number, a user id or both; ok is false if neither is usable.
func (p *people) find(channel, number, userID string) (of person, ok bool) {
	for _, identity := range identitiesOf(channel, number, userID) {
		if of.key == "" {
			of.key = p.contactOf(channel, identity.Identity)
		}
		of.add(identity)
	}
	for _, identity := range p.byContact[personKey{channel, of.key}] {
		of.add(p.links[personKey{channel, identity}])
	}
	return of, of.key != ""
}

// add fills in number or user id if it is unknown.
func (p *person) add(identity store.ContactLink) {
	if p.waID == "" {
		p.waID = identity.WaID
	}
	if p.userID == "" && identity.WaID == "" {
		p.userID = identity.Identity
	}
}

// identitiesOf returns the usable ones of a number and a user id; a relay may have exchanged the two.
func identitiesOf(channel, number, userID string) []store.ContactLink {
	var identities []store.ContactLink
	of := whatsapp.NewIdentity(number, userID)
	if whatsapp.UsableIdentity(of.WaID) {
		identities = append(identities, store.ContactLink{Channel: channel, Identity: whatsapp.NumberKey(of.WaID), WaID: of.WaID})
	}
	if whatsapp.UsableIdentity(of.UserID) {
		identities = append(identities, store.ContactLink{Channel: channel, Identity: of.UserID})
	}
	return identities
}
