package workflows

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/store"
)

func (w *world) memory() activities.Store { return memoryStore{w: w} }

// memoryStore is the part of the database that Reply uses.
type memoryStore struct {
	activities.Store
	w *world
}

func (m memoryStore) Bot(_ context.Context, hash string) (store.Bot, error) {
	return m.w.bots[hash], nil
}

func (m memoryStore) Channel(context.Context, string) (store.Channel, error) {
	m.w.mu.Lock()
	defer m.w.mu.Unlock()
	return store.Channel{WaID: testChannel, LoopGuard: m.w.guarded, MergeNotice: m.w.merges, EventsURL: m.w.eventsURL}, nil
}

func (m memoryStore) WebhookHealth(context.Context, string) (store.WebhookHealth, error) {
	return store.WebhookHealth{}, nil
}

func (m memoryStore) Contact(context.Context, string, string, string) (store.Contact, error) {
	return store.Contact{}, store.ErrNotFound
}

func (m memoryStore) SetPreferences(_ context.Context, wanted []store.Preference) error {
	m.w.mu.Lock()
	defer m.w.mu.Unlock()
	m.w.preferences = append(m.w.preferences, wanted...)
	return nil
}

func (m memoryStore) OpenConversation(_ context.Context, c store.Conversation) error {
	m.w.mu.Lock()
	defer m.w.mu.Unlock()
	m.w.rows[c.ID] = c
	return nil
}

func (m memoryStore) SetHandedOff(_ context.Context, _ string, since time.Time) error {
	m.w.mu.Lock()
	defer m.w.mu.Unlock()
	m.w.handedOff = since
	return nil
}

func (m memoryStore) KeepOverflow(_ context.Context, owner string, from int, messages [][]byte, _ time.Time) error {
	m.w.mu.Lock()
	defer m.w.mu.Unlock()
	for i, message := range messages {
		m.w.overflow[fmt.Sprint(owner, "/", from+i)] = message
	}
	return nil
}

func (m memoryStore) DropOverflow(context.Context, string, int) error { return nil }

func (m memoryStore) Overflow(_ context.Context, owner string, from, count, maxBytes int) ([][]byte, error) {
	m.w.mu.Lock()
	defer m.w.mu.Unlock()
	var found [][]byte
	for i := range count {
		message, ok := m.w.overflow[fmt.Sprint(owner, "/", from+i)]
		if maxBytes -= len(message); !ok || maxBytes < 0 && len(found) > 0 {
			break
		}
		found = append(found, message)
	}
	return found, nil
}

func (m memoryStore) LastGuard(context.Context, string, string) ([]byte, error) {
	m.w.mu.Lock()
	defer m.w.mu.Unlock()
	if len(m.w.archived) == 0 {
		return nil, nil
	}
	return json.Marshal(m.w.archived[len(m.w.archived)-1].Guard)
}

func (m memoryStore) SetContact(_ context.Context, id, waID, userID string) error {
	m.w.mu.Lock()
	defer m.w.mu.Unlock()
	row := m.w.rows[id]
	row.WaID, row.UserID = waID, userID
	m.w.rows[id] = row
	return nil
}

func (m memoryStore) UnclosedConversations(context.Context, store.UnclosedQuery) ([]string, error) {
	m.w.mu.Lock()
	defer m.w.mu.Unlock()
	return m.w.unclosed, nil
}

func (m memoryStore) IsNewContact(context.Context, store.RecentQuery) (bool, error) {
	m.w.mu.Lock()
	defer m.w.mu.Unlock()
	return len(m.w.archived)+len(m.w.unclosed) == 0, nil
}

// RecentMessageIDs returns the newest of all archived conversations: the one that asks is open. (In
// the test environment all runs have the same id.)
func (m memoryStore) RecentMessageIDs(context.Context, store.RecentQuery) ([]store.MessageID, bool, error) {
	ids := m.w.archivedIDs()
	slices.SortStableFunc(ids, func(a, b store.MessageID) int { return int(b.Timestamp - a.Timestamp) })
	if m.w.recent > 0 && m.w.recent < len(ids) {
		return ids[:m.w.recent], true, nil
	}
	return ids, false, nil
}

func (w *world) archivedIDs() (ids []store.MessageID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.archived {
		ids = append(ids, a.MessageIDs...)
	}
	return ids
}

// KnownMessages looks into the archived conversations.
func (m memoryStore) KnownMessages(_ context.Context, q store.KnownQuery) (known []string, err error) {
	all := m.w.archivedIDs()
	for _, id := range q.IDs {
		if slices.ContainsFunc(all, func(in store.MessageID) bool { return in.Hash == store.HashMessageID(id) }) {
			known = append(known, id)
		}
	}
	return known, nil
}
