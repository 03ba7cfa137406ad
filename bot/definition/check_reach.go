package definition

import "slices"

// checkReachable warns of states that nothing leads to.
func (c *checker) checkReachable() {
	reached := c.bot.reachedFrom(c.bot.roots())
	for _, name := range c.bot.order {
		if !reached[name] {
			c.WarnAt(c.bot.states[name].place, CodeUnreachable, "nothing leads to the state %q", name)
		}
	}
}

// roots are the states that are entered from outside of any state: by the start, a trigger or an
// error.
func (b *Bot) roots() []string {
	all := []string{b.Start.Name, b.Defaults.Error.Name}
	for _, g := range b.Triggers {
		all = append(all, g.To.Name)
	}
	return all
}

// reachedFrom are some states and all to which they lead, directly or not.
func (b *Bot) reachedFrom(todo []string) map[string]bool {
	reached := map[string]bool{}
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if st := b.states[name]; st != nil && !reached[name] {
			reached[name] = true
			for _, e := range st.edges() {
				todo = append(todo, e.To)
			}
		}
	}
	return reached
}

// checkEnds refuses states from which the bot never comes to ask, hand off, close or return, such
// as calls that lead to each other for ever.
func (c *checker) checkEnds() {
	before := map[string][]string{}
	var todo []string
	for _, name := range c.bot.order {
		st := c.bot.states[name]
		if st.Ask != nil || st.Handoff != nil || st.Close != nil || st.Returns {
			todo = append(todo, name)
		}
		for _, e := range st.edges() {
			before[e.To] = append(before[e.To], name)
		}
	}
	ends := map[string]bool{}
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !ends[name] {
			ends[name] = true
			todo = append(todo, before[name]...)
		}
	}
	for _, name := range c.bot.order {
		if !ends[name] {
			c.AddAt(c.bot.states[name].place, CodeNoEnd, "from the state %q the bot never comes to ask, hand off or close", name)
		}
	}
}

// checkReturns warns of a return that may be reached while no subroutine is running: it would end
// the conversation with an error.
func (c *checker) checkReturns() {
	seen, runs := map[string]bool{}, c.bot.runsAny()
	for todo := c.bot.outsideSubroutines(); len(todo) > 0; {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		st := c.bot.states[name]
		if st == nil || seen[name] {
			continue
		}
		seen[name] = true
		switch {
		case st.Returns && !runs:
			c.WarnAt(st.place, CodeReturn, "no state runs a subroutine (run), so that the return of the state %q ends the chat in an error; write goto, handoff or close", name)
		case st.Returns:
			c.WarnAt(st.place, CodeReturn, "the state %q can be entered where no subroutine is under way (by a trigger, retry.else or idle); its return ends the chat with an error there", name)
		}
		todo = append(todo, st.onward()...)
	}
}

// runsAny reports whether anything in the bot runs a subroutine.
func (b *Bot) runsAny() bool {
	return slices.ContainsFunc(b.order, func(name string) bool { return b.states[name].Run != nil }) ||
		slices.ContainsFunc(b.Triggers, func(g Trigger) bool { return g.Resume })
}

// outsideSubroutines are the states that are entered while no subroutine is running. retry.else and
// idle.to leave all subroutines, but only once the bot enters a state that does more than lead on.
func (b *Bot) outsideSubroutines() []string {
	all, seen := []string{b.Start.Name, b.Defaults.Error.Name}, map[string]bool{}
	for _, g := range b.Triggers {
		if !g.Resume {
			all = append(all, g.To.Name)
		}
	}
	for _, name := range b.order {
		if a := b.states[name].Ask; a != nil {
			all = append(all, b.firstNotPassing(a.Retry.To.Name, seen)...)
			for _, s := range a.Idle {
				all = append(all, b.firstNotPassing(s.To.Name, seen)...)
			}
		}
	}
	return all
}

// firstNotPassing are the first states, from this one on, that do more than lead on. Those in seen
// are left out.
func (b *Bot) firstNotPassing(name string, seen map[string]bool) []string {
	st := b.states[name]
	if st == nil || seen[name] {
		return nil
	}
	seen[name] = true
	if !st.Passing() {
		return []string{name}
	}
	var all []string
	for _, br := range st.GoTo {
		all = append(all, b.firstNotPassing(br.To.Name, seen)...)
	}
	return all
}

// onward are the next states on the same level of subroutines.
func (st *State) onward() []string {
	if st.Run != nil {
		if st.Run.Failed.Name == "" {
			return []string{st.Run.Then.Name}
		}
		return []string{st.Run.Then.Name, st.Run.Failed.Name}
	}
	var all []string
	for _, e := range st.edges() {
		all = append(all, e.To)
	}
	return all
}
