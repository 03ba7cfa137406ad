package store

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Channels that were added by a release without loop guards get one, as new channels do.
func TestChannelsOfOlderReleasesGetALoopGuard(t *testing.T) {
	t.Parallel()
	s := migratedSQLite(t)
	require.NoError(t, s.AddAccount(t.Context(), Account{Name: "old"}))
	_, err := s.write.ExecContext(t.Context(), `INSERT INTO channels
		(wa_id, phone_number_id, account, webhook_url, version, bot, created_at, updated_at)
		SELECT 'old', '', 'old', '', '', '', 0, 0`)
	require.NoError(t, err)
	channel, err := s.Channel(t.Context(), "old")
	require.NoError(t, err)
	require.True(t, channel.LoopGuard)
}
