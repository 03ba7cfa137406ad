package definition

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// Limits of messages.
const (
	// MaxBody bounds the bytes of one message as it is sent.
	MaxBody = 64 << 10
	// MaxOptions bounds the bytes of a question's options in the written state of a conversation,
	// which may have 64 KiB in all.
	MaxOptions = 24 << 10
	// maxChoices bounds the buttons and rows of one message. WhatsApp allows at most 30, on the
	// cards of a carousel; this only keeps the check of a wrong message cheap.
	maxChoices = 100
)

// checkMessages checks every message against WhatsApp's limits, once however often it is said.
func (c *checker) checkMessages() {
	seen := map[*yaml.Node]bool{nil: true}
	check := func(say []*Message) {
		for _, m := range say {
			if !seen[m.node] {
				seen[m.node] = true
				c.bot.messages = append(c.bot.messages, m)
				c.checkMessage(m)
			}
		}
	}
	for _, s := range c.shared {
		if s.message != nil {
			check([]*Message{s.message})
		}
	}
	check(c.bot.Defaults.Stale)
	check(c.bot.Defaults.Close)
	check(c.bot.Optout.Say)
	for _, name := range c.bot.order {
		st := c.bot.states[name]
		check(st.Say)
		if st.Ask == nil {
			continue
		}
		for _, say := range besideAsk(c.bot, st.Ask) {
			check(say)
		}
	}
}

// checkMessage checks a message as it will be sent: with a recipient and tagged ids.
func (c *checker) checkMessage(m *Message) {
	body := SampleBody(m.Body)
	if !c.bot.RawReplyIDs {
		c.checkTagged(m)
		body = Tagged(body, "", 0)
	}
	fatal := false
	for _, p := range append(m.known(outbound.Validate(body)), m.parameterProblems()...) {
		c.AddAt(m.at(p.Path), CodeMessage, "%s%s", c.bot.explain(p), m.otherType(p))
		c.Problems[len(c.Problems)-1].Warning = p.Warning
		fatal = fatal || !p.Warning
	}
	if fatal || m.Segments != nil {
		return
	}
	if raw, err := outbound.Encode(body); err != nil || len(raw) > MaxBody {
		c.AddAt(m.at(""), CodeTooLarge, "a message may have at most 64 KiB")
	}
}

// known leaves out the problems of values that only an expression decides. A text that is too long
// already without its expressions stays a problem.
func (m *Message) known(problems []outbound.Problem) []outbound.Problem {
	return slices.DeleteFunc(problems, func(p outbound.Problem) bool {
		return m.Guessed(p.Path) && (p.Rule != outbound.RuleMaxChars && p.Rule != outbound.RuleMaxUnits || !m.partlyGuessed(p.Path))
	})
}

// parameterProblems are those of the literal text beside expressions in the parameters of a
// template. The values of expressions are cleaned when they are rendered.
func (m *Message) parameterProblems() (all []outbound.Problem) {
	if m.Body.Template == nil {
		return nil
	}
	for path := range m.Body.Template.ParameterTexts() {
		if m.partlyGuessed(path) {
			text := m.templated[tree.Find(m.node, path)].Outline(sampleText)
			all = append(all, outbound.ValidateParameter(path, text)...)
		}
	}
	return all
}

// explain is the message of a problem as an author reads it.
func (b *Bot) explain(p outbound.Problem) string {
	text := p.String()
	if p.Rule == outbound.RuleMaxItems && p.Want != "" { // what was counted, over all lists
		text = strings.Replace(text, " items,", " "+p.Want+",", 1)
	}
	if !b.RawReplyIDs && p.Rule == outbound.RuleMaxChars && strings.HasSuffix(p.Path, ".id") {
		text += "; the tag of its question takes 6"
	}
	return text
}

// checkTagged refuses ids that would be mistaken for tagged ones when a tap comes in.
func (c *checker) checkTagged(m *Message) {
	for _, choice := range m.Choices {
		if strings.Contains(choice.ID, "~") {
			c.AddAt(m.idAt(choice), CodeValue, "an id must not hold ~, which separates the tag of its question")
		}
	}
}

// checkUniqueIDs refuses ids that are there twice in the messages of a question or on the cards of
// a carousel. Within one list or row of buttons, WhatsApp's own limits are checked.
func (c *checker) checkUniqueIDs(st *State) {
	type spot struct {
		message int
		card    string
	}
	seen := map[string]spot{}
	for i := range st.Say {
		for _, choice := range st.Say[i].Choices {
			here := spot{i, card(choice.Path)}
			before, repeated := seen[choice.ID]
			switch {
			case repeated && before.message != i:
				c.AddAt(st.Say[i].idAt(choice), CodeDuplicateID, "another message of this state has a %s with the id %q", widget(choice), choice.ID)
			case repeated && before.card != here.card:
				c.AddAt(st.Say[i].idAt(choice), CodeDuplicateID, "another card has a button with the id %q", choice.ID)
			}
			seen[choice.ID] = here
		}
	}
}

// card names the card of a carousel on which a choice stands; "" where there are no cards.
func card(path string) string {
	before, behind, found := strings.Cut(path, ".cards[")
	if !found {
		return ""
	}
	index, _, _ := strings.Cut(behind, "]")
	return before + index
}

// widget is the name of a choice in problems: "row" or "button".
func widget(choice outbound.Choice) string {
	if strings.Contains(choice.Path, ".rows[") {
		return "row"
	}
	return "button"
}

// checkSize bounds the bytes that the options of a question take in the state of a conversation.
func (c *checker) checkSize(st *State) {
	size := 0
	for _, m := range st.Say {
		for _, choice := range m.Choices {
			size += OptionSize(choice.ID, choice.Title)
		}
	}
	if size > MaxOptions {
		c.AddAt(st.Ask.place, CodeTooLarge, "the options of this question take more than 24 KiB; offer fewer, or with shorter ids")
	}
}

// Check lists the features that messages of the bot use and the Graph version of a channel does
// not have, in the order of the text. A problem that is no warning keeps the bot from serving that
// channel.
func (b *Bot) Check(v whatsapp.Version) []Problem {
	var r tree.Reader
	for i := range b.messages {
		m := b.messages[i]
		for _, found := range outbound.Check(v, SampleBody(m.Body)) {
			at, text := found.Path, found.String()
			if found.Rule == outbound.RuleVersion {
				text = v.String() + " of the Graph API does not have: " + found.Feature
			}
			if at == "type" && m.Body.Interactive != nil {
				at = "interactive.type" // which is what the version lacks
			}
			r.AddAt(m.at(at), CodeVersion, "%s", text)
			r.Problems[len(r.Problems)-1].Warning = found.Warning
		}
	}
	return tree.Tidy(r.Problems)
}
