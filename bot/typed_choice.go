package bot

import (
	"cmp"
	"slices"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/bot/pick"
)

// shown is an option of the open question, in the forms in which a typed text is compared with it.
type shown struct {
	Option

	no     int    // as it was shown, from 1; 0 for a button of a template that only its words name
	folded string // the title
	words  []string
}

// shown are the options of the open question.
func (t *reader) shown(a *definition.Ask) []shown {
	open := t.state.Ask
	all := make([]shown, 0, len(open.Options))
	for i, o := range open.Options {
		all = append(all, shown{o, i + 1, fold.Text(o.Title), a.Words(o.ID)})
	}
	if !slices.Contains(open.By, wayTemplate) {
		return all
	}
	for id, words := range a.AllWords() {
		if !open.offers(id) {
			all = append(all, shown{Option: Option{ID: id}, words: words})
		}
	}
	return all
}

// choose returns the answer by the option that a typed text means. found is true where it means any; ok
// is false where nobody can know which one is meant: two have different titles, or lead to different
// places, or to a state that depends on the id. The same title may be there more than once, on the
// cards of a carousel or in the sections of a list.
func (t *reader) choose(a *definition.Ask, in input, all []shown, means func(*shown) bool) (g given, found, ok bool) {
	var may func(*shown) bool // for the first that is meant: mostly none is
	var first *shown
	for i := range all {
		o := &all[i]
		if !means(o) {
			continue
		}
		if may == nil {
			may = mayMean(in)
		}
		if !may(o) {
			continue
		}
		next, leads := t.optionAnswer(a, in, o.Option)
		if first == nil {
			first, g, ok = o, next, leads
			continue
		}
		byID := o.ID != g.ID && (!a.Has(o.ID) || !a.Has(g.ID))
		if byID || !first.sameTitle(o) || !sameDestination(next.exit, g.exit) || leads != ok {
			return given{}, true, false
		}
	}
	return g, first != nil, ok
}

// sameTitle reports whether two options have the same title, at least before they were cut and made
// distinct.
func (o *shown) sameTitle(other *shown) bool {
	return o.folded == other.folded || o.Full != "" && o.Full == other.Full
}

// mayMean returns what reports whether a text may mean an option that has its words: one that refuses, asks or
// is struck through means only options that do so too.
func mayMean(in input) func(*shown) bool {
	refuses := len(in.words) > 0 && pick.Refuses(in.tokens)
	asks, struck := pick.Asks(in.typed), pick.IsStruck(in.typed)
	return func(o *shown) bool {
		return (!refuses || pick.SaysNo(o.Title)) && (!asks || o.isQuestion()) && (!struck || pick.IsStruck(o.Title))
	}
}

// isQuestion reports whether an option is a question, or one of its words is.
func (o *shown) isQuestion() bool {
	return pick.IsQuestion(o.Title) || slices.ContainsFunc(o.words, pick.IsQuestion)
}

func (t *reader) optionAnswer(a *definition.Ask, in input, o Option) (given, bool) {
	g := t.choiceAnswer(o.ID, cmp.Or(o.Title, in.typed))
	g.exit = a.Target(o.ID)
	return g, g.exit.Leads()
}

// sameDestination reports whether two exits have the same branches.
func sameDestination(a, b definition.Exit) bool {
	return slices.EqualFunc(a.To, b.To, func(x, y definition.Branch) bool { return x.To.Name == y.To.Name && x.When == y.When })
}

// matchTitle finds the option whose title was typed, as it was shown or before it was cut, or one of
// its words; then, whatever stands between the words of the title.
func (t *reader) matchTitle(a *definition.Ask, in input, all []shown) (g given, found, ok bool) {
	cut := wasCut(all, in.folded)
	g, found, ok = t.choose(a, in, all, func(o *shown) bool {
		return o.folded == in.folded || cut(o) || slices.Contains(o.words, in.folded)
	})
	if found {
		return g, found, ok
	}
	return t.choose(a, in, all, func(o *shown) bool {
		has := func(title, folded string) bool {
			return fold.Consists(folded, in.words) && pick.NegatesAlike(in.typed, title)
		}
		return has(o.Title, o.folded) || slices.ContainsFunc(o.words, func(word string) bool { return has(word, word) })
	})
}

// wasCut returns what reports whether a folded text is the title of an option before it was cut.
func wasCut(all []shown, text string) func(*shown) bool {
	if !slices.ContainsFunc(all, func(o shown) bool { return o.Full != "" }) {
		return func(*shown) bool { return false } // mostly, and a long text is not hashed
	}
	full := shortHash(text)
	return func(o *shown) bool { return o.Full == full }
}

// matchSpoken finds the option that a text means which does not say its title: its title with
// politeness, articles or a number, or its number alone. What the question asks for comes first:
// where a number is asked for, 2 is a number.
func (t *reader) matchSpoken(a *definition.Ask, in input, all []shown) (given, bool) {
	titles, words := namesOf(all)
	menu := pick.MenuOf(titles, words)
	said := menu.Read(in.typed, in.words, in.tokens)
	cut := wasCut(all, said.Text())
	if g, found, ok := t.choose(a, in, all, func(o *shown) bool { return o.meant(said) || cut(o) }); found {
		return g, ok
	}
	if n, ok := said.Number(); ok {
		called := menu.Called(n, titles)
		g, _, ok := t.choose(a, in, all, func(o *shown) bool { return o.no > 0 && called(o.no-1) })
		return g, ok
	}
	if n, behind, ok := said.Numbered(); ok {
		g, _, ok := t.choose(a, in, all, func(o *shown) bool { return o.no > 0 && menu.Numbers[o.no-1] == n.N && o.meant(behind) })
		return g, ok
	}
	g, _, ok := t.choose(a, in, all, func(o *shown) bool {
		title, counted := pick.Counted(o.Title)
		return counted && said.Means(title, fold.Text(title))
	})
	return g, ok
}

// namesOf are the titles of the options that were shown, and the words of all.
func namesOf(all []shown) (titles, words []string) {
	for i := range all {
		if all[i].no > 0 {
			titles = append(titles, all[i].Title)
		}
		words = append(words, all[i].words...)
	}
	return titles, words
}

// meant reports whether a text is the title of the option or one of its words, but for what people put
// around it; a title that its author has numbered may be said without the number.
func (o *shown) meant(said pick.Said) bool {
	if said.Means(o.Title, o.folded) || slices.ContainsFunc(o.words, func(word string) bool { return said.Means(word, word) }) {
		return true
	}
	_, title, ok := pick.Listed(o.Title)
	return ok && said.Means(title, fold.Text(title))
}

// typedOption lets expressions see a typed option as they see a tapped one.
func (t *reader) typedOption(in input, g given) {
	if in.id != "" || g.ID == "" {
		return
	}
	t.input.ID, t.input.Title = g.ID, g.Title
	if t.seen != nil {
		t.seen.Input = t.input
	}
}

// unread is what a message that is no answer has of one, for the words that refuse it.
func unread(in input) expr.Answer {
	a := structuredAnswer(in)
	a.Text = cmp.Or(in.typed, a.Text, in.title)
	a.Form = nil
	return a
}
