package tree

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// opening finds brackets, and the parts of a line in which brackets mean nothing: texts in quotes and
// comments.
var opening = regexp.MustCompile(`"(?:\\.|[^"\\])*"|'[^']*'|(?:^| )#.*|[\[\]{}]`)

// startOfValue is what stands before a value of YAML.
var startOfValue = regexp.MustCompile(`(?:^\s*|[:,?\[{-])\s*$`)

// openBracket finds the innermost bracket that a line opens and does not close; at is its byte, or -1
// where there is none. comment is true if a closing bracket stands in a comment of the line.
func openBracket(line string) (at int, comment bool) {
	var open []int
	for _, m := range opening.FindAllStringIndex(line, -1) {
		switch text := strings.TrimSpace(line[m[0]:m[1]]); {
		case strings.HasPrefix(text, "#"):
			comment = strings.ContainsAny(text, "]}")
		case text == "]" || text == "}":
			open = open[:max(0, len(open)-1)]
		case (text == "[" || text == "{") && (len(open) > 0 || startOfValue.MatchString(line[:m[0]])):
			open = append(open, m[0])
		}
	}
	if len(open) == 0 {
		return -1, false
	}
	return open[len(open)-1], comment
}

// above is the last line before another one that is not blank; 0 where there is none.
func (f *fault) above(n int) int {
	for n--; n > 0 && strings.TrimSpace(f.line(n)) == ""; n-- {
	}
	return max(n, 0)
}

// ranOn reports whether the library read the line as the continuation of an earlier one.
func (f *fault) ranOn() bool {
	return slices.Contains([]string{"mapping values are not allowed in this context", "could not find expected ':'"}, f.message)
}

// keyBehindValue matches a value between braces, and a key behind it without a comma between.
var keyBehindValue = regexp.MustCompile(`[{,] *["']?[\w.*-]+["']?: +(true|false|[0-9]+[smhd]?|"[^"]*"|'[^']*'|[^\s"',{}\[\]]+) +([a-z_]+)$`)

// surely matches a value that ends before a space.
var surely = regexp.MustCompile(`^(?:true|false|[0-9]+[smhd]?|".*"|'.*')$`)

// commaMissing is a key between braces with no comma before it.
func (f *fault) commaMissing() (spot, string) {
	before, rest := f.split(f.at)
	m := keyBehindValue.FindStringSubmatchIndex(before)
	if m == nil || !strings.HasPrefix(rest, ": ") {
		return spot{}, ""
	}
	why := "a comma is missing before " + before[m[4]:m[5]]
	if !surely.MatchString(before[m[2]:m[3]]) {
		why += ", or a text with a colon and a space in it has to stand in quotes"
	}
	return spot{f.at.line, 1 + utf8.RuneCountInString(before[:m[4]])}, why
}

// bracketAbove is a bracket on an earlier line that is never closed, which the library has not
// noticed: it read the keys below as text inside of the bracket.
func (f *fault) bracketAbove() (spot, string) {
	if !f.ranOn() {
		return spot{}, ""
	}
	for n, lines := f.above(f.at.line), 0; n > 0 && lines < 9; n, lines = f.above(n), lines+1 {
		line := f.line(n)
		at, _ := openBracket(line)
		if at < 0 || indent(f.line(f.at.line)) > indent(line) {
			continue
		}
		closing := map[byte]string{'[': "]", '{': "}"}[line[at]]
		return spot{n, 1 + utf8.RuneCountInString(line[:at])}, neverClosed(closing, line)
	}
	return spot{}, ""
}

// neverClosed is the message about a bracket of a line; a comment may have taken away the one that closes it.
func neverClosed(closing, line string) string {
	why := "what begins here is never closed with " + closing
	if _, comment := openBracket(line); comment {
		why += "; # behind a space begins a comment, unless the text stands in quotes"
	}
	return why
}

// oddSpace is what only looks like a space, before or behind a key.
var oddSpace = regexp.MustCompile(`^ *(?:- +)?(?:([\x{85}\x{a0}\x{1680}\x{2000}-\x{200b}\x{202f}\x{205f}\x{3000}\x{feff}])[ \x{85}\x{a0}\x{1680}\x{2000}-\x{200b}\x{202f}\x{205f}\x{3000}\x{feff}]*["']?[\w.-]+["']?:|["']?[\w.-]+["']?:([\x{85}\x{a0}\x{1680}\x{2000}-\x{200b}\x{202f}\x{205f}\x{3000}\x{feff}]))`)

// oddSpaceAbove is a key with such a space, on the line itself or the one above it.
func (f *fault) oddSpaceAbove() (spot, string) {
	for _, n := range []int{f.above(f.at.line), f.at.line} {
		line := f.line(n)
		if m := oddSpace.FindStringSubmatchIndex(line); m != nil {
			at := max(m[2], m[4])
			r, _ := utf8.DecodeRuneInString(line[at:])
			return spot{n, 1 + utf8.RuneCountInString(line[:at])}, fmt.Sprintf("the character U+%04X only looks like a space; write a plain one", r)
		}
	}
	return spot{}, ""
}

// conflictMark is what git leaves where two changes do not fit.
var conflictMark = regexp.MustCompile(`(?m)^<{7} `)

func (f *fault) conflict() (spot, string) {
	at := conflictMark.FindIndex(f.src)
	if at == nil {
		return spot{}, ""
	}
	line, column := placeOf(f.src, at[0])
	return spot{line, column}, "a conflict of git begins here; decide what stays, and take its marks out"
}

// directiveAlone is a line such as %YAML 1.2 without the one that has to follow it.
func (f *fault) directiveAlone() (spot, string) {
	if !strings.HasPrefix(f.line(1), "%YAML ") || slices.ContainsFunc(f.lines, func(line string) bool { return strings.HasPrefix(line, "---") }) {
		return spot{}, ""
	}
	return spot{min(2, len(f.lines)), 1}, "behind the line that begins with % a line --- has to come"
}
