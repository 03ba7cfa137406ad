package script

import (
	"encoding/json"
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/whatsapp"
)

// payloads are the types of messages that a step `user` can write by their payload. Everything
// else goes through `raw`.
var payloads = []string{
	whatsapp.TypeText, whatsapp.TypeImage, whatsapp.TypeAudio, whatsapp.TypeVideo, whatsapp.TypeDocument, whatsapp.TypeSticker,
	whatsapp.TypeLocation, whatsapp.TypeContacts, whatsapp.TypeReaction, whatsapp.TypeInteractive, whatsapp.TypeButton,
	whatsapp.TypeOrder, whatsapp.TypeSystem, whatsapp.TypeUnsupported,
}

// message reads what the contact sends: a text, or a message in short. A `form` is the answer
// to a Flow; `raw` is an element of messages[] as it stands.
func (r *reader) message(n *yaml.Node) json.RawMessage {
	if n.Kind != yaml.MappingNode {
		text, _ := r.Text(n, "user")
		return NewText(text)
	}
	m := object{}
	kind := ""
	take := func(name string, read func(*yaml.Node)) func(*yaml.Node) {
		return func(n *yaml.Node) {
			if kind != "" {
				r.Add(n, CodeStep, "a message is of one type, not %s and %s", kind, name)
			}
			kind = name
			read(n)
		}
	}
	fields := tree.Fields{
		"referral": func(n *yaml.Node) { m.set("referral", tree.JSON(n)) },
		"context":  func(n *yaml.Node) { m.set("context", tree.JSON(n)) },
		"raw":      func(n *yaml.Node) { r.Add(n, CodeStep, "raw is a whole message, and stands alone") },
		"form":     take("form", func(n *yaml.Node) { m.set(whatsapp.TypeInteractive, formReply(tree.JSON(n))) }),
	}
	for _, name := range payloads {
		fields[name] = take(name, func(n *yaml.Node) { m.set(name, r.payload(name, n)) })
	}
	if raw := tree.Child(n, "raw"); raw != nil && len(n.Content) == 2 {
		return r.payload("raw", raw)
	}
	before := len(r.Problems)
	if r.Object(n, "user", fields); kind == "" && len(r.Problems) == before {
		r.Add(n, CodeStep, "user needs a text, a form, another payload such as image, or raw alone")
	}
	if kind == "form" {
		kind = whatsapp.TypeInteractive
	}
	m.set("type", quote(kind))
	return m.JSON()
}

// payload reads what a message holds. A text may be written as such, and a medium that is only
// {} gets what WhatsApp always says of one.
func (r *reader) payload(kind string, n *yaml.Node) json.RawMessage {
	if kind == whatsapp.TypeText && tree.IsText(n) {
		return object{{"body", quote(n.Value)}}.JSON()
	}
	want := yaml.MappingNode
	if kind == whatsapp.TypeContacts {
		want = yaml.SequenceNode
	}
	if n.Kind != want {
		r.Add(n, tree.CodeType, "%s must be what WhatsApp puts there: %s", kind, map[bool]string{true: "a list", false: "an object"}[want == yaml.SequenceNode])
		return tree.JSON(n)
	}
	if mime := mimeTypes[kind]; mime != "" {
		return completeMedia(n, mime)
	}
	return tree.JSON(n)
}

var mimeTypes = map[string]string{
	whatsapp.TypeImage: "image/jpeg", whatsapp.TypeAudio: "audio/ogg; codecs=opus", whatsapp.TypeVideo: "video/mp4",
	whatsapp.TypeDocument: "application/pdf", whatsapp.TypeSticker: "image/webp",
}

func completeMedia(n *yaml.Node, mime string) json.RawMessage {
	var m object
	for i := 0; i+1 < len(n.Content); i += 2 {
		m.set(n.Content[i].Value, tree.JSON(n.Content[i+1]))
	}
	if !m.has("mime_type") {
		m.set("mime_type", quote(mime))
	}
	if !m.has("id") {
		m.set("id", quote("1000000000000001"))
	}
	return m.JSON()
}

// NewText is a text of the contact, as an element of messages[] without sender, id and time.
func NewText(text string) json.RawMessage {
	return object{{"type", quote(whatsapp.TypeText)}, {"text", object{{"body", quote(text)}}.JSON()}}.JSON()
}

// formReply is the answer to a Flow, which comes as JSON inside of a text.
func formReply(answer json.RawMessage) json.RawMessage {
	reply := object{{"name", quote("flow")}, {"body", quote("Sent")}, {"response_json", quote(string(answer))}}
	return object{{"type", quote("nfm_reply")}, {"nfm_reply", reply.JSON()}}.JSON()
}

// object is a JSON object whose keys keep their order.
type object []member

type member struct {
	key   string
	value json.RawMessage
}

func (o *object) set(key string, value json.RawMessage) { *o = append(*o, member{key, value}) }

func (o object) has(key string) bool {
	return slices.ContainsFunc(o, func(m member) bool { return m.key == key })
}

// JSON writes the object.
func (o object) JSON() json.RawMessage {
	buf := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = append(append(append(buf, quote(m.key)...), ':'), m.value...)
	}
	return append(buf, '}')
}
