package bot

import (
	"fmt"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// speaker says messages: it renders them, adds the recipient and keeps within the bounds of a step.
type speaker struct {
	*core
	// messages and size (bytes of bodies) count against the bounds of an event.
	messages int
	size     int
	// sent counts the messages that were said, held those that WhatsApp's window does not allow.
	sent, held int
}

// say emits the messages of a state, and returns what they offer. Its buttons belong to the
// question that the state asks; those of a state without question carry the tag of no
// question, so that they answer none and can only fire a trigger.
func (t *speaker) say(messages []*definition.Message, st *definition.State) (offer, error) {
	no := 0
	if st.Ask != nil {
		no = t.state.AskNo
	}
	return t.sayAs(messages, st.Name, no)
}

// sayInAsk emits messages beside the open question, such as a reminder. What they offer can
// answer it from now on, if it could not before.
func (t *speaker) sayInAsk(messages []*definition.Message) error {
	_, err := t.sayBeside(messages)
	return err
}

// askAgain says the open question once more.
func (t *speaker) askAgain(messages []*definition.Message) error {
	offered, err := t.sayBeside(messages)
	if offered.asking != nil {
		offered.asking.Ask = t.state.Ask.No
	}
	return err
}

func (t *speaker) sayBeside(messages []*definition.Message) (offer, error) {
	open := t.state.Ask
	offered, err := t.sayAs(messages, open.State, open.No)
	if err != nil {
		return offered, err
	}
	a := t.bot.State(open.State).Ask
	for _, o := range offered.options {
		if !open.offers(o.ID) && a.Target(o.ID).Leads() {
			open.Options = append(open.Options, o)
		}
	}
	t.rememberWays(offered)
	return offered, t.boundOptions(open.Options)
}

func (t *speaker) sayAs(messages []*definition.Message, name string, no int) (offered offer, err error) {
	for _, m := range messages {
		if m.Each != nil {
			err = t.sayEach(m, name, no, &offered)
		} else {
			err = t.sayIf(m, name, no, &offered)
		}
		if err != nil {
			return offer{}, err
		}
	}
	return offered, nil
}

// sayIf says a message if its conditions hold.
func (t *speaker) sayIf(m *definition.Message, name string, no int, offered *offer) error {
	ok, err := t.conditionsHold(m)
	if err != nil {
		return fmt.Errorf("state %q: %w", name, err)
	}
	if !ok {
		return nil
	}
	return t.sayOne(m, name, no, offered)
}

// sayOne says a message.
func (t *speaker) sayOne(m *definition.Message, name string, no int, offered *offer) error {
	r, err := t.render(m, offered.options)
	if err != nil {
		return fmt.Errorf("state %q: %w", name, err)
	}
	if m.Segments != nil && saysNothing(r.body) {
		t.trace("left out: nothing to see")
		t.addNote("not said in state " + name + ": there was nothing to see in it")
		return nil
	}
	sent, err := t.send(r.body, name, no)
	if err != nil {
		return err
	}
	if sent {
		offered.add(r.body, t.optionsOf(m, r), t.effects[len(t.effects)-1].Send)
	}
	return nil
}

// optionsOf are the choices of a body as it is sent.
func (t *speaker) optionsOf(m *definition.Message, r rendered) []Option {
	if m.Segments == nil {
		return options(m.Choices)
	}
	all, full := options(definition.ChoicesOf(r.body)), r.full
	for i := range all {
		if full[i].Title != all[i].Title {
			all[i].Full = shortHash(fold.Text(full[i].Title))
		}
	}
	return all
}

// sayText emits a built-in sentence.
func (t *speaker) sayText(text, name string) error {
	_, err := t.send(outbound.NewText("", text), name, 0)
	return err
}

// send emits a body, unless WhatsApp's window is closed or there is no message to react to.
func (t *speaker) send(body outbound.Message, name string, no int) (sent bool, err error) {
	if !t.mayBeSaid(body, name) {
		t.held++
		return false, nil
	}
	if t.messages++; t.messages > definition.MaxSaid {
		return false, errMessages
	}
	body, ok := t.address(body)
	if !ok {
		return false, nil
	}
	if !t.bot.RawReplyIDs {
		body = definition.Tagged(body, t.state.Conversation, no)
	}
	raw, err := outbound.Encode(body)
	if err != nil {
		return false, fmt.Errorf("state %q: %w", name, err)
	}
	if len(raw) > definition.MaxBody {
		return false, fmt.Errorf("state %q: %w", name, errBody)
	}
	if t.size += len(raw); t.size > maxSize {
		return false, errSize
	}
	t.sent++
	t.emitNumbered(Effect{Kind: EffectSend, Send: &Send{Body: raw, State: name, Index: t.acts}})
	return true, nil
}

// mayBeSaid reports whether the 24-hour window allows a body: outside of it only templates are sent,
// and none to a contact who opted out.
func (t *speaker) mayBeSaid(body outbound.Message, name string) bool {
	from := t.state.LastIn
	if from.IsZero() {
		from = t.state.Started
	}
	if t.now.Before(from.Add(definition.Window - definition.WindowMargin)) {
		return true
	}
	switch {
	case body.Template == nil:
		t.trace("window_closed")
		t.addNote("not said in state " + name + ": WhatsApp's 24-hour window is closed")
		return false
	case t.state.OptedOut:
		t.trace("opted out: no template")
		t.addNote("not said in state " + name + ": the contact opted out")
		return false
	}
	return true
}

// address fills in the recipient, and the message that a body reacts to or quotes. After a timer or
// a control there is no such message: ok is false for a reaction then.
func (t *speaker) address(body outbound.Message) (addressed outbound.Message, ok bool) {
	body.To, body.Recipient = t.state.Contact.WaID, ""
	if body.To == "" {
		body.Recipient = t.state.Contact.UserID
	}
	body = definition.FillMessageID(body, t.inboundID)
	if body.Reaction != nil && body.Reaction.MessageID == "" {
		t.trace("reaction skipped: no message to react to")
		return body, false
	}
	if body.Context != nil && body.Context.MessageID == "" {
		t.trace("context left out: no message to quote")
		body.Context = nil
	}
	return body, true
}

// sentences are the built-in sentences in the conversation's language.
func (t *core) sentences() definition.Sentences { return definition.BuiltinSentences(t.language()) }
