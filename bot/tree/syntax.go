package tree

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// syntaxProblem is what the library found wrong with a text, in an author's words and where the
// cause is, as far as that can be told.
func (k Kind) syntaxProblem(src []byte, err error) Problem {
	if errors.Is(err, io.EOF) {
		return Problem{Line: 1, Column: 1, Code: CodeSyntax, Message: fmt.Sprintf("the %s is empty", k.Name)}
	}
	failed, ok := errors.AsType[*yaml.LoadError](err)
	if !ok {
		return Problem{Line: 1, Column: 1, Code: CodeSyntax, Message: "the text is not valid YAML"}
	}
	f := newFault(src, failed)
	p := f.explain(k)
	p.Line, p.Column = max(1, p.Line), max(1, p.Column)
	return p
}

// spot is a place in a text; line and column count from 1, columns count characters.
type spot struct{ line, column int }

// fault is an error of the library and the text in which it was found.
type fault struct {
	src   []byte
	lines []string
	// at is where the library gave up, from where what it was reading then begins; from is zero
	// when it does not say.
	at, from spot
	stage    yaml.Stage
	index    int // of the byte, in the reader's errors
	message  string
	context  string
}

func newFault(src []byte, e *yaml.LoadError) *fault {
	return &fault{
		src: src, lines: strings.Split(strings.ReplaceAll(string(src), "\r\n", "\n"), "\n"),
		at: spot{e.Mark.Line, e.Mark.Column}, from: spot{e.ContextMark.Line, e.ContextMark.Column},
		stage: e.Stage, index: e.Mark.Index, message: e.Message, context: e.ContextMsg,
	}
}

// line is the text of a line; empty behind the end.
func (f *fault) line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	return f.lines[n-1]
}

// split is the line of a place, before it and from it on.
func (f *fault) split(at spot) (before, rest string) {
	text := []rune(f.line(at.line))
	i := min(max(at.column-1, 0), len(text))
	return string(text[:i]), string(text[i:])
}

// explain finds the first cause that fits. What fits nowhere keeps the library's words.
func (f *fault) explain(k Kind) Problem {
	for _, cause := range []func(*fault) (spot, string){
		(*fault).character, (*fault).lineSeparator, (*fault).conflict, (*fault).directiveAlone, (*fault).tab, (*fault).oddIndent,
		(*fault).oddSpaceAbove, (*fault).unclosedQuote, (*fault).curlyQuote, (*fault).quoteInside,
		(*fault).commaMissing, (*fault).unclosedBracket, (*fault).bracketAbove, (*fault).spaceMissing, (*fault).blockText,
		(*fault).itemWithoutDash, (*fault).itemBesideKey, (*fault).keyWithoutColon, (*fault).colonInside, (*fault).indentation,
	} {
		if at, message := cause(f); message != "" {
			return Problem{Line: at.line, Column: at.column, Code: CodeSyntax, Message: "not valid YAML: " + message}
		}
	}
	code, message := f.byMessage(k)
	if strings.HasPrefix(f.context, "while scanning a directive") || code == CodeAnchor && f.from.line > 0 {
		f.at = f.from
	}
	if f.at.line > len(f.lines) { // behind the end of a text whose last line has none
		f.at = spot{len(f.lines), 1 + utf8.RuneCountInString(f.line(len(f.lines)))}
	}
	return Problem{Line: f.at.line, Column: f.at.column, Code: code, Message: message}
}

// character is one that no text may hold. The library reads ahead: it knows the byte, not the line.
func (f *fault) character() (spot, string) {
	if f.stage != yaml.ReaderStage || f.index < 0 || f.index >= len(f.src) {
		return spot{}, ""
	}
	line, column := placeOf(f.src, f.index)
	if f.src[f.index] == 0 {
		return spot{line, column}, "the text holds the character NUL; if it is UTF-16, save it as UTF-8"
	}
	r, _ := utf8.DecodeRune(f.src[f.index:])
	return spot{line, column}, fmt.Sprintf("the character U+%04X cannot be shown, and is not allowed", r)
}

// lineSeparator is a character that ends a line to YAML and to few editors, so that the library
// counts other lines than the author.
func (f *fault) lineSeparator() (spot, string) {
	at := strings.IndexAny(string(f.src), "\u0085\u2028\u2029")
	if at < 0 {
		return spot{}, ""
	}
	line, column := placeOf(f.src, at)
	r, _ := utf8.DecodeRune(f.src[at:])
	return spot{line, column}, fmt.Sprintf("the character U+%04X ends a line; write a plain line break, or a space", r)
}

func (f *fault) tab() (spot, string) {
	_, rest := f.split(f.at)
	if !strings.HasPrefix(rest, "\t") && !strings.Contains(f.message, "tab ") {
		return spot{}, ""
	}
	return f.at, "a tab cannot indent a line; use spaces"
}

// oddIndent is a line that begins with what only looks like a space.
func (f *fault) oddIndent() (spot, string) {
	for _, n := range []int{f.from.line, f.at.line} {
		line := f.line(n)
		text := strings.TrimLeft(line, " ")
		if r, _ := utf8.DecodeRuneInString(text); looksLikeSpace(r) {
			return spot{n, 1 + len(line) - len(text)}, fmt.Sprintf("the line is indented with the character U+%04X; indent with plain spaces", r)
		}
	}
	return spot{}, ""
}

// unclosedQuote is a text in quotes that goes on to the end.
func (f *fault) unclosedQuote() (spot, string) {
	if f.context != "while scanning a quoted scalar" || !strings.HasPrefix(f.message, "found unexpected") {
		return spot{}, ""
	}
	return f.from, "the text in quotes that begins here is never closed"
}

