package bot

import (
	"slices"
	"strconv"

	"github.com/chattigo/api-isv/bot/fold"
)

// accept reads an answer to the open question that is no tap: the title of an option, its
// number, or what a message without options asks for.
func (t *turn) accept(a *ask, in input) (ref, bool) {
	if t.asksFor(in.answer) {
		return a.otherwise()
	}
	if in.folded == "" {
		return ref{}, false
	}
	if to, found, ok := t.titled(a, in.folded); found {
		return to, ok
	}
	options := t.state.Ask.Options
	n, err := strconv.Atoi(in.folded)
	if err != nil || n < 1 || n > len(options) {
		return ref{}, false
	}
	return a.target(options[n-1].ID)
}

// titled finds the option with a title. A title may be there more than once, on the cards
// of a carousel or in the sections of a list; if they lead to different places, nobody can
// know which one is meant.
func (t *turn) titled(a *ask, folded string) (to ref, found, ok bool) {
	for _, o := range t.state.Ask.Options {
		if fold.Text(o.Title) != folded {
			continue
		}
		next, leads := a.target(o.ID)
		if found && (next.name != to.name || leads != ok) {
			return ref{}, true, false
		}
		to, found, ok = next, true, leads
	}
	return to, found, ok
}

// asksFor says whether the open question has a message that is answered in this way.
func (t *turn) asksFor(answer string) bool {
	if answer == "" {
		return false
	}
	say := t.bot.states[t.state.Ask.State].say
	return slices.ContainsFunc(say, func(m message) bool { return m.answeredBy() == answer })
}

// refuse is rule 8: the message was no answer to the open question.
func (t *turn) refuse(a *ask) error {
	t.state.Ask.Tries++
	over := t.state.Ask.Tries - a.retry.max
	switch {
	case over > 0 && a.retry.to.name != "":
		return t.answer("rule 8 else", a.retry.to)
	case over > 1:
		// Nowhere to go on: asking for ever would be a nuisance, so from here on we wait.
		t.trace("rule 8 quiet")
	default:
		t.trace("rule 8 refused")
		if err := t.sayAgain(a); err != nil {
			return err
		}
	}
	t.restartIdle(a)
	return nil
}

// sayAgain says the words for a misunderstanding, and once more what the question is
// answered with: its last interactive message, rather one that can be answered.
func (t *turn) sayAgain(a *ask) error {
	if err := t.sayInAsk(a.retry.say); err != nil || !a.retry.repeat {
		return err
	}
	var again []message
	for _, m := range slices.Backward(t.bot.states[t.state.Ask.State].say) {
		if m.send.Interactive == nil {
			continue
		}
		if len(m.choices) > 0 || m.answeredBy() != "" {
			again = []message{m}
			break
		}
		if again == nil {
			again = []message{m}
		}
	}
	return t.sayInAsk(again)
}
