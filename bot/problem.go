package bot

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Code names a kind of problem. The codes are stable: tools may rely on them.
type Code string

// The codes of problems of a definition.
const (
	CodeSyntax              Code = "syntax"                // neither YAML nor JSON
	CodeTooLarge            Code = "too-large"             // more bytes, states or items than allowed
	CodeTooDeep             Code = "too-deep"              // nested too deeply
	CodeDocuments           Code = "documents"             // not exactly one document
	CodeAnchor              Code = "anchor"                // anchors, aliases and merge keys
	CodeTag                 Code = "tag"                   // YAML tags
	CodeDuplicateKey        Code = "duplicate-key"         //
	CodeUnknownKey          Code = "unknown-key"           //
	CodeMissingKey          Code = "missing-key"           //
	CodeType                Code = "type"                  // a text where a list must be, and so on
	CodeValue               Code = "value"                 // the right type but not an allowed value
	CodeUnsupported         Code = "unsupported"           // part of bot/v1, but not supported yet
	CodeUnknownState        Code = "unknown-state"         //
	CodeUnknownMessage      Code = "unknown-message"       //
	CodeUnreachable         Code = "unreachable"           // warning: a state that nothing leads to
	CodeUnused              Code = "unused"                // warning: a message that nobody says
	CodeNoExit              Code = "no-exit"               // a state without ask, goto and close
	CodeTwoExits            Code = "two-exits"             //
	CodeCycle               Code = "cycle"                 // states that lead to each other without asking
	CodeLongChain           Code = "long-chain"            // warning: more states or messages at once than an event may have
	CodeButtonWithoutChoice Code = "button-without-choice" //
	CodeChoiceWithoutButton Code = "choice-without-button" //
	CodeDuplicateID         Code = "duplicate-id"          //
	CodeMessage             Code = "message"               // WhatsApp would refuse the message
	CodeVersion             Code = "version"               // the Graph version of the channel does not have it
	CodeIdle                Code = "idle"                  // reminders out of order, or the exit not last
	CodeRegexp              Code = "regexp"                // not RE2, or too large
	CodeTrigger             Code = "trigger"               // a trigger that can never fire
	CodeHijack              Code = "hijack"                // warning: an interrupt takes away a typed answer
	CodeQuote               Code = "quote"                 // warning: other YAML tools read this as a boolean
)

// Problem is something wrong with a definition, and where.
type Problem struct {
	// Line and Column count from 1; columns count characters.
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Code    Code   `json:"code"`
	Message string `json:"message"`
	// Warning marks what does not stop the definition from being used.
	Warning bool `json:"warning,omitempty"`
}

func (p Problem) String() string {
	level := ""
	if p.Warning {
		level = "warning: "
	}
	return fmt.Sprintf("%d:%d: %s%s [%s]", p.Line, p.Column, level, p.Message, p.Code)
}

// maxProblems bounds the list: a text of 256 KiB can have tens of thousands.
const maxProblems = 100

// Problems is the error of a definition that was refused: all its problems in the order
// of the text, warnings too.
type Problems []Problem

// Error names the first problem and counts the others.
func (ps Problems) Error() string {
	var first string
	n := 0
	for _, p := range ps {
		if p.Warning {
			continue
		}
		if n++; n == 1 {
			first = p.String()
		}
	}
	if n > 1 {
		return fmt.Sprintf("the bot has %d problems; the first at %s", n, first)
	}
	return "the bot has a problem at " + first
}

// List is all problems, one a line.
func (ps Problems) List() string {
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}

func (ps Problems) fatal() bool {
	return slices.ContainsFunc(ps, func(p Problem) bool { return !p.Warning })
}

// tidy puts the problems in the order of the text, each once: what many states share is
// checked for each of them.
func (ps Problems) tidy() Problems {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	ps = slices.Compact(ps)
	if len(ps) > maxProblems && ps.fatal() {
		ps = slices.DeleteFunc(ps, func(p Problem) bool { return p.Warning })
	}
	return ps[:min(len(ps), maxProblems)]
}

// pos is a place in the text of a definition; zero for what is built in.
type pos struct {
	line, column int
}
