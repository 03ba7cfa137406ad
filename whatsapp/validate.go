package whatsapp

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// Limits of the Cloud API, from Meta's reference of the message types. Meta does not say
// what it counts as a character; code points are counted here.
const (
	maxText         = 4096
	maxBody         = 1024
	maxHeader       = 60
	maxFooter       = 60
	maxButtons      = 3
	maxButtonID     = 256
	maxButtonTitle  = 20
	maxCallbackData = 512
)

// Validate lists every rule that a body breaks, all at once; none for a good one.
func Validate(s Send) []Problem {
	c := &checker{}
	c.frame(s)
	switch s.Type {
	case "":
		c.add(Problem{Path: "type", Rule: RuleRequired})
	case TypeText:
		c.text(s.Text)
	case TypeInteractive:
		c.interactive(s.Interactive)
	default:
		c.value("type", `"text" or "interactive"`)
	}
	return c.problems
}

type checker struct {
	problems []Problem
}

func (c *checker) add(p Problem) { c.problems = append(c.problems, p) }

func (c *checker) value(path, want string) {
	c.add(Problem{Path: path, Rule: RuleValue, Want: want})
}

func (c *checker) frame(s Send) {
	if s.MessagingProduct != Product {
		c.value("messaging_product", `"`+Product+`"`)
	}
	if s.RecipientType != "" && s.RecipientType != Individual {
		c.value("recipient_type", `"`+Individual+`"`)
	}
	if s.To == "" && s.Recipient == "" {
		c.add(Problem{Path: "to", Rule: RuleRequired})
	}
	if s.Context != nil && s.Context.MessageID == "" {
		c.add(Problem{Path: "context.message_id", Rule: RuleRequired})
	}
	if s.Text != nil && s.Type != TypeText {
		c.value("text", "left out unless type is text")
	}
	if s.Interactive != nil && s.Type != TypeInteractive {
		c.value("interactive", "left out unless type is interactive")
	}
	c.atMost("biz_opaque_callback_data", s.BizOpaqueCallbackData, maxCallbackData)
}

// atMost checks a text that may be empty.
func (c *checker) atMost(path, text string, limit int) {
	if !utf8.ValidString(text) {
		c.add(Problem{Path: path, Rule: RuleUTF8})
	}
	if n := utf8.RuneCountInString(text); n > limit {
		c.add(Problem{Path: path, Rule: RuleMaxChars, Limit: limit, Found: n})
	}
}

// needed checks a text that must not be blank.
func (c *checker) needed(path, text string, limit int) {
	if strings.TrimSpace(text) == "" {
		c.add(Problem{Path: path, Rule: RuleRequired})
		return
	}
	c.atMost(path, text, limit)
}

func (c *checker) text(t *TextBody) {
	if t == nil {
		c.add(Problem{Path: "text", Rule: RuleRequired})
		return
	}
	c.needed("text.body", t.Body, maxText)
}

func (c *checker) interactive(in *SendInteractive) {
	if in == nil {
		c.add(Problem{Path: "interactive", Rule: RuleRequired})
		return
	}
	if in.Type != InteractiveButton {
		c.value("interactive.type", `"`+InteractiveButton+`"`)
	}
	if in.Header != nil {
		c.header(*in.Header)
	}
	if in.Body == nil {
		c.add(Problem{Path: "interactive.body", Rule: RuleRequired})
	} else {
		c.needed("interactive.body.text", in.Body.Text, maxBody)
	}
	if in.Footer != nil {
		c.needed("interactive.footer.text", in.Footer.Text, maxFooter)
	}
	c.buttons(in.Action)
}

func (c *checker) header(h SendHeader) {
	const path = "interactive.header"
	parts := map[string]bool{"text": h.Text != "", "image": h.Image != nil, "video": h.Video != nil, "document": h.Document != nil}
	if _, known := parts[h.Type]; !known {
		c.value(path+".type", `"text", "image", "video" or "document"`)
		return
	}
	for _, name := range []string{"text", "image", "video", "document"} {
		if parts[name] && name != h.Type {
			c.value(path+"."+name, "left out unless the header's type is "+name)
		}
	}
	switch h.Type {
	case "text":
		c.needed(path+".text", h.Text, maxHeader)
	case "image":
		c.media(path+".image", h.Image, false)
	case "video":
		c.media(path+".video", h.Video, false)
	case "document":
		c.media(path+".document", h.Document, true)
	}
}

func (c *checker) media(path string, m *SendMedia, named bool) {
	switch {
	case m == nil:
		c.add(Problem{Path: path, Rule: RuleRequired})
		return
	case (m.ID == "") == (m.Link == ""):
		c.add(Problem{Path: path, Rule: RuleExclusive, Want: "id and link"})
	case m.Link != "" && !webLink(m.Link):
		c.value(path+".link", "an http or https address")
	}
	if m.Filename != "" && !named {
		c.value(path+".filename", "left out unless it is a document")
	}
}

func webLink(link string) bool {
	u, err := url.Parse(link)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != ""
}

func (c *checker) buttons(a *SendAction) {
	const path = "interactive.action.buttons"
	if a == nil {
		c.add(Problem{Path: "interactive.action", Rule: RuleRequired})
		return
	}
	if len(a.Buttons) == 0 {
		c.add(Problem{Path: path, Rule: RuleMinItems, Limit: 1})
	}
	if n := len(a.Buttons); n > maxButtons {
		c.add(Problem{Path: path, Rule: RuleMaxItems, Limit: maxButtons, Found: n})
	}
	ids, titles := seen{}, seen{}
	for i, b := range a.Buttons {
		c.button(fmt.Sprintf("%s[%d]", path, i), b, ids, titles)
	}
}

type seen map[string]bool

// repeated says whether the text was there before.
func (s seen) repeated(text string) bool {
	before := s[text]
	s[text] = true
	return before && text != ""
}

func (c *checker) button(path string, b SendButton, ids, titles seen) {
	if b.Type != "reply" {
		c.value(path+".type", `"reply"`)
	}
	c.needed(path+".reply.id", b.Reply.ID, maxButtonID)
	c.needed(path+".reply.title", b.Reply.Title, maxButtonTitle)
	if b.Reply.ID != strings.TrimSpace(b.Reply.ID) {
		c.add(Problem{Path: path + ".reply.id", Rule: RuleTrimmed})
	}
	if ids.repeated(b.Reply.ID) {
		c.add(Problem{Path: path + ".reply.id", Rule: RuleUnique})
	}
	if titles.repeated(b.Reply.Title) {
		c.add(Problem{Path: path + ".reply.title", Rule: RuleUnique})
	}
}
