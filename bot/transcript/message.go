package transcript

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// paragraph is one text of a message as a person sees it: the body, a footer, a button.
type paragraph struct {
	text string
	// note is written in the margin: how to tap a button.
	note string
	// style is faint for what is less important, such as a footer.
	style style
}

// botMessage is a message of the bot as the contact sees it.
func botMessage(body json.RawMessage) []paragraph {
	s, _ := outbound.Parse(body)
	var message []paragraph
	switch {
	case s.Text != nil:
		message = []paragraph{{text: s.Text.Body}}
	case s.Interactive != nil:
		message = interactive(s.Interactive)
	case s.Template != nil:
		message = template(s.Template)
	case s.Location != nil:
		message = []paragraph{{text: location(s.Location.Name, s.Location.Address, s.Location.Latitude, s.Location.Longitude)}}
	case s.Reaction != nil:
		message = []paragraph{{text: s.Reaction.Emoji + " (a reaction)"}}
	case s.Contacts != nil:
		for _, c := range s.Contacts {
			message = append(message, paragraph{text: "[contact] " + c.Name.FormattedName})
		}
	default:
		message = sentMedia(&s)
	}
	return append(message, numbered(script.Choices(body))...)
}

func sentMedia(s *outbound.Message) []paragraph {
	for _, m := range []struct {
		kind  string
		media *outbound.Media
	}{
		{whatsapp.TypeImage, s.Image},
		{whatsapp.TypeAudio, s.Audio},
		{whatsapp.TypeVideo, s.Video},
		{whatsapp.TypeDocument, s.Document},
		{whatsapp.TypeSticker, s.Sticker},
	} {
		if m.media != nil {
			return media(m.kind, m.media.Filename, m.media.Link+m.media.ID, m.media.Caption)
		}
	}
	return []paragraph{{text: "[" + s.Type + "]"}}
}

func media(kind, filename, source, caption string) []paragraph {
	message := []paragraph{{text: strings.TrimSpace("[" + kind + "] " + filename)}}
	if source != "" {
		message = append(message, paragraph{text: source, style: faint})
	}
	if caption != "" {
		message = append(message, paragraph{text: caption})
	}
	return message
}

func location(name, address string, latitude, longitude float64) string {
	words := []string{"[location]", name, address, fmt.Sprintf("(%g, %g)", latitude, longitude)}
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " ")
}

func interactive(i *outbound.Interactive) []paragraph {
	var message []paragraph
	if h := i.Header; h != nil {
		text := h.Text
		if text == "" {
			text = "[" + h.Type + "]"
		}
		message = append(message, paragraph{text: "*" + text + "*"})
	}
	if i.Body != nil {
		message = append(message, paragraph{text: i.Body.Text})
	}
	if i.Footer != nil {
		message = append(message, paragraph{text: i.Footer.Text, style: faint})
	}
	if i.Type != outbound.InteractiveButton && i.Type != outbound.InteractiveList {
		message = append(message, paragraph{text: "[" + i.Type + "]", style: faint})
	}
	if i.Action != nil && i.Action.Button != "" {
		message = append(message, paragraph{text: "≡ " + i.Action.Button, style: faint})
	}
	if i.Action != nil {
		for _, c := range i.Action.Cards {
			if c.Body != nil {
				message = append(message, paragraph{text: fmt.Sprintf("card %d: %s", c.CardIndex+1, c.Body.Text)})
			}
		}
	}
	return message
}

func template(t *outbound.Template) []paragraph {
	message := []paragraph{{text: fmt.Sprintf("[template %s, %s]", t.Name, t.Language.Code)}}
	for _, c := range t.Components {
		for _, p := range c.Parameters {
			if p.Text != "" {
				message = append(message, paragraph{text: strings.ToLower(c.Type) + ": " + p.Text, style: faint})
			}
		}
	}
	return message
}

// numbered lists what can be tapped, with the numbers that can be typed instead.
func numbered(choices []script.Choice) []paragraph {
	var message []paragraph
	for i, c := range choices {
		text := fmt.Sprintf("%d [%s]", i+1, c.Title)
		if c.Kind == script.KindListReply {
			text = fmt.Sprintf("%d %s", i+1, c.Title)
		}
		message = append(message, paragraph{text: text, note: "tap: " + c.ID})
		if c.Description != "" {
			message = append(message, paragraph{text: "  " + c.Description, style: faint})
		}
	}
	return message
}

// userMessage is a message of the contact as the contact sees it.
func userMessage(raw json.RawMessage) []paragraph {
	m := whatsapp.DecodeMessage(raw)
	if m.Text != nil {
		return append(referred(&m), paragraph{text: m.Text.Body})
	}
	if id, title, ok := m.ReplyID(); ok {
		return []paragraph{{text: "[" + title + "]", note: script.PlainID(id)}}
	}
	if sent := m.Media(); sent != nil {
		return media(m.Type, sent.Filename, "", sent.Caption)
	}
	switch {
	case m.Location != nil:
		return []paragraph{{text: location(m.Location.Name, m.Location.Address, float64(m.Location.Latitude), float64(m.Location.Longitude))}}
	case m.Interactive != nil && m.Interactive.NFMReply != nil:
		return []paragraph{{text: "[form] " + m.Interactive.NFMReply.ResponseJSON}}
	case m.Reaction != nil:
		return []paragraph{{text: m.Reaction.Emoji + " (a reaction)"}}
	case len(m.Contacts) > 0:
		return []paragraph{{text: "[contact] " + m.Contacts[0].Name.FormattedName}}
	}
	return []paragraph{{text: "[" + cmp.Or(m.Type, "(none)") + "]"}}
}

func referred(m *whatsapp.Message) []paragraph {
	if m.Referral == nil {
		return nil
	}
	return []paragraph{{text: "[from an advertisement]", style: faint}}
}
