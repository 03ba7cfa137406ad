package bot

import (
	"hash/fnv"
	"slices"
	"time"
)

// Bounds of the loop guard. A contact that is a bot writes faster than people do, or the same text
// again and again.
const (
	guardMessages = 20 // within guardSpan
	guardSpan     = time.Minute
	guardSame     = 5 // equal texts in a row to the same question, or that open conversations
	guardQuiet    = 10 * time.Minute
)

// quietTimerID is the id of the timer that ends a conversation without an open question when the
// pause of the loop guard is over.
const quietTimerID = string(TimerIdle) + "/quiet"

// Guard is what the loop guard remembers of a contact from one conversation to the next: a bot
// may also write again after each conversation has ended.
type Guard struct {
	Recent     []time.Time `json:"recent,omitempty"`
	QuietUntil time.Time   `json:"quietUntil,omitzero"`
	Opening    *Opening    `json:"opening,omitempty"`
}

// Opening is the text that opened a conversation.
type Opening struct {
	// Text is a hash of it, At when it came. Same counts the conversations in a row that it has
	// opened, each within guardSpan of the one before.
	Text uint64    `json:"text"`
	At   time.Time `json:"at"`
	Same int       `json:"same"`
}

// Guard returns what the contact's next conversation has to know; nil without a loop guard.
func (s *State) Guard() *Guard {
	if !s.LoopGuard {
		return nil
	}
	return &Guard{Recent: s.Recent, QuietUntil: s.QuietUntil, Opening: s.Opening}
}

// Guarded is the state of a conversation that opens, with the loop guard on and with what it
// remembers of the contact; nil for nothing.
func (s State) Guarded(g *Guard) State {
	s.LoopGuard = true
	if g != nil {
		s.Recent, s.QuietUntil, s.Opening = g.Recent, g.QuietUntil, g.Opening
	}
	return s
}

// loopGuard recognises a contact that is a bot itself.
type loopGuard struct {
	*core
	// counted is set for an event that came before and was counted then.
	counted bool
}

// keepsQuiet reports whether the bot does not react because the contact seems to be a bot. The message
// stands in the transcript only.
func (t *loopGuard) keepsQuiet(in input) bool {
	if !t.state.LoopGuard || t.counted {
		return false
	}
	if t.now.Before(t.state.QuietUntil) {
		t.trace("loop guard: quiet")
		t.endWithPause()
		return true
	}
	t.state.QuietUntil = time.Time{}
	why := t.looksLikeBot(in)
	if why == "" {
		return false
	}
	t.trace("loop guard: " + why)
	t.addNote("the bot keeps still for 10 minutes: " + why)
	t.state.QuietUntil, t.state.Recent = t.now.Add(guardQuiet), nil
	t.holdClocks()
	return true
}

// holdClocks delays the timers of the open question until after the pause, because nothing is said
// in it.
func (t *loopGuard) holdClocks() {
	a := t.openAsk()
	if a == nil {
		t.endWithPause()
		return
	}
	t.state.Ask.Same = 0
	if len(t.state.Ask.Buf) > 0 {
		t.arm(TimerCollect, t.collectID(), guardQuiet+a.Collect)
		return
	}
	t.restartIdleIn(a, guardQuiet)
}

// endWithPause closes a conversation without an open question at the end of the pause: the bot may
// have said nothing in it, and nobody would answer.
func (t *loopGuard) endWithPause() {
	if t.state.Ask == nil && t.state.Pending == nil {
		t.arm(TimerIdle, quietTimerID, t.state.QuietUntil.Sub(t.now))
	}
}

// looksLikeBot counts the message and returns why it is one too many; empty when it is not.
func (t *loopGuard) looksLikeBot(in input) string {
	recent := slices.Clone(t.state.Recent)
	full := len(recent) == guardMessages
	if full && t.now.Sub(recent[0]) < guardSpan {
		return "more than 20 messages within a minute"
	}
	if full {
		recent = recent[1:]
	}
	t.state.Recent = append(recent, t.now)
	switch {
	case t.opensAgain(in):
		return "the same text opened 5 conversations"
	case t.repeatsText(in):
		return "the same text 5 times to the same question"
	}
	return ""
}

// opensAgain counts the conversations that the same text has opened in a row.
func (t *loopGuard) opensAgain(in input) bool {
	if t.state.Turns > 1 {
		return false
	}
	opening := Opening{Text: hashText(in.folded), At: t.now, Same: 1}
	if last := t.state.Opening; last != nil && last.Text == opening.Text && t.now.Sub(last.At) < guardSpan {
		opening.Same += last.Same
	}
	t.state.Opening = &opening
	return in.folded != "" && opening.Same >= guardSame
}

func hashText(text string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(text)) // never fails
	return h.Sum64()
}

// repeatsText counts equal texts to the open question.
func (t *loopGuard) repeatsText(in input) bool {
	open := t.state.Ask
	if open == nil || in.folded == "" {
		return false
	}
	if text := hashText(in.folded); text != open.Text {
		open.Text, open.Same = text, 0
	}
	open.Same++
	return open.Same >= guardSame
}
