package diff

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Write writes changes for people: grouped, each with its lines in both files. The order of the changes
// is that of Compare.
func Write(w io.Writer, changes []Change) {
	group, name := "", ""
	for i, c := range changes {
		if c.Group != group {
			group, name = c.Group, ""
			if i > 0 {
				_, _ = fmt.Fprintln(w)
			}
			_, _ = fmt.Fprintln(w, group)
		}
		if c.Name != name && c.Path != "" {
			name = c.Name
			_, _ = fmt.Fprintf(w, "  %s\n", name)
		}
		c.write(w)
	}
}

func (c Change) write(w io.Writer) {
	indent, label := "    ", c.label()
	if c.Path == "" {
		indent, label = "  ", c.Name
	} else if c.Name == "" {
		indent = "  "
	}
	head := indent + label
	switch c.Kind {
	case Added:
		head = indent + "+ " + label
	case Removed:
		head = indent + "- " + label
	case Changed, Moved:
	}
	head = strings.TrimRight(head, " ") + " (" + c.lines() + ")"
	if c.Kind == Moved {
		head += " in another order"
	}
	if c.Words && c.Kind == Changed {
		_, _ = fmt.Fprintf(w, "%s\n%s%s", head, marked(indent+"  - ", c.Old), marked(indent+"  + ", c.New))
		return
	}
	_, _ = fmt.Fprintf(w, "%s: %s\n", head, c.values())
}

// values are the old and the new value on one line.
func (c Change) values() string {
	short := func(text string) string { return strings.ReplaceAll(text, "\n", "⏎") }
	switch c.Kind {
	case Added:
		return short(c.New)
	case Removed:
		return short(c.Old)
	case Changed, Moved:
	}
	return short(cmp.Or(c.Old, `""`)) + " → " + short(cmp.Or(c.New, `""`))
}

// marked writes each line of a text behind a mark.
func marked(mark, text string) string {
	return mark + strings.ReplaceAll(text, "\n", "\n"+mark) + "\n"
}

// lines are where a part stands in both files.
func (c Change) lines() string {
	switch {
	case c.OldLine == 0:
		return fmt.Sprintf("line %d of the new", c.NewLine)
	case c.NewLine == 0:
		return fmt.Sprintf("line %d of the old", c.OldLine)
	}
	return fmt.Sprintf("line %d → %d", c.OldLine, c.NewLine)
}

var (
	// option is a button or a row in a path, section the list around it.
	option  = regexp.MustCompile(`(?:interactive\.)?action\.(?:sections\[[^\]]*\]\.rows|buttons)\[([^\]]*)\](?:\.reply)?`)
	visible = regexp.MustCompile(`\.(?:text\.body|interactive\.body\.text|caption)$`)
	sayItem = regexp.MustCompile(`say\[(\d+)\]`)
)

// label is a path as people read it: "say 1, words", "say 2, option si, title".
func (c Change) label() string {
	text := visible.ReplaceAllString(c.Path, ".words")
	text = option.ReplaceAllString(text, "option $1")
	if !sayItem.MatchString(text) {
		return text
	}
	text = sayItem.ReplaceAllString(text, "say $1")
	before, after, found := strings.Cut(text, "say ")
	if !found {
		return text
	}
	return before + "say " + strings.ReplaceAll(strings.ReplaceAll(after, ".", ", "), "interactive, ", "")
}
