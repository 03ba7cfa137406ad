package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"

	"golang.org/x/term"
)

// table prints rows in columns, with a line of headings above them.
func (p *program) table(headings []string, rows [][]string) error {
	return p.rows(append([][]string{headings}, rows...))
}

// controls reports whether a character controls a terminal, or turns around what stands beside it. Such
// ones may come from a server, from a definition, or from what a contact has written.
func controls(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r)
}

// harmless is a text in which characters that control a terminal are replaced.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if controls(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// harmlessJSON is the same JSON, with such characters escaped: tools read what was sent.
func harmlessJSON(text []byte) []byte {
	if !bytes.ContainsFunc(text, controls) {
		return text
	}
	var escaped bytes.Buffer
	for _, r := range string(text) {
		if controls(r) {
			fmt.Fprintf(&escaped, `\u%04x`, r) // JSON has such ones in its strings only
		} else {
			escaped.WriteRune(r)
		}
	}
	return escaped.Bytes()
}

// rows prints rows in columns. A cell stays in its own.
func (p *program) rows(rows [][]string) error {
	out := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	oneCell := strings.NewReplacer("\t", " ", "\n", " ")
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, text := range row {
			cells[i] = harmless(oneCell.Replace(text))
		}
		if _, err := fmt.Fprintln(out, strings.Join(cells, "\t")); err != nil {
			return err
		}
	}
	return out.Flush()
}

// choose returns yes if the condition holds, else no.
func choose(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// now is the time in the precision that the database keeps.
func now() time.Time { return time.Now().UTC().Truncate(time.Millisecond) }

// plural writes a count: "1 file", "2 files".
func plural(n int, what string) string {
	return fmt.Sprintf("%d %s", n, what) + choose(n == 1, "", "s")
}

// Widths of what is drawn, in columns: without COLUMNS, and at most.
const (
	defaultWidth = 80
	maxWidth     = 120
)

// width is the width of the terminal in columns, if the shell exports it.
func (p *program) width() int {
	columns, err := strconv.Atoi(p.environ["COLUMNS"])
	if err != nil || columns <= 0 {
		return defaultWidth
	}
	return min(columns, maxWidth)
}

// color reports whether the output is a terminal that wants colours.
func (p *program) color() bool {
	return isTerminal(p.stdout) && p.environ["NO_COLOR"] == "" && p.environ["TERM"] != "dumb"
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// terminal is the terminal at which the person types, if the standard input is one.
func (p *program) terminal() (descriptor int, ok bool) {
	file, ok := p.stdin.(*os.File)
	if !ok {
		return 0, false
	}
	descriptor = int(file.Fd()) // #nosec G115 -- a descriptor is small
	return descriptor, term.IsTerminal(descriptor)
}

// askHidden asks for a line at the terminal, which does not show it; ok is false without a terminal.
func (p *program) askHidden(prompt string) (typed string, ok bool, err error) {
	descriptor, ok := p.terminal()
	if !ok {
		return "", false, nil
	}
	_, _ = fmt.Fprint(p.stderr, prompt)
	line, err := term.ReadPassword(descriptor)
	_, _ = fmt.Fprintln(p.stderr)
	return string(line), true, err
}
