package definition

import (
	"time"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/tree"
)

// Ask is the question of a state: which answers it accepts, and where each leads.
type Ask struct {
	place tree.Place // of the key
	// As is how the answer is read: one of the As constants or a kind of package answer.
	As string
	// Save is assigned when the answer was accepted.
	Save    []Assignment
	choices []choice
	// Reject are conditions under which an answer that could be read is refused, in the order of the
	// text.
	Reject []Rejection
	to     Target
	// Retry and Idle are the effective ones: the question's own, those of the defaults or the
	// built-in ones. Retry is never nil and the last item of Idle always ends the question.
	Retry *Retry
	Idle  []IdleStep
	// Collect is how long to wait for another message of the same answer; 0 accepts the first.
	Collect time.Duration
}

// Rejection refuses an answer that could be read, with messages of its own.
type Rejection struct {
	When *expr.Expr
	Say  []*Message
}

// choice leads from a reply id to a state; the id "*" stands for every id that no choice names.
type choice struct {
	id    string
	to    Ref
	place tree.Place // of the id
}

// Named is the state to which the choice with exactly this id leads; ok is false where there is no
// such choice.
func (a *Ask) Named(id string) (to Ref, ok bool) {
	for _, c := range a.choices {
		if c.id == id && id != "*" {
			return c.to, true
		}
	}
	return Ref{}, false
}

// Has reports whether a choice names this id.
func (a *Ask) Has(id string) bool {
	_, ok := a.Named(id)
	return ok
}

// Exit is a way out of a question or another state.
type Exit struct {
	// Via is its name in traces and graphs, as [Edge] lists them.
	Via string
	// To is empty where the exit leads nowhere.
	To Target
}

// Leads reports whether the exit leads to a state.
func (e Exit) Leads() bool { return len(e.To) > 0 }

// LeadsTo is an exit to one state, without conditions.
func LeadsTo(via string, to Ref) Exit { return Exit{via, Target{{place: to.place, To: to}}} }

// Target is the exit of a tap on an offered button or row.
func (a *Ask) Target(id string) Exit {
	if to, ok := a.Named(id); ok {
		return LeadsTo("choice "+id, to)
	}
	return a.Otherwise()
}

// Otherwise is the exit of an answer that no choice names: the choice "*", or else `to`.
func (a *Ask) Otherwise() Exit {
	for _, c := range a.choices {
		if c.id == "*" {
			return LeadsTo("choice *", c.to)
		}
	}
	return Exit{"to", a.to}
}

// Retry is what happens when an answer could not be read or was refused.
type Retry struct {
	// Max is how many such answers are retried, from 0 to 10.
	Max int
	// Say is said before the question is asked again.
	Say []*Message
	// To is the state after Max retries. Without a name, Say is said once more; from then on the bot
	// does not react to answers that do not fit.
	To Ref
	// Repeat says the question's last interactive message again after Say.
	Repeat bool
}

// Builtin reports whether the words are built-in ones, and not the author's.
func (r *Retry) Builtin() bool { return len(r.Say) > 0 && r.Say[0].Builtin != nil }

// IdleStep is what happens when a contact has not answered a question for some time: a reminder,
// or the end of the question.
type IdleStep struct {
	place tree.Place
	// After counts from the question, or from the contact's last message since; each step is later
	// than the one before it.
	After time.Duration
	// Say is the reminder; nil in a step that ends the question.
	Say []*Message
	// To is the state to which the bot goes; without a name the step does not lead to one.
	To Ref
	// Farewell closes the conversation with a built-in sentence instead of going to a state.
	Farewell bool
}

// Exit reports whether the step ends the question.
func (s IdleStep) Exit() bool { return s.To.Name != "" || s.Farewell }
