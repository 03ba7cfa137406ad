package bot

import (
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// offer is what messages that were said offer.
type offer struct {
	options []Option
	// by are the ways in which taps on them come back, forms hashes of the tokens of their Flows.
	by    []string
	forms []string
	// asking is the message that says what is asked: the last interactive one or template, else
	// the last. nil when nothing was said.
	asking   *Send
	tappable bool
}

// add counts a body that was said; sent is nil for one that was not.
func (o *offer) add(body outbound.Message, options []Option, sent *Send) {
	if tappable := body.Interactive != nil || body.Template != nil; tappable || !o.tappable {
		o.asking, o.tappable = sent, tappable
	}
	o.options = append(o.options, options...)
	for _, way := range waysOf(body) {
		if !slices.Contains(o.by, way) {
			o.by = append(o.by, way)
		}
	}
	for _, token := range flowTokens(body) {
		o.forms = append(o.forms, shortHash(token))
	}
}

// Ways in which a tap comes back, as the webhook names them.
const (
	wayButton = "button_reply"
	wayRow    = "list_reply"
	// wayTemplate is the tap on a template's quick reply, whose message is of type "button".
	wayTemplate = whatsapp.TypeButton
	// wayCard is on the cards of a carousel, of which Meta does not say clearly whether a tap comes
	// like that on a button or like that on a template.
	wayCard = "card"
)

// wayOf is how a tap comes.
func wayOf(m *whatsapp.Message) string {
	switch {
	case m.Type == whatsapp.TypeButton:
		return wayTemplate
	case m.Interactive.ButtonReply != nil && m.Interactive.ButtonReply.ID != "":
		return wayButton
	}
	return wayRow
}

// waysOf are the ways in which taps on a body come back.
func waysOf(body outbound.Message) []string {
	switch {
	case body.Template != nil:
		return []string{wayTemplate}
	case !body.HasChoices():
		return nil
	case body.Interactive.Type == outbound.InteractiveList:
		return []string{wayRow}
	case body.Interactive.Type == outbound.InteractiveCarousel:
		return []string{wayButton, wayCard}
	}
	return []string{wayButton}
}

// noToken is the token of a Flow that was sent without one.
const noToken = "unused"

// flowTokens are the tokens of the Flows that a body opens, also from a template's buttons.
func flowTokens(body outbound.Message) []string {
	if body.Interactive != nil && body.Interactive.Action != nil {
		if flow, ok := body.Interactive.Action.Parameters.(*outbound.FlowParameters); ok && flow != nil {
			return []string{orNoToken(flow.FlowToken)}
		}
	}
	if body.Template == nil {
		return nil
	}
	tokens := buttonTokens(body.Template.Components)
	for _, c := range body.Template.Components {
		for _, card := range c.Cards {
			tokens = append(tokens, buttonTokens(card.Components)...)
		}
	}
	return tokens
}

func buttonTokens(components []outbound.Component) (tokens []string) {
	for _, c := range components {
		if !strings.EqualFold(c.SubType, outbound.InteractiveFlow) {
			continue
		}
		token := ""
		for _, p := range c.Parameters {
			if p.Action != nil {
				token = p.Action.FlowToken
			}
		}
		tokens = append(tokens, orNoToken(token))
	}
	return tokens
}

func orNoToken(token string) string {
	if token == "" {
		return noToken
	}
	return token
}

// answerKind is what a message may be the answer to, in the words of answeredBy.
func answerKind(m *whatsapp.Message) string {
	if m.Type != whatsapp.TypeInteractive || m.Interactive == nil {
		return m.Type
	}
	switch {
	case m.Interactive.NFMReply != nil:
		return definition.AnswerForm
	case m.Interactive.CallPermissionReply != nil:
		return definition.AnswerPermission
	}
	return m.Type
}
