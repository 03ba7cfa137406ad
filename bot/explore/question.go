package explore

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/whatsapp"
)

// greeting opens a conversation.
const greeting = "Hola"

func receive(message json.RawMessage) play {
	return func(p *script.Player) error { return p.Receive(message) }
}

// opening lets a conversation begin: by a greeting, by what each trigger listens to, by opting out.
func (e *explorer) opening(n *node) {
	e.do(n, byTrigger, receive(script.NewText(greeting)))
	e.triggers(n)
	if words := e.bot.Optout.Words; len(words) > 0 {
		e.do(n, byTrigger, receive(script.NewText(words[0])))
	}
}

// question lets the contact answer, keep silent, or say what triggers listen to.
func (e *explorer) question(n *node) {
	for _, c := range n.choices {
		e.do(n, byAnswer, receive(script.NewTap(c)))
	}
	e.rightAnswers(n)
	e.do(n, byAnswer, wrongAnswers(e.bot.State(n.state).Ask))
	e.do(n, byTime, keepSilent)
	e.triggers(n)
}

// unasked lets the contact write although no question is open.
func (e *explorer) unasked(n *node) {
	e.do(n, byTrigger, receive(script.NewText(greeting)))
	e.do(n, byTime, keepSilent)
	e.triggers(n)
}

// handedOff lets the person hand back, or not answer.
func (e *explorer) handedOff(n *node) {
	e.do(n, byPerson, func(p *script.Player) error { return p.Control(bot.ControlResume, "") })
	e.do(n, byTime, keepSilent)
}

// rightAnswers gives answers that the question accepts. Of those that take the same way the first is
// enough.
func (e *explorer) rightAnswers(n *node) {
	a := e.bot.State(n.state).Ask
	taken := map[string]bool{}
	var broken []trial
	for _, message := range e.samples(n, a) {
		t := e.try(n, answerWith(message))
		way, accepted := wayOf(t.entries)
		switch {
		case !accepted || taken[way]:
		case a.As == definition.AsForm && failed(t.entries):
			broken = append(broken, t) // perhaps the form of another question
		default:
			taken[way] = true
			e.take(n, byAnswer, t)
		}
	}
	if len(taken) > 0 || a.As == definition.AsChoice {
		return
	}
	n.unanswered = true
	e.note("no answer is known here that the question of the state %s accepts%s; one in a test of the bot would be tried", n.state,
		map[bool]string{true: " without an error", false: ""}[len(broken) > 0])
}

// answerWith sends an answer, and waits until it is complete where the question collects texts.
func answerWith(message json.RawMessage) play {
	return func(p *script.Player) error {
		if err := p.Receive(message); err != nil {
			return err
		}
		if s := p.State(); s != nil && s.Ask != nil && len(s.Ask.Buf) > 0 {
			return waitForTimer(p)
		}
		return nil
	}
}

// wayOf is the way that an answer took through the states; accepted is false for one that was
// refused, or that something else took.
func wayOf(entries []script.Entry) (way string, accepted bool) {
	var b strings.Builder
	for _, e := range entries {
		switch {
		case e.Kind != script.EntryTrace:
		case e.Edge != nil:
			fmt.Fprintf(&b, "%s %s\n", e.Edge.From, e.Edge.Via)
		case strings.HasPrefix(e.Text, "rule 8"):
			return "", false
		case strings.HasPrefix(e.Text, "rule 6") || strings.HasPrefix(e.Text, "rule 4a"):
			accepted = true
		}
	}
	return b.String(), accepted
}

// wrongAnswers says what the question does not understand, until it is left or the bot keeps still.
func wrongAnswers(a *definition.Ask) play {
	return func(p *script.Player) error {
		asked := questionOf(p)
		for i := range a.Retry.Max + 2 {
			if err := p.Receive(wrongAnswer(a, i)); err != nil || questionOf(p) != asked {
				return err
			}
		}
		return nil
	}
}

// wrongAnswer is one that is no answer to the question, or mostly not. They differ, as what people
// type does.
func wrongAnswer(a *definition.Ask, i int) json.RawMessage {
	switch a.As {
	case definition.AsText:
		message, _ := sampleMessage(whatsapp.TypeLocation)
		return message
	case definition.AsAny:
		message, _ := sampleMessage(whatsapp.TypeUnsupported)
		return message
	}
	return script.NewText("qwerty" + strings.Repeat(" qwerty", i))
}

// keepSilent lets time pass until something else is waited for, or there is more to tap.
func keepSilent(p *script.Player) error {
	before, offered := questionOf(p), optionsOf(p)
	for range maxReminders {
		if len(p.Timers()) == 0 {
			return nil
		}
		if err := waitForTimer(p); err != nil || questionOf(p) != before || optionsOf(p) != offered {
			return err
		}
	}
	return nil
}

// maxReminders is more than a question can have.
const maxReminders = 8

// waitForTimer waits until the next timer fires, in whole seconds, as a test file has them.
func waitForTimer(p *script.Player) error {
	const almost = time.Second - time.Nanosecond
	return p.Wait((p.Timers()[0].At.Sub(p.Now()) + almost).Truncate(time.Second))
}

// questionOf names what a conversation waits for.
func questionOf(p *script.Player) string {
	s := p.State()
	switch {
	case s == nil || s.Closed || p.Held() != nil:
		return ""
	case s.Muted():
		return "a person"
	case s.Ask != nil:
		return fmt.Sprint("question ", s.Ask.No)
	}
	return "nothing"
}

func optionsOf(p *script.Player) int {
	if s := p.State(); s != nil && s.Ask != nil {
		return len(s.Ask.Options)
	}
	return 0
}

// triggers says what each trigger listens to, and goes on where it fires.
func (e *explorer) triggers(n *node) {
	for i := range e.bot.Triggers {
		message, ok := triggerMessage(&e.bot.Triggers[i])
		if !ok {
			continue
		}
		t := e.try(n, receive(message))
		via := fmt.Sprintf("trigger %d", i+1)
		if slices.ContainsFunc(t.entries, func(x script.Entry) bool { return x.Edge != nil && x.Edge.Via == via }) {
			e.take(n, byTrigger, t)
		}
	}
}

// triggerMessage is a message that a trigger listens to.
func triggerMessage(g *definition.Trigger) (message json.RawMessage, ok bool) {
	text, listens := g.SampleText()
	switch {
	case g.HasText() && !listens:
		return nil, false
	case len(g.Choice) > 0:
		return templateTap(g.SampleChoice()), true
	case len(g.Types) > 0 && !slices.Contains(g.Types, "text"):
		return sampleMessage(g.Types[0])
	case text == "":
		text = greeting
	}
	if g.Referral == nil {
		return script.NewText(text), true
	}
	referral := g.Referral
	if len(referral) == 0 {
		referral = map[string]string{"source_type": "ad"}
	}
	return short(fmt.Sprintf(`{"text": %s, "referral": %s}`, quoted(text), quoted(referral))), true
}

// templateTap is a tap on a button of a template that the bot has not sent.
func templateTap(id string) json.RawMessage {
	return short(fmt.Sprintf(`{"button": {"payload": %s, "text": %s}}`, quoted(id), quoted(id)))
}

func failed(entries []script.Entry) bool {
	return slices.ContainsFunc(entries, func(e script.Entry) bool { return e.Failed })
}
