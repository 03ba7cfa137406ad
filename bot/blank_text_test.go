package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// unseen are texts of which a person sees nothing.
func unseen() []string {
	return []string{
		"\x01", "\x00\x07\x1b", " ", "\t\n", "\u00a0\u2003", "\u200b", "\u200d\ufeff", "\u00ad", "\u202e\u2066", "\u3164", "\u115f\u1160", "\uffa0",
		"\u2800", "\ufe0f", "\U000e0041", "\u034f", "\u0301", "\u2028", "\x7f\u0085 \u2060",
	}
}

func TestATextOfWhichNothingIsSeenIsNoAnswer(t *testing.T) {
	for _, as := range []string{"text", "any", "int", "date", "time", "email", "phone"} {
		for _, text := range unseen() {
			t.Run(fmt.Sprintf("%s %+q", as, text), func(t *testing.T) {
				c := talkTo(t, asks(as, ""))
				c.says("hola")
				c.says(text)
				require.Equal(t, "rule 8 refused", c.trace())
				require.False(t, c.state.Closed)
				require.Equal(t, "a", c.asking())
			})
		}
	}
}

func TestATextOfWhichNothingIsSeenIsNoTypedOption(t *testing.T) {
	const src = `
start: a
states:
  a:
    say: [{interactive: {type: button, body: {text: which}, action: {buttons: [{type: reply, reply: {id: x, title: "ㅤ"}}, {type: reply, reply: {id: y, title: Y}}]}}}]
    ask: {choices: {x: a, y: a}}
`
	for _, text := range unseen() {
		c := talkTo(t, src)
		c.says("hola")
		c.says(text)
		require.Equal(t, "rule 8 refused", c.trace(), "%+q", text)
	}
}

func TestATextOfWhichNothingIsSeenFiresNoTriggerOfText(t *testing.T) {
	const src = `
start: a
triggers: [{text: {matches: "."}, to: b}, {text: {matches: "^$|^\\s*$"}, to: b}, {type: [text], if: "input.text != 'hola'", to: c}]
states:
  a: {say: [a], ask: {as: text, to: a}}
  b: {say: [b], ask: {as: text, to: a}}
  c: {say: ["c"], ask: {as: text, to: a}}
`
	for _, text := range unseen() {
		c := talkTo(t, src)
		c.says(text)
		require.Equal(t, []string{"c"}, c.texts(), "%+q: a text came", text)
	}
}

// What nobody sees is not said back, and nothing breaks.
func TestATextOfWhichNothingIsSeenIsLeftOutWhereItWouldBeSaid(t *testing.T) {
	const src = `
start: a
states:
  a:
    say: [first, "${input.text}", " ${input.text} ", {text: {body: "${input.text}"}}, last]
    ask: {as: text, to: a}
`
	for _, text := range unseen() {
		c := talkTo(t, src)
		c.says(text)
		require.Equal(t, []string{"first", "last"}, c.texts(), "%+q", text)
		require.Equal(t, "a", c.asking())
		require.Contains(t, c.effects, bot.Effect{Kind: bot.EffectNote, Note: "not said in state a: there was nothing to see in it"})
	}
}

