package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/rivo/uniseg"
)

// Width of the chat and of a line in a bubble, in characters.
const (
	chatWidth   = 72
	bubbleWidth = 46
)

// screen prints a chat: the bot on the left, the contact on the right.
type screen struct {
	out   io.Writer
	color bool
}

// newScreen uses colors if the output is a terminal and noColor is not set.
func newScreen(out io.Writer, noColor bool) *screen {
	return &screen{out: out, color: !noColor && isTerminal(out)}
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Styles of a terminal.
const (
	styleBot     = "36"
	styleContact = "32"
	styleNotice  = "33"
	styleFaint   = "2"
)

func (s *screen) styled(style, text string) string {
	if !s.color {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

func (s *screen) title(right, left string) {
	gap := max(1, chatWidth-uniseg.StringWidth(left)-uniseg.StringWidth(right))
	fmt.Fprintf(s.out, "\n%s\n%s\n", s.styled(styleFaint, left+strings.Repeat(" ", gap)+right),
		s.styled(styleFaint, strings.Repeat("─", chatWidth)))
}

func (s *screen) bot(lines ...string) { s.bubble(styleBot, 0, lines) }

func (s *screen) contact(lines ...string) { s.bubble(styleContact, chatWidth, lines) }

// notice prints the close notice, which the contact does not get.
func (s *screen) notice(body string) {
	fmt.Fprintf(s.out, "\n%s\n%s\n", s.styled(styleFaint, "→ to the ISV, not to the contact: the chat is closed"),
		s.styled(styleNotice, printable(body)))
}

func (s *screen) note(format string, args ...any) {
	fmt.Fprintf(s.out, "\n%s\n", s.styled(styleFaint, fmt.Sprintf(format, args...)))
}

// bubble prints lines in a box; right is the column of its right edge, 0 for one that
// begins at the left.
func (s *screen) bubble(style string, right int, lines []string) {
	var wrapped []string
	width := 0
	for _, line := range lines {
		for _, part := range wrap(printable(line), bubbleWidth) {
			wrapped = append(wrapped, part)
			width = max(width, uniseg.StringWidth(part))
		}
	}
	indent := strings.Repeat(" ", max(0, right-width-4))
	fmt.Fprintln(s.out, indent+s.styled(style, "╭"+strings.Repeat("─", width+2)+"╮"))
	for _, line := range wrapped {
		padding := strings.Repeat(" ", width-uniseg.StringWidth(line))
		fmt.Fprintln(s.out, indent+s.styled(style, "│ ")+line+padding+s.styled(style, " │"))
	}
	fmt.Fprintln(s.out, indent+s.styled(style, "╰"+strings.Repeat("─", width+2)+"╯"))
}

// printable removes control characters, with which a reply could change the terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return -1
		}
		return r
	}, text)
}

// wrap breaks text into lines of at most width characters, between words where it can.
func wrap(text string, width int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		line := ""
		for word := range strings.FieldsSeq(paragraph) {
			for uniseg.StringWidth(word) > width {
				head := string([]rune(word)[:width])
				lines, line, word = appendLine(lines, line), "", word[len(head):]
				lines = append(lines, head)
			}
			if line != "" && uniseg.StringWidth(line)+1+uniseg.StringWidth(word) > width {
				lines, line = append(lines, line), ""
			}
			line = strings.TrimSpace(line + " " + word)
		}
		lines = append(lines, line)
	}
	return lines
}

func appendLine(lines []string, line string) []string {
	if line == "" {
		return lines
	}
	return append(lines, line)
}
