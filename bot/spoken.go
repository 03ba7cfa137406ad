package bot

import (
	"fmt"
	"maps"
	"slices"

	"github.com/chattigo/api-isv/bot/definition"
)

// answerOrTrigger is rules 5 to 9: interrupts, the answer to the open question, other triggers, the
// refusal and the start.
func (t *step) answerOrTrigger(in input) error {
	index, err := t.findTrigger(in, func(g *definition.Trigger) bool { return g.Interrupt })
	if err != nil {
		return err
	}
	if index >= 0 {
		if again, err := t.flushFirst(in); again || err != nil {
			return err
		}
		return t.fireTrigger("rule 5 interrupt", index)
	}
	a := t.openAsk()
	if a == nil {
		return t.triggerOrStart(in)
	}
	given, ok := t.accept(a, in)
	if !ok {
		return t.notAccepted(a, in, t.askForHalf(a, given))
	}
	t.typedOption(in, given)
	if a.Collect > 0 && given.text {
		return t.collectText(a, in, given) // judged as a whole when it is complete
	}
	given = t.joinCollected(given)
	rejected, err := t.findRejection(a, given)
	switch {
	case err != nil:
		return err
	case rejected != nil:
		return t.notAccepted(a, in, rejected.Say)
	}
	t.rememberAnsweredMessage(in)
	return t.answer("rule 6 answer", a, given, given.exit)
}

// askForHalf keeps a time without its half of the day, and returns the built-in words that ask for it; nil
// where nothing is to be asked, or the question has words of its own. Those of the defaults are for any
// question, and would not say what is missing.
func (t *step) askForHalf(a *definition.Ask, g given) []*definition.Message {
	t.state.Ask.Hour = g.hour
	if g.hour == "" || a.Retry.Own() {
		return nil
	}
	return definition.BuiltinMessages(func(s definition.Sentences) string { return s.HalfOfDay })
}

// triggerOrStart is rules 7 and 9, where no question is open.
func (t *step) triggerOrStart(in input) error {
	index, err := t.findTrigger(in, func(g *definition.Trigger) bool { return !g.Interrupt })
	switch {
	case err != nil:
		return err
	case index >= 0:
		return t.fireTrigger("rule 7 trigger", index)
	}
	if in.message.Withheld() {
		if err := t.tellWithheld(t.sayInOpening); err != nil {
			return err
		}
	}
	t.trace("rule 9 start")
	t.traceEdge("", "start", t.bot.Start.Name)
	return t.enter(t.bot.Start.Name)
}

// notAccepted is rules 7 and 8: the message is no answer to the open question, or one that the
// question rejects. words are those of the rejection; nil for none.
func (t *step) notAccepted(a *definition.Ask, in input, words []*definition.Message) error {
	if again, err := t.flushFirst(in); again || err != nil {
		return err
	}
	index, err := t.findTrigger(in, func(g *definition.Trigger) bool { return !g.Interrupt })
	switch {
	case err != nil:
		return err
	case index >= 0:
		return t.fireTrigger("rule 7 trigger", index)
	case in.message.Withheld():
		t.trace("rule 8 withheld")
		t.restartIdle(a)
		return t.tellWithheld(func(words []*definition.Message) error { return t.sayAgain(a, words) })
	case t.ofRefusedAlbum(in):
		t.trace("rule 8 album")
		t.restartIdle(a)
		return nil
	}
	if words == nil {
		t.setAnswer(unread(in)) // for the words of retry; those of a rejection see what was read
	}
	return t.refuse(a, words)
}

// answer saves the answer and leaves the question.
func (t *step) answer(rule string, a *definition.Ask, given given, e definition.Exit) error {
	t.trace(rule)
	t.values().Answer = given.Answer
	if err := t.assign(a.Save); err != nil {
		return fmt.Errorf("state %q: save: %w", t.state.Ask.State, err)
	}
	return t.exitQuestion(e)
}

// fireTrigger enters the state of a trigger. Subroutines that were under way are given up, unless the
// trigger gives the open question back.
func (t *step) fireTrigger(rule string, index int) error {
	t.trace(rule)
	if t.bot.Triggers[index].Resume {
		t.beginAside()
	} else {
		t.leaveSubroutines()
	}
	next, err := t.follow("", definition.LeadsTo(fmt.Sprintf("trigger %d", index+1), t.bot.Triggers[index].To))
	if err != nil {
		return err
	}
	return t.enter(next)
}

// refuse is rule 8: the message was no answer to the open question.
func (t *step) refuse(a *definition.Ask, words []*definition.Message) error {
	t.state.Ask.Tries++
	t.countRefused()
	over := t.state.Ask.Tries - a.Retry.Max
	switch {
	case over > 0 && a.Retry.To.Name != "":
		t.trace("rule 8 else")
		t.leaving = true
		return t.exitQuestion(definition.LeadsTo("retry.else", a.Retry.To))
	case over > 1:
		// There is no exit, and asking for ever would be a nuisance: from here on the bot waits.
		t.trace("rule 8 quiet")
	default:
		t.trace("rule 8 refused")
		if words == nil {
			words = a.Retry.Say
		}
		if err := t.sayAgain(a, words); err != nil {
			return err
		}
	}
	t.restartIdle(a)
	return nil
}

// maxRefused bounds the states whose refusals are counted in one conversation.
const maxRefused = 100

// countRefused counts a message that the bot did not understand, for whoever wrote the bot.
func (t *core) countRefused() {
	name := t.state.Ask.State
	if _, known := t.state.Refused[name]; !known && len(t.state.Refused) >= maxRefused {
		return
	}
	counts := make(map[string]int, len(t.state.Refused)+1)
	maps.Copy(counts, t.state.Refused)
	counts[name]++
	t.state.Refused = counts
}

// sayAgain says the words for a misunderstanding, and repeats the message that the question is
// answered with: the last interactive one, preferably one that can be answered.
func (t *step) sayAgain(a *definition.Ask, words []*definition.Message) error {
	if err := t.sayInAsk(words); err != nil || !a.Retry.Repeat {
		return err
	}
	again, err := t.messageToRepeat()
	if err != nil || again == nil {
		return err
	}
	return t.askAgain([]*definition.Message{again})
}

// messageToRepeat is the message that the open question is answered with; nil when there is none. Of
// messages that are said instead of each other it is the one whose condition holds.
func (t *speaker) messageToRepeat() (*definition.Message, error) {
	say := t.bot.State(t.state.Ask.State).Say
	var last *definition.Message
	for _, m := range slices.Backward(say) {
		if m.Body.Interactive == nil {
			continue
		}
		holds, err := t.isSaid(m)
		switch {
		case err != nil:
			return nil, err
		case !holds:
		case len(m.Choices) > 0 || m.Dynamic || m.AnsweredBy() != "":
			return m, nil
		case last == nil:
			last = m
		}
	}
	return last, nil
}