// What can be answered is said all the same.
func TestAPlaceholderStandsWhereWhatsAppWantsAText(t *testing.T) {
	const src = `
start: a
states:
  a:
    say:
      - interactive: {type: button, header: {type: text, text: "${input.text}"}, body: {text: "${input.text}"}, footer: {text: "${input.text}"}, action: {buttons: [{type: reply, reply: {id: x, title: "${input.text}"}}]}}
      - interactive: {type: list, body: {text: t}, action: {button: "${input.text}", sections: [{title: "${input.text}", rows: "${[{'id': 'r', 'title': input.text, 'description': input.text}]}"}]}}
      - image: {link: "https://x.test/a.jpg", caption: "${input.text}"}
      - contacts: [{name: {formatted_name: "${input.text}", first_name: "${input.text}"}}]
      - location: {latitude: 1, longitude: 2, name: "${input.text}"}
    ask: {as: any, choices: {x: a, r: a}, to: a}
`
	for _, text := range unseen() {
		c := talkTo(t, src)
		c.says(text)
		require.Equal(t, "a", c.asking(), "%+q\n%s", text, c.script.String())
		require.Len(t, c.bodies(), 5)
		buttons := c.message(0).Interactive
		require.Equal(t, "…", buttons.Header.Text)
		require.Equal(t, "…", buttons.Body.Text)
		require.Equal(t, "…", buttons.Footer.Text)
		require.Equal(t, "…", buttons.Action.Buttons[0].Reply.Title)
		list := c.message(1).Interactive.Action
		require.Equal(t, "…", list.Button)
		require.Empty(t, list.Sections[0].Title, "a single section needs none")
		require.Equal(t, "…", list.Sections[0].Rows[0].Title)
		require.Empty(t, list.Sections[0].Rows[0].Description)
		require.Empty(t, c.message(2).Image.Caption)
		require.Equal(t, "…", c.message(3).Contacts[0].Name.FormattedName)
		require.Empty(t, c.message(4).Location.Name)
		for i := range 5 {
			require.Empty(t, refusals(c.message(i)))
		}
	}
}

// An author may want a text that nobody sees.
func TestWhatIsWrittenOutIsSaidAsItStands(t *testing.T) {
	c := talkTo(t, `
start: a
states:
  a:
    say:
      - "\u200b"
      - interactive: {type: button, header: {type: text, text: "${input.text}"}, body: {text: "\u200b"}, action: {buttons: [{type: reply, reply: {id: x, title: X}}]}}
    ask: {choices: {x: a}}
`)
	c.says("hola")
	require.Equal(t, "\u200b", c.message(0).Text.Body)
	require.Equal(t, "\u200b", c.message(1).Interactive.Body.Text)
}

func TestANameOfWhichNothingIsSeenIsNone(t *testing.T) {
	for _, name := range append(unseen(), "") {
		b := load(t, `
bot: v1
name: small
start: a
states: {a: {say: ["${contact.name == '' ? 'hi' : 'hi, ' + contact.name}", "${contact.name}"], ask: {as: text, to: a}}}
`)
		c := newChat(t, b)
		c.state = bot.NewState(b, "cnv_1", bot.Contact{WaID: "56911112222", Name: name}, opened)
		c.says("hola")
		require.Equal(t, []string{"hi"}, c.texts(), "%+q", name)
	}
}

// Calls get what was said as it is: what they do with it is not for people to read.
func TestACallGetsATextOfWhichNothingIsSeen(t *testing.T) {
	c := talkTo(t, `
start: a
states:
  a: {call: {http: {post: "https://x.test/", json: {text: "${input.text}"}}, on_error: b}, goto: b}
  b: {say: [b], ask: {as: text, to: a}}
`)
	c.says("\u200b")
	require.JSONEq(t, `{"text": "\u200b"}`, string(c.call().Body))
}

// titled are all places where a title from data is cut.
const titled = `
start: a
states:
  a:
    say:
      - interactive: {type: button, header: {type: text, text: "${input.text}"}, body: {text: "${input.text}"}, footer: {text: "${input.text}"}, action: {buttons: [{type: reply, reply: {id: x, title: "${input.text}"}}, {type: reply, reply: {id: y, title: "1 ${input.text}"}}]}}
      - interactive: {type: list, body: {text: t}, action: {button: "${input.text}", sections: [{title: "${input.text}", rows: "${[{'id': 'r', 'title': input.text, 'description': input.text}]}"}]}}
      - interactive: {type: cta_url, body: {text: t}, action: {name: cta_url, parameters: {display_text: "${input.text}", url: "https://x.test/"}}}
      - image: {link: "https://x.test/a.jpg", caption: "${input.text}"}
      - "${input.text}"
    ask: {as: any, choices: {x: a, y: a, r: a}, to: a}
`

