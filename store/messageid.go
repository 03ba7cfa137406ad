package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
)

// MessageID identifies a message of a contact in 16 bytes, to recognise duplicates.
type MessageID struct {
	// Hash is HashMessageID of the message's id.
	Hash uint64
	// Timestamp is Meta's time of the message in Unix seconds, 0 if it is not known.
	Timestamp int64
}

// messageIDSize is the size of an id in a blob, in bytes: hash, then timestamp, both big endian.
const messageIDSize = 16

// HashMessageID is the first 8 bytes of the id's SHA-256, big endian. It must never change: these
// hashes are in the database and in workflow histories.
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

// eachID calls visit for every id of a blob. An incomplete id at the end is ignored.
func eachID(blob []byte, visit func(MessageID)) {
	for ; len(blob) >= messageIDSize; blob = blob[messageIDSize:] {
		visit(MessageID{
			Hash:      binary.BigEndian.Uint64(blob),
			Timestamp: int64(binary.BigEndian.Uint64(blob[8:])), // #nosec G115 -- bits, not a number
		})
	}
}

// MessageIDs is a list of ids with a short JSON form, base64 of 16 bytes an id: workflow histories
// have thousands of them.
type MessageIDs []MessageID

// MarshalJSON encodes the ids as one base64 string.
func (ids MessageIDs) MarshalJSON() ([]byte, error) {
	return json.Marshal(base64.StdEncoding.EncodeToString(packIDs(ids)))
}

// UnmarshalJSON decodes the string of MarshalJSON.
func (ids *MessageIDs) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return fmt.Errorf("message ids: %w", err)
	}
	blob, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return fmt.Errorf("message ids: %w", err)
	}
	*ids = nil
	eachID(blob, func(id MessageID) { *ids = append(*ids, id) })
	return nil
}

// newestIDs collects message ids and keeps only the newest of them, each once.
type newestIDs struct {
	limit int
	// more reports whether ids were dropped because there were more than limit.
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
	// drop sorts, so it is not called for every id.
	if len(n.ids) >= 2*n.limit+1024 {
		n.drop()
	}
}

// drop forgets all but the newest ids and returns these, newest first.
func (n *newestIDs) drop() []MessageID {
	ids := make([]MessageID, 0, len(n.ids))
	for hash, timestamp := range n.ids {
		ids = append(ids, MessageID{Hash: hash, Timestamp: timestamp})
	}
	slices.SortFunc(ids, func(a, b MessageID) int {
		// Ids of the same time are ordered by their hash, so that equal rows give equal results.
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
