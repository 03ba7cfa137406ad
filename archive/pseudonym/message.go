package pseudonym

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chattigo/api-isv/bot/answer"
)

// LearnMessage learns from a message of the contact, an element of messages[]. asked is the kind of answer
// that was asked for.
func (b *Book) LearnMessage(raw json.RawMessage, asked answer.Kind) {
	_, _ = walk(raw, func(v visit) string { // what is no JSON is no message
		switch r := roleOf(v.path); {
		case b.Full() || v.isKey || v.number && r != roleDegrees:
		case r == roleForm:
			b.learnForm(v.text)
		case r == roleText:
			b.LearnText(v.text, asked)
		default:
			b.learnRole(r, v.text)
		}
		return v.text
	})
}

// learnRole learns a text that is personal by what it is for.
func (b *Book) learnRole(r role, text string) {
	switch r {
	case roleName:
		b.learnName(text)
	case rolePhone:
		if len(strings.Map(onlyDigits, text)) >= minNumber {
			b.learnNumber(text)
		}
	case roleUser:
		if len(text) >= minUser {
			b.learnCode(kindUser, compactOf(text))
		}
	case roleEmail:
		if !emailForm.MatchString(text) {
			b.learnLine(text)
		}
		b.LearnText(text, answer.Email)
	case roleDay:
		if !b.learnTyped(text) {
			b.learnLine(text)
		}
	case roleLine:
		b.learnLine(text)
	case roleDegrees:
		b.learnDegrees(text)
	case roleMedia, roleFile, roleDigest, roleClick, roleLink:
		b.learnWhole(r, text)
	default: // nothing is learned of what says nothing of a person
	}
}

// minNumber and minUser are the lengths from which a phone number and a user id are learned, in digits and
// in characters: shorter ones are no real ones, and stand everywhere.
const (
	minNumber = 5
	minUser   = 5
)

// learnForm learns what the contact filled in: as from a response, and whatever stands under a key that
// promises something personal.
func (b *Book) learnForm(body string) {
	b.LearnBody(body)
	_, _ = walk([]byte(body), func(v visit) string {
		r := roleInForm(v.key())
		switch {
		case b.Full() || r == roleText || v.isKey || b.keep(v.text):
		case v.number:
			b.learnFigure(v.text)
		case len(strings.TrimSpace(v.text)) >= minPrivate:
			b.learnRole(r, v.text)
		}
		return v.text
	})
}

// form is a filled-in form with everything replaced that was learned.
func (b *Book) form(body string) string {
	changed, ok := walk([]byte(body), func(v visit) string {
		if r := roleInForm(v.key()); !v.isKey && !v.number && (r == roleLine || r == roleDay) && !b.keep(v.text) {
			return b.line(v.text)
		}
		return v.text
	})
	if !ok {
		return b.Body(body)
	}
	return b.Body(string(changed))
}

// Message is a message with everything replaced that was learned. The ids of choices become what ids says.
func (b *Book) Message(raw json.RawMessage, ids map[string]string) json.RawMessage {
	b.close()
	changed, ok := walk(raw, func(v visit) string {
		r := roleOf(v.path)
		id, known := ids[v.text]
		switch {
		case v.isKey:
			return v.text
		case r == roleDegrees:
			return b.degree(v.text)
		case v.number:
			return b.figure(v.text)
		case known && r == roleNamed:
			return id
		case strings.HasPrefix(v.text, "wamid.") || len(v.path) == 1 && v.key() == "id":
			return b.messageID(v.text)
		}
		return b.inRole(r, v.text)
	})
	if !ok {
		return raw
	}
	return changed
}

// inRole is a text of a message with what stands for it.
func (b *Book) inRole(r role, text string) string {
	switch r {
	case roleTechnical:
		return text
	case roleForm:
		return b.form(text)
	case roleLine:
		return b.line(text)
	case roleEmail, roleDay:
		if with := b.Text(text); with != text {
			return with
		}
		return b.line(text)
	case roleMedia, roleFile, roleDigest, roleClick, roleLink:
		if with, known := b.wholes[text]; known {
			return with
		}
		return text // it is empty, or the bot's own
	case roleAd:
		if b.keep(text) {
			return text
		}
		return b.Text(withoutQuery(text))
	}
	return b.Text(text)
}

func withoutQuery(address string) string {
	address, _, _ = strings.Cut(address, "#")
	address, _, _ = strings.Cut(address, "?")
	return address
}

// messageID is another id for a message: WhatsApp's own are phone numbers in disguise.
func (b *Book) messageID(id string) string {
	if b.ids[id] == "" {
		b.ids[id] = fmt.Sprintf("wamid.%d", len(b.ids)+1)
	}
	return b.ids[id]
}
