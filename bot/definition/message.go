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

// message is one body without recipient, its reply ids without tag.
type Message struct {
	// send is the body, or a sample of it when segments say how it is rendered.
	Body     outbound.Message
	Segments []Segment
	// builtin is a sentence of ours, which nobody wrote; nil for all others.
	Builtin func(Sentences) string
	// when are the conditions under which it is said.
	When []*expr.Expr
	// node is where it was written; nil for what is built in.
	node *yaml.Node
	// templated are the scalars of node that hold expressions.
	templated map[*yaml.Node]*expr.Template
	// choices are what can be tapped to answer it. dynamic says that there are more, which are
	// known only when it is rendered.
	Choices []outbound.Choice
	Dynamic bool
}

// guessed says that what stands at a path comes from an expression, so that the sample says
// nothing about it.
func (m *Message) Guessed(path string) bool {
	return m.node != nil && m.templated[tree.Find(m.node, path)] != nil
}

// partly says that a text is an expression's only in parts.
func (m *Message) partly(path string) bool {
	t := m.templated[tree.Find(m.node, path)]
	return t != nil && !t.Whole()
}

// sort keeps the choices that the author wrote.
func (m *Message) sort(all []outbound.Choice) {
	for _, c := range all {
		if m.Guessed(c.Path+".id") || m.Guessed(c.Path+".payload") {
			m.Dynamic = true
			continue
		}
		m.Choices = append(m.Choices, c)
	}
}

// at finds the place of a path of send, as in "interactive.action.buttons[0].reply.id".
func (m *Message) at(path string) tree.Place { return placeOf(m.node, path) }

// idAt is the place of a choice's id.
func (m *Message) idAt(c outbound.Choice) tree.Place { return m.at(c.Path + ".id") }

// choicesOf are the buttons, rows and quick replies that send an id. A template's quick
// replies send their payload, and never carry a tag; those without one send their text,
// which stands in the template and is not known here.
func ChoicesOf(s outbound.Message) []outbound.Choice {
	all := s.Choices()
	if s.Template == nil {
		return all
	}
	const path = "template.components"
	all = append(all, payloadsOf(path, s.Template.Components)...)
	for i, c := range s.Template.Components {
		for j, card := range c.Cards {
			all = append(all, payloadsOf(fmt.Sprintf("%s[%d].cards[%d].components", path, i, j), card.Components)...)
		}
	}
	return all
}

func payloadsOf(path string, components []outbound.Component) []outbound.Choice {
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

// Answers to messages that have no reply ids.
const (
	AnswerForm       = "form"       // of a Flow, an address or a payment
	AnswerPermission = "permission" // to call
)

// answeredBy is what answers a message that asks for something else than a choice: a place,
// contacts, an order, a form or a permission; "" where there is nothing to answer.
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

// answering fills in the message that a body reacts to or quotes, where the definition
// leaves it open: nobody can know its id beforehand.
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
