package definition

import (
	"iter"
	"strings"
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

// choice leads from reply ids to a state.
type choice struct {
	// id is a reply id; one that ends with * stands for all that begin with the rest, "*" for every id
	// that no choice names.
	id    string
	to    Ref
	place tree.Place // of the id
	// words are typed texts that choose this id, folded.
	words []string
	// old lets "*" take ids that an earlier message of the same state has offered.
	old bool
}

// anyID is the choice of every id that no other names.
const anyID = "*"

// Has reports whether a choice names exactly this id.
func (a *Ask) Has(id string) bool { return a.named(id) != nil }

func (a *Ask) named(id string) *choice {
	for i := range a.choices {
		if c := &a.choices[i]; c.id == id && id != anyID {
			return c
		}
	}
	return nil
}

// Takes is the exit of the choice that names an id, or else that with the longest beginning of it; ok is
// false where there is none.
func (a *Ask) Takes(id string) (e Exit, ok bool) {
	found := a.named(id)
	for i := range a.choices {
		c := &a.choices[i]
		if begins(c.id, id) && (found == nil || found.id != id && len(c.id) > len(found.id)) {
			found = c
		}
	}
	if found == nil {
		return Exit{}, false
	}
	return LeadsTo("choice "+found.id, found.to), true
}

// TakesOld is the exit of a tap on an earlier message of the question's state, where its choices take one.
func (a *Ask) TakesOld(id string) (e Exit, ok bool) {
	if e, ok = a.Takes(id); ok {
		return e, true
	}
	for _, c := range a.choices {
		if c.id == anyID && c.old {
			return LeadsTo("choice *", c.to), true
		}
	}
	return Exit{}, false
}

// begins reports whether a choice such as "pay:*" stands for an id.
func begins(choice, id string) bool {
	beginning, ok := beginningOf(choice)
	return ok && strings.HasPrefix(id, beginning)
}

// beginningOf is the beginning of the ids for which a choice such as "pay:*" stands; ok is false for one
// of a single id, and for "*".
func beginningOf(choice string) (beginning string, ok bool) {
	beginning, ok = strings.CutSuffix(choice, "*")
	return beginning, ok && beginning != ""
}

// Words are the typed texts that choose an id beside the title of its button, folded.
func (a *Ask) Words(id string) []string {
	if c := a.named(id); c != nil {
		return c.words
	}
	return nil
}

// AllWords are the Words of all choices that have some, with their ids, in the order of the text.
func (a *Ask) AllWords() iter.Seq2[string, []string] {
	return func(yield func(string, []string) bool) {
		for _, c := range a.choices {
			if len(c.words) > 0 && !yield(c.id, c.words) {
				return
			}
		}
	}
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
	if e, ok := a.Takes(id); ok {
		return e
	}
	return a.Otherwise()
}

// Otherwise is the exit of an option that no choice names: the choice "*", or else `to`.
func (a *Ask) Otherwise() Exit {
	for _, c := range a.choices {
		if c.id == anyID {
			return LeadsTo("choice *", c.to)
		}
	}
	return Exit{"to", a.to}
}

// Free is the exit of an answer that is no option: `to`, or else the choice "*".
func (a *Ask) Free() Exit {
	if len(a.to) > 0 {
		return Exit{"to", a.to}
	}
	return a.Otherwise()
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
	// own is set where Say stands in the question itself.
	own bool
}

// Own reports whether the words are the question's own, and not those for every question.
func (r *Retry) Own() bool { return r.own }

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
