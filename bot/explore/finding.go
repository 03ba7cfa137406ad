package explore

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/script"
)

// Code names a kind of finding. The codes are stable: tools may rely on them.
type Code string

// The codes of findings.
const (
	CodeError    Code = "error"     // the bot fails: an apology, or the state of defaults.error
	CodeMessage  Code = "message"   // WhatsApp would refuse a message
	CodeLimit    Code = "limit"     // more states, messages or data than one event may have
	CodeLoop     Code = "loop"      // the bot goes on for ever without the contact
	CodeUnsaid   Code = "unsaid"    // a message with nothing to see in it
	CodeEmpty    Code = "empty"     // a text without what its data do not have
	CodeWindow   Code = "window"    // a message outside of WhatsApp's 24 hours
	CodeDeadEnd  Code = "dead-end"  // nothing leads on from a question, or to an end
	CodeNoPerson Code = "no-person" // no person is reached within so many messages
	CodeFault    Code = "fault"     // a mistake of this program, not of the bot
)

// Finding is something that a person should look at.
type Finding struct {
	Code Code `json:"code"`
	// State is where it happens, Line where that state begins; "" and 0 where it is of no state.
	State string `json:"state,omitempty"`
	Line  int    `json:"line,omitempty"`
	// Message is one sentence.
	Message string `json:"message"`
	// Test is a test file with the way there. It passes as long as the finding is there.
	Test string `json:"test"`
}

// Bounds of a report.
const (
	maxFindings = 200
	maxNotes    = 50
	maxName     = 80 // characters of a test's name
)

// find keeps a finding, once. The way to it leads to a node, and on from there by a last play; nil is
// none.
func (e *explorer) find(code Code, state, message string, n *node, last play) {
	id := string(code) + "\x00" + state + "\x00" + message
	if e.found[id] || len(e.report.Findings) >= maxFindings {
		return
	}
	e.found[id] = true
	name := cut(fmt.Sprintf("%s: %s", code, message), maxName)
	e.report.Findings = append(e.report.Findings, Finding{
		Code: code, State: state, Line: e.lines[state], Message: message,
		Test: string(script.Record(e.o.Bot, name, *n.setup, e.way(n, last))),
	})
}

// note keeps what the walk could not try, once.
func (e *explorer) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !e.noted[text] && len(e.report.Notes) < maxNotes {
		e.noted[text] = true
		e.report.Notes = append(e.report.Notes, text)
	}
}

// way is all that happens until a node, and by a last play. It does not end at a call, where no test
// could stop.
func (e *explorer) way(n *node, last play) []script.Entry {
	plays := []play{last}
	p := script.NewPlayer(e.bot, *n.setup, nil).HoldCalls()
	for ; n.parent != nil; n = n.parent {
		plays = append(plays, n.play)
	}
	for _, again := range slices.Backward(plays) {
		if again != nil && again(p) != nil {
			break // a fault, which ends the way
		}
	}
	all, _ := p.Heard(false) // a Player does not fail here
	return append(all, e.settle(p)...)
}

// inspect finds what went wrong in a trial.
func (e *explorer) inspect(n *node, t trial) {
	state := n.state
	for i := range t.entries {
		x := &t.entries[i]
		state = cmp.Or(stateOf(x), state)
		e.entered[state] = true
		code, message := judgeEntry(x, state)
		switch {
		case code == "":
		case n.guessed && code != CodeWindow:
			e.note("after an invented response: %s", message)
		default:
			e.find(code, state, message, n, t.play)
		}
	}
	if t.err != nil {
		e.find(CodeFault, state, t.err.Error(), n, t.play)
	}
}

// stateOf is the state in which an entry says that the bot is; "" when it does not say.
func stateOf(x *script.Entry) string {
	if x.Edge != nil {
		return x.Edge.To
	}
	if found := inState.FindStringSubmatch(x.Text); found != nil {
		return found[1] + found[2]
	}
	return x.State
}

// inState is how errors and notes name the state in which they happened.
var inState = regexp.MustCompile(`^(?:error(?: again)?: state "([^"]+)": |not said in state ([a-z0-9_.]+): )`)

// leftEmpty begins the trace of an expression in a text whose map has no such key, notCalled that of a call
// for which one fails like that.
const (
	leftEmpty = "left empty: "
	notCalled = "call not made: "
)

// judgeEntry says what is wrong with what happened; the code is empty where nothing is.
func judgeEntry(x *script.Entry, state string) (code Code, message string) {
	switch {
	case x.Failed:
		_, text, _ := strings.Cut(x.Text, ": ")
		text = strings.TrimPrefix(text, fmt.Sprintf("state %q: ", state))
		return codeOf(text), fmt.Sprintf("in the state %s the bot fails: %s", state, text)
	case x.Kind == script.EntryTrace && strings.HasPrefix(x.Text, leftEmpty):
		return CodeEmpty, fmt.Sprintf("in the state %s a text is left empty: %s", state, strings.TrimPrefix(x.Text, leftEmpty))
	case x.Kind == script.EntryTrace && strings.HasPrefix(x.Text, notCalled):
		return CodeError, fmt.Sprintf("in the state %s a call is not made: %s", state, strings.TrimPrefix(x.Text, notCalled))
	case x.Kind != script.EntryNote || !strings.HasPrefix(x.Text, "not said in state "):
		return "", ""
	case strings.Contains(x.Text, "24-hour window"):
		return CodeWindow, fmt.Sprintf("what the state %s says is not delivered: the contact wrote more than 24 hours ago, and only a template may be sent", state)
	case strings.Contains(x.Text, "nothing to see"):
		return CodeUnsaid, fmt.Sprintf("a message of the state %s is not said: there is nothing to see in it", state)
	}
	return "", ""
}

// codeOf tells the errors of the bot apart by their words.
func codeOf(text string) Code {
	switch {
	case strings.Contains(text, "invalid message"):
		return CodeMessage
	case strings.Contains(text, "states in one event"), strings.Contains(text, "by itself more than"):
		return CodeLoop
	case strings.Contains(text, "more than "):
		return CodeLimit
	}
	return CodeError
}

// finish sorts the findings by where they stand, and says what the walk did not come to.
func (e *explorer) finish() *Report {
	var missed []string
	for _, s := range e.bot.States() {
		if !e.entered[s.Name] && s.Name != e.bot.Defaults.Error.Name {
			missed = append(missed, s.Name)
		}
	}
	if len(missed) > 0 {
		e.note("the walk never came to the states %s", cut(strings.Join(missed, ", "), shownBody))
	}
	e.report.States = len(e.nodes)
	slices.SortStableFunc(e.report.Findings, func(a, b Finding) int { return cmp.Compare(a.Line, b.Line) })
	return &e.report
}

// cut shortens a text to a number of characters.
func cut(text string, most int) string {
	all := []rune(text)
	if len(all) <= most {
		return text
	}
	return string(all[:most-1]) + "…"
}
