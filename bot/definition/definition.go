package definition

import (
	"slices"
	"time"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/hours"
	"github.com/chattigo/api-isv/bot/tree"
)

// Bot is a checked definition. It never changes and may be shared.
type Bot struct {
	Name        string
	Hash        string
	source      []byte
	warnings    []Problem
	Languages   []string
	Zone        *time.Location // nil when the definition names none
	Start       Ref
	Vars        map[string]expr.Type
	Strings     map[string]map[string]string // by key and language
	Hours       map[string]*hours.Schedule
	Optout      Optout
	states      map[string]*State
	order       []string // the states as written
	Triggers    []Trigger
	Defaults    Defaults
	RawReplyIDs bool // reply ids go out without a tag
	Limits      Limits
	messages    []*Message // all that was written, each once
}

// Limits end a conversation; 0 is no limit.
type Limits struct {
	Turns    int
	Lifetime time.Duration
}

// Optout are the words, folded, with which a contact stops notices and allows them again.
type Optout struct {
	pos   tree.Place
	Words []string
	Optin []string
	Say   []*Message
}

// Label is name@hash8, as operators see it.
func (b *Bot) Label() string { return Label(b.Name, b.Hash) }

// Label is name@ and the first 8 digits of the hash.
func Label(name, hash string) string { return name + "@" + hash[:min(8, len(hash))] }

// Size is the length of that text, in bytes.
func (b *Bot) Size() int { return len(b.source) }

// Source is the text that the definition was loaded from.
func (b *Bot) Source() []byte { return slices.Clone(b.source) }

// Warnings are the problems that did not stop the definition from loading.
func (b *Bot) Warnings() []Problem { return slices.Clone(b.warnings) }

// state is the state of that name; nil when there is none.
func (b *Bot) State(name string) *State { return b.states[name] }

// state is one state: what it says, then exactly one exit.
type State struct {
	Name  string
	pos   tree.Place
	about string
	Set   []Assignment
	Call  *Call
	Say   []*Message
	// One of these is set; returns says that the state ends a subroutine.
	Ask     *Ask
	GoTo    Target
	Run     *Subroutine
	Returns bool
	// returnPos is where that is written.
	returnPos tree.Place
	Handoff   *Handoff
	Close     *Closing
	// broken marks a state of which something could not be read.
	broken bool
}

// ref names a state at a place of the definition.
type Ref struct {
	Name string
	pos  tree.Place
}

// target is where to go on: the first branch whose condition holds. The last has none.
type Target []Branch

type Branch struct {
	pos  tree.Place
	When *expr.Expr
	To   Ref
}

// assignment gives a variable a value.
type Assignment struct {
	Name  string
	Kind  expr.Type
	Value *expr.Expr
}

// Subroutine is a state that comes back by `return`, and where it goes on then.
type Subroutine struct{ State, Then Ref }

// Handoff lets a person answer.
type Handoff struct {
	To        string
	Note      *expr.Template
	Timeout   time.Duration
	OnTimeout Ref
	OnResume  Ref
}

type Closing struct {
	Reason string
	Notice bool
}

type Defaults struct {
	retry *Retry
	idle  []IdleStep
	Stale []*Message
	Close []*Message
	Error Ref
}

// passing says that a state only leads on, or back: nothing is called, asked or ended there.
func (st *State) Passing() bool {
	return st.Call == nil && (len(st.GoTo) > 0 || st.Returns)
}
