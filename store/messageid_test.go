package store

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestHashMessageIDNeverChanges(t *testing.T) {
	t.Parallel()
	// The first 16 digits of the well-known SHA-256 of "abc" and of nothing.
	require.Equal(t, uint64(0xba7816bf8f01cfea), HashMessageID("abc"))
	require.Equal(t, uint64(0xe3b0c44298fc1c14), HashMessageID(""))
}

func TestPackedIDsAreUnpacked(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOf(rapid.Custom(func(t *rapid.T) MessageID {
			return MessageID{Hash: rapid.Uint64().Draw(t, "hash"), Timestamp: rapid.Int64().Draw(t, "timestamp")}
		})).Draw(t, "ids")
		blob := packIDs(ids)
		require.Len(t, blob, 16*len(ids))
		torn := append(blob, make([]byte, rapid.IntRange(0, 15).Draw(t, "torn"))...)
		var back []MessageID
		eachID(torn, func(id MessageID) { back = append(back, id) })
		require.ElementsMatch(t, ids, back)
	})
}

// The order in which ids are added does not matter.
func TestNewestIDsKeepsTheNewest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.IntRange(0, 40).Draw(t, "limit")
		count := rapid.IntRange(0, 5000).Draw(t, "count")
		step := rapid.SampledFrom([]int{1, 7, 4999}).Draw(t, "step")
		newest := newNewestIDs(limit)
		for i := range count {
			hash := i * step % max(count, 1)
			newest.add(MessageID{Hash: uint64(hash), Timestamp: int64(hash) - 1})
			newest.add(MessageID{Hash: uint64(hash), Timestamp: int64(hash)})
		}
		distinct := map[int]bool{}
		for i := range count {
			distinct[i*step%count] = true
		}
		var want []MessageID
		for hash := count - 1; hash >= 0 && len(want) < limit; hash-- {
			if distinct[hash] {
				want = append(want, MessageID{Hash: uint64(hash), Timestamp: int64(hash)})
			}
		}
		got := newest.drop()
		require.ElementsMatch(t, want, got)
		if len(want) > 0 {
			require.Equal(t, want, got)
		}
		require.Equal(t, len(distinct) > limit, newest.more)
		require.LessOrEqual(t, len(newest.ids), limit)
	})
}
