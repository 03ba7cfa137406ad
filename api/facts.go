package api

import (
	"context"
	"time"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
)

// maxStatus bounds, in bytes, the name of a status, which is an open set.
const maxStatus = 64

// facts are the parts of one POST that are written to the database.
type facts struct {
	preferences []store.Preference
	identities  []store.IdentityChange
	numbers     []store.NumberChange
	calls       []store.VoiceCall
	statuses    []store.MessageStatus
	// announced are the channels on which contacts opt out, and whose ISVs want to know.
	announced map[string]bool
}

// save writes the facts, one kind after the other, and stops at the first error. Preferences go first,
// because changes of identity move them.
func (f *facts) save(ctx context.Context, to Store) error {
	for _, kind := range []func() error{
		func() error { return saveAll(ctx, f.preferences, to.ReportPreferences) },
		func() error { return saveAll(ctx, f.identities, to.LinkUserIDs) },
		func() error { return saveAll(ctx, f.numbers, to.MoveNumbers) },
		func() error { return saveAll(ctx, f.calls, to.RecordVoiceCalls) },
		func() error { return saveAll(ctx, f.statuses, to.SaveStatuses) },
	} {
		if err := kind(); err != nil {
			return err
		}
	}
	return nil
}

func saveAll[T any](ctx context.Context, all []T, save func(context.Context, []T) error) error {
	if len(all) == 0 {
		return nil
	}
	return save(ctx, all)
}

// addFacts adds what a value holds beside messages, and returns how much of it is kept.
func (b *batch) addFacts(from source) (kept int) {
	count := func(added bool) {
		if added {
			kept++
		}
	}
	for i := range from.Statuses {
		status := &from.Statuses[i]
		count(status.Fate() == whatsapp.FateStatus && b.addStatus(from, status))
	}
	for _, e := range from.Errors {
		b.addCode(int64(e.Code))
		kept++
	}
	for _, preference := range from.Preferences {
		count(preference.Fate() == whatsapp.FatePreference && b.addPreference(from, preference))
	}
	for _, update := range from.UserIDUpdates {
		count(b.addUserIDUpdate(from, update))
	}
	for i := range from.VoiceCalls {
		call := &from.VoiceCalls[i]
		count(call.Fate() == whatsapp.FateWindow && b.addCall(from, call))
	}
	return kept
}

// factTime returns the time of a fact: Meta's, else that of its value, else now. A time in the future
// would make all facts before it be ignored.
func (b *batch) factTime(from source, at time.Time) time.Time {
	if at.IsZero() {
		at = from.Time
	}
	if at.IsZero() || at.After(b.now) {
		at = b.now
	}
	return at
}

// personOf identifies the person of a fact; ok is false if there is none.
func (b *batch) personOf(from source, waID, userID string) (of person, ok bool) {
	if from.channel.WaID == "" {
		return person{}, false
	}
	return b.people.find(from.channel.WaID, waID, userID)
}

func (b *batch) addPreference(from source, p whatsapp.Preference) (added bool) {
	of, ok := b.personOf(from, p.WaID, p.UserID)
	if !ok {
		return false
	}
	stopped, _ := p.Stopped()
	if stopped && from.channel.EventsURL != "" {
		if b.facts.announced == nil {
			b.facts.announced = map[string]bool{}
		}
		b.facts.announced[from.channel.WaID] = true
	}
	b.facts.preferences = append(b.facts.preferences, store.Preference{
		Channel: from.channel.WaID, WaID: of.waID, UserID: of.userID, OptedOut: stopped, At: b.factTime(from, p.Timestamp.Time()),
	})
	return true
}

func (b *batch) addCall(from source, c *whatsapp.VoiceCall) (added bool) {
	of, ok := b.personOf(from, c.From, c.FromUserID)
	if !ok {
		return false
	}
	b.facts.calls = append(b.facts.calls, store.VoiceCall{
		Channel: from.channel.WaID, WaID: of.waID, UserID: of.userID, At: b.factTime(from, c.Timestamp.Time()),
	})
	return true
}

// addUserIDUpdate finds the person by the previous user id if the number is left out: the new one is
// not known yet.
func (b *batch) addUserIDUpdate(from source, u whatsapp.UserIDUpdate) (added bool) {
	of, _ := b.personOf(from, u.WaID, u.UserID.Previous)
	return from.channel.WaID != "" && b.addIdentityChange(from, u.Timestamp.Time(), of.waID, u.UserID.Previous, u.UserID.Current)
}

// addIdentityChange adds a new user id, with the previous one if it is known.
func (b *batch) addIdentityChange(from source, at time.Time, waID, previous, userID string) (added bool) {
	if !whatsapp.UsableIdentity(userID) {
		return false
	}
	if !whatsapp.UsableIdentity(previous) {
		previous = ""
	}
	b.facts.identities = append(b.facts.identities, store.IdentityChange{
		Channel: from.channel.WaID, WaID: waID, PreviousUserID: previous, UserID: userID, At: b.factTime(from, at),
	})
	return true
}

func (b *batch) addNumberChange(from source, m *whatsapp.Message, of person) {
	fresh := identitiesOf(from.channel.WaID, m.System.Number(), "")
	if of.waID == "" || len(fresh) == 0 || isOwn(from.channel, fresh[0].Identity) {
		return
	}
	b.people.move(of, fresh[0])
	number := fresh[0].WaID
	if number == "" { // relays put a user id in its place
		b.addIdentityChange(from, m.Timestamp, of.waID, of.userID, fresh[0].Identity)
		return
	}
	b.facts.numbers = append(b.facts.numbers, store.NumberChange{
		Channel: from.channel.WaID, WaID: of.waID, NewWaID: number, At: b.factTime(from, m.Timestamp),
	})
}

func (b *batch) addStatus(from source, s *whatsapp.Status) (added bool) {
	if from.channel.WaID == "" || !usableID(s.ID) {
		return false
	}
	kept := store.MessageStatus{Channel: from.channel.WaID, WAMID: s.ID, Status: cutAt(s.Status, maxStatus), At: s.Timestamp}
	if len(s.Errors) > 0 {
		kept.ErrorCode = int64(s.Errors[0].Code)
	}
	b.facts.statuses = append(b.facts.statuses, kept)
	b.count.Statuses++
	return true
}
