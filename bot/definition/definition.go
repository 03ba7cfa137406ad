package definition

import (
	"slices"
	"time"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/hours"
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
	Optout      optout
	states      map[string]*State
	order       []string // the states as written
	Triggers    []Trigger
	Defaults    defaults
	RawReplyIDs bool // reply ids go out without a tag
	Limits      limits
	messages    []*Message // all that was written, each once
}

// limits end a conversation; 0 is no limit.
type limits struct {
	Turns    int
	Lifetime time.Duration
}

// optout are the words, folded, with which a contact stops notices and allows them again.
type optout struct {
	pos   pos
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
	pos   pos
	about string
	Set   []Assignment
	Call  *Call
	Say   []*Message
	// One of these is set; returns says that the state ends a subroutine.
	Ask     *Ask
	GoTo    Target
	Run     *subroutine
	Returns bool
	Handoff *handoff
	Close   *closing
	// broken marks a state of which something could not be read.
	broken bool
}

// ref names a state at a place of the definition.
type Ref struct {
	Name string
	pos  pos
}

// target is where to go on: the first branch whose condition holds. The last has none.
type Target []Branch

type Branch struct {
	pos  pos
	When *expr.Expr
	To   Ref
}

// assignment gives a variable a value.
type Assignment struct {
	Name  string
	Kind  expr.Type
	Value *expr.Expr
}

// subroutine is a state that comes back by `return`, and where it goes on then.
type subroutine struct{ State, Then Ref }

// handoff lets a person answer.
type handoff struct {
	To        string
	Note      *expr.Template
	Timeout   time.Duration
	OnTimeout Ref
	OnResume  Ref
}

type closing struct {
	Reason string
	Notice bool
}

type defaults struct {
	retry *retry
	idle  []idleStep
	Stale []*Message
	Close []*Message
	Error Ref
}

// passing says that a state only leads on, or back: nothing is called, asked or ended there.
func (st *State) Passing() bool {
	return st.Call == nil && (len(st.GoTo) > 0 || st.Returns)
}
