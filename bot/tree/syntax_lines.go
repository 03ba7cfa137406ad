package tree

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// startForm matches how a line begins where a space is missing: behind the dash of an item, or behind
// the colon of a key. A web address is no key, and three dashes are no item.
var startForm = regexp.MustCompile(`^ *((?:- +)*)(?:(-)[^\s-]|(["']?[\w.]+["']?:)[^\s/:])`)

// spaceMissing is a line without a space behind its dash or its colon, where the library took the
// text for one that goes on.
func (f *fault) spaceMissing() (spot, string) {
	if !f.ranOn() && !f.fitsNothing() {
		return spot{}, ""
	}
	for _, n := range []int{f.from.line, f.above(f.at.line), f.at.line} {
		line := f.line(n)
		m := startForm.FindStringSubmatchIndex(line)
		if m == nil {
			continue
		}
		end, what := max(m[5], m[7]), "dash"
		if m[7] >= 0 {
			what = "colon"
		}
		return spot{n, utf8.RuneCountInString(line[:end])},
			fmt.Sprintf("a space is missing behind the %s; write %s %s", what, strings.TrimLeft(line[m[3]:end], " "), brief(line[end:]))
	}
	return spot{}, ""
}

// brief is the beginning of a line, to be quoted.
func brief(line string) string {
	const most = 30 // characters
	if all := []rune(strings.TrimSpace(line)); len(all) > most {
		return string(all[:most]) + "…"
	}
	return strings.TrimSpace(line)
}

// blockForm finds a | or > behind which a text of several lines begins.
var blockForm = regexp.MustCompile(`(?:^ *|[-:] +)([|>])[+-]?[1-9]?[+-]? *(?:#.*)?$`)

// blockText is a line that belongs to a text behind | or >, and is not indented as its first line is.
func (f *fault) blockText() (spot, string) {
	failed := f.at.line
	if f.message == "could not find expected ':'" {
		failed = f.from.line
	}
	if !f.ranOn() && !f.fitsNothing() || startsItem(f.line(failed)) {
		return spot{}, ""
	}
	depth := indent(f.line(failed))
	n := f.above(failed)
	for n > 0 && indent(f.line(n)) > depth && !blockForm.MatchString(f.line(n)) {
		n = f.above(n)
	}
	m := blockForm.FindStringSubmatch(f.line(n))
	if m == nil || depth < indent(f.line(n)) {
		return spot{}, ""
	}
	return spot{failed, 1 + depth}, fmt.Sprintf(
		"this line belongs to the text that begins behind %s on line %d; indent all lines of that text alike, deeper than line %[2]d", m[1], n)
}

func (f *fault) keyWithoutColon() (spot, string) {
	if f.message != "could not find expected ':'" {
		return spot{}, ""
	}
	return f.from, noKey
}

const noKey = "this is neither “key: value” nor a part of the text above it; write a colon and a space behind the key, or put a text of several lines in quotes"

const colonInText = "a text with a colon and a space in it has to stand in quotes"

// colonInside is a second colon on a line, or a key where a text of the line above goes on.
func (f *fault) colonInside() (spot, string) {
	if f.message != "mapping values are not allowed in this context" {
		return spot{}, ""
	}
	before, _ := f.split(f.at)
	if strings.Contains(before, ": ") {
		return f.at, colonInText
	}
	if n := f.above(f.at.line); n > 0 && indent(f.line(n)) == indent(f.line(f.at.line)) {
		return spot{n, 1 + indent(f.line(n))}, noKey
	}
	return f.at, "this line goes on with the text of the line above it; indent it like that line, or put a text of several lines in quotes"
}

// fitsNothing reports whether the library met something that belongs to no list or object that is open.
func (f *fault) fitsNothing() bool {
	return strings.HasPrefix(f.message, "did not find expected key") || strings.HasPrefix(f.message, "did not find expected '-'")
}

// itemWithoutDash is a line as deep as the items of a list, and without a dash.
func (f *fault) itemWithoutDash() (spot, string) {
	failed := f.at.line
	if f.message == "could not find expected ':'" {
		failed = f.from.line
	}
	if !f.ranOn() && !f.fitsNothing() {
		return spot{}, ""
	}
	depth := indent(f.line(failed))
	n := f.above(failed)
	for n > 0 && indent(f.line(n)) > depth {
		n = f.above(n)
	}
	if indent(f.line(n)) != depth || !startsItem(f.line(n)) || startsItem(f.line(failed)) {
		return spot{}, ""
	}
	return spot{failed, 1 + depth},
		fmt.Sprintf("this stands where the items of a list stand, as on line %d, and has no - before it; write one, or indent the line as what it belongs to", n)
}

// startsItem reports whether a line begins an item of a list.
func startsItem(line string) bool { return strings.HasPrefix(strings.TrimSpace(line)+" ", "- ") }

// itemBesideKey is an item as deep as a key that has a value already.
func (f *fault) itemBesideKey() (spot, string) {
	line := f.line(f.at.line)
	if !f.fitsNothing() || !startsItem(line) {
		return spot{}, ""
	}
	n := f.above(f.at.line)
	for n > 0 && indent(f.line(n)) > indent(line) {
		n = f.above(n)
	}
	if n == 0 || indent(f.line(n)) != indent(line) || startsItem(f.line(n)) {
		return spot{}, ""
	}
	return f.at, fmt.Sprintf("this item of a list stands beside line %d, which has a value already; write each item on a line of its own below the key", n)
}

// indentation is a line whose beginning fits nothing that is open.
func (f *fault) indentation() (spot, string) {
	before, _ := f.split(f.at)
	if !f.fitsNothing() {
		return spot{}, ""
	}
	if strings.TrimSpace(before) != "" {
		return f.at, "this does not belong to what stands before it on the line; put the whole text in quotes"
	}
	return f.at, fmt.Sprintf("this line is indented by %s, which fits nothing above it%s", spaces(f.at.column-1), f.depths())
}

func spaces(n int) string {
	if n == 1 {
		return "1 space"
	}
	return fmt.Sprintf("%d spaces", n)
}

// depths are the depths at which the line could stand: those of lines above it that are still open.
func (f *fault) depths() string {
	item := startsItem(f.line(f.at.line))
	deeper, other := "", ""
	for n, least := f.above(f.at.line), 1<<20; n > 0 && other == ""; n = f.above(n) {
		depth, found := f.opens(n, item)
		if indent(f.line(n)) >= least || strings.HasPrefix(strings.TrimSpace(f.line(n)), "#") {
			continue
		}
		least = indent(f.line(n))
		switch {
		case !found:
		case depth < f.at.column-1:
			other = fmt.Sprintf("%d as on line %d", depth, n)
		case depth > f.at.column-1:
			deeper = fmt.Sprintf("%d as on line %d", depth, n)
		}
	}
	switch {
	case deeper != "" && other != "":
		return "; write " + deeper + ", or " + other
	case deeper+other != "":
		return "; write " + deeper + other
	}
	return ""
}

// dashes matches what stands before the first key of an item.
var dashes = regexp.MustCompile(`^ *(?:- +)+`)

// opens is the depth at which a line opens a list, if an item is asked for, or else an object.
func (f *fault) opens(n int, item bool) (depth int, ok bool) {
	line := f.line(n)
	before := dashes.FindString(line)
	if item {
		return indent(line), before != ""
	}
	if before == "" {
		return indent(line), true
	}
	return len(before), strings.Contains(line, ":")
}
