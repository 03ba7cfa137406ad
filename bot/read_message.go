package bot

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/chattigo/api-isv/whatsapp"
)

// sharedMessage is one of the definition's `messages`, said by `use`.
type sharedMessage struct {
	name    string
	pos     pos
	message message
}

func (d *decoder) readShared(n *yaml.Node) {
	if len(n.Content)/2 > maxShared {
		d.add(place(n), CodeTooLarge, "a bot may have at most %d messages", maxShared)
		return
	}
	d.entries(n, "messages", func(key, value *yaml.Node) {
		if child(value, "use") != nil {
			d.add(place(value), CodeValue, "a message under messages cannot use another")
			return
		}
		if m, ok := d.message(value); ok {
			d.shared = append(d.shared, sharedMessage{name: key.Value, pos: place(key), message: m})
		}
	})
}

func (d *decoder) say(n *yaml.Node) []message {
	var all []message
	d.list(n, "say", maxSay, func(item *yaml.Node) {
		if m, ok := d.message(item); ok {
			all = append(all, m)
		}
	})
	return all
}

// message reads a text, a body of the Cloud API without its recipient, or the name of a
// message. ok is false when it could not be read, which is reported.
func (d *decoder) message(n *yaml.Node) (m message, ok bool) {
	before := len(d.problems)
	switch {
	case n.Kind == yaml.MappingNode && child(n, "use") != nil:
		m = d.use(n)
	case n.Kind == yaml.MappingNode:
		m = d.body(n)
	default:
		m = message{send: whatsapp.NewText("", d.literal(n, "a message")), node: n}
	}
	if len(d.problems) > before {
		return message{}, false
	}
	return m, true
}

func (d *decoder) use(n *yaml.Node) message {
	var found message
	d.object(n, "a message with use", fields{
		"use": func(n *yaml.Node) {
			name, ok := d.text(n, "use")
			for _, s := range d.shared {
				if s.name == name {
					d.used[name] = true
					found = s.message
					return
				}
			}
			if ok {
				d.add(place(n), CodeUnknownMessage, "there is no message %q under messages", name)
			}
		},
		"if": d.later("if"),
	})
	return found
}

// payloads are the keys of which a message has one, which gives it its type. A pin belongs
// to groups, which the bot does not answer.
func payloads() []string {
	return []string{
		whatsapp.TypeText, whatsapp.TypeImage, whatsapp.TypeAudio, whatsapp.TypeVideo, whatsapp.TypeDocument,
		whatsapp.TypeSticker, whatsapp.TypeLocation, whatsapp.TypeContacts, whatsapp.TypeInteractive,
		whatsapp.TypeTemplate, whatsapp.TypeReaction,
	}
}

// body reads an object as the Cloud API has it. Its type may be left out.
func (d *decoder) body(n *yaml.Node) message {
	before := len(d.problems)
	d.messageKeys(n)
	w := &bodyWriter{d: d}
	w.message(n)
	if len(d.problems) > before {
		return message{}
	}
	send, problems := whatsapp.ParseSend(w.buf.Bytes())
	for _, p := range problems {
		d.unreadable(n, p)
	}
	m := message{send: send, node: n, choices: choicesOf(send)}
	if m.send.RecipientType == "" && m.send.Type != whatsapp.TypeTemplate {
		m.send.RecipientType = whatsapp.Individual // as in the examples of the API's documentation
	}
	if len(m.choices) > maxChoices {
		d.add(place(n), CodeTooLarge, "a message may have at most %d buttons or rows", maxChoices)
	}
	return m
}

// messageKeys checks what a message is made of: one payload, and a type that agrees with it.
func (d *decoder) messageKeys(n *yaml.Node) {
	before, kind, named := len(d.problems), "", ""
	known := fields{
		"type":                     func(n *yaml.Node) { named, _ = d.text(n, "type") },
		"recipient_type":           func(n *yaml.Node) { d.oneOf(n, "recipient_type", whatsapp.Individual) },
		"context":                  func(*yaml.Node) {}, // read with the whole
		"biz_opaque_callback_data": func(*yaml.Node) {},
		"if":                       d.later("if"),
	}
	for _, name := range payloads() {
		known[name] = func(*yaml.Node) {
			if kind != "" && kind != name {
				d.add(place(d.key), CodeMessage, "a message has one payload; this one has %s and %s", kind, name)
			}
			kind = name
		}
	}
	d.object(n, "a message", known)
	switch {
	case len(d.problems) > before:
	case kind == "":
		d.add(place(n), CodeMissingKey, "a message needs one of %s, or use", strings.Join(payloads(), ", "))
	case named != "" && named != kind:
		d.add(placeOf(n, "type"), CodeValue, "type is %q but the message has %s", named, kind)
	}
}

// unreadable reports what has the wrong shape for the Cloud API.
func (d *decoder) unreadable(n *yaml.Node, p whatsapp.Problem) {
	at, code, text := placeOf(n, p.Path), CodeMessage, p.String()
	switch p.Rule {
	case whatsapp.RuleUnknown:
		at, code = keyOf(n, p.Path), CodeUnknownKey
	case whatsapp.RuleRequired:
		code = CodeMissingKey
	case whatsapp.RuleType:
		code = CodeType
		if p.Want == "a text" && nodeOf(n, p.Path).Kind == yaml.ScalarNode {
			text += "; put it in quotes"
		}
	}
	d.add(at, code, "%s", text)
}

// literal reads a text that is sent. Expressions come later; until then they are refused
// rather than sent as they stand.
func (d *decoder) literal(n *yaml.Node, what string) string {
	text, _ := d.text(n, what)
	const mark = "\x00" // no message may hold one, as it could not be stored everywhere
	if strings.Contains(text, mark) {
		d.add(place(n), CodeValue, "%s must not hold a NUL character", what)
		return ""
	}
	escaped := strings.ReplaceAll(text, "$${", mark)
	if strings.Contains(escaped, "${") {
		d.unsupported(place(n), "expressions (${…}); write $${ for a literal ${")
	}
	return strings.ReplaceAll(escaped, mark, "${")
}
