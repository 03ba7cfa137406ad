package definition

import (
	"slices"

	"github.com/chattigo/api-isv/bot/tree"
)

// fillDefaults gives every question its effective retry and idle list, so that bot.Step need
// not look in three places.
func (c *checker) fillDefaults() {
	if c.bot.Defaults.Stale == nil {
		c.bot.Defaults.Stale = BuiltinMessages(func(w Sentences) string { return w.stale })
	}
	if c.bot.Defaults.Close == nil {
		c.bot.Defaults.Close = BuiltinMessages(func(w Sentences) string { return w.closing })
	}
	for _, name := range c.bot.order {
		if a := c.bot.states[name].Ask; a != nil {
			a.Retry = a.effectiveRetry(c.bot.Defaults.retry)
			a.Idle = effectiveIdle(a.Idle, c.bot.Defaults.idle)
		}
	}
}

// effectiveRetry is a question's own retry, or that of the defaults, or the built-in one.
func (a *Ask) effectiveRetry(byDefault *Retry) *Retry {
	r := Retry{Max: builtinTries, Repeat: true}
	switch {
	case a.Retry != nil:
		r = *a.Retry
		r.own = r.Say != nil
	case byDefault != nil:
		r = *byDefault
		r.To.place = tree.Place{} // so that the edge has the line of its state, not of the defaults
	}
	if r.Say == nil && byDefault != nil {
		r.Say = byDefault.Say
	}
	if r.Say == nil {
		r.Say = BuiltinMessages(a.builtinRetry())
	}
	return &r
}

// builtinRetry is what is said where the definition says nothing: only a question with options has one to
// choose from.
func (a *Ask) builtinRetry() func(Sentences) string {
	if a.As == AsChoice || len(a.choices) > 0 {
		return func(w Sentences) string { return w.choose }
	}
	return func(w Sentences) string { return w.again }
}

// effectiveIdle ends every list with an exit, so that no question stays open for ever.
func effectiveIdle(own, byDefault []IdleStep) []IdleStep {
	steps := own
	if steps == nil {
		for _, s := range byDefault {
			s.place = tree.Place{} // so that the edge has the line of its state, not of the defaults
			steps = append(steps, s)
		}
	}
	n := len(steps)
	if n > 0 && steps[n-1].Exit() {
		return steps
	}
	after := BuiltinIdle
	if n > 0 && steps[n-1].After >= after {
		after += steps[n-1].After
	}
	return append(slices.Clip(steps), IdleStep{After: after, Farewell: true})
}

// waits reports whether the bot stops in a state: for the contact, for a call, for a person, or for
// good.
func (st *State) waits() bool {
	return st.Ask != nil || st.Call != nil || st.Handoff != nil || st.Close != nil
}

// silentEnds are the states from which a subroutine can end within the same event: by a return, or by
// one that fails.
type silentEnds struct{ returns, fails map[string]bool }

func (b *Bot) silentEnds() silentEnds {
	ends := silentEnds{returns: map[string]bool{}, fails: map[string]bool{}}
	for changed := true; changed; {
		changed = false
		for _, name := range b.order {
			changed = ends.learn(b.states[name]) || changed
		}
	}
	return ends
}

// learn adds a state, given those that are known already, and reports whether it was new.
func (ends silentEnds) learn(st *State) (learned bool) {
	if st.waits() {
		return false
	}
	next := ends.ahead(st)
	leads := func(known map[string]bool) bool {
		return slices.ContainsFunc(next, func(to Ref) bool { return known[to.Name] })
	}
	if !ends.returns[st.Name] && (st.Returns && !st.Fails || leads(ends.returns)) {
		ends.returns[st.Name], learned = true, true
	}
	if !ends.fails[st.Name] && (st.Fails || leads(ends.fails)) {
		ends.fails[st.Name], learned = true, true
	}
	return learned
}

// ahead are the states to which a state can lead within the same event without entering another
// subroutine.
func (ends silentEnds) ahead(st *State) []Ref {
	if st.waits() {
		return nil
	}
	var all []Ref
	for _, br := range st.GoTo {
		all = append(all, br.To)
	}
	if st.Run != nil {
		all = append(all, st.Run.after(ends)...)
	}
	return all
}

// hops are the states to which a state can lead within the same event.
func (ends silentEnds) hops(st *State) []Ref {
	all := ends.ahead(st)
	if st.Run != nil && !st.waits() {
		all = append(all, st.Run.State)
	}
	return all
}

// checkCycles refuses states that lead to each other without ever waiting, and warns of chains
// that enter more states or say more messages than one event may.
func (c *checker) checkCycles() {
	w := &chains{b: c.bot, ends: c.bot.silentEnds(), depth: map[string]chain{}, open: map[string]bool{}}
	for _, name := range c.bot.order {
		w.walk(name)
	}
	for _, at := range w.cycles {
		c.AddAt(at.place, CodeCycle, "from here the bot comes back to %q without asking anything", at.Name)
	}
	if len(w.cycles) > 0 {
		return
	}
	for _, name := range c.bot.order {
		if longest := w.depth[name]; longest.states > MaxEntered || longest.said > MaxSaid {
			c.WarnAt(c.bot.states[name].place, CodeLongChain,
				"from here the bot goes through %d states and says %d messages at once; at most %d and %d are allowed",
				longest.states, longest.said, MaxEntered, MaxSaid)
		}
	}
}

// chain is the longest path that the bot can go in one event from a state on: how many states it
// enters and how many messages it says.
type chain struct{ states, said int }

// chains searches the paths between states that do not wait, depth first, each state once.
type chains struct {
	b      *Bot
	ends   silentEnds
	depth  map[string]chain // by state, where it is known
	open   map[string]bool  // the states on the path to the current one
	cycles []Ref            // the references that lead back into the path
}

// mostSaid is how many messages are said at most.
func mostSaid(say []*Message) (n int) {
	for _, m := range say {
		n++
		if m.Each == nil {
			continue
		}
		elements, ok := m.Each.MostElements()
		if !ok {
			elements = MaxEach
		}
		n += min(elements, MaxEach) - 1
	}
	return n
}

func (w *chains) walk(name string) chain {
	if c, done := w.depth[name]; done {
		return c
	}
	st := w.b.states[name]
	w.open[name] = true
	var longest chain
	for _, to := range w.ends.hops(st) {
		if w.open[to.Name] {
			w.cycles = append(w.cycles, to)
			continue
		}
		next := w.walk(to.Name)
		longest = chain{max(longest.states, next.states), max(longest.said, next.said)}
	}
	w.open[name] = false
	w.depth[name] = chain{longest.states + 1, longest.said + mostSaid(st.Say)}
	return w.depth[name]
}
