package store_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

func TestInboxOverflow(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, []testCase{
		{"messages that wait come back in order, a piece at a time", overflowInPieces},
		{"messages are written over their earlier state", overflowReplaced},
		{"messages that were answered are dropped", overflowDropped},
		{"a message that is larger than a piece comes alone", overflowLarge},
	})
}

// waiting are messages named after their numbers.
func waiting(from, count int) [][]byte {
	var messages [][]byte
	for n := from; n < from+count; n++ {
		messages = append(messages, fmt.Appendf(nil, `{"n":%d}`, n))
	}
	return messages
}

func keepOverflow(t *testing.T, s *store.Store, owner string, from int, messages [][]byte) {
	t.Helper()
	require.NoError(t, s.KeepOverflow(t.Context(), owner, from, messages, at(from)))
}

func overflowOf(t *testing.T, s *store.Store, owner string, from, count, maxBytes int) [][]byte {
	t.Helper()
	found, err := s.Overflow(t.Context(), owner, from, count, maxBytes)
	require.NoError(t, err)
	return found
}

func overflowInPieces(t *testing.T, s *store.Store) {
	keepOverflow(t, s, "a", 0, waiting(0, 250))
	keepOverflow(t, s, "a", 250, waiting(250, 5))
	keepOverflow(t, s, "b", 0, waiting(900, 1))
	require.Equal(t, waiting(0, 255), overflowOf(t, s, "a", 0, 255, 1<<20))
	require.Equal(t, waiting(10, 5), overflowOf(t, s, "a", 10, 5, 1<<20))
	require.Equal(t, waiting(10, 3), overflowOf(t, s, "a", 10, 255, 3*len(`{"n":10}`)+1))
	require.Empty(t, overflowOf(t, s, "c", 0, 10, 1<<20))
}

func overflowReplaced(t *testing.T, s *store.Store) {
	keepOverflow(t, s, "a", 0, waiting(100, 3))
	keepOverflow(t, s, "a", 0, waiting(0, 3))
	require.Equal(t, waiting(0, 3), overflowOf(t, s, "a", 0, 3, 1<<20))
}

func overflowDropped(t *testing.T, s *store.Store) {
	keepOverflow(t, s, "a", 0, waiting(0, 5))
	keepOverflow(t, s, "b", 3, waiting(3, 1))
	require.NoError(t, s.DropOverflow(t.Context(), "a", 3))
	require.Equal(t, waiting(3, 2), overflowOf(t, s, "a", 0, 10, 1<<20))
	dropped, err := s.DropOldOverflow(t.Context(), at(2))
	require.NoError(t, err)
	require.EqualValues(t, 2, dropped)
	require.Empty(t, overflowOf(t, s, "a", 0, 10, 1<<20))
	require.Len(t, overflowOf(t, s, "b", 0, 10, 1<<20), 1)
}

func overflowLarge(t *testing.T, s *store.Store) {
	large := bytes.Repeat([]byte("x"), 130<<10)
	keepOverflow(t, s, "a", 0, [][]byte{large, []byte("y")})
	require.Equal(t, [][]byte{large}, overflowOf(t, s, "a", 0, 2, 100))
}
