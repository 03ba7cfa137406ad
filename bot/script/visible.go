package script

import (
	"encoding/json"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// Choice is something in a message that can be tapped.
type Choice struct {
	// ID is the reply id as the definition has it, Sent as it went out, with its tag.
	ID, Sent string
	// Title is what the contact sees; of a template's quick reply only its payload is known.
	Title, Description string
	// Kind is how the answer comes: button_reply, list_reply, or button for those of a template.
	Kind string
}

const (
	kindButton = "button_reply"
	// KindListReply is the kind of a row of a list.
	KindListReply = "list_reply"
	kindTemplate  = "button"
)

// lenient is a body that has been checked already, so that it can be read without whatsapp's
// care for mistakes, in a fraction of the time.
type lenient outbound.Message

// Choices lists what can be tapped in a body, in order.
func Choices(body json.RawMessage) []Choice {
	var read lenient
	_ = json.Unmarshal(body, &read) // parameters of an action cannot be read, and hold no choices
	s := outbound.Message(read)
	var all []Choice
	for _, c := range definition.ChoicesOf(s) {
		if s.Template != nil {
			all = append(all, Choice{ID: c.ID, Sent: c.ID, Title: c.ID, Kind: kindTemplate})
			continue
		}
		all = append(all, Choice{ID: PlainID(c.ID), Sent: c.ID, Title: c.Title, Kind: kindButton})
	}
	if i := s.Interactive; i != nil && i.Type == outbound.InteractiveList && i.Action != nil {
		describe(all, i.Action)
	}
	return all
}

// describe adds what only the rows of a list have. They come in the order of the choices.
func describe(choices []Choice, a *outbound.Action) {
	i := 0
	for _, section := range a.Sections {
		for _, row := range section.Rows {
			choices[i].Kind, choices[i].Description = KindListReply, row.Description
			i++
		}
	}
}

// PlainID is a reply id without its tag, as the definition has it.
func PlainID(id string) string {
	plain, _ := definition.SplitTag(id)
	return plain
}

func plainIDs(choices []Choice) []string {
	ids := make([]string, len(choices))
	for i, c := range choices {
		ids[i] = c.ID
	}
	return ids
}

// Visible is what can be read in a body: the text, the body of an interactive message, or a
// caption; empty for everything else.
func Visible(body json.RawMessage) string {
	var b struct {
		Text                   struct{ Body string }
		Image, Video, Document struct{ Caption string }
		Interactive            struct{ Body struct{ Text string } }
	}
	_ = json.Unmarshal(body, &b) // what cannot be read shows nothing
	for _, text := range []string{b.Text.Body, b.Interactive.Body.Text, b.Image.Caption, b.Video.Caption, b.Document.Caption} {
		if text != "" {
			return text
		}
	}
	return ""
}
