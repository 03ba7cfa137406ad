package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp"
)

// shortHash hashes an id or a token, which may be long: a state keeps no more of it than is needed
// to recognise it.
func shortHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}

// maxForms bounds the tokens of Flows that are remembered of a question.
const maxForms = 10

// rememberWays remembers in which ways the messages of the open question can be answered.
func (t *core) rememberWays(o offer) {
	for _, way := range o.by {
		if !slices.Contains(t.state.Ask.By, way) {
			t.state.Ask.By = append(slices.Clone(t.state.Ask.By), way)
		}
	}
	past := t.latestAsk()
	if past == nil {
		return
	}
	for _, form := range o.forms {
		if !slices.Contains(past.Forms, form) {
			past.Forms = append(slices.Clone(past.Forms), form)
		}
	}
	past.Forms = past.Forms[max(0, len(past.Forms)-maxForms):]
}

// latestAsk returns what is remembered of the open question; nil if it is not among the latest.
func (t *core) latestAsk() *PastAsk {
	for i := range slices.Backward(t.state.Asks) { // a digression may have asked since
		if t.state.Asks[i].No == t.state.Ask.No {
			return &t.state.Asks[i]
		}
	}
	return nil
}

// ofOpenQuestion reports whether a tap may belong to the open question. Without a tag, as template
// buttons and those of a definition with raw ids are, it may if that question was asked with
// something that is answered in this way: a campaign's button is no answer to a question that
// had buttons of its own.
func (t *core) ofOpenQuestion(in input) bool {
	if in.tag != "" {
		return in.tag == definition.ReplyTag(t.state.Conversation, t.state.Ask.No)
	}
	ways := t.ways()
	card := t.bot.RawReplyIDs && in.way == wayTemplate && slices.Contains(ways, wayCard) && t.state.Ask.offers(in.id)
	return (card || slices.Contains(ways, in.way)) && t.pastAsk(in) == nil
}

// ways are those in which taps on the open question come back: by what was said, or else by what
// its state says, for a question that was asked before they were kept.
func (t *core) ways() []string {
	if ways := t.state.Ask.By; len(ways) > 0 {
		return ways
	}
	var o offer
	for _, m := range t.bot.State(t.state.Ask.State).Say {
		o.add(m.Body, nil, nil)
	}
	return o.by
}

// pastAsk is the earlier question that a tap belongs to; nil when none is known. Its tag tells,
// or the message on which it was made, if that has answered a question before.
func (t *core) pastAsk(in input) *PastAsk {
	for i := range t.state.Asks {
		past := &t.state.Asks[i]
		if t.state.Ask != nil && past.No == t.state.Ask.No {
			continue
		}
		if in.tag == definition.ReplyTag(t.state.Conversation, past.No) || in.tag == "" && past.Message != "" && past.Message == quotedMessageHash(in.message) {
			return past
		}
	}
	return nil
}

// quotedMessageHash is a hash of the id of the message that this one refers to; empty when it names none.
func quotedMessageHash(m *whatsapp.Message) string {
	if m.Context == nil || m.Context.ID == "" {
		return ""
	}
	return shortHash(m.Context.ID)
}

// rememberAnsweredMessage remembers on which message the tap or the form was made that answers the open
// question: what else is done with that message belongs to this question, too.
func (t *core) rememberAnsweredMessage(in input) {
	past := t.latestAsk()
	if past != nil && (in.id != "" || in.answer == definition.AnswerForm) && t.pastAsk(in) == nil {
		past.Message = quotedMessageHash(in.message)
	}
}

// splitTag splits a tapped id into the id and the tag. The payload of a template's button has no tag,
// so that what looks like one there counts only if it is that of a question.
func (t *core) splitTag(id string, m *whatsapp.Message) (plain, tag string) {
	plain, tag = definition.SplitTag(id)
	if m.Type != whatsapp.TypeButton || slices.ContainsFunc(t.state.Asks, func(p PastAsk) bool {
		return tag == definition.ReplyTag(t.state.Conversation, p.No)
	}) {
		return plain, tag
	}
	return id, ""
}
