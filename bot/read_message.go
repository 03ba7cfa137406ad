package bot

import (
	"strconv"
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
		m = message{send: whatsapp.NewText("", d.literal(n, "a message")), at: func(string) pos { return place(n) }}
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

// body reads an object as the Cloud API has it. Its type may be left out.
func (d *decoder) body(n *yaml.Node) message {
	m := message{send: whatsapp.NewText("", ""), at: func(path string) pos { return placeOf(n, path) }}
	m.send.Text, m.send.Type = nil, ""
	var named string
	known := fields{
		"type":                     func(n *yaml.Node) { named, _ = d.text(n, "type") },
		"text":                     func(n *yaml.Node) { m.send.Type, m.send.Text = whatsapp.TypeText, d.textBody(n) },
		"interactive":              func(n *yaml.Node) { m.send.Type, m.send.Interactive = whatsapp.TypeInteractive, d.interactive(n) },
		"biz_opaque_callback_data": func(n *yaml.Node) { m.send.BizOpaqueCallbackData = d.literal(n, "biz_opaque_callback_data") },
	}
	for _, kind := range []string{"image", "audio", "video", "document", "sticker", "location", "contacts", "template", "reaction", "context", "if"} {
		known[kind] = d.later(kind)
	}
	before := len(d.problems)
	d.object(n, "a message", known)
	switch {
	case len(d.problems) > before:
	case m.send.Type == "":
		d.add(place(n), CodeMissingKey, "a message needs text, interactive or use")
	case named != "" && named != m.send.Type:
		d.add(placeOf(n, "type"), CodeValue, "type is %q but the message has %s", named, m.send.Type)
	}
	return m
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

func (d *decoder) textBody(n *yaml.Node) *whatsapp.TextBody {
	t := &whatsapp.TextBody{}
	d.object(n, "text", fields{
		"body":        func(n *yaml.Node) { t.Body = d.literal(n, "body") },
		"preview_url": func(n *yaml.Node) { t.PreviewURL = d.boolean(n, "preview_url") },
	}, "body")
	return t
}

func (d *decoder) interactive(n *yaml.Node) *whatsapp.SendInteractive {
	in := &whatsapp.SendInteractive{}
	if kind := child(n, "type"); kind != nil {
		in.Type, _ = d.text(kind, "type")
		if in.Type != whatsapp.InteractiveButton {
			d.unsupported(place(kind), "interactive of type "+in.Type)
			return in // its other keys mean something else
		}
	}
	d.object(n, "interactive", fields{
		"type":   func(*yaml.Node) {}, // read already
		"header": func(n *yaml.Node) { in.Header = d.header(n) },
		"body":   func(n *yaml.Node) { in.Body = d.textObject(n, "body") },
		"footer": func(n *yaml.Node) { in.Footer = d.textObject(n, "footer") },
		"action": func(n *yaml.Node) { in.Action = d.action(n) },
	}, "type", "body", "action")
	return in
}

func (d *decoder) textObject(n *yaml.Node, what string) *whatsapp.SendText {
	t := &whatsapp.SendText{}
	d.object(n, what, fields{"text": func(n *yaml.Node) { t.Text = d.literal(n, "text") }}, "text")
	return t
}

func (d *decoder) header(n *yaml.Node) *whatsapp.SendHeader {
	h := &whatsapp.SendHeader{}
	d.object(n, "header", fields{
		"type":     func(n *yaml.Node) { h.Type = d.oneOf(n, "type", "text", "image", "video", "document") },
		"text":     func(n *yaml.Node) { h.Text = d.literal(n, "text") },
		"image":    func(n *yaml.Node) { h.Image = d.media(n, "image") },
		"video":    func(n *yaml.Node) { h.Video = d.media(n, "video") },
		"document": func(n *yaml.Node) { h.Document = d.media(n, "document") },
	}, "type")
	return h
}

func (d *decoder) media(n *yaml.Node, what string) *whatsapp.SendMedia {
	m := &whatsapp.SendMedia{}
	d.object(n, what, fields{
		"id":       func(n *yaml.Node) { m.ID = d.literal(n, "id") },
		"link":     func(n *yaml.Node) { m.Link = d.literal(n, "link") },
		"filename": func(n *yaml.Node) { m.Filename = d.literal(n, "filename") },
	})
	return m
}

func (d *decoder) action(n *yaml.Node) *whatsapp.SendAction {
	a := &whatsapp.SendAction{}
	d.object(n, "action", fields{
		"buttons": func(n *yaml.Node) {
			d.list(n, "buttons", 100, func(item *yaml.Node) { a.Buttons = append(a.Buttons, d.button(item)) })
		},
	}, "buttons")
	return a
}

func (d *decoder) button(n *yaml.Node) whatsapp.SendButton {
	var b whatsapp.SendButton
	d.object(n, "a button", fields{
		"type": func(n *yaml.Node) { b.Type = d.oneOf(n, "type", "reply") },
		"reply": func(n *yaml.Node) {
			d.object(n, "reply", fields{
				"id":    func(n *yaml.Node) { b.Reply.ID = d.literal(n, "id") },
				"title": func(n *yaml.Node) { b.Reply.Title = d.literal(n, "title") },
			}, "id", "title")
		},
	}, "type", "reply")
	return b
}

// placeOf finds the node of a path such as "interactive.action.buttons[0].reply.title", or
// the nearest one that exists.
func placeOf(n *yaml.Node, path string) pos {
	for step := range strings.SplitSeq(path, ".") {
		name, index, isItem := strings.Cut(strings.TrimSuffix(step, "]"), "[")
		next := child(n, name)
		if next == nil {
			return place(n)
		}
		n = next
		if i, err := strconv.Atoi(index); isItem && err == nil && i < len(n.Content) {
			n = n.Content[i]
		}
	}
	return place(n)
}
