package workflows

import (
	"slices"
	"time"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/chat"
	"github.com/chattigo/api-isv/store"
)

const (
	// maxWaiting bounds how many messages may wait to be answered.
	maxWaiting = 1000
	// maxCarried bounds what the queue takes in the next run's input, in bytes: the server refuses an
	// input above 2 MiB. The rest waits in the database.
	maxCarried = 1 << 20
)

// queued is an element of the queue: a message or an echo with what its envelope said, or a control.
type queued struct {
	At     time.Time `json:"at"`
	Bot    string    `json:"bot,omitempty"`
	WaID   string    `json:"waId,omitempty"`
	UserID string    `json:"userId,omitempty"`
	Inbound
	// Control is set instead of a message; the ID is its cause then.
	Control *chat.Control `json:"wish,omitempty"`
}

// incoming is m as Reply takes it.
func (m queued) incoming() chat.Incoming {
	return chat.Incoming{
		ID: m.ID, At: m.At, Timestamp: m.Timestamp, WaID: m.WaID, UserID: m.UserID, Name: m.Name,
		Body: m.Message, Echo: m.Echo, Control: m.Control,
	}
}

// messageID is under which a message is remembered.
func (m queued) messageID() store.MessageID {
	return store.MessageID{Hash: store.HashMessageID(m.ID), Timestamp: m.Timestamp}
}

// size is what m takes in the input of the next run, in bytes, generously.
func (m queued) size() int {
	n := len(m.Message) + len(m.WaID) + len(m.UserID) + 2*len(m.ID) + 2*len(m.Name) + len(m.Type) + 256
	if m.Control != nil {
		n += 6 * len(m.Control.Note)
	}
	return n
}

// inbox holds the messages and controls that wait for the bot, in the order in which they are
// handled: the queue, then the overflow in the database, then the backlog. It also remembers the
// messages that have come before.
type inbox struct {
	queue []queued
	// bytes is the size of the queue.
	bytes int
	// deferred counts the elements at the head of the queue that wait for the HTTP call in flight.
	deferred int
	// overflow are messages in the database; nil when there never were any.
	overflow *overflow
	// backlog are messages that have arrived while others were in the database.
	backlog []queued
	// own remembers the messages of this conversation, others those of the contact's others.
	own, others *memory
}

func newInbox(carried Carried) inbox {
	b := inbox{overflow: carried.Overflow, own: newMemory(carried.Own), others: newMemory(carried.Others)}
	for _, m := range carried.Inbox {
		b.enqueue(m)
	}
	return b
}

// accept takes in a message that has arrived, unless it is a duplicate or too many wait. A person's
// echo that arrives while the conversation closes belongs to what ends, and is not handled. accept
// reports whether the message is new.
func (b *inbox) accept(m queued, t *transcript, closing bool) (fresh bool) {
	id := m.messageID()
	if b.own.has(id.Hash) || b.others.has(id.Hash) {
		t.repeats++
		return false
	}
	b.own.add(id)
	switch {
	case m.Echo && closing:
		t.add(incomingEntry(m))
	case b.waiting() >= maxWaiting:
		t.addUnanswered(m, noteTooMany)
	case b.overflowing():
		b.backlog = append(b.backlog, m)
	default:
		b.enqueue(m)
	}
	return true
}

func (b *inbox) enqueue(m queued) { b.insert(len(b.queue), m) }

// insert puts an element at a position of the queue. All that enters the queue goes through here.
func (b *inbox) insert(position int, m queued) {
	b.queue = slices.Insert(b.queue, position, m)
	b.bytes += m.size()
}

// empty removes all elements of the queue.
func (b *inbox) empty() (all []queued) {
	all, b.queue, b.bytes = b.queue, nil, 0
	return all
}

// insertByTime puts a control before the first message that is later, but behind deferred ones.
func (b *inbox) insertByTime(m queued) {
	position := slices.IndexFunc(b.queue, func(other queued) bool { return other.At.After(m.At) })
	if position < 0 {
		position = len(b.queue)
	}
	b.insert(max(position, b.deferred), m)
}

// dequeue removes the first n elements, but leaves those at the deferred positions at the head.
func (b *inbox) dequeue(n int, deferred []int) (handled []queued) {
	all := b.empty()
	handled, rest := all[:n], all[n:]
	b.queue = make([]queued, 0, len(deferred)+len(rest))
	for _, position := range deferred {
		b.enqueue(handled[position])
	}
	b.deferred = len(b.queue)
	for _, m := range rest {
		b.enqueue(m)
	}
	return handled
}

