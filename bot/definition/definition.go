package definition

import (
	"slices"
	"time"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/hours"
	"github.com/chattigo/api-isv/bot/tree"
)

// Bot is a checked definition, made by [Load]. It never changes and may be shared.
type Bot struct {
	Name string
	// Hash is the hex SHA-256 of the definition, which differs when it means something else:
	// comments, quotes and the order of keys do not count.
	Hash     string
	source   []byte
	warnings []Problem
	// Languages are those of the bot, the first one by default; may be empty.
	Languages []string
	// Zone is the time zone of the bot's hours and dates; nil when the definition names none.
	Zone *time.Location
	// Start is the state in which a conversation begins.
	Start Ref
	// Vars are the types of the variables, by name.
	Vars map[string]expr.Type
	// Most are how many characters, elements or keys those variables may hold that say so (max).
	Most map[string]int
	// Private has the names of the variables that hold personal data (pii).
	Private map[string]bool
	// Kept has the names of the variables that outlive a conversation.
	Kept map[string]bool
	// Strings are texts by key and language. Each has a text in every language of the bot.
	Strings map[string]map[string]string
	// Hours are opening hours by name.
	Hours    map[string]*hours.Schedule
	Optout   Optout
	states   map[string]*State
	order    []string // the names of states in the order of the text
	Triggers []Trigger
	Defaults Defaults
	// RawReplyIDs sends reply ids without the tag of their question.
	RawReplyIDs bool
	Limits      Limits
	messages    []*Message // all messages of the text, each once
}

// Limits end a conversation; 0 is no limit.
type Limits struct {
	// Turns is how many messages of the contact the bot handles.
	Turns int
	// Lifetime is at most [MaxLifetime].
	Lifetime time.Duration
}

// Optout is how a contact stops notices and allows them again.
type Optout struct {
	place tree.Place // of the key
	// Words stop notices, Optin allow them again; both folded.
	Words []string
	Optin []string
	// Say is the answer to one of Words.
	Say []*Message
}

// Label is name@hash8, as operators see it.
func (b *Bot) Label() string { return Label(b.Name, b.Hash) }

// Label is name@ and the first 8 digits of the hash.
func Label(name, hash string) string { return name + "@" + hash[:min(8, len(hash))] }

// Size is the length of [Bot.Source], in bytes.
func (b *Bot) Size() int { return len(b.source) }

// Source is the text that the definition was loaded from.
func (b *Bot) Source() []byte { return slices.Clone(b.source) }

// Warnings are the problems that did not stop the definition from loading.
func (b *Bot) Warnings() []Problem { return slices.Clone(b.warnings) }

// State is the state of that name; nil when there is none.
func (b *Bot) State(name string) *State { return b.states[name] }

// Asks reports whether there is a state of that name that asks.
func (b *Bot) Asks(name string) bool { return b.states[name] != nil && b.states[name].Ask != nil }

// State is one state of a bot. On entering it the bot assigns Set, makes the Call, says Say and then
// leaves by exactly one exit: Ask, GoTo, Run, Returns, Handoff or Close.
type State struct {
	Name  string
	place tree.Place // of the name
	about string
	Set   []Assignment
	Call  *Call // nil without one
	Say   []*Message
	Ask   *Ask
	GoTo  Target
	Run   *Subroutine
	// Returns ends the subroutine that is running; Fails says that it has failed.
	Returns, Fails bool
	returnPlace    tree.Place
	Handoff        *Handoff
	Close          *Closing
	// mayReturn is set where a return can follow without another subroutine in between.
	mayReturn bool
	// broken marks a state of which something could not be read.
	broken bool
}

// Ref is a reference to a state by its name; the zero Ref refers to none.
type Ref struct {
	Name  string
	place tree.Place // of the reference
}

// Target is where the bot goes on: to the first branch whose condition holds. The last branch has
// no condition.
type Target []Branch

// Branch leads to a state if a condition holds.
type Branch struct {
	place tree.Place
	When  *expr.Expr // nil: always
	To    Ref
}

// Assignment gives a variable the value of an expression.
type Assignment struct {
	// Name is the variable, Kind its type, and Most how many characters, elements or keys it may hold; 0
	// is any number.
	Name  string
	Kind  expr.Type
	Most  int
	Value *expr.Expr
}

// Handoff lets a person answer in place of the bot.
type Handoff struct {
	// To is the name of the desk that takes over, 1 to 100 characters.
	To string
	// Note is a text for the person; nil without one.
	Note *expr.Template
	// Timeout is how long to wait for a person before going on with OnTimeout; 0 waits on.
	Timeout   time.Duration
	OnTimeout Ref
	// OnResume is the state with which the bot goes on when the person hands back; the zero Ref
	// leaves that to the bot.
	OnResume Ref
}

// Closing ends the conversation.
type Closing struct {
	// Reason is an identifier of the author's choice, for reports.
	Reason string
	// Notice posts to the webhook that the chat was closed.
	Notice bool
}

// Defaults are for questions and errors that have nothing of their own.
type Defaults struct {
	retry *Retry
	idle  []IdleStep
	// Stale is said when a button of an earlier question was tapped.
	Stale []*Message
	// Close is said before the conversation is closed from outside or by a limit.
	Close []*Message
	// Error is the state that the bot enters when something failed; the zero Ref closes the
	// conversation.
	Error Ref
}

// Passing reports whether a state only leads on, or back: nothing is called, asked or ended there.
func (st *State) Passing() bool {
	return st.Call == nil && (len(st.GoTo) > 0 || st.Returns)
}
