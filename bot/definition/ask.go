package definition

import (
	"time"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/tree"
)

type Ask struct {
	pos     tree.Place
	As      string // how the answer is read
	Save    []Assignment
	choices []Choice
	Reject  []Rejection
	to      Target
	Retry   *Retry
	Idle    []IdleStep
	// collect is how long to wait for more of an answer; 0 takes the first message.
	Collect time.Duration
}

// rejection refuses an answer that could be read, with words of its own.
type Rejection struct {
	When *expr.Expr
	Say  []*Message
}

// Choice leads from a reply id to a state; the id "*" is any other.
type Choice struct {
	id string
	to Ref
	// pos is the place of the id.
	pos tree.Place
}

// named finds the choice with this very id.
func (a *Ask) Named(id string) (Ref, bool) {
	for _, c := range a.choices {
		if c.id == id && id != "*" {
			return c.to, true
		}
	}
	return Ref{}, false
}

func (a *Ask) Has(id string) bool {
	_, ok := a.Named(id)
	return ok
}

// exit is a way out of a question, and what it is called in a trace.
type Exit struct {
	Via string
	To  Target
}

func (e Exit) Leads() bool { return len(e.To) > 0 }

// leadsTo is an exit without conditions.
func LeadsTo(via string, to Ref) Exit { return Exit{via, Target{{pos: to.pos, To: to}}} }

// target is where the choice of an offered option leads.
func (a *Ask) Target(id string) Exit {
	if to, ok := a.Named(id); ok {
		return LeadsTo("choice "+id, to)
	}
	return a.Otherwise()
}

// otherwise is where answers lead that no choice names.
func (a *Ask) Otherwise() Exit {
	for _, c := range a.choices {
		if c.id == "*" {
			return LeadsTo("choice *", c.to)
		}
	}
	return Exit{"to", a.to}
}

type Retry struct {
	Max    int
	Say    []*Message
	To     Ref // the state after max tries; empty: say once more, then stay quiet
	Repeat bool
}

type IdleStep struct {
	pos   tree.Place
	After time.Duration
	Say   []*Message
	To    Ref
	// farewell closes with built-in words instead of going to a state.
	Farewell bool
}

func (s IdleStep) Exit() bool { return s.To.Name != "" || s.Farewell }
