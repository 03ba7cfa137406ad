package workflows

import (
	"cmp"
	"encoding/json"
	"strings"
	"unicode"

	"github.com/chattigo/api-isv/store"
)

const (
	// maxLines is how many of the latest entries operators see; maxLine bounds each, in characters.
	maxLines = 6
	maxLine  = 80
)

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

// visibleText is what people read of a message: what was typed, tapped or written under a picture, or
// else its type. It decodes by itself, because the decoders of whatsapp serve one direction each and
// refuse or repair what has a wrong shape; here both directions and every shape have to come to one
// line, the same in every release.
func visibleText(e Entry) string {
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
	_ = json.Unmarshal(e.Body, &m) // without an object there is only the entry's type
	var in interactive
	if len(m.Interactive) > 0 {
		_ = json.Unmarshal(m.Interactive, &in)
	}
	found := []string{in.Body.Text, in.ButtonReply.Title, in.ListReply.Title}
	for _, content := range []json.RawMessage{m.Text, m.Button, m.Image, m.Video, m.Document} {
		if len(content) == 0 {
			continue
		}
		var t text
		_ = json.Unmarshal(content, &t)
		found = append(found, t.Body, t.Text, t.Caption)
	}
	return cmp.Or(append(found, "<"+cmp.Or(m.Type, e.Type)+">")...)
}

// codeSpan is a text in a code span of Markdown on one line: operators see it in a browser, and the
// contact wrote it.
func codeSpan(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '`':
			return '\''
		case !unicode.IsGraphic(r):
			return ' '
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > maxLine {
		s = string(runes[:maxLine-1]) + "…"
	}
	return "`" + s + " `"
}
