package definition

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// Message is one message that a bot may send, without recipient and with reply ids that have no tag.
type Message struct {
	// Body is the message; with Segments, a sample of it.
	Body outbound.Message
	// Segments are the JSON of the body where it holds expressions; nil where it holds none.
	Segments []Segment
	// Builtin picks a built-in sentence, in the language of the conversation; nil for messages of the
	// definition.
	Builtin func(Sentences) string
	// When are the conditions under which the message is said; all must hold.
	When []*expr.Expr
	// Each is a list: the message is said once for each of its elements, at most [MaxEach] times; nil
	// says it once.
	Each *expr.Expr
	// namesEach is set where an expression names each, the element.
	namesEach bool
	// node is where the message is written; nil for a built-in one.
	node *yaml.Node
	// templated are the scalars of node that hold expressions.
	templated map[*yaml.Node]*expr.Template
	// Choices are the buttons and rows with which it can be answered.
	Choices []outbound.Choice
	// Dynamic is true if there are more, which are known only when the message is rendered.
	Dynamic bool
}

// Guessed reports whether the value at a path of the body comes from an expression, so that Body
// holds only a sample of it.
func (m *Message) Guessed(path string) bool {
	return m.templated[tree.Find(m.node, path)] != nil
}

// partlyGuessed reports whether a text holds an expression and literal text too.
func (m *Message) partlyGuessed(path string) bool {
	t := m.templated[tree.Find(m.node, path)]
	return t != nil && !t.Whole()
}

// setSegments keeps what was written of the message.
func (m *Message) setSegments(w *bodyWriter) {
	m.Segments, m.templated = w.finish(), w.templated
	for _, t := range w.templated {
		m.namesEach = m.namesEach || t.NamesEach()
	}
}

// setChoices keeps the choices whose ids stand in the text; others make the message dynamic.
func (m *Message) setChoices(all []outbound.Choice) {
	for _, c := range all {
		if m.Guessed(c.Path+".id") || m.Guessed(c.Path+".payload") {
			m.Dynamic = true
			continue
		}
		m.Choices = append(m.Choices, c)
	}
}

// at is the place of a path of Body, such as "interactive.action.buttons[0].reply.id".
func (m *Message) at(path string) tree.Place { return tree.PlaceOf(tree.Find(m.node, path)) }

// idAt is the place of a choice's id.
func (m *Message) idAt(c outbound.Choice) tree.Place { return m.at(c.Path + ".id") }

// ChoicesOf are the buttons, rows and quick replies of a body that send an id. A template's quick
// replies send their payload, and never carry a tag; those without one send their text,
// which stands in the template and is not known here.
func ChoicesOf(body outbound.Message) []outbound.Choice {
	all := body.Choices()
	if body.Template == nil {
		return all
	}
	const path = "template.components"
	all = append(all, quickReplies(path, body.Template.Components)...)
	for i, c := range body.Template.Components {
		for j, card := range c.Cards {
			all = append(all, quickReplies(fmt.Sprintf("%s[%d].cards[%d].components", path, i, j), card.Components)...)
		}
	}
	return all
}

// quickReplies are the quick replies with a payload among some components of a template.
func quickReplies(path string, components []outbound.Component) []outbound.Choice {
	var all []outbound.Choice
	for i, c := range components {
		if !strings.EqualFold(c.SubType, "quick_reply") {
			continue
		}
		for j, p := range c.Parameters {
			if p.Payload != "" {
				all = append(all, outbound.Choice{Path: fmt.Sprintf("%s[%d].parameters[%d]", path, i, j), ID: p.Payload})
			}
		}
	}
	return all
}

// What [Message.AnsweredBy] gives beside the types of messages.
const (
	AnswerForm       = "form"       // a Flow, an address or a payment was filled in
	AnswerPermission = "permission" // the contact allowed or refused calls
)

// AnsweredBy is what answers a message that asks for something other than a choice: a location,
// contacts, an order, a form or a permission; "" for all other messages.
func (m *Message) AnsweredBy() string {
	if m.Body.Interactive == nil {
		return ""
	}
	switch m.Body.Interactive.Type {
	case outbound.InteractiveFlow, outbound.InteractiveAddress, outbound.InteractiveOrderDetails:
		return AnswerForm
	case outbound.InteractiveLocationRequest:
		return whatsapp.TypeLocation
	case outbound.InteractiveContactInfoRequest:
		return whatsapp.TypeContacts
	case outbound.InteractiveProduct, outbound.InteractiveProductList, outbound.InteractiveCatalog:
		return whatsapp.TypeOrder
	case outbound.InteractiveCallPermission:
		return AnswerPermission
	}
	return ""
}

// FillMessageID sets the id of the message that a body reacts to or quotes, where the definition
// leaves it open: an author cannot know it. It returns a copy.
func FillMessageID(body outbound.Message, id string) outbound.Message {
	if body.Reaction != nil && body.Reaction.MessageID == "" {
		r := *body.Reaction
		r.MessageID = id
		body.Reaction = &r
	}
	if body.Context != nil && body.Context.MessageID == "" {
		body.Context = &outbound.Context{MessageID: id}
	}
	return body
}

// WithRecipientType sets the recipient type "individual" where the body has none, as the API's
// documentation does for everything but templates.
func WithRecipientType(body outbound.Message) outbound.Message {
	if body.RecipientType == "" && body.Type != outbound.TypeTemplate {
		body.RecipientType = outbound.Individual
	}
	return body
}

// SampleBody is the body with sample values for what is known only when it is sent: the recipient,
// and the message that it reacts to or quotes.
func SampleBody(body outbound.Message) outbound.Message {
	body.To = "56900000000"
	return FillMessageID(body, "wamid.0")
}
