package outbound

import (
	"fmt"
	"strings"
)

// Rule names a rule that a message breaks. The names are stable.
type Rule string

const (
	// RuleRequired is broken by what is missing or empty.
	RuleRequired Rule = "required"
	// RuleMaxChars is broken by a text of too many code points.
	RuleMaxChars Rule = "max_chars"
	// RuleMaxUnits is broken by a text of too many UTF-16 units; always a warning, as WhatsApp
	// does not say what it counts.
	RuleMaxUnits Rule = "max_utf16"
	// RuleMinItems is broken by a list that is too short.
	RuleMinItems Rule = "min_items"
	// RuleMaxItems is broken by a list that is too long.
	RuleMaxItems Rule = "max_items"
	// RuleUnique is broken by a repeated id or title.
	RuleUnique Rule = "unique"
	// RuleTrimmed is broken by space at an end.
	RuleTrimmed Rule = "trimmed"
	// RuleValue is broken by a value that is not one of those allowed.
	RuleValue Rule = "value"
	// RuleExclusive is broken by things that exclude each other.
	RuleExclusive Rule = "exclusive"
	// RuleUTF8 is broken by bytes that are not UTF-8.
	RuleUTF8 Rule = "utf8"
	// RuleType is broken by a JSON value of the wrong type.
	RuleType Rule = "type"
	// RuleUnknown is broken by a key that the body does not have.
	RuleUnknown Rule = "unknown_key"
	// RuleVersion is broken by what the Graph version of the channel does not have.
	RuleVersion Rule = "version"
)

// Problem is one rule that a message breaks, and where.
type Problem struct {
	// Path leads to the field, as in "interactive.action.buttons[0].reply.title".
	Path string
	Rule Rule
	// Limit and Found are numbers where the rule is about numbers: code points or items.
	Limit int
	Found int
	// Want says what is allowed where the rule is about values, and which keys there are where it is
	// about a key.
	Want string
	// Feature is the one that the Graph version lacks, where the rule is about versions.
	Feature string
	// Warning marks what WhatsApp may take but should not be relied on.
	Warning bool
}

// String is one clause, without the value itself.
func (p Problem) String() string {
	if p.Path == "" {
		p.Path = "the body"
	}
	switch p.Rule {
	case RuleRequired:
		return p.Path + " is required"
	case RuleMaxChars:
		if p.Warning {
			return fmt.Sprintf("%s has %d characters, more than %d may be refused", p.Path, p.Found, p.Limit)
		}
		return fmt.Sprintf("%s has %d characters, at most %d are allowed", p.Path, p.Found, p.Limit)
	case RuleMaxUnits:
		return fmt.Sprintf("%s has %d UTF-16 units, more than %d may be refused", p.Path, p.Found, p.Limit)
	case RuleMinItems:
		return fmt.Sprintf("%s has %d items, at least %d are needed", p.Path, p.Found, p.Limit)
	case RuleMaxItems:
		if p.Warning {
			return fmt.Sprintf("%s has %d items, more than %d may be refused", p.Path, p.Found, p.Limit)
		}
		return fmt.Sprintf("%s has %d items, at most %d are allowed", p.Path, p.Found, p.Limit)
	case RuleUnique:
		return p.Path + " is the same as an earlier one"
	case RuleTrimmed:
		return p.Path + " must not begin or end with space"
	case RuleUTF8:
		return p.Path + " is not valid UTF-8"
	case RuleExclusive:
		return p.Path + " must be exactly one of " + p.Want
	case RuleUnknown:
		return p.Path + " is not a known key"
	case RuleVersion:
		return p.Path + " needs " + p.Feature + ", which " + p.Want + " does not have"
	default: // RuleValue, RuleType
		return p.Path + " must be " + p.Want
	}
}

// Invalid is the error of a body that WhatsApp would refuse.
type Invalid struct {
	Problems []Problem
}

// Error names the first problems and counts the others.
func (e *Invalid) Error() string {
	const shown = 3
	clauses := make([]string, 0, shown)
	for _, p := range e.Problems[:min(shown, len(e.Problems))] {
		clauses = append(clauses, p.String())
	}
	text := "invalid message: " + strings.Join(clauses, "; ")
	if more := len(e.Problems) - shown; more > 0 {
		text += fmt.Sprintf("; and %d more", more)
	}
	return text
}

func hasErrors(problems []Problem) bool {
	for _, p := range problems {
		if !p.Warning {
			return true
		}
	}
	return false
}
