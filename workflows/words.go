package workflows

import (
	"cmp"
	"encoding/json"
	"strings"
	"unicode"

	"github.com/chattigo/api-isv/store"
)

const (
	// maxLines is how many last words operators see, maxWords how long each is, in characters.
	maxLines = 6
	maxWords = 80
)

// remark keeps an entry as one of the last words.
func (c *conversation) remark(e Entry) {
	line := "- " + e.At.Format("15:04:05") + " " + speaker(e.Direction) + " "
	if e.Direction == store.Note {
		line += harmless(e.Note)
	} else {
		line += harmless(words(e))
	}
	c.lines = append(c.lines, line)
	if len(c.lines) > maxLines {
		c.lines = c.lines[1:]
	}
}

func speaker(d store.Direction) string {
	switch d {
	case store.In:
		return "**contact**"
	case store.Out:
		return "**bot**"
	case store.Human:
		return "**person**"
	}
	return "*note*"
}

// words are what people read of a message: what was typed, tapped or said under a picture, or
// else its type.
func words(e Entry) string {
	type text struct{ Body, Text, Title, Caption string }
	type interactive struct {
		Body        text
		ButtonReply text `json:"button_reply"`
		ListReply   text `json:"list_reply"`
	}
	var m struct {
		Type                                              string
		Text, Button, Interactive, Image, Video, Document json.RawMessage
	}
	_ = json.Unmarshal(e.Body, &m) // what cannot be read has no words
	var in interactive
	_ = json.Unmarshal(m.Interactive, &in)
	found := []string{in.Body.Text, in.ButtonReply.Title, in.ListReply.Title}
	for _, part := range []json.RawMessage{m.Text, m.Button, m.Image, m.Video, m.Document} {
		var t text
		_ = json.Unmarshal(part, &t)
		found = append(found, t.Body, t.Text, t.Caption)
	}
	return cmp.Or(append(found, "<"+cmp.Or(m.Type, e.Type)+">")...)
}

// harmless is a text in a code span on one line: operators look at it in a browser, and the
// contact wrote it.
func harmless(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '`':
			return '\''
		case !unicode.IsGraphic(r):
			return ' '
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > maxWords {
		s = string(runes[:maxWords-1]) + "…"
	}
	return "`" + s + " `"
}
