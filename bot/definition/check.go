package definition

import (
	"fmt"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/hint"
	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// checker compares the states, messages and triggers of a definition that was read with each other,
// and fills in the built-in defaults. [Load] makes one for each definition.
type checker struct {
	tree.Reader

	bot *Bot
	// shared are the messages under `messages`, used the names of those that some state says.
	shared []sharedMessage
	used   map[string]bool
	// triggered are the reply ids for which there is a trigger.
	triggered idSet
}

// check runs all checks. A state that could not be read is left out of checks that would only
// report what follows from that. The checks of paths run only while no fatal problem was found.
func (c *checker) check(refs []Ref) {
	c.checkRefs(refs)
	c.checkUsed()
	c.fillDefaults()
	c.checkMessages()
	for _, name := range c.bot.order {
		c.checkState(c.bot.states[name])
	}
	c.checkDeadButtons(c.bot.Defaults.Close, nil)
	c.checkDeadButtons(c.bot.Optout.Say, nil)
	c.checkOptout()
	if tree.Fatal(c.Problems) {
		return // the paths below need every state to be there
	}
	c.checkCycles()
	if tree.Fatal(c.Problems) {
		return
	}
	c.checkEnds()
	c.checkReachable()
	c.bot.markReturning()
	c.checkReturns()
	c.checkSubroutines()
	c.checkTyped()
	c.checkTriggers()
	c.checkPerson()
}

func (c *checker) checkRefs(refs []Ref) {
	if len(c.bot.order) == 0 {
		return
	}
	names := hint.NewNames(c.bot.order)
	for _, r := range refs {
		if c.bot.states[r.Name] == nil {
			c.AddName(r.place, CodeUnknownState, fmt.Sprintf("there is no state %q", r.Name), names.DidYouMean(r.Name))
		}
	}
}

func (c *checker) checkUsed() {
	for _, s := range c.shared {
		if !c.used[s.name] {
			c.WarnAt(s.place, CodeUnused, "nobody says the message %q", s.name)
		}
	}
}

// checkState checks the messages of a state, and its question against them.
func (c *checker) checkState(st *State) {
	c.checkUniqueIDs(st)
	if st.Ask == nil {
		if !st.broken {
			c.checkDeadButtons(st.Say, nil)
		}
		return
	}
	c.checkSize(st)
	if st.broken {
		return
	}
	beside := besideAsk(c.bot, st.Ask)
	for _, say := range beside {
		c.checkDeadButtons(say, st.Ask)
	}
	c.checkOptions(st, c.checkChoices(st, beside))
}

// besideAsk lists the messages that may be said while a question is open, without the question.
func besideAsk(b *Bot, a *Ask) [][]*Message {
	beside := [][]*Message{a.Retry.Say, b.Defaults.Stale}
	for _, s := range a.Idle {
		beside = append(beside, s.Say)
	}
	for _, r := range a.Reject {
		beside = append(beside, r.Say)
	}
	return beside
}

// checkDeadButtons refuses buttons that lead nowhere. A button beside a question needs a choice
// that names it or a trigger; where no question is open (a is nil), a trigger.
func (c *checker) checkDeadButtons(say []*Message, a *Ask) {
	for _, m := range say {
		for _, choice := range m.Choices {
			if !c.takenBeside(a, choice.ID) {
				c.addDead(m, choice)
			}
		}
	}
}

// takenBeside reports whether a button that is not of a question's own messages leads anywhere.
func (c *checker) takenBeside(a *Ask, id string) bool {
	if c.triggered.has(id) {
		return true
	}
	if a == nil {
		return false
	}
	_, taken := a.Takes(id)
	return taken
}

// addDead reports a button or row that leads nowhere.
func (c *checker) addDead(m *Message, choice outbound.Choice) {
	c.AddAt(m.idAt(choice), CodeButtonWithoutChoice, "no choice and no trigger takes the %s %q", widget(choice), choice.ID)
}

// checkOptions refuses buttons of a question that lead nowhere, and a question that asks for a
// choice but offers none. meant are the ids of those whose choice was reported, because it is
// written wrong.
func (c *checker) checkOptions(st *State, meant map[string]bool) {
	answerable := st.Ask.As != AsChoice
	for _, m := range st.Say {
		answerable = answerable || st.Ask.answerable(m)
		for _, choice := range m.Choices {
			if !st.Ask.Target(choice.ID).Leads() && !c.triggered.has(choice.ID) && !meant[choice.ID] {
				c.addDead(m, choice)
			}
		}
		if m.Dynamic && !st.Ask.takesUnknown() {
			c.AddAt(st.Ask.place, CodeDynamic, `the ids of some options come from an expression; add the choice "*", which takes every id that is not named`)
		}
	}
	if !answerable {
		c.AddAt(st.Ask.place, CodeChoiceWithoutButton, "the state asks for a choice but says no message with buttons or a list; say one, or give the kind of answer with as")
	}
}

// takesUnknown reports whether ids that are not known before a message is said can lead on.
func (a *Ask) takesUnknown() bool {
	return a.Otherwise().Leads() || slices.ContainsFunc(a.choices, func(c choice) bool { _, many := beginningOf(c.id); return many })
}

// answerable reports whether the message can be answered in a way that leads on from the question.
// A location, a form and the like have no id, so that only `to` or "*" can lead on from them; a
// template may have buttons that are not known here.
func (a *Ask) answerable(m *Message) bool {
	if a.Otherwise().Leads() && m.AnsweredBy() != "" {
		return true
	}
	return len(m.Choices) > 0 || m.Dynamic || m.Body.Template != nil && len(a.choices) > 0
}

// checkChoices refuses choices that no button offers. Where a template or an expression is among
// the messages, not all buttons are known and nothing is refused. It returns the ids that were
// probably meant.
func (c *checker) checkChoices(st *State, beside [][]*Message) map[string]bool {
	var ids []string
	known := map[string]bool{anyID: true}
	for _, m := range slices.Concat(append([][]*Message{st.Say}, beside...)...) {
		if m.Body.Template != nil || m.Dynamic {
			return nil
		}
		for _, choice := range m.Choices {
			known[choice.ID] = true
			ids = append(ids, choice.ID)
		}
	}
	slices.Sort(ids)
	meant := map[string]bool{}
	var names *hint.Names // of what no choice takes, once it is needed
	for _, choice := range st.Ask.choices {
		beginning, many := beginningOf(choice.id)
		at, _ := slices.BinarySearch(ids, beginning)
		switch {
		case known[choice.id]:
		case !many:
			if names == nil {
				names = hint.NewNames(slices.DeleteFunc(slices.Clone(ids), func(id string) bool { _, taken := st.Ask.Takes(id); return taken }))
			}
			c.AddAt(choice.place, CodeChoiceWithoutButton, "no button or row of this state has the id %q%s", choice.id, names.DidYouMean(choice.id))
			meant[names.Meant(choice.id)] = true
		case at == len(ids) || !strings.HasPrefix(ids[at], beginning):
			c.AddAt(choice.place, CodeChoiceWithoutButton, "no button or row of this state has an id that begins with %q", beginning)
		}
	}
	return meant
}
