package script

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/whatsapp"
)

// part is one line, or several, of a message as a person sees it.
type part struct {
	text string
	// note stands beside it: the id of a button.
	note string
	// faint is what is less important: a footer, a description.
	faint bool
}

// brief is a message of the bot in a few words.
func (e *Entry) brief() string {
	text := Visible(e.Body)
	if text != "" {
		text = string(quote(cut(text, maxOneLine)))
	} else {
		text = "a message of type " + typeOf(e.Body)
	}
	if e.State == "" {
		return text
	}
	return fmt.Sprintf("%s (state %s)", text, e.State)
}

func typeOf(body json.RawMessage) string {
	var b struct{ Type string }
	_ = json.Unmarshal(body, &b)
	return orNone(b.Type)
}

// outbound is a message of the bot as the contact sees it.
func outbound(body json.RawMessage) []part {
	s, _ := whatsapp.ParseSend(body)
	var parts []part
	switch {
	case s.Text != nil:
		parts = []part{{text: s.Text.Body}}
	case s.Interactive != nil:
		parts = interactive(s.Interactive)
	case s.Template != nil:
		parts = template(s.Template)
	case s.Location != nil:
		parts = []part{{text: place(s.Location.Name, s.Location.Address, s.Location.Latitude, s.Location.Longitude)}}
	case s.Reaction != nil:
		parts = []part{{text: s.Reaction.Emoji + " (a reaction)"}}
	case s.Contacts != nil:
		for _, c := range s.Contacts {
			parts = append(parts, part{text: "[contact] " + c.Name.FormattedName})
		}
	default:
		parts = sentMedia(&s)
	}
	return append(parts, numbered(Choices(body))...)
}

func sentMedia(s *whatsapp.Send) []part {
	for _, m := range []struct {
		kind  string
		media *whatsapp.SendMedia
	}{
		{whatsapp.TypeImage, s.Image},
		{whatsapp.TypeAudio, s.Audio},
		{whatsapp.TypeVideo, s.Video},
		{whatsapp.TypeDocument, s.Document},
		{whatsapp.TypeSticker, s.Sticker},
	} {
		if m.media != nil {
			return medium(m.kind, m.media.Filename, m.media.Link+m.media.ID, m.media.Caption)
		}
	}
	return []part{{text: "[" + s.Type + "]"}}
}

func medium(kind, filename, source, caption string) []part {
	parts := []part{{text: strings.TrimSpace("[" + kind + "] " + filename)}}
	if source != "" {
		parts = append(parts, part{text: source, faint: true})
	}
	if caption != "" {
		parts = append(parts, part{text: caption})
	}
	return parts
}

func place(name, address string, latitude, longitude float64) string {
	parts := []string{"[location]", name, address, fmt.Sprintf("(%g, %g)", latitude, longitude)}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

func interactive(i *whatsapp.SendInteractive) []part {
	var parts []part
	if h := i.Header; h != nil {
		text := h.Text
		if text == "" {
			text = "[" + h.Type + "]"
		}
		parts = append(parts, part{text: "*" + text + "*"})
	}
	if i.Body != nil {
		parts = append(parts, part{text: i.Body.Text})
	}
	if i.Footer != nil {
		parts = append(parts, part{text: i.Footer.Text, faint: true})
	}
	if i.Type != whatsapp.InteractiveButton && i.Type != whatsapp.InteractiveList {
		parts = append(parts, part{text: "[" + i.Type + "]", faint: true})
	}
	if i.Action != nil && i.Action.Button != "" {
		parts = append(parts, part{text: "≡ " + i.Action.Button, faint: true})
	}
	if i.Action != nil {
		for _, c := range i.Action.Cards {
			if c.Body != nil {
				parts = append(parts, part{text: fmt.Sprintf("card %d: %s", c.CardIndex+1, c.Body.Text)})
			}
		}
	}
	return parts
}

func template(t *whatsapp.SendTemplate) []part {
	parts := []part{{text: fmt.Sprintf("[template %s, %s]", t.Name, t.Language.Code)}}
	for _, c := range t.Components {
		for _, p := range c.Parameters {
			if p.Text != "" {
				parts = append(parts, part{text: strings.ToLower(c.Type) + ": " + p.Text, faint: true})
			}
		}
	}
	return parts
}

// numbered lists what can be tapped, with the numbers that can be typed instead.
func numbered(choices []Choice) []part {
	var parts []part
	for i, c := range choices {
		text := fmt.Sprintf("%d [%s]", i+1, c.Title)
		if c.Kind == kindRow {
			text = fmt.Sprintf("%d %s", i+1, c.Title)
		}
		parts = append(parts, part{text: text, note: "tap: " + c.ID})
		if c.Description != "" {
			parts = append(parts, part{text: "  " + c.Description, faint: true})
		}
	}
	return parts
}

// inbound is a message of the contact as the contact sees it.
func inbound(raw json.RawMessage) []part {
	m := whatsapp.DecodeMessage(raw)
	if m.Text != nil {
		return append(referred(&m), part{text: m.Text.Body})
	}
	if id, title, ok := m.ReplyID(); ok {
		return []part{{text: "[" + title + "]", note: PlainID(id)}}
	}
	if media := m.Media(); media != nil {
		return medium(m.Type, media.Filename, "", media.Caption)
	}
	switch {
	case m.Location != nil:
		return []part{{text: place(m.Location.Name, m.Location.Address, float64(m.Location.Latitude), float64(m.Location.Longitude))}}
	case m.Interactive != nil && m.Interactive.NFMReply != nil:
		return []part{{text: "[form] " + m.Interactive.NFMReply.ResponseJSON}}
	case m.Reaction != nil:
		return []part{{text: m.Reaction.Emoji + " (a reaction)"}}
	case len(m.Contacts) > 0:
		return []part{{text: "[contact] " + m.Contacts[0].Name.FormattedName}}
	}
	return []part{{text: "[" + orNone(m.Type) + "]"}}
}

func referred(m *whatsapp.Message) []part {
	if m.Referral == nil {
		return nil
	}
	return []part{{text: "[from an advertisement]", faint: true}}
}
