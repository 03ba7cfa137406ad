package definition

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/whatsapp"
)

// checkTriggers warns of triggers, or parts of one, that can never fire: because another trigger
// that is tried first fires for the same, or because no message meets all conditions.
func (c *checker) checkTriggers() {
	all := newRivals(c.bot.Triggers)
	for i := range all.list {
		other := &all.list[i]
		c.checkTogether(other.Trigger)
		for _, w := range other.wants() {
			if taker := all.takerOf(other, w); taker != nil {
				c.WarnAt(w.place, CodeTrigger, "trigger %d (line %d) comes before this one and takes %s, so that it never fires this", taker.index+1, taker.place.Line, w.name)
			}
		}
	}
}

// checkTogether warns of conditions of a trigger that no message meets together.
func (c *checker) checkTogether(g *Trigger) {
	if slices.Contains(g.Choice, anyID) {
		c.WarnAt(g.place, CodeTrigger, `choice: ["*"] is the id * itself; for every tap write type: [interactive, button]`)
	}
	switch {
	case g.HasText() && len(g.Choice) > 0:
		c.WarnAt(g.place, CodeTrigger, "text looks at what is typed and choice at what is tapped; both together never hold: write two triggers")
	case g.HasText() && len(g.Types) > 0 && !slices.Contains(g.Types, whatsapp.TypeText):
		c.WarnAt(g.place, CodeTrigger, "text looks at what is typed, which is of the type text only; with these types it never holds")
	case len(g.Choice) > 0 && len(g.Types) > 0 && !slices.ContainsFunc(g.Types, isTapped):
		c.WarnAt(g.place, CodeTrigger, "choice looks at what is tapped, which is of the types interactive and button; with these types it never holds")
	}
}

// isTapped reports whether a type of message is that of a tap on a button or row.
func isTapped(kind string) bool {
	return kind == whatsapp.TypeInteractive || kind == whatsapp.TypeButton
}

// rival is a trigger, compared with the others.
type rival struct {
	*Trigger

	index int
	when  string // the source of its condition
	match string // the source of its regular expression
}

// rivals are all triggers of a bot, with an index of what fires them.
type rivals struct {
	list []rival
	// by are the positions of the triggers that fire for a thing: "any hola", "words una hora",
	// "choice x", "matches ^a".
	by map[string][]int
	// lengths are those of the beginnings of ids among them ("begins pay:"), each once.
	lengths []int
	// open are the positions of those that ask for neither a text nor a choice.
	open []int
}

func newRivals(triggers []Trigger) *rivals {
	all := &rivals{by: map[string][]int{}}
	for i := range triggers {
		g := &triggers[i]
		r := rival{Trigger: g, index: i, when: sourceOf(g.node, "if")}
		if text := tree.Child(g.node, "text"); text != nil {
			r.match = sourceOf(text, "matches")
		}
		all.list = append(all.list, r)
		switch {
		case g.HasText() && len(g.Choice) > 0: // never fires
		case g.HasText() || len(g.Choice) > 0:
			all.addAll(&r)
		default:
			all.open = append(all.open, i)
		}
	}
	return all
}

// addAll puts a trigger into the index under each thing that fires it.
func (all *rivals) addAll(r *rival) {
	for _, text := range r.any {
		all.add("any "+text, r.index)
	}
	for _, phrases := range r.words {
		for _, phrase := range phrases {
			all.add("words "+strings.Join(phrase, " "), r.index)
		}
	}
	for _, id := range r.Choice {
		all.add("choice "+id, r.index)
		if beginning, many := beginningOf(id); many {
			all.add("begins "+beginning, r.index)
			if !slices.Contains(all.lengths, len(beginning)) {
				all.lengths = append(all.lengths, len(beginning))
			}
		}
	}
	if r.match != "" {
		all.add("matches "+r.match, r.index)
	}
}

func (all *rivals) add(key string, index int) {
	if known := all.by[key]; len(known) == 0 || known[len(known)-1] != index {
		all.by[key] = append(known, index)
	}
}

// takerOf is the first trigger that fires in place of another for what it wants; nil when none
// does.
func (all *rivals) takerOf(other *rival, w want) *rival {
	var taker *rival
	for _, index := range all.wanting(w) {
		r := &all.list[index]
		if index != other.index && r.before(other, w) && r.asksNoMore(other, w) && (taker == nil || index < taker.index) {
			taker = r
		}
	}
	return taker
}

