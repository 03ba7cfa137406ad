package script

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/tree"
)

// File is a test file.
type File struct {
	// Bot is the path of the definition as it is written, from where the test file lies; empty
	// when the file does not say.
	Bot string
	// BotLine and BotColumn are where it is named.
	BotLine, BotColumn int
	// Setup is what all cases start with.
	Setup Setup
	Cases []Case

	warnings []tree.Problem
	names    []named
}

// Warnings are the problems that did not stop the file from loading.
func (f *File) Warnings() []tree.Problem { return slices.Clone(f.warnings) }

// Setup is what a case starts with.
type Setup struct {
	// Now is when the case begins. The clock moves only by the step `wait`.
	Now     time.Time
	Contact bot.Contact
	// Mocks answer the bot's calls; the first that matches does. A case's own come first.
	Mocks []Mock
	// Vars are variables that are set before anything is said.
	Vars map[string]json.RawMessage
	// Kept are the variables that were kept of the contact before the case begins.
	Kept map[string]json.RawMessage
	// LoopGuard is whether the loop guard is on, as it is in the service unless a channel says
	// otherwise.
	LoopGuard bool
	// OptedOut is set for a contact who wanted no notices before the case begins.
	OptedOut bool
}

// Case is one conversation, or several of one contact, one after the other.
type Case struct {
	Name  string
	Line  int // where it begins
	Setup Setup
	Steps []Step
}

// StepKind is the key that says what a step is.
type StepKind string

// What the world does.
const (
	StepUser   StepKind = "user"   // the contact sends a message
	StepTap    StepKind = "tap"    // the contact taps a button or a row
	StepWait   StepKind = "wait"   // time passes
	StepEcho   StepKind = "echo"   // a person of the business writes to the contact
	StepResume StepKind = "resume" // an operator lets the bot answer again
	StepClose  StepKind = "close"  // an operator closes the chat
)

// What is expected of the bot.
const (
	StepBot     StepKind = "bot"     // it said this next
	StepNone    StepKind = "none"    // it said nothing more
	StepCall    StepKind = "call"    // it made this call
	StepHandoff StepKind = "handoff" // it asked for a person
	StepClosed  StepKind = "closed"  // it closed the chat
	StepState   StepKind = "state"   // this state asks the open question
	StepVars    StepKind = "vars"    // these variables have these values
	StepKept    StepKind = "kept"    // these variables outlive the conversation, with these values
	StepError   StepKind = "error"   // it failed by this error
)

// Step is one line of a case. Beside Kind, the fields of that kind are set.
type Step struct {
	Kind StepKind
	// Line and Column are where it stands in the file.
	Line, Column int
	// Text is the step as it stands in the file, on one line.
	Text string

	// Message is an element of messages[], without sender, id and time; of StepUser.
	Message json.RawMessage
	Tap     Tap
	Wait    time.Duration
	// Words are what a person of the business writes, the state of StepState or the reason of
	// StepClose.
	Words   string
	Bot     *Said
	Call    *Called
	Handoff *HandedOff
	Closed  *Closed
	// Failure is what the error of StepError must say; nil takes any.
	Failure *Words
	Vars    map[string]any
}

// Tap is a tap on a button, a row of a list or a quick reply of a template.
type Tap struct {
	// ID is the reply id as the definition has it.
	ID string
	// From is the name that a step `bot` gave to the message; empty for the newest with that id.
	From string
}

// Said is what is expected of one message of the bot. What is not set is not looked at, so the
// zero value takes any message.
type Said struct {
	// Text is held against what can be read: the text, the body of an interactive message, or
	// the caption.
	Text *Words
	// State is the state that says it.
	State string
	// Choices are the reply ids, all of them and in order; nil when they do not matter.
	Choices []string
	// Body is a part of the Cloud API body, as JSON's values.
	Body map[string]any
	// As is the name under which the message is remembered, for a tap on it later.
	As string
}

// Called is what is expected of a call.
type Called struct {
	Target Target
	// JSON is a part of the call's body, as JSON's values; nil when it does not matter.
	JSON any
}

// HandedOff is what is expected of a handoff; nil fields are not looked at.
type HandedOff struct {
	To, Note *Words
}

// Closed is what is expected of the end of a chat; nil fields are not looked at.
type Closed struct {
	Reason *Words
	Notice *bool
}

// Mock answers the calls that it matches.
type Mock struct {
	Line   int
	Target Target
	// Answers are given to one call after the other, and to each attempt of a call that is tried
	// again; the last one is given to all that follow.
	Answers []Answer
}

// Answer is what one attempt of a call gets: a status and a body, or an error.
type Answer struct {
	Status int
	Body   string
	// Error is bot.CallTimeout or bot.CallConnection; empty when there is an answer.
	Error string
}
