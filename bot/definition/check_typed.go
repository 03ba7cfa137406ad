package definition

import (
	"slices"
	"strconv"

	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/bot/pick"
	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// typed is a text that answers a question by choosing an option: its title, or one of its words.
type typed struct {
	text, folded string
	id           string
	isTitle      bool
	place        tree.Place // of the option, or of the choice with the words
	// message is the one that offers the option; nil for a button that is not known here. card is the
	// card of a carousel on which it stands.
	message *Message
	card    string
}

// checkTyped warns of what keeps a typed text from choosing the option that it means: an interrupt or
// a word of optout that comes first, and another option that it may mean as well.
func (c *checker) checkTyped() {
	for _, name := range c.bot.order {
		st := c.bot.states[name]
		if st.Ask == nil {
			continue
		}
		all := st.typed()
		for i := range all {
			c.checkHijack(st, &all[i])
		}
		c.checkAmbiguous(st, all)
		c.checkNumbers(st)
	}
}

// typed are the texts that choose an option of the state whose id is known before it is said.
func (st *State) typed() []typed {
	var all []typed
	offering := map[string]*Message{}
	for _, m := range st.Say {
		for _, o := range m.Choices {
			offering[o.ID] = m
			if folded := fold.Text(o.Title); folded != "" && !m.Guessed(o.Path+".title") {
				all = append(all, typed{o.Title, folded, o.ID, true, m.idAt(o), m, card(o.Path)})
			}
		}
	}
	for _, choice := range st.Ask.choices {
		for _, word := range choice.words {
			all = append(all, typed{word, word, choice.id, false, choice.place, offering[choice.id], ""})
		}
	}
	return all
}

// checkHijack warns of interrupts, and words of optout, that fire when a contact types what chooses an
// option. An interrupt that leads to the same state as the answer does no harm. Regular expressions
// are not checked: trying each on every title would take too long for a large definition.
func (c *checker) checkHijack(st *State, answer *typed) {
	if slices.Contains(c.bot.Optout.Words, answer.folded) {
		c.WarnAt(c.bot.Optout.place, CodeHijack, "a word of optout takes away the answer %q of the state %q when it is typed", answer.text, st.Name)
	}
	words, tokens := fold.Words(answer.folded), fold.Tokens(answer.text)
	for i := range c.bot.Triggers {
		g := &c.bot.Triggers[i]
		if !g.Interrupt || !g.firesFor(answer.folded, words, tokens) {
			continue
		}
		to := st.Ask.Target(answer.id).To
		sameState := len(to) == 1 && to[0].To.Name == g.To.Name
		if len(to) > 0 && !sameState {
			c.WarnAt(g.place, CodeHijack, "this interrupt takes away the answer %q of the state %q", answer.text, st.Name)
		}
	}
}

// checkAmbiguous warns of texts that choose two options: typed, they choose none, and the question is
// asked again.
func (c *checker) checkAmbiguous(st *State, all []typed) {
	before := map[string]*typed{}
	for i := range all {
		other := before[all[i].folded]
		if other == nil {
			before[all[i].folded] = &all[i]
			continue
		}
		if other.id != all[i].id && !other.onCards(&all[i]) && other.saidWith(&all[i]) && !st.Ask.sameWay(other, &all[i]) {
			c.WarnAt(all[i].place, CodeAmbiguous, "%q means this option and %q alike; typed, it chooses neither, and the question is asked again", all[i].text, other.id)
		}
	}
}

// saidWith reports whether two options are there together. Messages with conditions may be said instead
// of each other.
func (one *typed) saidWith(other *typed) bool {
	conditional := func(m *Message) bool { return m != nil && len(m.When) > 0 }
	return one.message == other.message || !conditional(one.message) && !conditional(other.message)
}

// onCards reports whether two titles stand on cards, whose buttons mostly have the same: what differs is
// what the cards show.
func (one *typed) onCards(other *typed) bool { return one.card != "" && other.card != "" }

// sameWay reports whether two titles mean the same to the question: both ids are named and lead to one
// state.
func (a *Ask) sameWay(one, other *typed) bool {
	first, second := a.named(one.id), a.named(other.id)
	return one.isTitle && other.isTitle && first != nil && second != nil && first.to.Name == second.to.Name
}

// checkNumbers warns of the first title by a number that is also the place of another option: "2" at the
// buttons "2 personas" and "4 personas" may mean either.
func (c *checker) checkNumbers(st *State) {
	var all []outbound.Choice
	var offering []*Message
	titles := map[string]bool{}
	for _, m := range st.Say {
		if m.Dynamic || m.Each != nil || len(m.When) > 0 {
			return // the places are not known
		}
		for _, o := range m.Choices {
			if m.Guessed(o.Path + ".title") {
				o.Title = ""
			}
			all, offering = append(all, o), append(offering, m)
			titles[fold.Text(o.Title)] = true
		}
	}
	names := make([]string, len(all))
	for i, o := range all {
		names[i] = o.Title
	}
	numbers := pick.MenuOf(names, nil).Numbers
	for i, o := range all {
		n, ok := pick.NumberOf(o.Title)
		other := slices.Index(numbers, n)
		if !ok || other < 0 || numbers[i] == n || titles[strconv.Itoa(n)] {
			continue
		}
		c.WarnAt(offering[i].idAt(o), CodeAmbiguous, `"%d" means %q and the option number %d, %q, alike; typed, it chooses neither, and the question is asked again`, n, o.Title, n, all[other].Title)
		return
	}
}
