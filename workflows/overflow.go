package workflows

import (
	"encoding/json"
	"time"

	"github.com/chattigo/api-isv/activities"
	"github.com/chattigo/api-isv/store"
)

// maxOverflowWrite bounds one write of messages to the database, in bytes.
const maxOverflowWrite = 1 << 20

// overflow are messages in the database, because a run could not be handed them: they come after
// the queue and before the backlog. It is made by the first run that could not be handed all, and
// carried from then on.
type overflow struct {
	// Owner is the conversation that was open when the first of them came.
	Owner string `json:"owner"`
	// Next is the number of the first of them, IDs are those of all, in order.
	Next int              `json:"next"`
	IDs  store.MessageIDs `json:"ids"`
}

func (o *overflow) count() int {
	if o == nil {
		return 0
	}
	return len(o.IDs)
}

// rows names the messages as activities take them; nil for none.
func (o *overflow) rows() *activities.OverflowRange {
	if o.count() == 0 {
		return nil
	}
	return &activities.OverflowRange{Owner: o.Owner, From: o.Next, Count: len(o.IDs)}
}

// overflowing reports whether messages wait behind the queue: what arrives goes behind them.
func (b *inbox) overflowing() bool { return b.overflow.count() > 0 || len(b.backlog) > 0 }

// excessive reports whether more waits than the next run can be handed.
func (b *inbox) excessive() bool { return b.bytes > maxCarried || len(b.backlog) > 0 }

// spill writes what the next run cannot be handed to the database. Its local activity may run in the
// task that ends the run: a repeated task writes the same numbers again, and nobody outside sees it.
func (b *inbox) spill(x *executor, conversation string) {
	b.cutQueue()
	if b.overflow == nil {
		b.overflow = &overflow{Owner: conversation}
	}
	for len(b.backlog) > 0 {
		in := b.overflowInput(x)
		n := len(in.Messages)
		if err := x.localAtTheEnd(overflowOptions(n), acts.KeepOverflow, in, nil); err != nil {
			x.pause("KeepOverflow", err)
			continue
		}
		for _, m := range b.backlog[:n] {
			b.overflow.IDs = append(b.overflow.IDs, m.messageID())
		}
		b.backlog = b.backlog[n:]
	}
}

// cutQueue moves what the next run cannot be handed from the queue to the backlog. Controls stay.
func (b *inbox) cutQueue() {
	if b.overflowing() {
		return
	}
	for i, m := range b.empty() {
		switch {
		case m.Control == nil && b.bytes+m.size() > maxCarried/2:
			b.backlog = append(b.backlog, m)
			b.deferred = min(b.deferred, i)
		case m.Control == nil && len(b.backlog) > 0:
			b.backlog = append(b.backlog, m)
		default:
			b.enqueue(m)
		}
	}
}

// overflowInput is the next write: as much of the backlog as it may hold, and at least one message.
func (b *inbox) overflowInput(x *executor) activities.OverflowInput {
	in := activities.OverflowInput{Owner: b.overflow.Owner, From: b.overflow.Next + len(b.overflow.IDs)}
	size := 0
	for _, m := range b.backlog {
		if size += m.size(); size > maxOverflowWrite && len(in.Messages) > 0 {
			break
		}
		encoded, err := json.Marshal(m)
		if err != nil { // it has been JSON before
			x.log.Error("cannot encode waiting message", "error", err)
			encoded = []byte("{}")
		}
		in.Messages = append(in.Messages, encoded)
	}
	return in
}

// fetchOverflow moves the first messages of the database to the queue. It is a regular activity, so
// that it cannot find what the same task has written. When the database has none of them, all are
// lost.
func (b *inbox) fetchOverflow(x *executor, t *transcript, now time.Time) {
	var result activities.OverflowResult
	if err := x.regular(ownDatabase("take up messages that wait"), acts.FetchOverflow, *b.overflow.rows(), &result); err != nil {
		x.pause("FetchOverflow", err)
		return
	}
	for _, raw := range result.Messages {
		var m queued
		if err := json.Unmarshal(raw, &m); err != nil {
			x.log.Error("cannot decode waiting message", "error", err)
			continue
		}
		b.enqueue(m)
	}
	n := len(result.Messages)
	if n == 0 {
		n = len(b.overflow.IDs)
		t.unanswered += n
		t.addNote(now, noteLost)
	}
	b.dropOverflow(n)
}

// dropOverflow forgets the first n messages of the database. Once it has none, the backlog follows.
func (b *inbox) dropOverflow(n int) {
	b.overflow.IDs = b.overflow.IDs[n:]
	b.overflow.Next += n
	if len(b.overflow.IDs) > 0 {
		return
	}
	backlog := b.backlog
	b.backlog = nil
	for _, m := range backlog {
		b.enqueue(m)
	}
}
