package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/chattigo/api-isv/whatsapp"
)

// MessageStatus is how far a message of ours came, as Meta reported it to the ISV.
type MessageStatus struct {
	// Channel is the channel's waId, WAMID the id that Meta gave to the message.
	Channel string `db:"channel"`
	WAMID   string `db:"wamid"`
	// Status is Meta's word: sent, delivered, read, failed, …
	Status string `db:"status"`
	// At is Meta's time of the status.
	At time.Time `db:"at"`
	// ErrorCode is Meta's code of a failure; 0 otherwise.
	ErrorCode int64 `db:"error_code"`
}

// statusRows is how many statuses go into one statement: 6 values each.
const statusRows = 500

const statusColumns = `channel, wamid, status, rank, at, error_code`

// rank orders the statuses of a message.
func (m MessageStatus) rank() int { return whatsapp.StatusRank(m.Status) }

// SaveStatuses keeps the highest status of each message. Statuses of messages that nobody
// knows are kept too: what they belong to may be learned later.
func (s *Store) SaveStatuses(ctx context.Context, statuses []MessageStatus) error {
	const op = "save statuses"
	if len(statuses) == 0 {
		return nil
	}
	highest := highestStatuses(statuses)
	return s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		for chunk := range slices.Chunk(highest, statusRows) {
			query, args := statusStatement(chunk)
			if _, err := tx.exec(ctx, op, query, args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// highestStatuses leaves one status a message, because one statement cannot change a row
// twice, in one order everywhere, because two writers would else wait for each other.
func highestStatuses(statuses []MessageStatus) []MessageStatus {
	sorted := slices.Clone(statuses)
	for i := range sorted { // what differs must differ in the database too
		sorted[i].Channel, sorted[i].WAMID = clean(sorted[i].Channel), clean(sorted[i].WAMID)
	}
	slices.SortStableFunc(sorted, func(a, b MessageStatus) int {
		return cmp.Or(strings.Compare(a.Channel, b.Channel), strings.Compare(a.WAMID, b.WAMID), cmp.Compare(b.rank(), a.rank()))
	})
	return slices.CompactFunc(sorted, func(a, b MessageStatus) bool { return a.Channel == b.Channel && a.WAMID == b.WAMID })
}

func statusStatement(statuses []MessageStatus) (query string, args []any) {
	const row = `(?, ?, ?, ?, ?, ?)`
	for _, m := range statuses {
		args = append(args, m.Channel, m.WAMID, m.Status, m.rank(), m.At, m.ErrorCode)
	}
	rows := row + strings.Repeat(`, `+row, len(statuses)-1)
	return `INSERT INTO message_statuses (` + statusColumns + `) VALUES ` + rows + `
		ON CONFLICT (channel, wamid) DO UPDATE SET
			status = excluded.status, rank = excluded.rank, at = excluded.at, error_code = excluded.error_code
		WHERE excluded.rank > message_statuses.rank`, args
}

// Statuses gives what is known of a channel's messages, by wamid; those that nothing is known
// of are missing.
func (s *Store) Statuses(ctx context.Context, channel string, wamids []string) (map[string]MessageStatus, error) {
	found := make(map[string]MessageStatus, len(wamids))
	for chunk := range slices.Chunk(wamids, statusRows) {
		args := []any{channel}
		for _, id := range chunk {
			args = append(args, id)
		}
		var rows []struct {
			MessageStatus
			At millis `db:"at"`
		}
		err := s.reader().list(ctx, "statuses", &rows,
			`SELECT channel, wamid, status, at, error_code FROM message_statuses
			WHERE channel = ? AND wamid IN (?`+strings.Repeat(`, ?`, len(chunk)-1)+`)`, args...)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			row.MessageStatus.At = row.At.time()
			found[row.WAMID] = row.MessageStatus
		}
	}
	return found, nil
}
