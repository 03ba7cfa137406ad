package transcript

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

const (
	joiner       = '\u200d' // joins emoji into one
	emojiForm    = '\ufe0f' // makes what stands before it an emoji
	firstTone    = '\U0001f3fb'
	lastTone     = '\U0001f3ff'
	replacement  = '\ufffd'
	tabulator    = "    "
	ellipsis     = "…"
	wideColumns  = 2
	widthOfPlain = 1
)

// columns is how wide a text is on a terminal: accents that stand on their own take no room,
// Asian characters and most emoji take two columns. Terminals do not agree on all emoji.
func columns(text string) int {
	n, last, joined := 0, 0, false
	for _, c := range text {
		w := columnsOf(c)
		switch {
		case c == emojiForm && last == widthOfPlain:
			n++ // ❤ is one column, ❤️ two
		case joined || c >= firstTone && c <= lastTone && last == wideColumns:
			w = 0
		}
		n += w
		joined = c == joiner
		last = w
	}
	return n
}

func columnsOf(c rune) int {
	switch {
	case c < 0x300: // nearly everything
		return widthOfPlain
	case unicode.In(c, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	switch width.LookupRune(c).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return wideColumns
	}
	return widthOfPlain
}

// harmless takes out of a text what a terminal would obey: what a contact or a server wrote must
// not move the cursor. Line breaks stay.
func harmless(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\n', c == joiner:
			return c
		case unicode.IsControl(c), unicode.Is(unicode.Bidi_Control, c):
			return replacement
		}
		return c
	}, strings.NewReplacer("\r\n", "\n", "\t", tabulator).Replace(text))
}

// wrap breaks a text into lines of at most so many columns, between words where that is possible.
func wrap(text string, limit int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(harmless(text), "\n") {
		lines = append(lines, wrapParagraph(paragraph, limit)...)
	}
	return lines
}

func wrapParagraph(text string, limit int) []string {
	var lines []string
	line := ""
	for i, word := range strings.Split(text, " ") {
		if i > 0 && columns(line)+1+columns(word) <= limit {
			line += " " + word
			continue
		}
		if i > 0 {
			lines = append(lines, line)
		}
		pieces := chunks(word, limit) // several when it is longer than a line, as a web address
		last := len(pieces) - 1
		lines = append(lines, pieces[:last]...)
		line = pieces[last]
	}
	return append(lines, line)
}

// chunks breaks a text wherever a line is full.
func chunks(text string, limit int) []string {
	var all []string
	text = harmless(text)
	for columns(text) > limit {
		head := fitting(text, limit)
		all = append(all, head)
		text = text[len(head):]
	}
	return append(all, text)
}

// fitting is the longest beginning of a text that fits, and at least one character.
func fitting(text string, limit int) string {
	end := 0
	for i, c := range text {
		next := i + len(string(c))
		if end > 0 && columns(text[:next]) > limit {
			break
		}
		end = next
	}
	return text[:end]
}

// clip shortens a text to one line of at most so many columns.
func clip(text string, limit int) string {
	text = strings.ReplaceAll(harmless(text), "\n", " ")
	if columns(text) <= limit {
		return text
	}
	return fitting(text, limit-1) + ellipsis
}

// pad fills a text up with blanks.
func pad(text string, to int) string { return text + strings.Repeat(" ", max(0, to-columns(text))) }

// wrapIndented wraps a line and gives each of its lines the indentation of the first.
func wrapIndented(line string, limit int) []string {
	text := strings.TrimLeft(line, " ")
	indentation := line[:len(line)-len(text)]
	lines := wrap(text, limit-len(indentation))
	for i := range lines {
		lines[i] = indentation + lines[i]
	}
	return lines
}
