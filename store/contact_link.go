package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"
)

// ContactLink is the person that an identity on a channel belongs to. All links with the same
// Contact belong to one person, whose conversations run under that identity.
type ContactLink struct {
	Channel string `db:"channel"`
	// Identity is a user id, or the key of a phone number (whatsapp.NumberKey).
	Identity string `db:"identity"`
	Contact  string `db:"contact"`
	// WaID is the phone number as it was written; empty for a user id.
	WaID string `db:"wa_id"`
	// At is when the link was seen.
	At time.Time `db:"at"`
}

const (
	linkColumns = `channel, identity, contact, wa_id, at`

	contactLinks = `SELECT ` + linkColumns + ` FROM contact_links
		WHERE channel = ? AND contact IN (SELECT contact FROM contact_links WHERE channel = ? AND identity IN (?))
		ORDER BY at DESC, identity`
)

// ContactLinks lists the links of all persons to whom one of the identities belongs, newest
// first. An identity without a link belongs to a person of its own.
func (s contacts) ContactLinks(ctx context.Context, channel string, identities []string) ([]ContactLink, error) {
	return listIn[ContactLink](ctx, s.reader(), "contact links", identities, contactLinks, channel, channel)
}

// LinkContacts writes links. A later link replaces an earlier one of the same identity.
func (s contacts) LinkContacts(ctx context.Context, links []ContactLink) error {
	// One link an identity, because a statement cannot change a row twice. Sorted, because two
	// writers with different orders would deadlock.
	latest := map[[2]string]ContactLink{}
	for _, link := range links {
		link.Identity, link.Contact, link.WaID = clean(link.Identity), clean(link.Contact), clean(link.WaID)
		key := [2]string{link.Channel, link.Identity}
		link.WaID = cmp.Or(link.WaID, latest[key].WaID) // as the statement does with a row
		latest[key] = link
	}
	var rows [][]any
	for _, key := range slices.SortedFunc(maps.Keys(latest), compareKeys) {
		link := latest[key]
		rows = append(rows, []any{link.Channel, link.Identity, link.Contact, link.WaID, link.At})
	}
	return s.writer().insert(ctx, "link contacts", "contact_links", linkColumns,
		`ON CONFLICT (channel, identity) DO UPDATE SET
			contact = excluded.contact, at = excluded.at,
			wa_id = CASE WHEN excluded.wa_id <> '' THEN excluded.wa_id ELSE contact_links.wa_id END`, rows...)
}

func compareKeys(a, b [2]string) int { return slices.Compare(a[:], b[:]) }
