package store

import (
	"context"
	"slices"
	"time"
)

// Contact is what is known of a person on a channel. Times are Meta's; a fact with the zero
// time is not known.
type Contact struct {
	Channel string
	// WaID and UserID are the person's identities; at least one is set.
	WaID   string
	UserID string
	// UserIDAt is when UserID was last seen to be the person's.
	UserIDAt time.Time
	// FormerWaID and FormerUserID are what the person had before the latest change.
	FormerWaID     string
	FormerWaIDAt   time.Time
	FormerUserID   string
	FormerUserIDAt time.Time
	// OptedOut says that marketing messages are unwanted.
	OptedOut   bool
	OptedOutAt time.Time
	// VoiceCallAt is the person's latest voice call. Like a message it opens the 24 hours in
	// which free-form messages may be sent.
	VoiceCallAt time.Time
	// UpdatedAt is the newest of these times.
	UpdatedAt time.Time
}

// Preference says whether a person wants marketing messages. One of the identities may be
// empty, here and in the types below; what has none is left out.
type Preference struct {
	Channel  string
	WaID     string
	UserID   string
	OptedOut bool
	At       time.Time
}

// IdentityChange says that a person has the user id UserID now, and had PreviousUserID
// before, where that is known.
type IdentityChange struct {
	Channel        string
	WaID           string
	PreviousUserID string
	UserID         string
	At             time.Time
}

// NumberChange says that a person left the number WaID for NewWaID.
type NumberChange struct {
	Channel string
	WaID    string
	NewWaID string
	At      time.Time
}

// VoiceCall is a voice call that a person made.
type VoiceCall struct {
	Channel string
	WaID    string
	UserID  string
	At      time.Time
}

// SetPreferences keeps the newest preference of each contact; of two of the same time the
// one that stops counts. It reaches those who changed their number or user id meanwhile.
// Doing it again changes nothing, and so it is with the methods below.
func (s *Store) SetPreferences(ctx context.Context, preferences []Preference) error {
	const op = "set preferences"
	facts := make([]Contact, 0, len(preferences))
	for _, p := range preferences {
		facts = append(facts, Contact{
			Channel: p.Channel, WaID: p.WaID, UserID: p.UserID, UserIDAt: p.At,
			OptedOut: p.OptedOut, OptedOutAt: p.At, UpdatedAt: p.At,
		})
	}
	kept, err := s.keepContacts(ctx, op, facts)
	if err != nil {
		return err
	}
	return s.carryOptOuts(ctx, op, identities(kept))
}

// LinkUserIDs keeps the newest user id of each contact and the one before. The opt-out of a
// person whose number is not known goes along.
func (s *Store) LinkUserIDs(ctx context.Context, changes []IdentityChange) error {
	const op = "link user ids"
	facts, left := make([]Contact, 0, len(changes)), identitySet{}
	for _, c := range changes {
		if c.UserID == "" {
			continue
		}
		fact := Contact{Channel: c.Channel, WaID: c.WaID, UserID: c.UserID, UserIDAt: c.At, UpdatedAt: c.At}
		if c.PreviousUserID != "" && c.PreviousUserID != c.UserID {
			fact.FormerUserID, fact.FormerUserIDAt = c.PreviousUserID, c.At
			left.add(c.Channel, c.PreviousUserID)
		}
		facts = append(facts, fact)
	}
	if _, err := s.keepContacts(ctx, op, facts); err != nil {
		return err
	}
	return s.carryOptOuts(ctx, op, left)
}

// MoveNumbers remembers at each new number which one it replaced, and copies the opt-out.
func (s *Store) MoveNumbers(ctx context.Context, changes []NumberChange) error {
	const op = "move numbers"
	facts, left := make([]Contact, 0, len(changes)), identitySet{}
	for _, c := range changes {
		if c.WaID == "" || c.NewWaID == "" || c.WaID == c.NewWaID {
			continue
		}
		facts = append(facts, Contact{
			Channel: c.Channel, WaID: c.NewWaID, FormerWaID: c.WaID, FormerWaIDAt: c.At, UpdatedAt: c.At,
		})
		left.add(c.Channel, c.WaID)
	}
	if _, err := s.keepContacts(ctx, op, facts); err != nil {
		return err
	}
	return s.carryOptOuts(ctx, op, left)
}

// RecordVoiceCalls keeps the time of each contact's latest voice call.
func (s *Store) RecordVoiceCalls(ctx context.Context, calls []VoiceCall) error {
	facts := make([]Contact, 0, len(calls))
	for _, c := range calls {
		facts = append(facts, Contact{
			Channel: c.Channel, WaID: c.WaID, UserID: c.UserID, UserIDAt: c.At, VoiceCallAt: c.At, UpdatedAt: c.At,
		})
	}
	_, err := s.keepContacts(ctx, "record calls", facts)
	return err
}

// Contact gives all that is known of a person under either identity, or ErrNotFound. Where
// two identities know different things the newer one counts.
func (s *Store) Contact(ctx context.Context, channel, waID, userID string) (Contact, error) {
	const op = "contact"
	var rows []contactRow
	err := s.reader().list(ctx, op, &rows,
		`SELECT `+contactColumns+` FROM contacts WHERE channel = ? AND contact IN (?, ?)
		UNION
		SELECT `+contactColumns+` FROM contacts WHERE channel = ? AND user_id = ? AND user_id <> ''`,
		channel, orNull(waID), orNull(userID), channel, orNull(userID))
	if err != nil {
		return Contact{}, err
	}
	if len(rows) == 0 {
		return Contact{}, s.reader().fail(ctx, op, ErrNotFound)
	}
	// In one order, so that equal rows give equal answers: what was asked for goes first.
	slices.SortFunc(rows, func(a, b contactRow) int { return a.compare(b, waID) })
	found := rows[0].contact()
	for _, row := range rows[1:] {
		found = found.with(row.contact())
	}
	return found, nil
}
