package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/chattigo/api-isv/whatsapp"
)

// MessageStatus is the status of a message of ours, as Meta reported it to the ISV.
type MessageStatus struct {
	// Channel is the channel's waId, WAMID is Meta's id of the message.
	Channel string `db:"channel"`
	WAMID   string `db:"wamid"`
	// Status is Meta's word: sent, delivered, read, failed, …
	Status string `db:"status"`
	// At is Meta's time of the status.
	At time.Time `db:"at"`
	// ErrorCode is Meta's code of a failure; 0 otherwise.
	ErrorCode int64 `db:"error_code"`
}

const statusColumns = `channel, wamid, status, rank, at, error_code`

// statusInserts are the columns that are written: first_at stays as the first status has set it.
const statusInserts = statusColumns + `, first_at`

// rank orders the statuses of a message: a higher one replaces a lower one.
func (m MessageStatus) rank() int { return whatsapp.StatusRank(m.Status) }

// SaveStatuses keeps the highest status of each message. Statuses of unknown messages are kept
// too: the message may become known later.
func (s deliveries) SaveStatuses(ctx context.Context, statuses []MessageStatus) error {
	const op = "save statuses"
	if len(statuses) == 0 {
		return nil
	}
	highest := highestStatuses(statuses)
	rows := make([][]any, len(highest))
	for i, m := range highest {
		rows[i] = []any{m.Channel, m.WAMID, m.Status, m.rank(), m.At, m.ErrorCode, m.At}
	}
	return s.inTx(ctx, op, func(ctx context.Context, tx session) error {
		return tx.insert(ctx, op, "message_statuses", statusInserts,
			overwrite("channel, wamid", statusColumns)+` WHERE excluded.rank > message_statuses.rank`, rows...)
	})
}

// highestStatuses keeps one status a message, because a statement cannot change a row twice. They
// are sorted, because two writers with different orders would deadlock.
func highestStatuses(statuses []MessageStatus) []MessageStatus {
	sorted := slices.Clone(statuses)
	for i := range sorted { // as the database stores them, so that equal keys are seen to be equal
		sorted[i].Channel, sorted[i].WAMID = clean(sorted[i].Channel), clean(sorted[i].WAMID)
	}
	slices.SortStableFunc(sorted, func(a, b MessageStatus) int {
		return cmp.Or(strings.Compare(a.Channel, b.Channel), strings.Compare(a.WAMID, b.WAMID), cmp.Compare(b.rank(), a.rank()))
	})
	return slices.CompactFunc(sorted, func(a, b MessageStatus) bool { return a.Channel == b.Channel && a.WAMID == b.WAMID })
}

// Statuses reads the statuses of a channel's messages, by wamid. Messages without a status are
// missing from the result.
func (s deliveries) Statuses(ctx context.Context, channel string, wamids []string) (map[string]MessageStatus, error) {
	rows, err := listIn[MessageStatus](ctx, s.reader(), "statuses", wamids,
		`SELECT channel, wamid, status, at, error_code FROM message_statuses WHERE channel = ? AND wamid IN (?)`, channel)
	if err != nil {
		return nil, err
	}
	found := make(map[string]MessageStatus, len(rows))
	for _, row := range rows {
		found[row.WAMID] = row
	}
	return found, nil
}
