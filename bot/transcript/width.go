package transcript

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

const (
	joiner   = '\u200d' // joins emoji into one
	tab      = "    "
	ellipsis = "…"
)

// columns is how many columns a text takes on a terminal: Asian characters and most emoji take
// two, accents that follow their letter none. Terminals do not agree on all emoji.
func columns(text string) int {
	if isASCII(text) {
		return len(text)
	}
	return uniseg.StringWidth(text)
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Harmless replaces the control characters of a text, so that nothing that a contact or a server
// wrote moves the cursor or changes the terminal. Line breaks stay.
func Harmless(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '\n', c == joiner:
			return c
		case unicode.IsControl(c), unicode.Is(unicode.Bidi_Control, c):
			return unicode.ReplacementChar
		}
		return c
	}, strings.NewReplacer("\r\n", "\n", "\t", tab).Replace(text))
}

// wrap breaks a text into lines of at most limit columns, between words where that is possible.
func wrap(text string, limit int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(Harmless(text), "\n") {
		lines = append(lines, wrapParagraph(paragraph, limit)...)
	}
	return lines
}

func wrapParagraph(text string, limit int) []string {
	var lines []string
	line, width := "", 0
	for i, word := range strings.Split(text, " ") {
		wordWidth := columns(word)
		if i > 0 && width+1+wordWidth <= limit {
			line += " " + word
			width += 1 + wordWidth
			continue
		}
		if i > 0 {
			lines = append(lines, line)
		}
		pieces := chunks(word, limit) // several when it is longer than a line, such as a web address
		last := len(pieces) - 1
		lines = append(lines, pieces[:last]...)
		line, width = pieces[last], columns(pieces[last])
	}
	return append(lines, line)
}

// chunks breaks a text wherever a line is full.
func chunks(text string, limit int) []string {
	var all []string
	text = Harmless(text)
	for columns(text) > limit {
		head := fitting(text, limit)
		all = append(all, head)
		text = text[len(head):]
	}
	return append(all, text)
}

// fitting is the longest beginning of a text that fits in limit columns, and at least one
// character. What a reader sees as one character stays whole.
func fitting(text string, limit int) string {
	rest, width, state := text, 0, -1
	for rest != "" {
		_, after, w, next := uniseg.FirstGraphemeClusterInString(rest, state)
		width += w
		if width > limit && rest != text {
			break
		}
		rest, state = after, next
	}
	return text[:len(text)-len(rest)]
}

// clip shortens a text to one line of at most limit columns.
func clip(text string, limit int) string {
	text = strings.ReplaceAll(Harmless(text), "\n", " ")
	if columns(text) <= limit {
		return text
	}
	return fitting(text, limit-1) + ellipsis
}

// pad fills a text up with spaces to a width in columns.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-columns(text)))
}

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
