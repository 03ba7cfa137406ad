package bot_test

import (
	"fmt"
	"testing"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/stretchr/testify/require"
)

// matching is a bot that tells which of its triggers fired.
func matching(trigger string) string {
	return "start: start\ntriggers: [{" + trigger + ", to: fired}]\nstates:\n" +
		"  start: {say: [start], ask: {as: any, to: fired, reject: [{if: 'true', say: ['no']}]}}\n" +
		"  fired: {say: ['${input.text}'], close: {reason: done}}\n"
}

func TestWhatTriggersLookAt(t *testing.T) {
	const (
		ad  = `"referral":{"source_type":"ad","source_id":"7","headline":"Sale"}`
		tap = `{"type":"interactive","interactive":{"button_reply":{"id":"x~00000","title":"The menu"}}}`
	)
	text := func(body, more string) string {
		return `{"type":"text","text":{"body":` + quoted(body) + `}` + more + `}`
	}
	for _, tt := range []struct {
		name, trigger, message string
		fires                  bool
	}{
		{"any: the whole text", `text: {any: ["¡Menú!"]}`, text("menu", ""), true},
		{"any: no part of it", "text: {any: [menu]}", text("the menu", ""), false},
		{"words: one of them", "text: {words: [menu, list]}", text("The MENÚ, please", ""), true},
		{"words: no part of one", "text: {words: [men]}", text("menu", ""), false},
		{"matches: RE2", `text: {matches: "^m[a-z]+$"}`, text("¡Menú!", ""), true},
		{"inside text any one", `text: {any: [a], words: [b], matches: "c"}`, text("x b", ""), true},
		{"an empty fold matches nothing", `text: {matches: ".*"}`, text("¿…?", ""), false},
		{"any: an emoji, whatever its skin tone", `text: {any: ["👍"]}`, text("👍🏿", ""), true},
		{"any: an emoji with or without its selector", `text: {any: ["ℹ️"]}`, text("ℹ", ""), true},
		{"any: an emoji is not the letter it resembles", `text: {any: ["ℹ️"]}`, text("i", ""), false},
		{"any: not an emoji twice", `text: {any: ["👍"]}`, text("👍👍", ""), false},
		{"any: a flag", `text: {any: ["🇨🇱"]}`, text("🇨🇱", ""), true},
		{"any: an emoji beside words is none of them", `text: {any: ["👍"]}`, text("vale 👍", ""), false},
		{"words: an emoji beside words", `text: {words: ["👍"]}`, text("vale, gracias 👍🏽!", ""), true},
		{"words: no part of an emoji", `text: {words: ["💻"]}`, text("soy 👩‍💻", ""), false},
		{"words: no letters of two flags", `text: {words: ["🇱🇦"]}`, text("🇨🇱🇦🇷", ""), false},
		{"words: an emoji parts no phrase", `text: {words: ["hablar con alguien"]}`, text("hablar 🙏 con alguien", ""), true},
		{"matches: an emoji", `text: {matches: "^👍"}`, text("👍", ""), true},
		{"text triggers do not look at the title of a tap", "text: {words: [menu]}", tap, false},
		{"an expression may: its input.text is the title", `if: "input.text == 'The menu'"`, tap, true},
		{"nor at a caption", "text: {words: [menu]}", `{"type":"image","image":{"caption":"menu"}}`, false},
		{"all conditions hold", `text: {any: [menu]}, type: [text], first: true, if: "contact.name == 'Ana'"`, text("menu", ""), true},
		{"all conditions must", `text: {any: [menu]}, if: "contact.name == 'Eva'"`, text("menu", ""), false},
		{"first: the first message", "first: true", text("x", ""), true},
		{"referral: there is one", "referral: {}", text("x", ","+ad), true},
		{"referral: there is none", "referral: {}", text("x", ""), false},
		{"referral: the keys given are equal", "referral: {source_type: ad, source_id: '7'}", text("x", ","+ad), true},
		{"referral: all of them", "referral: {source_type: ad, source_id: '8'}", text("x", ","+ad), false},
		{"referral: to the letter", "referral: {headline: sale}", text("x", ","+ad), false},
		{"type: one of them", "type: [image, location]", `{"type":"location","location":{}}`, true},
		{"type: of a tap", "type: [interactive]", tap, true},
		{"type: another", "type: [image]", text("x", ""), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := talkTo(t, matching(tt.trigger))
			c.receive("", tt.message)
			require.Equal(t, tt.fires, c.state.Closed, c.script.String())
		})
	}
	c := talkTo(t, matching("first: true, type: [text]"))
	c.sends("image")
	c.says("x")
	require.False(t, c.state.Closed, "the second message is not the first")
}

func TestATriggerTakesEachTextOfAReferral(t *testing.T) {
	for _, key := range definition.ReferralKeys {
		trigger := `referral: {` + key + `: wanted}`
		for _, sent := range []string{"wanted", "other"} {
			c := talkTo(t, matching(trigger))
			c.receive("referral", fmt.Sprintf(
				`{"from":"56911112222","id":"m","type":"text","text":{"body":"hola"},"referral":{%q:%q}}`, key, sent))
			require.Equal(t, sent == "wanted", c.ended() != nil, key)
		}
	}
}

// Where people put no spaces between words, a word is found inside of a text; marks make other words.
func TestWordsOfATriggerInScriptsWithoutSpaces(t *testing.T) {
	const src = `
start: other
triggers: [{text: {words: ["退款", "ราคา", "かき", "का", "환불"]}, to: found}]
states:
  found: {say: [found], close: {reason: done}}
  other: {say: [other], close: {reason: done}}
`
	for text, says := range map[string]string{
		"我想退款！": "found", "退 款": "found", "款退": "other", "ขอราคาหน่อย": "found", "ขอราคำหน่อย": "other", "かきをください": "found", "がきをください": "other",
		"राम का घर": "found", "राम की": "other", "환불 해주세요": "found", "환불이요": "other",
	} {
		c := talkTo(t, src)
		c.says(text)
		require.Equal(t, []string{says}, c.texts(), text)
	}
}
