package bot

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot/definition"
)

// timerKinds are all kinds, in the order in which they are cleared. It is never written.
var timerKinds = []TimerKind{TimerIdle, TimerCollect, TimerHandoff}

// armedIn returns the timers that may be set in a state.
func armedIn(s *State) []TimerKind {
	switch {
	case s.Closed:
		return nil
	case s.Muted():
		return []TimerKind{TimerHandoff}
	case s.Ask == nil && s.QuietUntil.IsZero() && !s.Unsaid:
		return nil
	case s.Ask != nil && len(s.Ask.Buf) > 0:
		return []TimerKind{TimerCollect}
	}
	return []TimerKind{TimerIdle}
}

// arm sets a timer; it replaces the one of its kind.
func (t *core) arm(kind TimerKind, id string, wait time.Duration) {
	if !slices.Contains(t.armed, kind) {
		t.armed = append(t.armed, kind)
	}
	t.emit(Effect{Kind: EffectTimerSet, Timer: &Timer{Kind: kind, ID: id, Set: t.now, At: t.now.Add(wait)}})
}

// clear removes timers that may be set; without a kind, all.
func (t *core) clear(kinds ...TimerKind) {
	if len(kinds) == 0 {
		kinds = timerKinds
	}
	for _, kind := range kinds {
		if slices.Contains(t.armed, kind) {
			t.armed = slices.DeleteFunc(slices.Clone(t.armed), func(k TimerKind) bool { return k == kind })
			t.emit(Effect{Kind: EffectTimerClear, Timer: &Timer{Kind: kind}})
		}
	}
}

// handleTimer handles the timer of what the conversation waits for, and ignores any other.
func (t *step) handleTimer(id string) error {
	switch {
	case t.state.Pending != nil:
		t.trace("timer ignored")
		return nil
	case t.state.Muted():
		return t.handleHandoffTimer(id)
	case strings.HasPrefix(id, string(TimerCollect)):
		return t.handleCollectTimer(id)
	case t.state.Unsaid && id == unsaidID:
		t.trace("unsaid exit")
		t.closeConversation(Close{Reason: definition.ReasonTimeout, Notice: true})
		return nil
	}
	a := t.openAsk()
	if a == nil && id == quietTimerID {
		t.trace("loop guard: the pause is over")
		t.closeConversation(Close{Reason: definition.ReasonTimeout, Notice: true})
		return nil
	}
	index := -1
	if a != nil && len(t.state.Ask.Buf) == 0 { // while texts are collected, the idle timer does not run
		index = t.idleIndex(a, id)
	}
	if index < 0 {
		t.trace("timer ignored")
		return nil
	}
	return t.handleIdleTimer(a, index)
}

// countUnattended counts what the bot does by itself, without a message of the contact.
func (t *walker) countUnattended() error {
	if t.state.Unheard++; t.state.Unheard > maxUnheard {
		return errUnheard
	}
	return nil
}

// restartIdle arms the first reminder of the open question, because the contact wrote.
func (t *core) restartIdle(a *definition.Ask) { t.restartIdleIn(a, 0) }

// restartIdleIn does so some time from now.
func (t *core) restartIdleIn(a *definition.Ask, pause time.Duration) {
	t.state.Ask.Since = t.now
	t.arm(TimerIdle, t.idleID(0), pause+a.Idle[0].After)
}

func (t *core) idleID(index int) string {
	return fmt.Sprintf("%s/%d/%d", TimerIdle, t.state.Ask.No, index)
}

// idleIndex returns the index in the idle list of a timer of the open question; -1 for any other
// timer.
func (t *core) idleIndex(a *definition.Ask, id string) int {
	for i := range a.Idle {
		if id == t.idleID(i) {
			return i
		}
	}
	return -1
}

// handleIdleTimer reminds the contact of the question, or gives it up.
func (t *step) handleIdleTimer(a *definition.Ask, index int) error {
	step := a.Idle[index]
	via := fmt.Sprintf("idle %d", index+1)
	if err := t.countUnattended(); err != nil {
		return err
	}
	switch {
	case step.Farewell:
		t.trace("idle exit")
		if err := t.sayText(t.sentences().Timeout, t.state.Ask.State); err != nil {
			return err
		}
		t.closeConversation(Close{Reason: definition.ReasonTimeout, Notice: true})
		return nil
	case step.Exit():
		t.trace("idle exit")
		t.leaving = true
		return t.exitQuestion(definition.LeadsTo(via, step.To))
	}
	t.trace("idle reminder")
	t.traceEdge(t.state.Ask.State, via, "")
	if err := t.sayInAsk(step.Say); err != nil {
		return err
	}
	// Counted from this reminder, not from the question: the shell delays the timer while the
	// question has not reached the contact.
	t.arm(TimerIdle, t.idleID(index+1), a.Idle[index+1].After-step.After)
	return nil
}

// exitQuestion leaves the open question by one of its exits.
func (t *walker) exitQuestion(e definition.Exit) error {
	next, err := t.follow(t.state.Ask.State, e)
	if err != nil {
		return err
	}
	return t.enter(next)
}
