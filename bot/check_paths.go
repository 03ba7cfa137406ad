package bot

import (
	"slices"

	"github.com/chattigo/api-isv/bot/fold"
)

// fillDefaults gives every question its effective retry and idle list, so that Step need
// not look in three places.
func (d *decoder) fillDefaults(b *Bot) {
	w := b.words()
	if b.defaults.stale == nil {
		b.defaults.stale = textMessages(w.stale)
	}
	if b.defaults.close == nil {
		b.defaults.close = textMessages(w.closing)
	}
	for _, name := range b.order {
		if a := b.states[name].ask; a != nil {
			a.retry = effectiveRetry(a.retry, b.defaults.retry, w)
			a.idle = effectiveIdle(a.idle, b.defaults.idle)
		}
	}
}

func effectiveRetry(own, byDefault *retry, w builtin) *retry {
	r := retry{max: builtinTries, repeat: true}
	switch {
	case own != nil:
		r = *own
	case byDefault != nil:
		r = *byDefault
	}
	if r.say == nil && byDefault != nil {
		r.say = byDefault.say
	}
	if r.say == nil {
		r.say = textMessages(w.retry)
	}
	return &r
}

// effectiveIdle ends every list with an exit, so that no question stays open for ever.
func effectiveIdle(own, byDefault []idleStep) []idleStep {
	steps := own
	if steps == nil {
		steps = byDefault
	}
	if n := len(steps); n > 0 && steps[n-1].exit() {
		return steps
	}
	return append(slices.Clip(steps), idleStep{after: builtinIdle, farewell: true})
}

// checkCycles refuses states that lead to each other without ever asking, and warns of
// chains that say or enter more than one event may.
func (d *decoder) checkCycles(b *Bot) {
	for i, name := range b.order {
		seen := map[string]bool{}
		st, said := b.states[name], 0
		for st.goTo.name != "" && !seen[st.name] {
			seen[st.name] = true
			said += len(st.say)
			st = b.states[st.goTo.name]
		}
		said += len(st.say)
		switch {
		case seen[st.name] && st.name == name && b.first(seen) == i:
			d.add(st.goTo.pos, CodeCycle, "from here the bot comes back to %q without asking anything", name)
		case !seen[st.name] && (len(seen) >= maxEntered || said > maxSaid):
			d.warn(b.states[name].pos, CodeLongChain,
				"from here the bot goes through %d states and says %d messages at once; at most %d and %d are allowed",
				len(seen)+1, said, maxEntered, maxSaid)
		}
	}
}

// first is the place of the first of some states in the order of the text, so that a
// cycle is reported once.
func (b *Bot) first(names map[string]bool) int {
	for i, name := range b.order {
		if names[name] {
			return i
		}
	}
	return -1
}

func (d *decoder) checkReachable(b *Bot) {
	reached := map[string]bool{}
	todo := []string{b.start, b.defaults.err.name}
	for _, g := range b.triggers {
		todo = append(todo, g.to.name)
	}
	for len(todo) > 0 {
		name := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if st := b.states[name]; st != nil && !reached[name] {
			reached[name] = true
			todo = append(todo, st.next()...)
		}
	}
	for _, name := range b.order {
		if !reached[name] {
			d.warn(b.states[name].pos, CodeUnreachable, "nothing leads to the state %q", name)
		}
	}
}

// next are the states to which a state can lead.
func (st *state) next() []string {
	if st.ask == nil {
		return []string{st.goTo.name}
	}
	names := []string{st.ask.to.name, st.ask.retry.to.name}
	for _, c := range st.ask.choices {
		names = append(names, c.to.name)
	}
	for _, s := range st.ask.idle {
		names = append(names, s.to.name)
	}
	return names
}

// checkHijack warns of interrupts that take away what someone types to answer a question.
// One that leads to the same place as the answer does no harm. Regular expressions are
// left out: trying each on every title would take too long for a large definition.
func (d *decoder) checkHijack(b *Bot) {
	for _, name := range b.order {
		st := b.states[name]
		if st.ask == nil {
			continue
		}
		for _, o := range options(st.say) {
			title := fold.Text(o.Title)
			for i := range b.triggers {
				if g := &b.triggers[i]; g.interrupt && g.takes(title, fold.Words(title)) {
					d.checkHijacked(g, st, o)
				}
			}
		}
	}
}

// takes says whether the trigger may fire for this text, if its other conditions hold.
func (g *trigger) takes(folded string, said []string) bool {
	return slices.Contains(g.any, folded) || g.hasWord(said)
}

func (d *decoder) checkHijacked(g *trigger, st *state, o Option) {
	if to, ok := st.ask.target(o.ID); ok && to.name != g.to.name {
		d.warn(g.pos, CodeHijack, "this interrupt takes away the answer %q of the state %q", o.Title, st.name)
	}
}
