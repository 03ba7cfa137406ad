package bot

import (
	"encoding/json"
	"slices"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// handleForm is rule 4 for a form. done is false when the later rules decide: the form may answer the
// open question, or is like any other message that does not.
func (t *step) handleForm(in input) (done bool, err error) {
	a := t.openAsk()
	if a == nil {
		return false, nil
	}
	asks := a.As == definition.AsForm || a.As == definition.AsAny || a.As == definition.AsChoice && t.asksFor(definition.AnswerForm)
	switch {
	case asks && t.mayAnswerForm(a, in):
		return false, nil
	case t.pastAsk(in) != nil || t.earlierForm(formToken(in.message)):
		return true, t.flushThenStale(a, in)
	case !asks:
		return false, nil
	}
	return true, t.handleForeignTap(a, in)
}

// mayAnswerForm reports whether a form may answer the open question: by the token that it carries, or
// by the message on which it was filled in. One without a token may be of any Flow.
func (t *reader) mayAnswerForm(a *definition.Ask, in input) bool {
	token, asked := formToken(in.message), t.forms()
	known := slices.Contains(asked, shortHash(token))
	if past := t.pastAsk(in); past != nil { // the same message has answered before
		return known && !slices.Contains(past.Forms, shortHash(token))
	}
	switch {
	case token == "":
		return len(asked) == 0 || isFlow(in.message)
	case known:
		return true
	case a.As == definition.AsAny:
		return !t.earlierForm(token)
	case len(asked) > 0:
		return false
	}
	return !t.earlierForm(token) && !t.asksOtherForm()
}

// forms are hashes of the tokens of the Flows that ask the open question.
func (t *reader) forms() []string {
	if past := t.latestAsk(); past != nil {
		return past.Forms
	}
	return nil
}

// earlierForm reports whether a token is that of an earlier question. A Flow without one of its
// own may be of any.
func (t *reader) earlierForm(token string) bool {
	return token != "" && token != noToken && slices.ContainsFunc(t.state.Asks, func(past PastAsk) bool {
		return past.No != t.state.Ask.No && slices.Contains(past.Forms, shortHash(token))
	})
}

// asksOtherForm reports whether the open question asks for an address or a payment, whose answers
// carry no token.
func (t *reader) asksOtherForm() bool {
	say := t.bot.State(t.state.Ask.State).Say
	flow := func(m *definition.Message) bool { return m.Body.Template != nil || len(flowTokens(m.Body)) > 0 }
	return t.asksFor(definition.AnswerForm) && !slices.ContainsFunc(say, flow)
}

// isFlow reports whether a form is of a Flow, as far as its name says so.
func isFlow(m *whatsapp.Message) bool {
	name := m.Interactive.NFMReply.Name
	return name == "" || name == outbound.InteractiveFlow
}

// formToken is the flow_token that a form carries; empty when it has none.
func formToken(m *whatsapp.Message) string {
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(m.Interactive.NFMReply.ResponseJSON), &fields) != nil {
		return ""
	}
	raw := fields["flow_token"]
	var token string
	if json.Unmarshal(raw, &token) != nil {
		return string(raw) // a number, as the definition may have it
	}
	return token
}
