package definition

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/hint"
	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// sharedMessage is a message under `messages`, which states say by its name (`use`).
type sharedMessage struct {
	name    string
	place   tree.Place
	message *Message // nil if it could not be read
}

// messageReader reads messages. Those under `messages` come first: others say them by their name.
type messageReader struct {
	*decoder

	// shared are the messages under `messages`, in the order of the text; used are the names of those
	// that some state says.
	shared []sharedMessage
	used   map[string]bool
	// lost counts how often a shared message was named that could not be read.
	lost int
}

func (d *messageReader) readShared(n *yaml.Node) {
	if len(n.Content)/2 > maxShared {
		d.Add(n, CodeTooLarge, "a bot may have at most %d messages", maxShared)
		return
	}
	d.Entries(n, "messages", func(key, value *yaml.Node) {
		if tree.Child(value, "use") != nil {
			d.Add(value, CodeValue, "a message under messages cannot use another")
			return
		}
		m, ok := d.sharedMessage(value)
		if !ok {
			m = nil
		}
		d.shared = append(d.shared, sharedMessage{name: key.Value, place: tree.PlaceOf(key), message: m})
	})
}

// sharedMessage reads a message that others say. Its expressions may name each: whoever says it gives
// the list, unless it has one of its own.
func (d *messageReader) sharedMessage(n *yaml.Node) (m *Message, ok bool) {
	d.site.Each = true
	defer func() { d.site.Each = false }()
	return d.message(n)
}

func (d *messageReader) say(n *yaml.Node) []*Message {
	var all []*Message
	d.cutByCommas(n)
	d.List(n, "say", maxSay, func(item *yaml.Node) {
		if m, ok := d.message(item); ok {
			all = append(all, m)
		}
	})
	return all
}

// sayAt reads messages whose expressions see more than others do.
func (d *messageReader) sayAt(at expr.Site, n *yaml.Node) []*Message {
	before := d.site
	d.site = at
	all := d.say(n)
	d.site = before
	return all
}

// message reads a text, a body of the Cloud API without its recipient, or the name of a shared
// message. ok is false when it could not be read, which was reported.
func (d *messageReader) message(n *yaml.Node) (m *Message, ok bool) {
	before := len(d.Problems)
	switch {
	case n.Kind == yaml.MappingNode && tree.Child(n, "use") != nil:
		m = d.use(n)
	case n.Kind == yaml.MappingNode:
		m = d.body(n)
	default:
		m = d.plain(n)
	}
	return m, m != nil && len(d.Problems) == before
}

// plain reads a text, which is sent exactly like the text message of the API's documentation.
func (d *messageReader) plain(n *yaml.Node) *Message {
	t := d.template(n, "a message")
	if t == nil {
		return nil
	}
	if text, ok := t.Static(); ok {
		return &Message{Body: outbound.NewText("", text), node: n}
	}
	return &Message{
		Body: outbound.NewText("", sampleMixed(t.Literal())), node: n,
		templated: map[*yaml.Node]*expr.Template{n: t}, namesEach: t.NamesEach(),
		Segments: []Segment{{Raw: []byte(`{"type":"text","text":{"body":`)}, {Value: t, printed: true, Key: "body"}, {Raw: []byte(`}}`)}},
	}
}

// use reads the name of a shared message, and a condition and a list of its own.
func (d *messageReader) use(n *yaml.Node) *Message {
	var found *Message
	d.Object(n, "a message with use", tree.Fields{
		"use":  func(n *yaml.Node) { found = d.named(n) },
		"if":   func(*yaml.Node) {}, // below, when the message is there
		"each": func(*yaml.Node) {},
	})
	list, m := tree.Child(n, "each"), cmp.Or(found, &Message{})
	switch {
	case list != nil && m.Each != nil:
		d.Add(list, CodeValue, "this message has a list of its own (each) under messages")
	case list != nil:
		d.each(m, list)
	case m.namesEach && m.Each == nil:
		d.Add(n, CodeMissingKey, "this message is for each element of a list: add the key each, with the list")
	}
	if cond := tree.Child(n, "if"); cond != nil {
		d.condition(m, cond, list != nil || m.Each != nil)
	}
	return found
}

