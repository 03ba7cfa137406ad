package definition

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/hint"
	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// shapes are parts of messages as the Cloud API has them, by their keys. They are for authors who
// write a text, or something of another API, in their places. It is never written.
var shapes = map[string]string{
	"text": "{body: …}", "body": "{text: …}", "footer": "{text: …}", "header": "{type: text, text: …}",
	"image": mediaShape, "video": mediaShape, "audio": mediaShape, "document": mediaShape, "sticker": mediaShape,
	"action": "{buttons: […]} or {button: …, sections: […]}", "buttons": "[" + buttonShape + "]", "reply": "{id: …, title: …}",
	"sections": "[{title: …, rows: [{id: …, title: …}]}]", "rows": "[{id: …, title: …}]",
	"template": "{name: …, language: {code: es}}", "language": "{code: es}",
	"components": "[{type: body, parameters: [{type: text, text: …}]}]", "parameters": "[{type: text, text: …}]",
	"location": "{latitude: …, longitude: …}", "contacts": "[{name: {formatted_name: …, first_name: …}}]",
}

const (
	mediaShape  = "{link: https://…}"
	buttonShape = "{type: reply, reply: {id: …, title: …}}"
)

// item matches the number of an item in a path.
var item = regexp.MustCompile(`\[[0-9]+\]`)

// buttonKey matches a key of a button that belongs in its reply.
var buttonKey = regexp.MustCompile(`\.buttons\[[0-9]+\]\.(id|title|text|label|payload)$`)

// unreadable reports what has the wrong shape for the Cloud API, one problem for each mistake.
func (d *messageReader) unreadable(n *yaml.Node, problems []outbound.Problem) {
	reported := map[string]bool{} // paths of what is missing only because it is written otherwise
	for _, p := range problems {
		if p.Rule == outbound.RuleUnknown {
			d.unknownPart(n, p, reported)
		}
	}
	for _, p := range problems {
		at, code, text := tree.PlaceOf(tree.Find(n, p.Path)), CodeMessage, p.String()
		switch p.Rule {
		case outbound.RuleUnknown:
			continue
		case outbound.RuleRequired:
			code = CodeMissingKey
		case outbound.RuleType:
			code = CodeType
			text += shapeHint(tree.Find(n, p.Path), p)
		}
		if !reported[p.Path] {
			d.AddAt(at, code, "%s", text)
		}
	}
}

// unknownPart reports a key that no part of a message has there.
func (d *messageReader) unknownPart(n *yaml.Node, p outbound.Problem, reported map[string]bool) {
	dot := strings.LastIndexByte(p.Path, '.')
	parent, key := p.Path[:max(0, dot)], p.Path[dot+1:]
	known := strings.Split(p.Want, ", ")
	node := tree.FindKey(n, p.Path)
	advice := "; it may have " + strings.Join(known, ", ")
	switch meant := hint.Name(key, known); {
	case buttonKey.MatchString(p.Path):
		if reported[parent] {
			return
		}
		reported[parent] = true
		advice = "; a button is " + buttonShape
	case meant != "":
		reported[parent+"."+meant] = true
		advice = fmt.Sprintf("; did you mean %q?", meant)
	case home(node, nil) != "":
		advice = "; it belongs " + home(node, nil)
	}
	d.AddAt(tree.PlaceOf(node), CodeUnknownKey, "%s is not a known key%s", p.Path, advice)
}

// shapeHint is how a part of a message is written that has the wrong type.
func shapeHint(n *yaml.Node, p outbound.Problem) string {
	if p.Want == "a text" && n.Kind == yaml.ScalarNode {
		return "; put it in quotes"
	}
	path := item.ReplaceAllString(p.Path, "")
	shape := shapes[path[strings.LastIndexByte(path, '.')+1:]]
	switch {
	case shape == "" || p.Want != "an object" && p.Want != "a list":
		return ""
	case p.Want == "an object" && strings.HasPrefix(shape, "["):
		shape = strings.TrimSuffix(strings.TrimPrefix(shape, "["), "]") // of its items
	}
	return ": " + shape
}

// neverFits reports whether an expression gives a text or a number where an object or a list has to be.
// Of one that may give either in the place of a whole text message, it is warned.
func (d *messageReader) neverFits(m *Message, p outbound.Problem) bool {
	if p.Rule != outbound.RuleType || p.Want != "an object" && p.Want != "a list" {
		return false
	}
	n := tree.Find(m.node, p.Path)
	kind := m.templated[n].Type()
	if p.Path == whatsapp.TypeText && kind == "dyn" {
		d.WarnAt(tree.PlaceOf(n), CodeType, "text must be an object here, and a value that is a text would end the chat in an error; write text: {body: %s}", n.Value)
	}
	return kind != "dyn" && kind != "map" && kind != "list"
}

// otherType is the type of interactive message that was probably meant by another.
func (m *Message) otherType(p outbound.Problem) string {
	if p.Path != "interactive.type" || p.Rule != outbound.RuleValue {
		return ""
	}
	kinds := outbound.InteractiveTypes()
	if n := tree.Find(m.node, p.Path); n != nil && n.Kind == yaml.ScalarNode {
		if meant := hint.DidYouMean(n.Value, kinds); meant != "" {
			return meant
		}
	}
	return ": one of " + strings.Join(kinds, ", ")
}
