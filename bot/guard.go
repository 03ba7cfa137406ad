package bot

import (
	"hash/fnv"
	"slices"
	"time"
)

// Bounds of the loop guard. Two bots that talk to each other write faster than people, or the
// same again and again.
const (
	guardMessages = 20 // within guardSpan
	guardSpan     = time.Minute
	guardSame     = 5 // equal texts in a row to the same question
	guardQuiet    = 10 * time.Minute
)

// quiet says that the bot keeps still because the contact seems to be a bot. The message stands
// in the transcript only.
func (t *turn) quiet(in input) bool {
	if !t.state.LoopGuard || t.counted {
		return false
	}
	if t.now.Before(t.state.QuietUntil) {
		t.trace("loop guard: quiet")
		return true
	}
	t.state.QuietUntil = time.Time{}
	why := t.looksLikeBot(in)
	if why == "" {
		return false
	}
	t.trace("loop guard: " + why)
	t.note("the bot keeps still for 10 minutes: " + why)
	t.state.QuietUntil, t.state.Recent = t.now.Add(guardQuiet), nil
	t.holdClocks()
	return true
}

// holdClocks lets what the open question waits for come after the pause: nothing is said in it.
func (t *turn) holdClocks() {
	a := t.openAsk()
	if a == nil {
		return
	}
	t.state.Ask.Same = 0
	if len(t.state.Ask.Buf) > 0 {
		t.arm(TimerCollect, t.collectID(), guardQuiet+a.collect)
		return
	}
	t.restartIdleIn(a, guardQuiet)
}

// looksLikeBot counts the message and says why it is too many; empty when it is not.
func (t *turn) looksLikeBot(in input) string {
	recent := slices.Clone(t.state.Recent)
	full := len(recent) == guardMessages
	if full && t.now.Sub(recent[0]) < guardSpan {
		return "more than 20 messages within a minute"
	}
	if full {
		recent = recent[1:]
	}
	t.state.Recent = append(recent, t.now)
	if t.repeats(in) {
		return "the same text 5 times to the same question"
	}
	return ""
}

// repeats counts equal texts to the open question.
func (t *turn) repeats(in input) bool {
	open := t.state.Ask
	if open == nil || in.folded == "" {
		return false
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(in.folded)) // never fails
	if text := h.Sum64(); text != open.Text {
		open.Text, open.Same = text, 0
	}
	open.Same++
	return open.Same >= guardSame
}
