package store_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestStatuses(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"the highest status is kept, whatever the order", highestStatusKept},
		{"a failure is final unless the message arrived", failureAndArrival},
		{"a channel sees its own messages only", statusesPerChannel},
		{"many statuses of few messages in one call", manyStatuses},
		{"two writers save the same messages", statusesTogether},
		{"text that cleans to the same is the same message", statusesCleaned},
	})
}

func status(wamid, word string, second int) store.MessageStatus {
	return store.MessageStatus{Channel: "1", WAMID: wamid, Status: word, At: at(second)}
}

func requireStatus(t *testing.T, s *store.Store, wamid, want string) {
	t.Helper()
	found, err := s.Statuses(t.Context(), "1", []string{wamid})
	require.NoError(t, err)
	require.Equal(t, want, found[wamid].Status)
}

func highestStatusKept(t *testing.T, s *store.Store) {
	require.NoError(t, s.SaveStatuses(t.Context(), nil))
	for i, word := range []string{"sent", "read", "delivered", "sent", "unheard-of"} {
		require.NoError(t, s.SaveStatuses(t.Context(), []store.MessageStatus{status("m", word, i)}))
	}
	found, err := s.Statuses(t.Context(), "1", []string{"m", "other"})
	require.NoError(t, err)
	require.Equal(t, map[string]store.MessageStatus{"m": status("m", "read", 1)}, found)
	found, err = s.Statuses(t.Context(), "1", nil)
	require.NoError(t, err)
	require.Empty(t, found)
}

func failureAndArrival(t *testing.T, s *store.Store) {
	failed := status("m", "failed", 1)
	failed.ErrorCode = 131047
	require.NoError(t, s.SaveStatuses(t.Context(), []store.MessageStatus{failed, status("m", "sent", 2)}))
	found, err := s.Statuses(t.Context(), "1", []string{"m"})
	require.NoError(t, err)
	require.Equal(t, failed, found["m"])
	require.NoError(t, s.SaveStatuses(t.Context(), []store.MessageStatus{status("m", "delivered", 3)}))
	requireStatus(t, s, "m", "delivered")
}

func statusesPerChannel(t *testing.T, s *store.Store) {
	require.NoError(t, s.SaveStatuses(t.Context(), []store.MessageStatus{status(awkward, "read", 1)}))
	found, err := s.Statuses(t.Context(), "2", []string{awkward})
	require.NoError(t, err)
	require.Empty(t, found)
	requireStatus(t, s, awkward, "read")
}

func manyStatuses(t *testing.T, s *store.Store) {
	var all []store.MessageStatus
	for i := range 1200 {
		for _, word := range []string{"sent", "delivered"} {
			all = append(all, status(fmt.Sprint("m", i), word, i))
		}
	}
	require.NoError(t, s.SaveStatuses(t.Context(), all))
	var ids []string
	for i := range 1200 {
		ids = append(ids, fmt.Sprint("m", i))
	}
	found, err := s.Statuses(t.Context(), "1", ids)
	require.NoError(t, err)
	require.Len(t, found, 1200)
	require.Equal(t, "delivered", found["m7"].Status)
}

func statusesTogether(t *testing.T, s *store.Store) {
	words := []string{"sent", "delivered", "read", "failed"}
	requireNoErrors(t, together(8, func(i int) error {
		batch := make([]store.MessageStatus, 0, 50)
		for j := range 50 {
			// Half of the writers use the reverse order, which would deadlock if it were not sorted.
			n := j
			if i%2 == 1 {
				n = 49 - j
			}
			batch = append(batch, status(fmt.Sprint("m", n), words[i%len(words)], i))
		}
		return s.SaveStatuses(t.Context(), batch)
	}))
	requireStatus(t, s, "m0", "read")
	requireStatus(t, s, "m49", "read")
}

func statusesCleaned(t *testing.T, s *store.Store) {
	require.NoError(t, s.SaveStatuses(t.Context(), []store.MessageStatus{status(dirty, "sent", 1), status(cleaned, "read", 2)}))
	requireStatus(t, s, cleaned, "read")
}
