package outbound

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/chattigo/api-isv/whatsapp"
)

// checkEnvelope checks the fields that every message has.
func checkEnvelope(c *checker, s *Message) {
	if s.MessagingProduct != MessagingProduct {
		c.value("messaging_product", `"`+MessagingProduct+`"`)
	}
	checkRecipient(c, s)
	if s.Context != nil {
		c.leftOut(s.Type == whatsapp.TypeReaction, "context", " in a reaction")
		if s.Context.MessageID == "" {
			c.required("context.message_id")
		}
	}
	for name, set := range s.payloads() {
		if set && name != s.Type {
			c.leftOut(true, name, " unless type is "+name)
		}
	}
	c.atMost("biz_opaque_callback_data", s.BizOpaqueCallbackData, maxCallbackData)
}

func checkRecipient(c *checker, s *Message) {
	switch s.RecipientType {
	case "", Individual:
	case Group:
		kinds := []string{whatsapp.TypeText, whatsapp.TypeImage, whatsapp.TypeAudio, whatsapp.TypeVideo, whatsapp.TypeDocument, whatsapp.TypeSticker, TypeTemplate, TypePin}
		if !slices.Contains(kinds, s.Type) {
			c.value("type", "a text, a medium or a template in a group")
		}
	default:
		c.oneOf("recipient_type", s.RecipientType, Individual, Group)
	}
	if s.To == "" && s.Recipient == "" {
		c.required("to")
	}
	if s.RecipientType != Group && strings.Trim(s.To, "0123456789+-() ") != "" {
		c.warn("to", "a phone number")
	}
}

func checkText(c *checker, t *TextBody) {
	if t == nil {
		c.required("text")
		return
	}
	c.needed("text.body", t.Body, maxText)
	if t.PreviewURL && !strings.Contains(t.Body, "http://") && !strings.Contains(t.Body, "https://") {
		c.warn("text.preview_url", "false for a text without an http or https address")
	}
}

// mediaRule tells which fields a medium may have beside its id or link.
type mediaRule struct {
	caption, filename, voice bool
	linkOnly                 bool
}

func mediaRules(kind string) mediaRule {
	switch kind {
	case whatsapp.TypeImage, whatsapp.TypeVideo:
		return mediaRule{caption: true}
	case whatsapp.TypeDocument:
		return mediaRule{caption: true, filename: true}
	case whatsapp.TypeAudio:
		return mediaRule{voice: true}
	}
	return mediaRule{}
}

func checkMedia(c *checker, path string, m *Media, rule mediaRule) {
	switch {
	case m == nil:
		c.required(path)
		return
	case (m.ID == "") == (m.Link == ""):
		c.add(Problem{Path: path, Rule: RuleExclusive, Want: "id and link"})
	case m.Link != "" && !webLink(m.Link):
		c.value(path+".link", "an http or https address")
	case m.ID != "" && rule.linkOnly:
		c.value(path+".id", "left out here; only a link is taken")
	}
	if m.Caption != "" && !rule.caption {
		c.leftOut(true, path+".caption", " here")
	}
	if m.Filename != "" && !rule.filename {
		c.leftOut(true, path+".filename", " unless it is a document")
	}
	if m.Voice && !rule.voice {
		c.leftOut(true, path+".voice", " unless it is audio")
	}
	c.atMost(path+".caption", m.Caption, maxCaption)
	c.safely(path+".filename", m.Filename, safeFilename, len(m.Filename))
}

func checkLocation(c *checker, path string, l *Location) {
	if l == nil {
		c.required(path)
		return
	}
	if !(l.Latitude >= -90 && l.Latitude <= 90) { // also for what is no number
		c.value(path+".latitude", "-90 to 90")
	}
	if !(l.Longitude >= -180 && l.Longitude <= 180) {
		c.value(path+".longitude", "-180 to 180")
	}
	if l.Address != "" && l.Name == "" {
		c.warn(path+".address", "together with a name, or it is not shown")
	}
}

func checkContacts(c *checker, cards []whatsapp.ContactCard) {
	if cards == nil {
		c.required("contacts")
		return
	}
	c.count("contacts", len(cards), 1, maxContacts)
	if n := len(cards); n > safeContacts && n <= maxContacts {
		c.add(Problem{Path: "contacts", Rule: RuleMaxItems, Limit: safeContacts, Found: n, Warning: true})
	}
	for i, card := range cards {
		path := item("contacts", i)
		c.present(path+".name.formatted_name", card.Name.FormattedName)
		if n := card.Name; n.FirstName+n.LastName+n.MiddleName+n.Prefix+n.Suffix == "" {
			c.warn(path+".name", "more than formatted_name: first_name too")
		}
		if _, err := time.Parse(time.DateOnly, card.Birthday); card.Birthday != "" && err != nil {
			c.value(path+".birthday", "a day as yyyy-mm-dd")
		}
	}
}

func checkReaction(c *checker, r *Reaction) {
	if r == nil {
		c.required("reaction")
		return
	}
	c.present("reaction.message_id", r.MessageID)
	if r.Emoji != "" && !oneEmoji(r.Emoji) {
		c.value("reaction.emoji", "one emoji, or empty to take it back")
	}
}

// oneEmoji reports whether a text is one visible symbol that is no letter. Digits begin the
// keycap emoji, and ℹ is an emoji although Unicode counts it as a letter.
func oneEmoji(text string) bool {
	first := []rune(text)[0]
	alone := len(text) == 1
	if !utf8.ValidString(text) {
		return false
	}
	letter := unicode.IsLetter(first) && first != 'ℹ'
	return clusterEnd(text) == len(text) && !alone && !letter && !unicode.IsSpace(first) && !unicode.IsMark(first)
}

// hasEmoji reports whether a text has a character of the Unicode blocks of emoji.
func hasEmoji(text string) bool {
	for _, r := range text {
		if r >= 0x1F000 && r <= 0x1FAFF || r >= 0x2600 && r <= 0x27BF || r >= 0x2B00 && r <= 0x2BFF || r == 0xFE0F || r == 0x20E3 {
			return true
		}
	}
	return false
}
