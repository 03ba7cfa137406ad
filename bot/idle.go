package bot

import (
	"fmt"
	"time"
)

// restartIdle arms the first reminder of the open question: the contact was heard.
func (t *turn) restartIdle(a *ask) {
	t.state.Ask.Since = t.now
	t.arm(0, a.idle[0].after)
}

// arm sets the timer of one step of the idle list.
func (t *turn) arm(index int, wait time.Duration) {
	t.effects = append(t.effects, Effect{Kind: EffectTimerSet, Timer: &Timer{
		Kind: TimerIdle,
		ID:   timerID(t.state.Ask.No, index),
		Set:  t.now,
		At:   t.now.Add(wait),
	}})
}

func timerID(no, index int) string { return fmt.Sprintf("%s/%d/%d", TimerIdle, no, index) }

// timer goes on with the idle list, unless the timer is of an older question.
func (t *turn) timer(id string) error {
	if t.state.Muted() {
		t.forgotten(id)
		return nil
	}
	a := t.openAsk()
	index := -1
	if a != nil {
		index = t.idleIndex(a, id)
	}
	if index < 0 {
		t.trace("timer ignored")
		return nil
	}
	step := a.idle[index]
	switch {
	case step.farewell:
		t.trace("idle exit")
		if err := t.sayText(t.bot.words().timeout, t.state.Ask.State); err != nil {
			return err
		}
		t.finish(Close{Reason: ReasonTimeout, Notice: true})
		return nil
	case step.exit():
		return t.answer("idle exit", step.to)
	}
	t.trace("idle reminder")
	if err := t.sayInAsk(step.say); err != nil {
		return err
	}
	// From this reminder on, not from the question: the shell holds the clock back while
	// the question has not reached the contact.
	t.arm(index+1, a.idle[index+1].after-step.after)
	return nil
}

// idleIndex is the place in the idle list that a timer of the open question stands for; -1
// for any other timer.
func (t *turn) idleIndex(a *ask, id string) int {
	for i := range a.idle {
		if id == timerID(t.state.Ask.No, i) {
			return i
		}
	}
	return -1
}
