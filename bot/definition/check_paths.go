package definition

import (
	"slices"

	"github.com/chattigo/api-isv/bot/tree"
)

// fillDefaults gives every question its effective retry and idle list, so that Step need
// not look in three places.
func (ck *checker) fillDefaults() {
	if ck.bot.Defaults.Stale == nil {
		ck.bot.Defaults.Stale = BuiltinMessages(func(w Sentences) string { return w.stale })
	}
	if ck.bot.Defaults.Close == nil {
		ck.bot.Defaults.Close = BuiltinMessages(func(w Sentences) string { return w.closing })
	}
	for _, name := range ck.bot.order {
		if a := ck.bot.states[name].Ask; a != nil {
			a.Retry = effectiveRetry(a.Retry, ck.bot.Defaults.retry)
			a.Idle = effectiveIdle(a.Idle, ck.bot.Defaults.idle)
		}
	}
}

func effectiveRetry(own, byDefault *Retry) *Retry {
	r := Retry{Max: builtinTries, Repeat: true}
	switch {
	case own != nil:
		r = *own
	case byDefault != nil:
		r = *byDefault
		r.To.pos = tree.Place{} // an edge of a state is not written in the defaults
	}
	if r.Say == nil && byDefault != nil {
		r.Say = byDefault.Say
	}
	if r.Say == nil {
		r.Say = BuiltinMessages(func(w Sentences) string { return w.retry })
	}
	return &r
}

// effectiveIdle ends every list with an exit, so that no question stays open for ever.
func effectiveIdle(own, byDefault []IdleStep) []IdleStep {
	steps := own
	if steps == nil {
		for _, s := range byDefault {
			s.pos = tree.Place{} // an edge of a state is not written in the defaults
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

// waits says that a state stops the bot: for the contact, for a call, for a person, or for good.
func (st *State) waits() bool {
	return st.Ask != nil || st.Call != nil || st.Handoff != nil || st.Close != nil
}

// hops are the states to which a state can lead in the same event.
func (b *Bot) hops(st *State, returns map[string]bool) []Ref {
	if st.waits() {
		return nil
	}
	var all []Ref
	for _, br := range st.GoTo {
		all = append(all, br.To)
	}
	if st.Run != nil {
		all = append(all, st.Run.State)
		if returns[st.Run.State.Name] {
			all = append(all, st.Run.Then)
		}
	}
	return all
}

// silentReturns are the states from which a subroutine can come back in the same event.
func (b *Bot) silentReturns() map[string]bool {
	returns := map[string]bool{}
	for changed := true; changed; {
		changed = false
		for _, name := range b.order {
			if !returns[name] && b.comesBack(b.states[name], returns) {
				returns[name], changed = true, true
			}
		}
	}
	return returns
}

// comesBack says whether a subroutine can come back from a state in the same event, by what is
// known of the others.
func (b *Bot) comesBack(st *State, returns map[string]bool) bool {
	if st.waits() {
		return false
	}
	return st.Returns || slices.ContainsFunc(b.hops(st, returns), func(to Ref) bool {
		// A subroutine inside that comes back goes on behind it, not out of this one.
		return returns[to.Name] && (st.Run == nil || to == st.Run.Then)
	})
}

// checkCycles refuses states that lead to each other without ever waiting, and warns of
// chains that say or enter more than one event may.
func (ck *checker) checkCycles() {
	w := &chains{b: ck.bot, returns: ck.bot.silentReturns(), depth: map[string]chain{}, open: map[string]bool{}}
	for _, name := range ck.bot.order {
		w.walk(name)
	}
	for _, at := range w.cycles {
		ck.AddAt(at.pos, CodeCycle, "from here the bot comes back to %q without asking anything", at.Name)
	}
	if len(w.cycles) > 0 {
		return
	}
	for _, name := range ck.bot.order {
		if c := w.depth[name]; c.states > MaxEntered || c.said > MaxSaid {
			ck.WarnAt(ck.bot.states[name].pos, CodeLongChain,
				"from here the bot goes through %d states and says %d messages at once; at most %d and %d are allowed",
				c.states, c.said, MaxEntered, MaxSaid)
		}
	}
}

// chain is the longest way that the bot can go in one event from a state on.
type chain struct{ states, said int }

// chains walks the ways between states that wait for nothing, each state once.
type chains struct {
	b       *Bot
	returns map[string]bool
	depth   map[string]chain
	open    map[string]bool
	cycles  []Ref
}

func (w *chains) walk(name string) chain {
	if c, done := w.depth[name]; done {
		return c
	}
	st := w.b.states[name]
	w.open[name] = true
	var longest chain
	for _, to := range w.b.hops(st, w.returns) {
		if w.open[to.Name] {
			w.cycles = append(w.cycles, to)
			continue
		}
		next := w.walk(to.Name)
		longest = chain{max(longest.states, next.states), max(longest.said, next.said)}
	}
	w.open[name] = false
	w.depth[name] = chain{longest.states + 1, longest.said + len(st.Say)}
	return w.depth[name]
}
