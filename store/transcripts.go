package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// errEnough ends a query early.
var errEnough = errors.New("enough was read")

const transcriptPages = `SELECT conversation, number, entries FROM transcript_pages
	WHERE conversation IN (?) ORDER BY conversation, number`

// Transcripts reads the pages of several conversations at once, by their ids: as many whole transcripts as
// fit into so many bytes, as they are stored. A transcript without pages is empty, one that is left out is
// missing; it is not determined which ones are.
func (s conversations) Transcripts(ctx context.Context, ids []string, most int) (map[string][]Page, error) {
	const op = "transcripts"
	if len(ids) == 0 {
		return nil, nil
	}
	query, args, err := sqlx.In(transcriptPages, ids)
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", op, err)
	}
	read, last, room := make(map[string][]Page, len(ids)), "", most
	err = s.reader().unprepared().each(ctx, op, func(rows *sqlx.Rows) error {
		var row pageRow
		if err := rows.Scan(&last, &row.Number, &row.Entries); err != nil {
			return err
		}
		if room -= len(row.Entries); room < 0 {
			return errEnough
		}
		page, err := row.decode(op, last)
		read[last] = append(read[last], page)
		return err
	}, query, args...)
	if errors.Is(err, errEnough) {
		delete(read, last) // it has more pages
		return read, nil
	}
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if read[id] == nil {
			read[id] = []Page{}
		}
	}
	return read, nil
}
