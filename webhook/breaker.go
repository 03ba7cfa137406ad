package webhook

import (
	"net/http"
	"time"
)

const (
	// A breaker opens after tripInRow failures in a row, or when at least half of at least
	// tripMinimum attempts within windowLength have failed.
	tripInRow   = 5
	tripMinimum = 20
	// firstOpen is how long it stays open at first; each failed probe doubles it, up to maxOpen.
	firstOpen = 30 * time.Second
	maxOpen   = 15 * time.Minute
	// earlyProbe is the shortest time between two probes while it is open.
	earlyProbe = 5 * time.Second
	// probeWait is how long others wait while a probe is in flight, probeLost how long a probe can be in
	// flight at all: no attempt takes a minute.
	probeWait = 5 * time.Second
	probeLost = time.Minute
)

// BreakerChange is a change of an endpoint's circuit breaker.
type BreakerChange string

// Changes of a circuit breaker, for the log.
const (
	Unchanged BreakerChange = ""
	Opened    BreakerChange = "opened"
	Closed    BreakerChange = "closed"
)

// outcome is what an attempt tells about its endpoint.
type outcome int

const (
	// silent is an attempt that ended for a reason of our own: it tells nothing.
	silent outcome = iota
	// neutral is a response that is neither a success nor a failure of the endpoint: it is about the
	// body, or asks for a pause.
	neutral
	good
	bad
)

// judge returns what an attempt tells about its endpoint.
func judge(r Result) outcome {
	switch r.Class {
	case Delivered:
		return good
	case Timeout, Connect, Gone:
		return bad
	case Status:
		if RejectsBody(r.StatusCode) || r.StatusCode == http.StatusTooManyRequests {
			return neutral
		}
		return bad
	}
	return silent
}

// breaker is the circuit breaker of one endpoint: closed, open, or half-open while a probe is in
// flight. It is not safe for concurrent use.
type breaker struct {
	open    bool
	openFor time.Duration
	// until is when a probe is due, probed when the latest began.
	until  time.Time
	probed time.Time
	// probing is set while a probe is in flight; early, if it began before it was due.
	probing, early bool
	inRow          int
	recent         window
	// term counts the times that the breaker was closed. An attempt from before says nothing about the
	// endpoint as it is now.
	term int
}

// passage is a breaker's answer to a request for an attempt.
type passage struct {
	refused, probe bool
	// again is when to ask again, if it was refused.
	again time.Time
}

// ask changes nothing: see startProbe. early lets a probe through that is not due yet.
func (b *breaker) ask(now time.Time, early bool) passage {
	switch {
	case !b.open:
		return passage{}
	case b.probing && now.Sub(b.probed) < probeLost:
		return passage{refused: true, again: now.Add(probeWait)}
	case !now.Before(b.until) || early && now.Sub(b.probed) >= earlyProbe:
		return passage{probe: true}
	}
	again := b.until
	if early && b.probed.Add(earlyProbe).Before(again) {
		again = b.probed.Add(earlyProbe)
	}
	return passage{refused: true, again: again}
}

func (b *breaker) startProbe(now time.Time) {
	b.probing, b.probed, b.early = true, now, now.Before(b.until)
}

// record takes the outcome of an attempt; term is that in which it began.
func (b *breaker) record(o outcome, probe bool, term int, now time.Time) BreakerChange {
	switch {
	case b.open && (o == good || probe && o == neutral):
		b.close()
		return Closed
	case b.open:
		if probe {
			b.endProbe(o, now)
		}
		return Unchanged
	case term != b.term || o == silent || o == neutral:
		return Unchanged
	}
	b.recent.add(now, o == bad)
	if o == good {
		b.inRow = 0
		return Unchanged
	}
	b.inRow++
	if b.inRow < tripInRow && !b.recent.halfFailed(now) {
		return Unchanged
	}
	b.open, b.openFor, b.until = true, firstOpen, now.Add(firstOpen)
	return Opened
}

func (b *breaker) close() { *b = breaker{term: b.term + 1} }

// endProbe ends a probe that did not succeed. One that was not due leaves the time of the next as it
// is, and so does one that told nothing.
func (b *breaker) endProbe(o outcome, now time.Time) {
	b.probing = false
	if o != bad || b.early {
		return
	}
	b.openFor = min(2*b.openFor, maxOpen)
	b.until = now.Add(b.openFor)
}

const (
	windowSlots  = 12
	windowSlot   = 5 * time.Second
	windowLength = windowSlots * windowSlot
)

// window counts the attempts of the last minute and those that failed, in slots of 5 seconds.
type window [windowSlots]struct {
	number      int64
	all, failed int32
}

func (w *window) add(now time.Time, failed bool) {
	number := now.UnixNano() / int64(windowSlot)
	slot := &w[(number%windowSlots+windowSlots)%windowSlots] // a time before 1970 is negative
	if slot.number != number {
		slot.number, slot.all, slot.failed = number, 0, 0
	}
	slot.all++
	if failed {
		slot.failed++
	}
}

func (w *window) halfFailed(now time.Time) bool {
	number := now.UnixNano() / int64(windowSlot)
	var all, failed int32
	for _, slot := range w {
		if age := number - slot.number; age >= 0 && age < windowSlots {
			all += slot.all
			failed += slot.failed
		}
	}
	return all >= tripMinimum && 2*failed >= all
}