// curlyForm finds a quotation mark of a word processor where a text begins.
var curlyForm = regexp.MustCompile(`(?:^|[\s\[{,:])([“”„«»‘’])`)

func (f *fault) curlyQuote() (spot, string) {
	before, _ := f.split(f.at)
	at := curlyForm.FindStringSubmatchIndex(before)
	if at == nil {
		return spot{}, ""
	}
	mark := before[at[2]:at[3]]
	return spot{f.at.line, 1 + utf8.RuneCountInString(before[:at[2]])},
		fmt.Sprintf(`%s is no quotation mark here; write " or '`, mark)
}

// quoteInside is what stands behind a text in quotes: the text was meant to go on. Where the quote
// that ends it is the only one on its line, the text began on an earlier one, whose quote is missing.
func (f *fault) quoteInside() (spot, string) {
	before, rest := f.split(f.at)
	if strings.HasSuffix(before, " ") && strings.IndexAny(rest, `"'[{`) == 0 {
		return spot{}, "" // a comma is missing rather
	}
	before = strings.TrimRight(before, " ")
	if f.stage != yaml.ParserStage || !strings.HasSuffix(before, `"`) && !strings.HasSuffix(before, "'") {
		return spot{}, ""
	}
	mark := before[len(before)-1:]
	if quotes(before, mark)%2 == 1 {
		for n := f.at.line - 1; n > 0; n-- {
			if line := f.line(n); quotes(line, mark)%2 == 1 {
				return spot{n, 1 + utf8.RuneCountInString(line[:strings.LastIndex(line, mark)])},
					"the text in quotes that begins here is not closed on its line"
			}
		}
	}
	return f.at, fmt.Sprintf("the text in quotes ends before this; inside of it, %s is written %s", mark, map[string]string{`"`: `\"`, "'": "''"}[mark])
}

// quotes counts the quotation marks of a kind that are not escaped.
func quotes(line, mark string) int {
	return strings.Count(line, mark) - strings.Count(line, `\`+mark)
}

// unclosedBracket is a list or an object in brackets without an end: the line at which that was
// noticed, or one before it, is no deeper than the one on which it begins.
func (f *fault) unclosedBracket() (spot, string) {
	if !strings.HasPrefix(f.message, "did not find expected ','") {
		return spot{}, ""
	}
	if _, rest := f.split(f.at); strings.HasPrefix(rest, ":") && f.from.line == f.at.line {
		return f.at, colonInText
	}
	if before, rest := f.split(f.at); strings.HasPrefix(rest, "{") && (strings.HasSuffix(before, "$") || strings.HasPrefix(rest, "{{")) {
		return f.at, "between brackets, a text with { has to stand in quotes"
	}
	closing := f.message[len(f.message)-2 : len(f.message)-1]
	for n := f.from.line + 1; n <= f.at.line; n++ {
		if line := f.line(n); n > len(f.lines) || strings.TrimSpace(line) != "" && indent(line) <= indent(f.line(f.from.line)) ||
			strings.TrimSpace(line) == "" && n == f.at.line {
			return f.from, neverClosed(closing, f.line(f.from.line))
		}
	}
	return f.at, fmt.Sprintf("a comma or %s is missing before this", closing)
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// byMessage says in plain words what the library's message alone tells.
func (f *fault) byMessage(k Kind) (Code, string) {
	_, rest := f.split(f.at)
	begins, _ := utf8.DecodeRuneInString(rest)
	switch {
	case strings.HasPrefix(f.message, "exceeded max depth"):
		return CodeTooDeep, fmt.Sprintf("nested more than %d deep", k.Depth)
	case strings.HasPrefix(f.message, "unknown anchor"), strings.HasPrefix(f.message, "did not find expected alphabetic"):
		return CodeAnchor, "anchors (&) and aliases (*) are not allowed; put a text that begins with & or * in quotes"
	case f.message == "did not find expected node content" && begins == utf8.RuneError:
		return CodeSyntax, "not valid YAML: the text breaks off; a value or a closing bracket is missing"
	case f.message == "did not find expected node content" && (begins == ']' || begins == '}') && f.context == "while parsing a block node":
		return CodeSyntax, fmt.Sprintf("not valid YAML: no text begins with %c, and nothing is open that it closes; put a text in quotes", begins)
	case strings.HasPrefix(f.message, "mapping keys are not allowed"):
		return CodeSyntax, "not valid YAML: no text begins with ? and a space; put it in quotes"
	case strings.HasPrefix(f.message, "found character that cannot start any token"):
		return CodeSyntax, fmt.Sprintf("not valid YAML: no text begins with %c; put it in quotes", begins)
	}
	for _, known := range []struct{ part, explained string }{
		{"hexadecimal number", `the digits of this escape are missing; write \\ for a backslash, or use single quotes`},
		{"found unknown escape character", `in double quotes \ begins an escape, and this is none; write \\ for a backslash, or use single quotes`},
		{"found invalid Unicode character escape code", `this escape is no character by itself; write the character, such as 😀, instead`},
		{"found incompatible YAML document", "the text has to be YAML 1.2"},
		{"directive name", "no text begins with %; put it in quotes"},
		{"did not find expected node content", "a value is missing before this, or a comma is too many"},
		{"block sequence entries are not allowed", "a list begins on a line of its own, below its key"},
		{"did not find expected <document start>", "the text is complete before this"},
		{"did not find expected comment or line break", "behind | or > the line ends; put a text that begins with one in quotes"},
		{"found a comment without preceding whitespace", "# begins a comment; put a text with it in quotes"},
	} {
		if strings.Contains(f.message, known.part) {
			return CodeSyntax, "not valid YAML: " + known.explained
		}
	}
	return CodeSyntax, "not valid YAML: " + f.message
}
