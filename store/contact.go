package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/chattigo/api-isv/whatsapp"
)

// Contact is what is known of a person on a channel. Each fact has the time at which Meta
// reported it, so that an older report never replaces a newer one. A fact with the zero time is
// not known.
type Contact struct {
	Channel string `db:"channel"`
	// WaID and UserID are the person's identities; at least one is set.
	WaID   string `db:"wa_id"`
	UserID string `db:"user_id"`
	// UserIDAt is when UserID was last reported for this person.
	UserIDAt time.Time `db:"user_id_at"`
	// FormerWaID and FormerUserID are the identities before the latest change.
	FormerWaID     string    `db:"former_wa_id"`
	FormerWaIDAt   time.Time `db:"former_wa_id_at"`
	FormerUserID   string    `db:"former_user_id"`
	FormerUserIDAt time.Time `db:"former_user_id_at"`
	// OptedOut reports whether the person wants no marketing messages.
	OptedOut   bool      `db:"opted_out"`
	OptedOutAt time.Time `db:"opted_out_at"`
	// VoiceCallAt is the time of the person's latest voice call. Like a message, a voice call
	// opens the 24 hours in which free-form messages may be sent.
	VoiceCallAt time.Time `db:"called_at"`
	// UpdatedAt is the newest of these times.
	UpdatedAt time.Time `db:"updated_at"`
}

// Preference is whether a person wants marketing messages. One of the identities may be empty,
// here and in the types below; without any identity it is ignored.
type Preference struct {
	Channel  string
	WaID     string
	UserID   string
	OptedOut bool
	At       time.Time
}

// IdentityChange is a report that a person has the user id UserID now, and had PreviousUserID
// before, if that is known.
type IdentityChange struct {
	Channel        string
	WaID           string
	PreviousUserID string
	UserID         string
	At             time.Time
}

// NumberChange is a report that a person changed the number WaID for NewWaID.
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

// SetPreferences stores the newest preference of each contact. Of two with the same time, the
// opt-out counts. An opt-out is also copied to the identities that the person has since changed
// to. Repeating it changes nothing, and the same holds for the methods below.
func (s contacts) SetPreferences(ctx context.Context, preferences []Preference) error {
	return s.setPreferences(ctx, preferences, nil)
}

// ReportPreferences is SetPreferences for what WhatsApp has reported: it announces each contact who opts
// out. What a contact said to a bot is announced by its conversation.
func (s contacts) ReportPreferences(ctx context.Context, preferences []Preference) error {
	return s.setPreferences(ctx, preferences, announceOptOut)
}

func (s contacts) setPreferences(ctx context.Context, preferences []Preference, then announcer) error {
	facts, changed := make([]Contact, 0, len(preferences)), contactKeys{}
	for _, p := range preferences {
		facts = append(facts, Contact{
			Channel: p.Channel, WaID: p.WaID, UserID: p.UserID, UserIDAt: p.At,
			OptedOut: p.OptedOut, OptedOutAt: p.At, UpdatedAt: p.At,
		})
		changed.add(p.Channel, cmp.Or(p.WaID, p.UserID))
	}
	return s.learn(ctx, "set preferences", facts, changed, then)
}

// LinkUserIDs stores the newest user id of each contact and the one before. The opt-out of a
// person whose number is not known is copied to the new user id, and what bots keep of them moves there.
func (s contacts) LinkUserIDs(ctx context.Context, changes []IdentityChange) error {
	facts, left := make([]Contact, 0, len(changes)), contactKeys{}
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
	for _, c := range changes {
		if err := s.moveVars(ctx, "move variables", c.Channel, clean(c.PreviousUserID), clean(c.UserID), c.At); err != nil {
			return err
		}
	}
	return s.learn(ctx, "link user ids", facts, left, nil)
}

// MoveNumbers stores with each new number the one that it replaced, copies the opt-out, and moves what bots
// keep of the person.
func (s contacts) MoveNumbers(ctx context.Context, changes []NumberChange) error {
	facts, left := make([]Contact, 0, len(changes)), contactKeys{}
	for _, c := range changes {
		if c.WaID == "" || c.NewWaID == "" || c.WaID == c.NewWaID {
			continue
		}
		facts = append(facts, Contact{
			Channel: c.Channel, WaID: c.NewWaID, FormerWaID: c.WaID, FormerWaIDAt: c.At, UpdatedAt: c.At,
		})
		left.add(c.Channel, c.WaID)
	}
	for _, c := range changes {
		from, to := whatsapp.NumberKey(c.WaID), whatsapp.NumberKey(c.NewWaID)
		if err := s.moveVars(ctx, "move variables", c.Channel, clean(from), clean(to), c.At); err != nil {
			return err
		}
	}
	return s.learn(ctx, "move numbers", facts, left, nil)
}

// RecordVoiceCalls stores the time of each contact's latest voice call.
func (s contacts) RecordVoiceCalls(ctx context.Context, calls []VoiceCall) error {
	facts := make([]Contact, 0, len(calls))
	for _, c := range calls {
		facts = append(facts, Contact{
			Channel: c.Channel, WaID: c.WaID, UserID: c.UserID, UserIDAt: c.At, VoiceCallAt: c.At, UpdatedAt: c.At,
		})
	}
	return s.learn(ctx, "record voice calls", facts, contactKeys{}, nil)
}

// Contact returns all that is known of a person under either identity, or ErrNotFound. Where the
// rows of two identities differ, the newer fact counts.
func (s contacts) Contact(ctx context.Context, channel, waID, userID string) (Contact, error) {
	const op = "contact"
	rows, err := list[contactRow](ctx, s.reader(), op,
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
	// Always in the same order, so that equal rows give equal results.
	slices.SortFunc(rows, func(a, b contactRow) int { return a.compare(b, waID) })
	found := rows[0].Contact
	for _, row := range rows[1:] {
		found = found.merge(row.Contact)
	}
	return found, nil
}

// compare puts the row of the given phone number first, then those of other numbers.
func (r contactRow) compare(other contactRow, waID string) int {
	position := func(r contactRow) int {
		switch r.WaID {
		case clean(waID):
			return 0
		case "":
			return 2
		}
		return 1
	}
	return cmp.Or(position(r)-position(other), strings.Compare(r.Key, other.Key))
}
