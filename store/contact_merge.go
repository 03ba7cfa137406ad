package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	// contactRows is how many contacts go into one statement: 13 values each.
	contactRows = 500
	// carrySteps bounds how far an opt-out follows a chain of changed numbers at once.
	carrySteps = 4
)

const contactColumns = `channel, contact, wa_id, user_id, user_id_at, former_wa_id, former_wa_id_at,
	former_user_id, former_user_id_at, opted_out, opted_out_at, called_at, updated_at`

type contactRow struct {
	Channel        string `db:"channel"`
	Contact        string `db:"contact"`
	WaID           string `db:"wa_id"`
	UserID         string `db:"user_id"`
	UserIDAt       millis `db:"user_id_at"`
	FormerWaID     string `db:"former_wa_id"`
	FormerWaIDAt   millis `db:"former_wa_id_at"`
	FormerUserID   string `db:"former_user_id"`
	FormerUserIDAt millis `db:"former_user_id_at"`
	OptedOut       bool   `db:"opted_out"`
	OptedOutAt     millis `db:"opted_out_at"`
	CalledAt       millis `db:"called_at"`
	UpdatedAt      millis `db:"updated_at"`
}

func (r contactRow) contact() Contact {
	return Contact{
		Channel: r.Channel, WaID: r.WaID, UserID: r.UserID, UserIDAt: r.UserIDAt.time(),
		FormerWaID: r.FormerWaID, FormerWaIDAt: r.FormerWaIDAt.time(),
		FormerUserID: r.FormerUserID, FormerUserIDAt: r.FormerUserIDAt.time(),
		OptedOut: r.OptedOut, OptedOutAt: r.OptedOutAt.time(), VoiceCallAt: r.CalledAt.time(), UpdatedAt: r.UpdatedAt.time(),
	}
}

// compare puts the row of a phone number first, then those of other numbers.
func (r contactRow) compare(other contactRow, waID string) int {
	place := func(r contactRow) int {
		switch r.WaID {
		case clean(waID):
			return 0
		case "":
			return 2
		}
		return 1
	}
	return cmp.Or(place(r)-place(other), strings.Compare(r.Contact, other.Contact))
}

// key names the row of a contact.
func (c Contact) key() string { return cmp.Or(c.WaID, c.UserID) }

// stored is the contact as the databases hold it: clean text, milliseconds, and no time for
// a fact that is not there.
func (c Contact) stored() Contact {
	for _, text := range []*string{&c.Channel, &c.WaID, &c.UserID, &c.FormerWaID, &c.FormerUserID} {
		*text = clean(*text)
	}
	for _, at := range []*time.Time{&c.UserIDAt, &c.FormerWaIDAt, &c.FormerUserIDAt, &c.OptedOutAt, &c.VoiceCallAt, &c.UpdatedAt} {
		*at = toMillis(*at).time()
	}
	if c.UserID == "" {
		c.UserIDAt = time.Time{}
	}
	return c
}

func (c Contact) values() []any {
	return []any{
		c.Channel, c.key(), c.WaID, c.UserID, c.UserIDAt, c.FormerWaID, c.FormerWaIDAt,
		c.FormerUserID, c.FormerUserIDAt, c.OptedOut, c.OptedOutAt, c.VoiceCallAt, c.UpdatedAt,
	}
}

// with adds what another row, or a later one of the same batch, knows. upsertContacts does
// the same in SQL, so that a batch ends as its rows one by one would.
func (c Contact) with(n Contact) Contact {
	c.WaID = cmp.Or(c.WaID, n.WaID)
	newest(&c.UserID, &c.UserIDAt, n.UserID, n.UserIDAt)
	newest(&c.FormerWaID, &c.FormerWaIDAt, n.FormerWaID, n.FormerWaIDAt)
	newest(&c.FormerUserID, &c.FormerUserIDAt, n.FormerUserID, n.FormerUserIDAt)
	if n.OptedOutAt.After(c.OptedOutAt) || n.OptedOutAt.Equal(c.OptedOutAt) && n.OptedOut {
		c.OptedOut, c.OptedOutAt = n.OptedOut, n.OptedOutAt
	}
	c.VoiceCallAt = later(c.VoiceCallAt, n.VoiceCallAt)
	c.UpdatedAt = later(c.UpdatedAt, n.UpdatedAt)
	return c
}