// named is a copy of the shared message of a name; nil when it is not there, or could not be read.
func (d *messageReader) named(n *yaml.Node) *Message {
	name, ok := d.Text(n, "use")
	if !ok {
		return nil
	}
	var known []string
	for _, s := range d.shared {
		known = append(known, s.name)
		if s.name != name {
			continue
		}
		d.used[name] = true
		if s.message == nil {
			d.lost++
			return nil
		}
		found := *s.message
		return &found
	}
	d.used[hint.Name(name, known)] = true // so that it is not reported that nobody says it
	d.AddName(tree.PlaceOf(n), CodeUnknownMessage, fmt.Sprintf("there is no message %q under messages", name), hint.DidYouMean(name, known))
	return nil
}

// each reads the list for whose elements a message is said.
func (d *messageReader) each(m *Message, n *yaml.Node) {
	at := d.site
	at.Each = false
	m.Each = d.expression(n, "each", at, expr.List)
	for _, choice := range m.Choices {
		d.AddAt(m.idAt(choice), CodeDuplicateID,
			"this %s would be there for each element with the same id; make one of the element, such as \"%s-${each.no}\"", widget(choice), choice.ID)
	}
}

// condition reads one under which a message is said. It may name the element where there is one.
func (d *messageReader) condition(m *Message, n *yaml.Node, each bool) {
	at := d.site
	at.Each = each
	if x := d.expression(n, "if", at, expr.Bool); x != nil {
		m.When = append(slices.Clip(m.When), x)
		m.namesEach = m.namesEach || x.NamesEach()
	}
}

// payloads are the keys of which a message has exactly one, which is also its type. There is no pin:
// it belongs to groups, which bots do not answer.
var payloads = []string{
	whatsapp.TypeText, whatsapp.TypeImage, whatsapp.TypeAudio, whatsapp.TypeVideo, whatsapp.TypeDocument,
	whatsapp.TypeSticker, whatsapp.TypeLocation, whatsapp.TypeContacts, whatsapp.TypeInteractive,
	outbound.TypeTemplate, whatsapp.TypeReaction,
}

// body reads an object as the Cloud API has it. Its type may be left out.
func (d *messageReader) body(n *yaml.Node) *Message {
	before := len(d.Problems)
	m := &Message{node: n}
	list := tree.Child(n, "each")
	if list != nil && !d.site.Each {
		d.site.Each = true
		defer func() { d.site.Each = false }()
	}
	if d.messageKeys(n, m); len(d.Problems) > before {
		return m
	}
	w := newBodyWriter(d.decoder)
	w.message(n)
	if len(d.Problems) > before {
		return m
	}
	m.setSegments(w)
	send, problems := outbound.Parse(w.buf.Bytes())
	d.unreadable(n, slices.DeleteFunc(problems, func(p outbound.Problem) bool {
		return m.Guessed(p.Path) && (d.stored || p.Rule != outbound.RuleUnknown && !d.neverFits(m, p))
	}))
	m.Body = WithRecipientType(send)
	m.setChoices(ChoicesOf(send))
	if list != nil {
		d.each(m, list)
	}
	if len(m.Choices) > maxChoices {
		d.Add(n, CodeTooLarge, "a message may have at most %d buttons or rows", maxChoices)
	}
	return m
}

// messageKeys checks what a message is made of: one payload, and a type that agrees with it.
func (d *messageReader) messageKeys(n *yaml.Node, m *Message) {
	before, kind, named := len(d.Problems), "", ""
	known := tree.Fields{
		"type":                     func(n *yaml.Node) { named, _ = d.Text(n, "type") },
		"recipient_type":           func(n *yaml.Node) { d.OneOf(n, "recipient_type", outbound.Individual) },
		"context":                  func(*yaml.Node) {}, // read with the whole
		"biz_opaque_callback_data": func(*yaml.Node) {},
		"if":                       func(n *yaml.Node) { d.condition(m, n, d.site.Each) },
		"each":                     func(*yaml.Node) {}, // read when the message is there
	}
	for _, name := range payloads {
		known[name] = func(*yaml.Node) {
			if kind != "" && kind != name {
				d.AddAt(tree.PlaceOf(tree.FindKey(n, name)), CodeMessage, "a message has one payload; this one has %s and %s", kind, name)
			}
			kind = name
		}
	}
	d.Object(n, "a message", known)
	switch {
	case len(d.Problems) > before:
	case kind == "":
		d.Add(n, CodeMissingKey, "a message needs one of %s, or use", strings.Join(payloads, ", "))
	case named != "" && named != kind:
		d.AddAt(tree.PlaceOf(tree.Find(n, "type")), CodeValue, "type is %q but the message has %s", named, kind)
	}
}
