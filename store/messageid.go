package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// MessageID stands for a message of a contact, in 16 bytes.
type MessageID struct {
	// Hash is HashMessageID of the message's id.
	Hash uint64
	// Timestamp is Meta's time of the message in Unix seconds, 0 when it is not known.
	Timestamp int64
}

// messageIDSize is what one id takes in a blob: hash, then timestamp, both big endian.
const messageIDSize = 16

// HashMessageID is the first 8 bytes of the id's SHA-256, big endian. Workflows carry
// these hashes in their histories: the function never changes.
func HashMessageID(id string) uint64 {
	sum := sha256.Sum256([]byte(id))
	return binary.BigEndian.Uint64(sum[:8])
}

func packIDs(ids []MessageID) []byte {
	blob := make([]byte, 0, len(ids)*messageIDSize)
	for _, id := range ids {
		blob = binary.BigEndian.AppendUint64(blob, id.Hash)
		blob = binary.BigEndian.AppendUint64(blob, uint64(id.Timestamp)) // #nosec G115 -- bits, not a number
	}
	return blob
}

// eachID calls visit for every id of a blob. An incomplete one at the end is left out.
func eachID(blob []byte, visit func(MessageID)) {
	for ; len(blob) >= messageIDSize; blob = blob[messageIDSize:] {
		visit(MessageID{
			Hash:      binary.BigEndian.Uint64(blob),
			Timestamp: int64(binary.BigEndian.Uint64(blob[8:])), // #nosec G115 -- bits, not a number
		})
	}
}

// newestIDs gathers message ids and remembers only the newest of them, each once.
type newestIDs struct {
	limit int
	// more says that ids were dropped because there were more than limit.
	more bool
	ids  map[uint64]int64
}

func newNewestIDs(limit int) *newestIDs {
	return &newestIDs{limit: max(limit, 0), ids: map[uint64]int64{}}
}

func (n *newestIDs) add(id MessageID) {
	if known, ok := n.ids[id.Hash]; ok && known >= id.Timestamp {
		return
	}
	n.ids[id.Hash] = id.Timestamp
	// Dropping takes a sort, so some slack is left to grow into first.
	if len(n.ids) >= 2*n.limit+1024 {
		n.drop()
	}
}

// drop forgets all but the newest and gives these, newest first.
func (n *newestIDs) drop() []MessageID {
	ids := make([]MessageID, 0, len(n.ids))
	for hash, timestamp := range n.ids {
		ids = append(ids, MessageID{Hash: hash, Timestamp: timestamp})
	}
	slices.SortFunc(ids, func(a, b MessageID) int {
		// The hash decides between equals, so that equal rows give equal answers.
		return cmp.Or(cmp.Compare(b.Timestamp, a.Timestamp), cmp.Compare(a.Hash, b.Hash))
	})
	if len(ids) <= n.limit {
		return ids
	}
	for _, old := range ids[n.limit:] {
		delete(n.ids, old.Hash)
	}
	n.more = true
	return ids[:n.limit]
}
