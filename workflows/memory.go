package workflows

import "github.com/chattigo/api-isv/store"

// maxRemembered is how many message ids a run knows without asking the database, of this
// conversation and of the contact's others each.
const maxRemembered = store.KeptMessageIDs

// Remembered are message ids, the oldest first.
type Remembered struct {
	IDs store.MessageIDs `json:"ids,omitempty"`
	// Horizon is Meta's time of the newest id that was forgotten; 0 when none was. A message
	// without a readable time counts as older than any horizon.
	Horizon int64 `json:"horizon,omitempty"`
}

// memory is a Remembered that can be asked quickly.
type memory struct {
	Remembered
	known map[uint64]bool
}

func newMemory(r Remembered) *memory {
	m := &memory{Remembered: r, known: make(map[uint64]bool, len(r.IDs))}
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
	m.Horizon = max(m.Horizon, id.Timestamp, 1)
}
