package workflows

import (
	"github.com/chattigo/api-isv/store"
)

// maxRemembered bounds how many message ids a run remembers, of this conversation and of the
// contact's others each; older ones are looked up in the database.
const maxRemembered = store.KeptMessageIDs

// remembered are message ids as one run hands them to the next, the oldest first.
type remembered struct {
	IDs store.MessageIDs `json:"ids,omitempty"`
	// Horizon is Meta's time of the newest id that was forgotten; 0 when none was. A message
	// without a readable time counts as older than any horizon.
	Horizon int64 `json:"horizon,omitempty"`
}

// memory is a remembered with an index. Each run makes two in setup, and adds to them.
type memory struct {
	remembered
	known map[uint64]bool
}

func newMemory(r remembered) *memory {
	m := &memory{remembered: r, known: make(map[uint64]bool, len(r.IDs))}
	for _, id := range r.IDs {
		m.known[id.Hash] = true
	}
	return m
}

func (m *memory) has(hash uint64) bool { return m.known[hash] }

func (m *memory) add(id store.MessageID) {
	if m.known[id.Hash] {
		return
	}
	m.known[id.Hash] = true
	m.IDs = append(m.IDs, id)
	if len(m.IDs) > maxRemembered {
		m.forget(m.IDs[0])
		m.IDs = m.IDs[1:]
	}
}

func (m *memory) forget(id store.MessageID) {
	delete(m.known, id.Hash)
	m.raiseHorizon(id.Timestamp)
}

// raiseHorizon makes Reply look up messages up to that time, in Unix seconds.
func (m *memory) raiseHorizon(timestamp int64) { m.Horizon = max(m.Horizon, timestamp, 1) }
