package store

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"
)

// ContactLink says which person an identity on a channel belongs to. All links with the same
// Contact are one person's, whose conversations run under that identity.
type ContactLink struct {
	Channel string
	// Identity is a user id, or the key of a phone number (whatsapp.NumberKey).
	Identity string
	Contact  string
	// WaID is the phone number as it was written; empty for a user id.
	WaID string
	// At is when the link was seen.
	At time.Time
}

// linkRows is how many identities go into one statement: five values each.
const linkRows = 1000

// ContactLinks gives the links of all persons to whom one of the identities belongs, the newest
// first. An identity without a link is a person of its own.
func (s *Store) ContactLinks(ctx context.Context, channel string, identities []string) ([]ContactLink, error) {
	var links []ContactLink
	for chunk := range slices.Chunk(identities, linkRows) {
		query, args := contactLinksQuery(channel, chunk)
		var rows []struct {
			Identity string `db:"identity"`
			Contact  string `db:"contact"`
			WaID     string `db:"wa_id"`
			At       millis `db:"at"`
		}
		err := s.reader().list(ctx, "contact links", &rows, query, args...)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			links = append(links, ContactLink{channel, row.Identity, row.Contact, row.WaID, row.At.time()})
		}
	}
	return links, nil
}

func contactLinksQuery(channel string, identities []string) (query string, args []any) {
	args = []any{channel, channel}
	for _, identity := range identities {
		args = append(args, clean(identity))
	}
	return `SELECT identity, contact, wa_id, at FROM contact_links
		WHERE channel = ? AND contact IN (
			SELECT contact FROM contact_links WHERE channel = ? AND identity IN (?` + strings.Repeat(`, ?`, len(identities)-1) + `))
		ORDER BY at DESC, identity`, args
}

// LinkContacts writes links. A later call replaces what an earlier one said of an identity.
func (s *Store) LinkContacts(ctx context.Context, links []ContactLink) error {
	// One statement cannot change a row twice, and two writers in different orders would wait
	// for each other.
	rows := map[[2]string]ContactLink{}
	for _, link := range links {
		link.Identity, link.Contact, link.WaID = clean(link.Identity), clean(link.Contact), clean(link.WaID)
		rows[[2]string{link.Channel, link.Identity}] = link
	}
	sorted := slices.SortedFunc(maps.Values(rows), func(a, b ContactLink) int {
		return cmp.Or(strings.Compare(a.Channel, b.Channel), strings.Compare(a.Identity, b.Identity))
	})
	for chunk := range slices.Chunk(sorted, linkRows) {
		args := make([]any, 0, 5*len(chunk))
		for _, link := range chunk {
			args = append(args, link.Channel, link.Identity, link.Contact, link.WaID, link.At)
		}
		_, err := s.writer().exec(ctx, "link contacts", `INSERT INTO contact_links (channel, identity, contact, wa_id, at) VALUES (?, ?, ?, ?, ?)`+
			strings.Repeat(`, (?, ?, ?, ?, ?)`, len(chunk)-1)+` ON CONFLICT (channel, identity) DO UPDATE SET
				contact = excluded.contact, at = excluded.at,
				wa_id = CASE WHEN excluded.wa_id <> '' THEN excluded.wa_id ELSE contact_links.wa_id END`, args...)
		if err != nil {
			return err
		}
	}
	return nil
}