// tooLong are the rules about length that a body breaks, in any way of counting.
func tooLong(s outbound.Message) (all []string) {
	s.To = "56911112222"
	for _, p := range outbound.Validate(s) {
		if p.Rule == outbound.RuleMaxChars || p.Rule == outbound.RuleMaxUnits {
			all = append(all, p.String())
		}
	}
	return all
}

func TestWhatIsCutFitsHoweverWhatsAppCounts(t *testing.T) {
	for _, tt := range []struct{ text, button, row string }{
		{"12345678901234567890", "12345678901234567890", "12345678901234567890"},
		{"1234567890123456789😀", "1234567890123456789…", "1234567890123456789😀"},
		{"😀😀😀😀😀😀😀😀😀😀", "😀😀😀😀😀😀😀😀😀😀", "😀😀😀😀😀😀😀😀😀😀"},
		{"😀😀😀😀😀😀😀😀😀😀😀😀", "😀😀😀😀😀😀😀😀😀…", "😀😀😀😀😀😀😀😀😀😀😀😀"},
		{"Corte y color 💇🏽‍♀️💅🏽✨", "Corte y color…", "Corte y color 💇🏽‍♀️…"},
		{"𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜", "𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜…", "𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜𝒜…"},
		{"🇨🇱🇦🇷🇵🇪🇧🇷🇲🇽🇺🇾", "🇨🇱🇦🇷🇵🇪🇧🇷…", "🇨🇱🇦🇷🇵🇪🇧🇷🇲🇽🇺🇾"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			c := talkTo(t, titled)
			c.says(tt.text)
			require.Equal(t, tt.button, c.message(0).Interactive.Action.Buttons[0].Reply.Title)
			require.Equal(t, tt.row, c.message(1).Interactive.Action.Sections[0].Rows[0].Title)
		})
	}
}

func TestTextsFromDataFitHoweverWhatsAppCounts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		piece := rapid.SampledFrom([]string{"a", "ñ", "😀", "🇨🇱", "👨‍👩‍👧‍👦", "❤️", "e\u0301", "漢", " ", "𝒜"})
		text := "x" + strings.Join(rapid.SliceOfN(piece, 0, 1100).Draw(rt, "text"), "")
		c := talkTo(t, titled)
		c.says(text)
		require.Len(rt, c.bodies(), 5, text)
		for i := range c.bodies() {
			require.Empty(rt, tooLong(c.message(i)), text)
		}
	})
}

// What an author wrote out is warned of by check, and said as it stands.
func TestWhatIsWrittenOutIsNotCutByItsUnits(t *testing.T) {
	const emoji = "😀😀😀😀😀😀😀😀😀😀😀"
	src := func(title string) string {
		return `bot: v1
name: small
start: a
states:
  a:
    say:
      - interactive:
          type: button
          body: {text: "${input.text}"}
          action:
            buttons:
              - {type: reply, reply: {id: x, title: "` + title + `"}}
    ask: {choices: {x: b}}
  b: {handoff: {to: desk}}
`
	}
	warning := "12:53: warning: interactive.action.buttons[0].reply.title has 22 UTF-16 units, more than 20 may be refused [message]"
	require.Equal(t, []string{warning}, found(t, src(emoji)))
	require.Equal(t, []string{warning}, found(t, src(emoji+"${input.text}")))
	require.Empty(t, found(t, src("${input.text}")))
	c := newChat(t, load(t, src(emoji)))
	c.says("hola")
	require.Equal(t, emoji, c.message(0).Interactive.Action.Buttons[0].Reply.Title)
	c = newChat(t, load(t, src(emoji+"${input.text}")))
	c.says("hola")
	require.Equal(t, "😀😀😀😀😀😀😀😀😀…", c.message(0).Interactive.Action.Buttons[0].Reply.Title)
}

// What is collected goes on being collected.
func TestATextOfWhichNothingIsSeenEndsNoChatWhileTextsAreCollected(t *testing.T) {
	c := talkTo(t, collecting)
	c.says("hola")
	c.says("one")
	c.says("\u200b")
	c.waits(8 * time.Second)
	require.False(t, c.state.Closed)
	require.Equal(t, `"one"`, c.value("note"))
}