func newest(value *string, at *time.Time, other string, otherAt time.Time) {
	if other != "" && (*value == "" || otherAt.After(*at)) {
		*value, *at = other, otherAt
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

const (
	keepUserID       = `excluded.user_id <> '' AND (contacts.user_id = '' OR excluded.user_id_at > contacts.user_id_at)`
	keepFormerWaID   = `excluded.former_wa_id <> '' AND (contacts.former_wa_id = '' OR excluded.former_wa_id_at > contacts.former_wa_id_at)`
	keepFormerUserID = `excluded.former_user_id <> '' AND (contacts.former_user_id = '' OR excluded.former_user_id_at > contacts.former_user_id_at)`
	keepOptedOut     = `(excluded.opted_out_at, excluded.opted_out) > (contacts.opted_out_at, contacts.opted_out)`
)

const upsertContacts = ` ON CONFLICT (channel, contact) DO UPDATE SET
	user_id = CASE WHEN ` + keepUserID + ` THEN excluded.user_id ELSE contacts.user_id END,
	user_id_at = CASE WHEN ` + keepUserID + ` THEN excluded.user_id_at ELSE contacts.user_id_at END,
	former_wa_id = CASE WHEN ` + keepFormerWaID + ` THEN excluded.former_wa_id ELSE contacts.former_wa_id END,
	former_wa_id_at = CASE WHEN ` + keepFormerWaID + ` THEN excluded.former_wa_id_at ELSE contacts.former_wa_id_at END,
	former_user_id = CASE WHEN ` + keepFormerUserID + ` THEN excluded.former_user_id ELSE contacts.former_user_id END,
	former_user_id_at = CASE WHEN ` + keepFormerUserID + ` THEN excluded.former_user_id_at ELSE contacts.former_user_id_at END,
	opted_out = CASE WHEN ` + keepOptedOut + ` THEN excluded.opted_out ELSE contacts.opted_out END,
	opted_out_at = CASE WHEN ` + keepOptedOut + ` THEN excluded.opted_out_at ELSE contacts.opted_out_at END,
	called_at = CASE WHEN excluded.called_at > contacts.called_at THEN excluded.called_at ELSE contacts.called_at END,
	updated_at = CASE WHEN excluded.updated_at > contacts.updated_at THEN excluded.updated_at ELSE contacts.updated_at END`

// keepContacts writes facts, one row a contact, and gives these rows. Every statement stands
// for itself, because doing it again changes nothing.
func (s *Store) keepContacts(ctx context.Context, op string, facts []Contact) ([]Contact, error) {
	rows := foldContacts(facts)
	for chunk := range slices.Chunk(rows, contactRows) {
		const row = `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
		args := make([]any, 0, 13*len(chunk))
		for _, c := range chunk {
			args = append(args, c.values()...)
		}
		_, err := s.writer().exec(ctx, op, `INSERT INTO contacts (`+contactColumns+`) VALUES `+
			row+strings.Repeat(`, `+row, len(chunk)-1)+upsertContacts, args...)
		if err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// foldContacts leaves one row a contact, because one statement cannot change a row twice, in
// one order everywhere, because two writers would else wait for each other.
func foldContacts(facts []Contact) []Contact {
	rows := map[[2]string]Contact{}
	for _, fact := range facts {
		fact = fact.stored()
		key := [2]string{fact.Channel, fact.key()}
		if key[1] == "" {
			continue
		}
		if known, ok := rows[key]; ok {
			fact = known.with(fact)
		}
		rows[key] = fact
	}
	return slices.SortedFunc(maps.Values(rows), func(a, b Contact) int {
		return cmp.Or(strings.Compare(a.Channel, b.Channel), strings.Compare(a.key(), b.key()))
	})
}

// identitySet holds contacts by channel.
type identitySet map[string][]string

func (i identitySet) add(channel, contact string) { i[channel] = append(i[channel], contact) }

func identities(contacts []Contact) identitySet {
	set := identitySet{}
	for _, c := range contacts {
		set.add(c.Channel, c.key())
	}
	return set
}

// carryOptOuts copies the opt-out of contacts to what they became. Writers remember first
// and carry afterwards, so that of two at once at least one sees the other's row.
func (s *Store) carryOptOuts(ctx context.Context, op string, from identitySet) error {
	for range carrySteps {
		var facts []Contact
		for channel, contacts := range from {
			for chunk := range slices.Chunk(contacts, contactRows) {
				found, err := s.successors(ctx, op, channel, chunk)
				if err != nil {
					return err
				}
				facts = append(facts, found...)
			}
		}
		kept, err := s.keepContacts(ctx, op, facts)
		if err != nil || len(kept) == 0 {
			return err
		}
		from = identities(kept)
	}
	return nil
}

// successors gives the contacts that others became, each with the opt-out it lacks. What a
// number's next owner wanted after the change is not the mover's wish.
func (s *Store) successors(ctx context.Context, op, channel string, contacts []string) ([]Contact, error) {
	query, args := successorsQuery(channel, contacts)
	var rows []contactRow
	if err := s.reader().list(ctx, op, &rows, query, args...); err != nil {
		return nil, err
	}
	found := make([]Contact, len(rows))
	for i, row := range rows {
		found[i] = row.contact()
	}
	return found, nil
}

func successorsQuery(channel string, contacts []string) (query string, args []any) {
	args = append(args, channel)
	for _, contact := range contacts {
		args = append(args, contact)
	}
	const columns = `SELECT n.channel, n.contact, n.wa_id, n.user_id, n.user_id_at,
		o.opted_out, o.opted_out_at, o.opted_out_at AS updated_at FROM contacts o JOIN contacts n `
	missing := ` WHERE o.channel = ? AND o.contact IN (?` + strings.Repeat(`, ?`, len(contacts)-1) + `)
		AND (o.opted_out_at, o.opted_out) > (n.opted_out_at, n.opted_out)`
	return columns + `ON n.channel = o.channel AND n.former_wa_id = o.contact AND n.former_wa_id <> ''` +
		missing + ` AND o.opted_out_at <= n.former_wa_id_at
		UNION ALL ` + columns + `ON n.channel = o.channel AND n.former_user_id = o.contact AND n.former_user_id <> ''` +
		missing, slices.Concat(args, args)
}