// undeferred returns the elements that can be handled now: all of them unless a call is in flight.
func (b *inbox) undeferred(callInFlight bool) []queued {
	if callInFlight {
		return b.queue[b.deferred:]
	}
	return b.queue
}

// controlWaits reports whether a control can be handled now.
func (b *inbox) controlWaits(callInFlight bool) bool {
	return slices.ContainsFunc(b.undeferred(callInFlight), func(m queued) bool { return m.Control != nil })
}

// closeWaits reports whether a control in the queue closes the conversation.
func (b *inbox) closeWaits() bool {
	return slices.ContainsFunc(b.queue, func(m queued) bool {
		return m.Control != nil && m.Control.Kind == bot.ControlClose
	})
}

// mutedAfter reports whether the bot is mute once the queue is handled; muted is whether it is now.
func (b *inbox) mutedAfter(muted bool) bool {
	for _, m := range b.queue {
		switch {
		case m.Control != nil && m.Control.Kind != bot.ControlUnsaid:
			muted = m.Control.Kind == bot.ControlHandoff
		case m.Echo:
			muted = true
		}
	}
	return muted
}

// keepMessages leaves only what opens the next conversation: the contact's messages. It returns the
// transcript's entries of the others.
func (b *inbox) keepMessages() (dropped []Entry) {
	for _, m := range b.dequeue(len(b.queue), nil) {
		switch {
		case m.Control != nil:
			dropped = append(dropped, controlEntry(m, noteTooLate))
		case m.Echo:
			dropped = append(dropped, incomingEntry(m))
		default:
			b.enqueue(m)
		}
	}
	return dropped
}

// waiting counts the elements, wherever they are.
func (b *inbox) waiting() int { return len(b.queue) + b.overflow.count() + len(b.backlog) }

// since is the time of the first element; zero when the queue is empty.
func (b *inbox) since() (at time.Time) {
	if len(b.queue) > 0 {
		at = b.queue[0].At
	}
	return at
}

// latest is the time of the last element of the queue; zero when it is empty.
func (b *inbox) latest() (at time.Time) {
	if n := len(b.queue); n > 0 {
		at = b.queue[n-1].At
	}
	return at
}

// identify completes what is known of the contact by what the queued messages say.
func (b *inbox) identify(known bot.Contact) bot.Contact {
	for _, m := range b.queue {
		known = known.Identified(m.WaID, m.UserID)
	}
	return known
}

// horizon is the time up to which duplicates are not all remembered, in Unix seconds.
func (b *inbox) horizon() int64 { return max(b.own.Horizon, b.others.Horizon) }

// learn remembers what Reply found of the contact's other conversations, the newest message first. The
// horizon is raised where it may not have found all: beyond the last of them, under an identity that
// is learned only now, and in conversations that are yet to be recovered.
func (b *inbox) learn(before *bot.State, r activities.ReplyResult) {
	for _, id := range slices.Backward(r.Known) {
		b.others.add(id)
	}
	if n := len(r.Known); r.KnownMore && n > 0 {
		b.others.raiseHorizon(r.Known[n-1].Timestamp)
	}
	if r.State == nil {
		return
	}
	if before != nil && !before.Contact.Same(r.State.Contact) || len(r.Unclosed) > 0 {
		b.others.raiseHorizon(r.Now.Unix())
	}
}

// rememberSent adds the id that WhatsApp gave to a message of the bot: an echo of it is nobody's
// answer, and is dropped like a duplicate.
func (b *inbox) rememberSent(wamid string, at time.Time) {
	if wamid != "" {
		b.own.add(store.MessageID{Hash: store.HashMessageID(wamid), Timestamp: at.Unix()})
	}
}

// waitingIDs are those of all elements.
func (b *inbox) waitingIDs() (ids store.MessageIDs) {
	for _, m := range b.queue {
		ids = append(ids, m.messageID())
	}
	if b.overflow != nil {
		ids = append(ids, b.overflow.IDs...)
	}
	for _, m := range b.backlog {
		ids = append(ids, m.messageID())
	}
	return ids
}

// handledIDs are those of this conversation's messages which do not wait.
func (b *inbox) handledIDs() (ids store.MessageIDs) {
	waiting := make(map[uint64]bool, b.waiting())
	for _, id := range b.waitingIDs() {
		waiting[id.Hash] = true
	}
	for _, id := range b.own.IDs {
		if !waiting[id.Hash] {
			ids = append(ids, id)
		}
	}
	return ids
}
