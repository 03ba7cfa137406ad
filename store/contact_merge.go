package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/chattigo/api-isv/whatsapp"
)

// maxOptOutSteps bounds how many changes of number or user id an opt-out is copied along at once.
const maxOptOutSteps = 4

const contactColumns = `channel, contact, wa_id, user_id, user_id_at, former_wa_id, former_wa_id_at,
	former_user_id, former_user_id_at, opted_out, opted_out_at, called_at, updated_at`

// contactRow is a contact with its key: the phone number where it is known, else the user id.
type contactRow struct {
	Contact
	Key string `db:"contact"`
}

func (c Contact) row() contactRow { return contactRow{c, cmp.Or(c.WaID, c.UserID)} }

func (r contactRow) id() [2]string { return [2]string{r.Channel, r.Key} }

func (r contactRow) values() []any {
	return []any{
		r.Channel, r.Key, r.WaID, r.UserID, r.UserIDAt, r.FormerWaID, r.FormerWaIDAt,
		r.FormerUserID, r.FormerUserIDAt, r.OptedOut, r.OptedOutAt, r.VoiceCallAt, r.UpdatedAt,
	}
}

// merge adds what another report or row knows of the same person. It is the one place that
// decides which of two facts counts.
func (c Contact) merge(other Contact) Contact {
	c.WaID = cmp.Or(c.WaID, other.WaID)
	mergeIdentity(&c.UserID, &c.UserIDAt, other.UserID, other.UserIDAt)
	mergeIdentity(&c.FormerWaID, &c.FormerWaIDAt, other.FormerWaID, other.FormerWaIDAt)
	mergeIdentity(&c.FormerUserID, &c.FormerUserIDAt, other.FormerUserID, other.FormerUserIDAt)
	if other.OptedOutAt.After(c.OptedOutAt) || other.OptedOutAt.Equal(c.OptedOutAt) && other.OptedOut {
		c.OptedOut, c.OptedOutAt = other.OptedOut, other.OptedOutAt
	}
	c.VoiceCallAt = later(c.VoiceCallAt, other.VoiceCallAt)
	c.UpdatedAt = later(c.UpdatedAt, other.UpdatedAt)
	return c
}

func mergeIdentity(id *string, at *time.Time, other string, otherAt time.Time) {
	if other != "" && (*id == "" || otherAt.After(*at)) {
		*id, *at = other, otherAt
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// stored is the contact as the databases hold it: clean text, milliseconds, and no time for a
// user id that is not known.
func (c Contact) stored() Contact {
	for _, text := range []*string{&c.Channel, &c.WaID, &c.UserID, &c.FormerWaID, &c.FormerUserID} {
		*text = clean(*text)
	}
	for _, at := range []*time.Time{&c.UserIDAt, &c.FormerWaIDAt, &c.FormerUserIDAt, &c.OptedOutAt, &c.VoiceCallAt, &c.UpdatedAt} {
		*at = fromMillis(toMillis(*at))
	}
	if c.UserID == "" {
		c.UserIDAt = time.Time{}
	}
	return c
}

// mergeFacts makes one row of all facts of a contact, because a statement cannot change a row
// twice. The rows are sorted, because two writers with different orders would deadlock.
func mergeFacts(facts []Contact) []contactRow {
	rows := map[[2]string]contactRow{}
	for _, fact := range facts {
		row := fact.stored().row()
		if row.Key == "" {
			continue
		}
		if earlier, ok := rows[row.id()]; ok {
			row.Contact = earlier.merge(row.Contact)
		}
		rows[row.id()] = row
	}
	return slices.SortedFunc(maps.Values(rows), func(a, b contactRow) int { return compareKeys(a.id(), b.id()) })
}

// lockContact is the conflict clause that leaves a row as it is, but locks it.
const lockContact = `ON CONFLICT (channel, contact) DO UPDATE SET updated_at = contacts.updated_at RETURNING ` + contactColumns

// announcer returns the events of a fact that was merged into a row: before and after are the row's.
type announcer func(before, fact, after contactRow) []Event

// announceOptOut announces a contact who opts out, but was not out before. A row that has just been
// inserted was the same before; an event is announced once, however often its fact is reported.
func announceOptOut(before, fact, after contactRow) []Event {
	wasOut := before.OptedOut && before.OptedOutAt.Before(fact.OptedOutAt)
	if !fact.OptedOut || wasOut || !after.OptedOutAt.Equal(fact.OptedOutAt) {
		return nil
	}
	contact := whatsapp.Identity{WaID: after.WaID, UserID: after.UserID}.Key()
	return []Event{OptedOutData{WaID: after.Channel, Contact: contact, Source: "whatsapp", At: fact.OptedOutAt}.Event()}
}

// saveFacts merges facts into the rows of their contacts, and announces what then makes of them, all or
// none. It returns the rows that existed and changed.
func (s contacts) saveFacts(ctx context.Context, op string, facts []Contact, then announcer) (changed []contactRow, err error) {
	rows := mergeFacts(facts)
	if len(rows) == 0 {
		return nil, nil
	}
	err = s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		existing, err := lockContacts(ctx, tx, op, rows)
		if err != nil {
			return err
		}
		var merged [][]any
		var all []Event
		for _, row := range rows {
			before := existing[row.id()]
			after := contactRow{before.merge(row.Contact), row.Key}
			if then != nil {
				all = append(all, then(before, row, after)...)
			}
			if after != before {
				changed = append(changed, after)
				merged = append(merged, after.values())
			}
		}
		if err := tx.insert(ctx, op, "contacts", contactColumns, overwrite("channel, contact", contactColumns), merged...); err != nil {
			return err
		}
		return announce(ctx, tx, op, all...)
	})
	if err != nil {
		return nil, err
	}
	return changed, nil
}

