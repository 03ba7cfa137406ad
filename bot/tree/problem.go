package tree

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// Code names a kind of problem. The codes are stable: tools may rely on them.
type Code string

// The codes of problems of any text. Those who read a tree have codes of their own beside them.
const (
	CodeSyntax       Code = "syntax"        // neither YAML nor JSON
	CodeTooLarge     Code = "too-large"     // more bytes or items than allowed
	CodeTooDeep      Code = "too-deep"      // nested too deeply
	CodeDocuments    Code = "documents"     // not exactly one document
	CodeAnchor       Code = "anchor"        // anchors, aliases and merge keys
	CodeTag          Code = "tag"           // YAML tags
	CodeDuplicateKey Code = "duplicate-key" //
	CodeUnknownKey   Code = "unknown-key"   //
	CodeMissingKey   Code = "missing-key"   //
	CodeType         Code = "type"          // a text where a list must be, and so on
	CodeValue        Code = "value"         // the right type but not an allowed value
	CodeQuote        Code = "quote"         // warning: a text that needs quotes: a boolean to other tools, or cut by a comment or a comma
	CodeEncoding     Code = "encoding"      // warning: the text seems to have been read in another encoding
)

// Place is a line and a column of a text, both from 1, columns in characters. The zero Place is for
// what stands in no text.
type Place struct{ Line, Column int }

// PlaceOf is where a node begins; the zero Place for nil.
func PlaceOf(n *yaml.Node) Place {
	if n == nil {
		return Place{}
	}
	return Place{n.Line, n.Column}
}

// Problem is something wrong with a text, with its place.
type Problem struct {
	// Line and Column count from 1; columns count characters.
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Code    Code   `json:"code"`
	Message string `json:"message"`
	// Warning marks what does not stop the text from being used.
	Warning bool `json:"warning,omitempty"`
	// Subject is what the problem is about, where one mistake shows in many places, such as a name
	// that is never declared: [Tidy] makes one problem of those with the same code and subject.
	Subject string `json:"-"`
}

// String writes the problem on one line: "3:7: warning: message [code]".
func (p Problem) String() string {
	level := ""
	if p.Warning {
		level = "warning: "
	}
	return fmt.Sprintf("%d:%d: %s%s [%s]", p.Line, p.Column, level, p.Message, p.Code)
}

// Fatal reports whether one of the problems stops the text from being used.
func Fatal(ps []Problem) bool {
	return slices.ContainsFunc(ps, func(p Problem) bool { return !p.Warning })
}

// Summary names the first problem that is no warning and counts the others. whose is what the text
// is called: "the bot".
func Summary(whose string, ps []Problem) string {
	first, n := "", 0
	for _, p := range ps {
		if !p.Warning {
			if n++; n == 1 {
				first = p.String()
			}
		}
	}
	if n > 1 {
		return fmt.Sprintf("%s has %d problems; the first at %s", whose, n, first)
	}
	return whose + " has a problem at " + first
}

// List writes all problems, one per line.
func List(ps []Problem) string {
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.String() + "\n")
	}
	return b.String()
}

// maxProblems bounds the list: a text of 256 KiB can have tens of thousands.
const maxProblems = 100

// Tidy sorts problems in the order of the text, removes duplicates, makes one of those about the same
// subject, and keeps at most 100 of them, errors rather than warnings.
func Tidy(ps []Problem) []Problem {
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
	ps = oncePerSubject(slices.Compact(ps))
	if len(ps) > maxProblems && Fatal(ps) {
		ps = slices.DeleteFunc(ps, func(p Problem) bool { return p.Warning })
	}
	ps = ps[:min(len(ps), maxProblems)]
	for i := range ps {
		ps[i].Message = brieflyNamed(ps[i].Message)
	}
	return ps
}

// Bounds of a message, in characters: what it quotes from the text, what is left of that where it is
// longer, and all of the message.
const (
	maxQuoted  = 80
	maxLeft    = 60
	maxMessage = 1500
)

// quotedPart matches what a message quotes.
var quotedPart = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// brieflyNamed is a message whose long names are cut: a key of a text may have as many bytes as the
// text.
func brieflyNamed(message string) string {
	if len(message) <= maxQuoted {
		return message
	}
	return cut(quotedPart.ReplaceAllStringFunc(message, func(quoted string) string {
		if utf8.RuneCountInString(quoted) <= maxQuoted+len(`""`) {
			return quoted
		}
		return cut(quoted, maxLeft) + `"`
	}), maxMessage)
}

// cut is a text of at most so many characters, and … where there were more.
func cut(text string, most int) string {
	if all := []rune(text); len(all) > most {
		return string(all[:most]) + "…"
	}
	return text
}

// oncePerSubject keeps the first problem about each subject, with the places of the others.
func oncePerSubject(ps []Problem) []Problem {
	type about struct {
		code    Code
		subject string
		warning bool
	}
	first, more := map[about]int{}, map[int][]Place{}
	kept := ps[:0]
	for _, p := range ps {
		key := about{p.Code, p.Subject, p.Warning}
		at, known := first[key]
		switch {
		case p.Subject == "":
			kept = append(kept, p)
		case known:
			more[at] = append(more[at], Place{p.Line, p.Column})
		default:
			first[key] = len(kept)
			kept = append(kept, p)
		}
	}
	for i := range kept {
		kept[i].Message += alsoAt(more[i])
	}
	return kept
}

// maxPlaces bounds the places that a problem lists; more nobody reads.
const maxPlaces = 5

// alsoAt is the end of a message that lists further places.
func alsoAt(places []Place) string {
	if len(places) == 0 {
		return ""
	}
	listed := make([]string, 0, maxPlaces)
	for _, at := range places[:min(len(places), maxPlaces)] {
		listed = append(listed, fmt.Sprintf("%d:%d", at.Line, at.Column))
	}
	text := " (also at " + strings.Join(listed, ", ")
	if rest := len(places) - maxPlaces; rest > 0 {
		text += fmt.Sprintf(" and %d more", rest)
	}
	return text + ")"
}