// Longer phrases and texts, in words, are not compared: nobody writes such triggers, and it would
// take too long for a large definition.
const (
	maxPhrase = 5
	maxWords  = 20
)

// wanting are the positions of the triggers that fire whenever this is there, if their other
// conditions hold.
func (all *rivals) wanting(w want) []int {
	var found []int
	switch w.key {
	case "choice":
		return all.tapping(w.text)
	case "matches":
		found = append(found, all.by["matches "+w.text]...)
	case "any", "words":
		text := fold.Text(w.text)
		if w.key == "any" {
			found = append(found, all.by["any "+text]...)
		}
		words := fold.Words(text)
		if len(words) == 0 {
			words = []string{text}
		}
		for i := range words[:min(len(words), maxWords)] {
			for n := 1; n <= maxPhrase && i+n <= len(words); n++ {
				found = append(found, all.by["words "+strings.Join(words[i:i+n], " ")]...)
			}
		}
	}
	return append(found, all.open...)
}

// tapping are the positions of the triggers that take an id, or all ids that a choice such as "pay:*"
// stands for.
func (all *rivals) tapping(choice string) []int {
	found := slices.Clone(all.by["choice "+choice])
	if beginning, many := beginningOf(choice); many {
		choice = beginning
	}
	for _, n := range all.lengths {
		if n <= len(choice) {
			found = append(found, all.by["begins "+choice[:n]]...)
		}
	}
	return found
}

// before reports whether the trigger is tried before another. Interrupts are tried first wherever
// they stand, except for taps.
func (r *rival) before(other *rival, w want) bool {
	if w.key != "choice" && r.Interrupt != other.Interrupt {
		return r.Interrupt
	}
	return r.index < other.index
}

// sourceOf is the text under a key; empty where there is none.
func sourceOf(n *yaml.Node, key string) string {
	if value := tree.Child(n, key); value != nil {
		return value.Value
	}
	return ""
}

// want is one of the things that fire a trigger.
type want struct {
	key   string // any, words, matches, choice or type; empty for what has none of them
	text  string
	name  string // as a problem names it
	place tree.Place
}

// wants are the things of which any one fires the trigger, if its other conditions hold.
func (r *rival) wants() []want {
	var all []want
	list := func(parent *yaml.Node, key string) {
		if tree.Child(parent, key) == nil {
			return
		}
		for _, item := range tree.Child(parent, key).Content {
			all = append(all, want{key, item.Value, tree.Quote(item.Value), tree.PlaceOf(item)})
		}
	}
	text := tree.Child(r.node, "text")
	list(text, "any")
	list(text, "words")
	if r.match != "" {
		all = append(all, want{"matches", r.match, "this regular expression", tree.PlaceOf(tree.Child(text, "matches"))})
	}
	list(r.node, "choice")
	if len(all) == 0 {
		list(r.node, "type")
	}
	if len(all) == 0 {
		all = append(all, want{name: "whatever it fits", place: r.place})
	}
	return all
}

// asksNoMore reports whether the trigger's other conditions hold whenever those of another do.
func (r *rival) asksNoMore(other *rival, w want) bool {
	if r.when != "" && r.when != other.when || r.First && !other.First {
		return false
	}
	for key, text := range r.Referral {
		if other.Referral[key] != text {
			return false
		}
	}
	if r.Referral != nil && other.Referral == nil {
		return false
	}
	kinds := other.kinds(w)
	return len(r.Types) == 0 ||
		len(kinds) > 0 && !slices.ContainsFunc(kinds, func(kind string) bool { return !slices.Contains(r.Types, kind) })
}

// kinds are the types of the messages that fire a trigger by what it wants; none when they may be
// any.
func (r *rival) kinds(w want) []string {
	switch {
	case w.key == "type":
		return []string{w.text}
	case len(r.Types) > 0:
		return r.Types
	case w.key == "choice":
		return []string{whatsapp.TypeInteractive, whatsapp.TypeButton}
	case w.key != "":
		return []string{whatsapp.TypeText}
	}
	return nil
}