// lockContacts inserts the rows that are missing, locks them all until the transaction ends, and
// reads them.
func lockContacts(ctx context.Context, tx session, op string, rows []contactRow) (map[[2]string]contactRow, error) {
	inserts := make([][]any, len(rows))
	for i, row := range rows {
		inserts[i] = row.values()
	}
	locked := make(map[[2]string]contactRow, len(rows))
	for query, args := range insertStatements("contacts", contactColumns, lockContact, inserts) {
		chunk, err := list[contactRow](ctx, tx, op, query, args...)
		if err != nil {
			return nil, err
		}
		for _, row := range chunk {
			locked[row.id()] = row
		}
	}
	return locked, nil
}

// contactKeys are the keys of contacts, by channel.
type contactKeys map[string][]string

func (k contactKeys) add(channel, key string) { k[channel] = append(k[channel], key) }

// learn saves facts, and then copies the opt-outs of the contacts in from to the identities that
// these persons have changed to. Saving comes first, so that of two writers at once at least one
// sees the rows of the other.
func (s contacts) learn(ctx context.Context, op string, facts []Contact, from contactKeys, then announcer) error {
	if _, err := s.saveFacts(ctx, op, facts, then); err != nil {
		return err
	}
	for range maxOptOutSteps {
		copies, err := s.optOutCopies(ctx, op, from)
		if err != nil {
			return err
		}
		changed, err := s.saveFacts(ctx, op, copies, nil)
		if err != nil || len(changed) == 0 {
			return err
		}
		from = contactKeys{}
		for _, row := range changed {
			from.add(row.Channel, row.Key)
		}
	}
	return nil
}

// optOutCopies are facts for the contacts that others have become: their preferences. What the
// next owner of a number wants, after the change, does not concern the person who left it.
func (s contacts) optOutCopies(ctx context.Context, op string, from contactKeys) ([]Contact, error) {
	var copies []Contact
	for channel, keys := range from {
		for _, query := range []string{optOutsByNumber, optOutsByUserID} {
			found, err := listIn[Contact](ctx, s.reader(), op, keys, query, channel)
			if err != nil {
				return nil, err
			}
			copies = append(copies, found...)
		}
	}
	return copies, nil
}

const (
	optOutColumns = `SELECT n.channel, n.wa_id, n.user_id, n.user_id_at,
		o.opted_out, o.opted_out_at, o.opted_out_at AS updated_at FROM contacts o JOIN contacts n `

	optOutsByNumber = optOutColumns + `ON n.channel = o.channel AND n.former_wa_id = o.contact AND n.former_wa_id <> ''
		WHERE o.channel = ? AND o.contact IN (?) AND o.opted_out_at > 0 AND o.opted_out_at <= n.former_wa_id_at`

	optOutsByUserID = optOutColumns + `ON n.channel = o.channel AND n.former_user_id = o.contact AND n.former_user_id <> ''
		WHERE o.channel = ? AND o.contact IN (?) AND o.opted_out_at > 0`
)
