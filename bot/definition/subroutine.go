package definition

import (
	"slices"

	"github.com/chattigo/api-isv/bot/tree"
)

// Subroutine runs State and those behind it until one returns, and then goes on with Then, or with
// Failed if it has failed.
type Subroutine struct {
	State, Then Ref
	// Failed is the zero Ref where State never comes to a return that fails.
	Failed Ref
	// With are the arguments: variables that have other values until the subroutine returns.
	With      []Assignment
	withPlace tree.Place
}

// after are the states with which the bot goes on within the same event when the subroutine is over.
func (r *Subroutine) after(ends silentEnds) []Ref {
	var all []Ref
	if ends.returns[r.State.Name] {
		all = append(all, r.Then)
	}
	if ends.fails[r.State.Name] && r.Failed.Name != "" {
		all = append(all, r.Failed)
	}
	return all
}

// MayReturn reports whether the subroutine to which the state belongs can still end by a return. Where
// it cannot, whatever runs it is left for good.
func (st *State) MayReturn() bool { return st.mayReturn }

// markReturning sets mayReturn of all states.
func (b *Bot) markReturning() {
	returning := b.leadingTo(func(st *State) bool { return st.Returns })
	for _, name := range b.order {
		b.states[name].mayReturn = returning[name] != ""
	}
}

// leadingTo are the states from which the bot may come to a state of some kind without leaving the
// level of subroutines, each with the name of one to which it may come.
func (b *Bot) leadingTo(kind func(*State) bool) map[string]string {
	before := map[string][]string{}
	found := map[string]string{}
	var todo []string
	for _, name := range b.order {
		if kind(b.states[name]) {
			found[name] = name
			todo = append(todo, name)
		}
		for _, next := range b.states[name].onward() {
			before[next] = append(before[next], name)
		}
	}
	for len(todo) > 0 {
		name := todo[0]
		todo = todo[1:]
		for _, earlier := range before[name] {
			if found[earlier] == "" {
				found[earlier] = found[name]
				todo = append(todo, earlier)
			}
		}
	}
	return found
}

// level are the states to which the bot may come from one on without leaving the level of subroutines.
func (b *Bot) level(name string) map[string]bool {
	found := map[string]bool{}
	for todo := []string{name}; len(todo) > 0; {
		name := todo[0]
		todo = todo[1:]
		if st := b.states[name]; st != nil && !found[name] {
			found[name] = true
			todo = append(todo, st.onward()...)
		}
	}
	return found
}

// checkArguments refuses arguments that are to be kept, and warns of a result that is saved in an
// argument: it is lost when the subroutine returns.
func (c *checker) checkArguments(run *Subroutine) {
	if len(run.With) == 0 {
		return
	}
	for _, argument := range run.With {
		if c.bot.Kept[argument.Name] {
			c.AddAt(run.withPlace, CodeValue, "%q outlives the conversation (keep), and an argument lives until its subroutine returns; use another variable", argument.Name)
		}
	}
	level := c.bot.level(run.State.Name)
	for _, name := range c.bot.order {
		if !level[name] {
			continue
		}
		for _, saved := range c.bot.states[name].saves() {
			if slices.ContainsFunc(run.With, func(a Assignment) bool { return a.Name == saved.Name }) {
				c.WarnAt(run.withPlace, CodeReturn, "%q is an argument of this subroutine, so that what the state %q saves in it is lost when it returns; save it in another variable", saved.Name, name)
			}
		}
	}
}

// saves are the variables in which a state keeps what it gets from the contact or a server.
func (st *State) saves() []Assignment {
	var all []Assignment
	if st.Call != nil {
		all = st.Call.Save
	}
	if st.Ask != nil {
		all = slices.Concat(all, st.Ask.Save)
	}
	return all
}

// checkSubroutines refuses a `run` of states that may fail which does not say where to go on then, and
// warns of what waits for a return that never comes.
func (c *checker) checkSubroutines() {
	failing := c.bot.leadingTo(func(st *State) bool { return st.Fails })
	for _, name := range c.bot.order {
		run := c.bot.states[name].Run
		if run == nil {
			continue
		}
		c.checkArguments(run)
		switch by := failing[run.State.Name]; {
		case !c.bot.states[run.State.Name].mayReturn:
			c.WarnAt(run.State.place, CodeReturn,
				"from the state %q the bot comes to no return, so that %q is never entered; write return: true where the subroutine is over, or use goto", run.State.Name, run.Then.Name)
		case by != "" && run.Failed.Name == "":
			c.AddAt(run.State.place, CodeMissingKey,
				"this subroutine can fail: it may come to return: failed in the state %q; say with failed where to go on then", by)
		case by == "" && run.Failed.Name != "":
			c.WarnAt(run.Failed.place, CodeReturn, "this subroutine never fails: from the state %q the bot comes to no return: failed", run.State.Name)
		}
	}
	for _, g := range c.bot.Triggers {
		if g.Resume && !c.bot.states[g.To.Name].mayReturn {
			c.WarnAt(g.place, CodeReturn, "resume gives the open question back at a return: true, and from the state %q the bot comes to none", g.To.Name)
		}
	}
}
