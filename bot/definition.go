package bot

import (
	"regexp"
	"slices"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/hours"
)

// Bot is a checked definition. It never changes and may be shared.
type Bot struct {
	name      string
	hash      string
	source    []byte
	warnings  []Problem
	languages []string
	zone      *time.Location // nil when the definition names none
	start     ref
	vars      map[string]expr.Type
	strings   map[string]map[string]string // by key and language
	hours     map[string]*hours.Schedule
	optout    optout
	states    map[string]*state
	order     []string // the states as written
	triggers  []trigger
	defaults  defaults
	raw       bool // reply ids go out without a tag
	limits    limits
	messages  []*message // all that was written, each once
}

// limits end a conversation; 0 is no limit.
type limits struct {
	turns    int
	lifetime time.Duration
}

// optout are the words, folded, with which a contact stops notices and allows them again.
type optout struct {
	pos   pos
	words []string
	optin []string
	say   []*message
}

// Name is the definition's name.
func (b *Bot) Name() string { return b.name }

// Hash is the hex SHA-256 of the definition's canonical form: its tree as JSON with
// sorted keys. Comments and the order of keys do not count, nor whether it was YAML or JSON.
func (b *Bot) Hash() string { return b.hash }

// Label is name@hash8, as operators see it.
func (b *Bot) Label() string { return Label(b.name, b.hash) }

// Label is name@ and the first 8 digits of the hash.
func Label(name, hash string) string { return name + "@" + hash[:min(8, len(hash))] }

// Size is the length of that text, in bytes.
func (b *Bot) Size() int { return len(b.source) }

// Source is the text that the definition was loaded from.
func (b *Bot) Source() []byte { return slices.Clone(b.source) }

// Warnings are the problems that did not stop the definition from loading.
func (b *Bot) Warnings() []Problem { return slices.Clone(b.warnings) }

// state is one state: what it says, then exactly one exit.
type state struct {
	name  string
	pos   pos
	about string
	set   []assignment
	call  *call
	say   []*message
	// One of these is set; returns says that the state ends a subroutine.
	ask     *ask
	goTo    target
	run     *subroutine
	returns bool
	handoff *handoff
	close   *closing
	// broken marks a state of which something could not be read.
	broken bool
}

// ref names a state at a place of the definition.
type ref struct {
	name string
	pos  pos
}

// target is where to go on: the first branch whose condition holds. The last has none.
type target []branch

type branch struct {
	pos  pos
	when *expr.Expr
	to   ref
}

// assignment gives a variable a value.
type assignment struct {
	name  string
	kind  expr.Type
	value *expr.Expr
}

// subroutine is a state that comes back by `return`, and where it goes on then.
type subroutine struct{ state, then ref }

// handoff lets a person answer.
type handoff struct {
	to        string
	note      *expr.Template
	timeout   time.Duration
	onTimeout ref
	onResume  ref
}

type ask struct {
	pos     pos
	as      string // how the answer is read
	save    []assignment
	choices []choice
	reject  []rejection
	to      target
	retry   *retry
	idle    []idleStep
	// collect is how long to wait for more of an answer; 0 takes the first message.
	collect time.Duration
}

// rejection refuses an answer that could be read, with words of its own.
type rejection struct {
	when *expr.Expr
	say  []*message
}

// choice leads from a reply id to a state; the id "*" is any other.
type choice struct {
	id string
	to ref
	// pos is the place of the id.
	pos pos
}

// named finds the choice with this very id.
func (a *ask) named(id string) (ref, bool) {
	for _, c := range a.choices {
		if c.id == id && id != "*" {
			return c.to, true
		}
	}
	return ref{}, false
}

func (a *ask) has(id string) bool {
	_, ok := a.named(id)
	return ok
}

// exit is a way out of a question, and what it is called in a trace.
type exit struct {
	via string
	to  target
}

func (e exit) leads() bool { return len(e.to) > 0 }

// leadsTo is an exit without conditions.
func leadsTo(via string, to ref) exit { return exit{via, target{{pos: to.pos, to: to}}} }

// target is where the choice of an offered option leads.
func (a *ask) target(id string) exit {
	if to, ok := a.named(id); ok {
		return leadsTo("choice "+id, to)
	}
	return a.otherwise()
}

// otherwise is where answers lead that no choice names.
func (a *ask) otherwise() exit {
	for _, c := range a.choices {
		if c.id == "*" {
			return leadsTo("choice *", c.to)
		}
	}
	return exit{"to", a.to}
}

type retry struct {
	max    int
	say    []*message
	to     ref // the state after max tries; empty: say once more, then stay quiet
	repeat bool
}

type idleStep struct {
	pos   pos
	after time.Duration
	say   []*message
	to    ref
	// farewell closes with built-in words instead of going to a state.
	farewell bool
}

func (s idleStep) exit() bool { return s.to.name != "" || s.farewell }

type closing struct {
	reason string
	notice bool
}

type defaults struct {
	retry *retry
	idle  []idleStep
	stale []*message
	close []*message
	err   ref
}

type trigger struct {
	pos     pos
	node    *yaml.Node            // as it is written
	any     []string              // folded
	words   map[string][][]string // folded; phrases by their first word
	matches *regexp.Regexp
	choice  []string
	types   []string
	first   bool
	when    *expr.Expr
	// referral are the keys that the message's referral must have, with their values; nil is
	// no condition.
	referral  map[string]string
	interrupt bool
	to        ref
}
