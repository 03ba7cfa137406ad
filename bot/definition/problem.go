package definition

import (
	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/tree"
)

// Code names a kind of problem. The codes are stable: tools may rely on them.
type Code = tree.Code

// The codes of problems of a definition. A warning does not stop the definition from loading.
const (
	CodeUnsupported         Code = "unsupported"           // part of bot/v1, but not supported yet
	CodeUnknownState        Code = "unknown-state"         //
	CodeUnknownMessage      Code = "unknown-message"       //
	CodeUnreachable         Code = "unreachable"           // warning: a state that nothing leads to
	CodeUnused              Code = "unused"                // warning: a message that no state says
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
	CodeTrigger             Code = "trigger"               // a trigger that is incomplete, or (warning) can never fire
	CodeHijack              Code = "hijack"                // warning: an interrupt takes away a typed answer
	CodeAmbiguous           Code = "ambiguous"             // warning: a text that two options of a question mean
	CodeBranch              Code = "branch"                // the last branch has a condition, or an earlier one has none
	CodeCall                Code = "call"                  // an HTTP call that cannot be made so
	CodeURL                 Code = "url"                   // not an https URL with a literal, public host
	CodeMissingString       Code = "missing-string"        // a string without a text in one of the languages
	CodeNoEnd               Code = "no-end"                // a state from which nothing asks, hands off or closes
	CodeDynamic             Code = "dynamic"               // options from an expression, and no "*" to take them
	CodeHours               Code = "hours"                 // opening hours that cannot be read or overlap
	CodeOptout              Code = "optout"                // words of optout that contradict each other
	CodeReturn              Code = "return"                // warning: a return where no subroutine may be running
	CodeNoPerson            Code = "no-person"             // warning: the bot tells no way to reach a person
	CodePlaceholder         Code = "placeholder"           // warning: a mark of another tool, which is said as it stands
)

// The codes of problems of any text are package tree's own.
const (
	CodeSyntax       Code = tree.CodeSyntax
	CodeTooLarge     Code = tree.CodeTooLarge
	CodeTooDeep      Code = tree.CodeTooDeep
	CodeDocuments    Code = tree.CodeDocuments
	CodeAnchor       Code = tree.CodeAnchor
	CodeTag          Code = tree.CodeTag
	CodeDuplicateKey Code = tree.CodeDuplicateKey
	CodeUnknownKey   Code = tree.CodeUnknownKey
	CodeMissingKey   Code = tree.CodeMissingKey
	CodeType         Code = tree.CodeType
	CodeValue        Code = tree.CodeValue
	CodeQuote        Code = tree.CodeQuote
	CodeEncoding     Code = tree.CodeEncoding
)

// The codes of problems of expressions are package expr's own.
const (
	CodeExpression    Code = expr.CodeExpression // bad syntax, a wrong type, an unknown name
	CodeUnknownVar    Code = expr.CodeUnknownVar
	CodeUnknownString Code = expr.CodeUnknownString
	CodeUnknownHours  Code = expr.CodeUnknownHours
	CodeCost          Code = expr.CodeCost     // too much work at worst
	CodeTimezone      Code = expr.CodeTimezone // times without a time zone
	CodeSecret        Code = expr.CodeSecret   // a secret outside of a call's headers
)

// Problem is something wrong with a definition, with its place.
type Problem = tree.Problem

// Problems is the error of a definition that was refused: all its problems, warnings too, in the
// order of the text.
type Problems []Problem

// Error names the first problem and counts the others.
func (ps Problems) Error() string { return tree.Summary("the bot", ps) }

// List writes all problems, one per line.
func (ps Problems) List() string { return tree.List(ps) }
