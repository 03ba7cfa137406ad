package bot

import (
	"slices"
	"strconv"
)

// accept reads a typed answer to the open question: the title of an option, or its number.
func (t *turn) accept(a *ask, in input) (ref, bool) {
	if in.folded == "" {
		return ref{}, false
	}
	options := t.state.Ask.Options
	for _, o := range options {
		if Fold(o.Title) == in.folded {
			return a.target(o.ID)
		}
	}
	n, err := strconv.Atoi(in.folded)
	if err != nil || n < 1 || n > len(options) {
		return ref{}, false
	}
	return a.target(options[n-1].ID)
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

// sayAgain says the words for a misunderstanding, and the question's buttons once more.
func (t *turn) sayAgain(a *ask) error {
	if err := t.sayInAsk(a.retry.say); err != nil || !a.retry.repeat {
		return err
	}
	for _, m := range slices.Backward(t.bot.states[t.state.Ask.State].say) {
		if m.send.Interactive != nil {
			return t.sayInAsk([]message{m})
		}
	}
	return nil
}
