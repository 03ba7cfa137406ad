package bot

import (
	"time"

	"github.com/chattigo/api-isv/bot/expr"
)

type ask struct {
	pos     pos
	as      string // how the answer is read
	save    []assignment
	choices []choice
	reject  []rejection
	to      target
	retry   *retry
	idle    []idleStep
	// collect is how long to wait for more of an answer; 0 takes the first message.
	collect time.Duration
}

// rejection refuses an answer that could be read, with words of its own.
type rejection struct {
	when *expr.Expr
	say  []*message
}

// choice leads from a reply id to a state; the id "*" is any other.
type choice struct {
	id string
	to ref
	// pos is the place of the id.
	pos pos
}

// named finds the choice with this very id.
func (a *ask) named(id string) (ref, bool) {
	for _, c := range a.choices {
		if c.id == id && id != "*" {
			return c.to, true
		}
	}
	return ref{}, false
}

func (a *ask) has(id string) bool {
	_, ok := a.named(id)
	return ok
}

// exit is a way out of a question, and what it is called in a trace.
type exit struct {
	via string
	to  target
}

func (e exit) leads() bool { return len(e.to) > 0 }

// leadsTo is an exit without conditions.
func leadsTo(via string, to ref) exit { return exit{via, target{{pos: to.pos, to: to}}} }

// target is where the choice of an offered option leads.
func (a *ask) target(id string) exit {
	if to, ok := a.named(id); ok {
		return leadsTo("choice "+id, to)
	}
	return a.otherwise()
}

// otherwise is where answers lead that no choice names.
func (a *ask) otherwise() exit {
	for _, c := range a.choices {
		if c.id == "*" {
			return leadsTo("choice *", c.to)
		}
	}
	return exit{"to", a.to}
}

type retry struct {
	max    int
	say    []*message
	to     ref // the state after max tries; empty: say once more, then stay quiet
	repeat bool
}

type idleStep struct {
	pos   pos
	after time.Duration
	say   []*message
	to    ref
	// farewell closes with built-in words instead of going to a state.
	farewell bool
}

func (s idleStep) exit() bool { return s.to.name != "" || s.farewell }
