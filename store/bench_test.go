package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/store/storetest"
)

func databases() map[string]func(testing.TB) *store.Store {
	return map[string]func(testing.TB) *store.Store{"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres}
}

// BenchmarkParkAndRecordAttempt is what one delivery costs that goes through at the first
// slow attempt.
func BenchmarkParkAndRecordAttempt(b *testing.B) {
	for name, open := range databases() {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			outcome := store.Outcome{State: store.DeliveryDelivered, At: time.UnixMilli(1)}
			for i := 0; b.Loop(); i++ {
				d := store.Delivery{ID: fmt.Sprintf("msg_%d", i), Channel: "1", Kind: "reply", Body: []byte(`{"text":{"body":"hola"}}`)}
				require.NoError(b, s.Park(b.Context(), []store.Delivery{d}))
				_, err := s.RecordAttempt(b.Context(), store.Attempt{Delivery: d.ID, Class: "delivered", Status: 200}, outcome)
				require.NoError(b, err)
			}
		})
	}
}

// BenchmarkRecentMessageIDs reads a contact's 20 conversations of 100 messages among
// 5,000 conversations of others.
func BenchmarkRecentMessageIDs(b *testing.B) {
	for name, open := range databases() {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			fill(b, s)
			query := store.RecentQuery{Channel: "1", WaID: "569", UserID: "user", Since: time.UnixMilli(1), Limit: 2000}
			for b.Loop() {
				ids, more, err := s.RecentMessageIDs(b.Context(), query)
				require.NoError(b, err)
				require.Len(b, ids, 2000)
				require.False(b, more)
			}
		})
	}
}

func fill(b *testing.B, s *store.Store) {
	b.Helper()
	for i := range 5000 {
		row := store.Conversation{ID: fmt.Sprintf("other_%d", i), Channel: "1", WaID: fmt.Sprint(i), OpenedAt: time.UnixMilli(int64(i))}
		require.NoError(b, s.OpenConversation(b.Context(), row))
	}
	for i := range 20 {
		row := store.Conversation{ID: fmt.Sprintf("cnv_%d", i), Channel: "1", WaID: "569", OpenedAt: time.UnixMilli(int64(1000 + i))}
		page := store.Page{Conversation: row.ID, Number: 1}
		var ids []store.MessageID
		for j := range 100 {
			entry := store.Entry{Direction: store.In, ID: fmt.Sprintf("wamid_%d_%d", i, j), Timestamp: int64(i*100 + j)}
			page.Entries = append(page.Entries, entry)
			ids = append(ids, store.MessageID{Hash: store.HashMessageID(entry.ID), Timestamp: entry.Timestamp})
		}
		require.NoError(b, s.CloseConversation(b.Context(), store.Closing{Conversation: row, MessageIDs: ids, Page: &page}))
	}
}
