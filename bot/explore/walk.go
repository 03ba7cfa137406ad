package explore

import (
	"cmp"
	"slices"

	"github.com/chattigo/api-isv/bot/script"
)

// progressEvery is after how many walked states progress is told.
const progressEvery = 16

// walk goes on from level to level: each is one thing further from the start. What a level has no
// room for is walked in another round, with the room that is left then.
func (e *explorer) walk() {
	levels := make([][]*node, e.o.Depth+1)
	levels[0] = e.starts()
	for before := -1; before < e.report.Steps && !e.stopped(); {
		before = e.report.Steps
		for depth := range e.o.Depth {
			room := e.o.MaxStates - len(e.nodes)
			left, next := e.level(levels[depth], depth, len(e.nodes)+room/(e.o.Depth-depth))
			levels[depth] = left
			levels[depth+1] = append(levels[depth+1], next...)
		}
	}
	for depth, level := range levels {
		going := len(slices.DeleteFunc(level, func(n *node) bool { return n.kind == ended }))
		if depth < e.o.Depth {
			e.report.Left += going
		} else {
			e.report.Deeper += going
		}
	}
}

// stopped reports whether the walk has to end.
func (e *explorer) stopped() bool { return e.full || e.ctx.Err() != nil }

// starts are conversations in which nobody has said anything, one for each time of the walk.
func (e *explorer) starts() []*node {
	var all []*node
	for _, at := range startTimes(e.bot, e.o.Setup.Now) {
		setup := e.o.Setup
		setup.Now = at
		n := &node{setup: &setup, kind: begins, open: openAt(e.bot, at), player: script.NewPlayer(e.bot, setup, nil).HoldCalls()}
		e.nodes = append(e.nodes, n)
		all = append(all, n)
	}
	return all
}

// level walks the nodes of a level until there are as many states as limit, and returns those that are
// left and the next level. Each level gets its share of the states, so that a bot with many ways at its
// beginning is walked to its end all the same.
func (e *explorer) level(level []*node, depth, limit int) (left, next []*node) {
	queue := e.newFirst(level)
	for i, n := range queue {
		if e.stopped() || i > 0 && len(e.nodes) > limit {
			return queue[i:], next
		}
		if e.o.Progress != nil && i%progressEvery == 0 {
			e.o.Progress(Progress{Depth: depth + 1, States: len(e.nodes)})
		}
		next = append(next, e.goOn(n)...)
	}
	return nil, next
}

// goOn walks a node, and the calls to which it leads: nobody has to do anything for their outcomes. It
// returns the nodes that wait for somebody.
func (e *explorer) goOn(n *node) (next []*node) {
	todo := []*node{n}
	for len(todo) > 0 && !e.stopped() {
		known := len(e.nodes)
		e.expand(todo[0])
		todo = todo[1:]
		for _, n := range e.nodes[known:] {
			if n.kind == calls {
				todo = append(todo, n)
			} else {
				next = append(next, n)
			}
		}
	}
	e.report.Left += len(todo)
	return next
}

// newFirst sorts nodes so that places where the walk has been least come first; of equals the
// order stays.
func (e *explorer) newFirst(level []*node) []*node {
	times := make(map[*node]int, len(level))
	for _, n := range level {
		times[n] = e.visited[n.place()]
		e.visited[n.place()]++
	}
	sorted := slices.Clone(level)
	slices.SortStableFunc(sorted, func(a, b *node) int { return cmp.Compare(times[a], times[b]) })
	return sorted
}

// expand tries all that can happen next.
func (e *explorer) expand(n *node) {
	switch n.kind {
	case begins:
		e.opening(n)
	case asks:
		e.question(n)
	case calls:
		e.outcomes(n)
	case muted:
		e.handedOff(n)
	case waits:
		e.unasked(n)
	case ended:
	}
	n.player, n.walked = nil, true
}

// trial is one thing that was tried, and what became of it.
type trial struct {
	play    play
	player  *script.Player
	entries []script.Entry
	err     error
}

// play is what happens: a message, a wait, a response.
type play func(*script.Player) error

// try lets something happen to a fork of the conversation.
func (e *explorer) try(n *node, p play) trial {
	e.report.Steps++
	fork := n.player.Fork()
	t := trial{play: p, player: fork, err: p(fork)}
	t.entries, _ = fork.Heard(false) // a Player does not fail here
	return t
}

// do tries something and goes on from there.
func (e *explorer) do(n *node, by mover, p play) { e.take(n, by, e.try(n, p)) }

// take looks at what was tried, and goes on from there.
func (e *explorer) take(n *node, by mover, t trial) {
	e.inspect(n, t)
	n.edges = append(n.edges, edge{by: by, to: e.arrive(n, t), play: t.play})
}

// arrive is the node of the state that a trial has led to; nil when there is no room for it.
func (e *explorer) arrive(n *node, t trial) *node {
	to := e.next(n, t)
	k := to.key()
	if known := e.seen[k]; known != nil {
		return known
	}
	if len(e.nodes) >= e.o.MaxStates {
		e.full = true
		e.report.Left++
		return nil
	}
	e.seen[k] = to
	e.nodes = append(e.nodes, to)
	return to
}
