package bot

import (
	"slices"
	"time"

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

// state is the state of that name; nil when there is none.
func (b *Bot) state(name string) *state { return b.states[name] }

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

// passing says that a state only leads on, or back: nothing is called, asked or ended there.
func (st *state) passing() bool {
	return st.call == nil && (len(st.goTo) > 0 || st.returns)
}
