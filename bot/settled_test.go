package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp"
)

// Each test of this file and of settled_clock_test.go is one of the points that bot/v1 settles
// beside its rules, by its number.

// That messages are taken one by one, and how much of what they cause is returned together,
// is the shell's: TestTurnEndsAtItsBound in package activities.
func TestSettled01StepTakesOneEventAndDefersWhileACallIsOut(t *testing.T) {
	c := searched(t, "shoes")
	c.says("one")
	require.Equal(t, []bot.EffectKind{bot.EffectDeferred}, c.kinds())
	c.answers(404, "")
	c.says("one")
	require.Equal(t, "search", c.call().State, "the same event, when it comes again, is an answer")

	_, _, err := bot.Step(c.bot, c.state, bot.Event{Kind: "delivery", At: c.now})
	require.Error(t, err, "there is no event for what was delivered")
}

func TestSettled02TypedAnswersAreMatchedAgainstWhatWasSent(t *testing.T) {
	c := talkTo(t, `
start: a
vars: {name: {type: string}}
states:
  a: {say: ["name?"], ask: {as: text, save: {name: answer.text}, to: b}}
  b:
    say: [{interactive: {type: list, body: {text: pick}, action: {button: See, sections: [{title: T, rows: "${[{'id': 'x', 'title': 'For ' + vars.name}, {'id': 'y', 'title': 'Other'}]}"}]}}}]
    ask: {choices: {"*": c}, save: {name: answer.id}}
  c: {say: ["${vars.name}"], close: {reason: done}}
`)
	c.says("hola")
	c.says("Ána")
	require.Equal(t, []bot.Option{{ID: "x", Title: "For Ána"}, {ID: "y", Title: "Other"}}, c.state.Ask.Options)
	state := c.state
	for _, tt := range []struct{ said, says string }{{"for ana", "x"}, {"OTHER", "y"}, {"2", "y"}} {
		c.state = state
		c.says(tt.said)
		require.Equal(t, []string{tt.says}, c.texts())
	}
	for _, said := range []string{"Ána", "3", "0", "x"} {
		c.state = state
		c.says(said)
		require.Equal(t, "rule 8 refused", c.trace(), said)
	}
}

const alternatives = `
start: a
vars: {vip: {type: bool}}
states:
  a:
    set: {vip: "contact.name == 'Eva'"}
    say:
      - hello
      - {if: "vars.vip", interactive: {type: button, body: {text: gold}, action: {buttons: [{type: reply, reply: {id: x, title: X}}]}}}
      - {if: "!vars.vip", interactive: {type: button, body: {text: plain}, action: {buttons: [{type: reply, reply: {id: y, title: Y}}]}}}
      - behind
    ask: {choices: {x: a, y: a}}
`

func TestSettled02ARefusalSaysTheLastInteractiveMessageAgain(t *testing.T) {
	for name, want := range map[string]string{"Ana": "plain [Y]", "Eva": "gold [X]"} {
		c := talkTo(t, alternatives)
		c.state.Contact.Name = name
		c.says("hola")
		c.says("what?")
		require.Equal(t, []string{"Disculpa, no te entendí. Elige una de las opciones, por favor.", want}, c.texts(), "the one that was said")
	}
	c := talkTo(t, `defaults: {retry: {max: 2, else: a, repeat: false}}`+alternatives)
	c.says("hola")
	c.says("what?")
	require.Len(t, c.texts(), 1)
}

// matching is a bot that tells which of its triggers fired.
func matching(trigger string) string {
	return "start: start\ntriggers: [{" + trigger + ", to: fired}]\nstates:\n" +
		"  start: {say: [start], ask: {as: any, to: fired, reject: [{if: 'true', say: ['no']}]}}\n" +
		"  fired: {say: ['${input.text}'], close: {reason: done}}\n"
}

func TestSettled03WhatTriggersLookAt(t *testing.T) {
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

func TestSettled04WhatExpressionsSeeOfAMessage(t *testing.T) {
	const fields = "${input.type}|${input.text}|${input.id}|${input.title}|${input.media_id}|${input.caption}|${input.latitude}|${input.longitude}|${input.name}|${input.form}|${has(input.referral.source_id) ? input.referral.source_id : ''}"
	for message, want := range map[string]string{
		`{"type":"text","text":{"body":" Hi "}}`:                                                                        "text| Hi |||||0|0||{}|",
		`{"type":"text","text":{"body":"a"},"referral":{"source_id":"7"}}`:                                              `text|a|||||0|0||{}|7`,
		`{"type":"interactive","interactive":{"list_reply":{"id":"x~00000","title":"T"}}}`:                              "interactive|T|x|T|||0|0||{}|",
		`{"type":"button","button":{"payload":"p","text":"T"}}`:                                                         "button|T|p|T|||0|0||{}|",
		`{"type":"image","image":{"id":"9","caption":"C"}}`:                                                             "image||||9|C|0|0||{}|",
		`{"type":"location","location":{"latitude":-33.5,"longitude":-70.25,"name":"N"}}`:                               "location||||||-33.5|-70.25|N|{}|",
		`{"type":"interactive","interactive":{"nfm_reply":{"response_json":"{\"n\":2.5,\"a\":[1]}"}}}`:                  `interactive||||||0|0||{"a":[1],"n":2.5}|`,
		`{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"response_json":"[\"not an object\"]"}}}`: "interactive||||||0|0||{}|",
	} {
		c := talkTo(t, "start: a\nstates:\n  a: {say: [\""+fields+"\"], close: {reason: done}}\n")
		c.receive("", message)
		require.Equal(t, []string{want}, c.texts(), message)
	}
}

func TestSettled04WhatExpressionsSeeOfAResult(t *testing.T) {
	const src = `
start: a
vars: {seen: {type: string}}
states:
  a:
    call:
      http: {get: "https://x.test"}
      save: {seen: "string(result.status) + ' ' + result.text + ' ' + string(type(result.json) == map ? type(result.json.n) == int : false)"}
      on_error: failed
    say: ["${vars.seen}"]
    close: {reason: done}
  failed: {say: [failed], close: {reason: done}}
`
	for body, want := range map[string]string{
		`{"n":2}`:                 `200 {"n":2} true`,
		`{"n":2.0}`:               `200 {"n":2.0} false`,
		`{"n":2.5}`:               `200 {"n":2.5} false`,
		"\ufeff" + `{"n":2}`:      `200 {"n":2} true`, // a byte order mark
		"\ufeff":                  `200  false`,
		`{"n":` + "\ufeff" + `2}`: "200 {\"n\":\ufeff2} false",
		`just words`:              `200 just words false`,
		``:                        `200  false`,
	} {
		c := talkTo(t, src)
		c.says("hola")
		c.answers(200, body)
		require.Equal(t, []string{want}, c.texts())
	}
}

func TestSettled04AFailingExpression(t *testing.T) {
	const src = `
start: a
vars: {n: {type: int}, list: {type: list}}
defaults: {error: sorry}
states:
  a: {say: [a], ask: {as: text, SAVE to: b}}
  b: {say: [before], goto: c}
  c: {SET CALL SAY GOTO}
  failed: {say: [failed], close: {reason: done}}
  sorry: {say: [sorry], close: {reason: done}}
`
	const bad = `"vars.list[vars.n]"`
	for _, tt := range []struct {
		name, place, piece string
		says               []string
	}{
		{"in save of an answer", "SAVE", "save: {n: " + bad + "},", []string{"sorry"}},
		{"in set", "SET", "set: {n: " + bad + "},", []string{"before", "sorry"}},
		{"in a call", "CALL", `call: {http: {get: "https://x.test/${vars.list[vars.n]}"}, on_error: failed},`, []string{"before", "sorry"}},
		{"in a text", "SAY", `say: [first, "${vars.list[vars.n]}"],`, []string{"before", "first", "sorry"}},
		{"in a condition of a text", "SAY", `say: [first, {text: {body: x}, if: "vars.list[vars.n] == 1"}],`, []string{"before", "first", "sorry"}},
		{"in a branch", "GOTO", `goto: [{if: "vars.list[vars.n] == 1", to: sorry}, {to: failed}]`, []string{"before", "sorry"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			def := strings.Replace(src, tt.place, tt.piece, 1)
			if tt.place != "GOTO" {
				def = strings.Replace(def, "GOTO", "goto: failed", 1)
			}
			c := talkTo(t, strings.NewReplacer("SAVE", "", "SET", "", "CALL", "", "SAY", "").Replace(def))
			c.says("hola")
			c.says("x")
			require.Equal(t, tt.says, c.texts(), "what was said before stays said")
		})
	}
	c := talkTo(t, strings.NewReplacer("SAVE", "", "SET", "", "SAY", "", "GOTO", "goto: failed",
		"CALL", `call: {http: {get: "https://x.test"}, save: {n: `+bad+`}, on_error: failed},`).Replace(src))
	c.says("hola")
	c.says("x")
	c.answers(200, "{}")
	require.Equal(t, []string{"failed"}, c.texts(), "in save of a call: on_error")
}

func TestSettled06TheLanguageOfStrings(t *testing.T) {
	const src = `
languages: [es, en]
start: a
vars: {lang: {type: string}}
strings: {hi: {es: hola, en: hello}}
states:
  a: {say: ["${t('hi')}"], ask: {as: text, save: {lang: answer.text}, to: a}}
`
	c := talkTo(t, src)
	c.says("x")
	require.Equal(t, []string{"hola"}, c.texts(), "languages[0] while vars.lang is not set")
	for _, tt := range []struct{ said, says string }{{"en", "hello"}, {"es", "hola"}, {"pt", "hola"}} {
		c.says(tt.said)
		require.Equal(t, []string{tt.says}, c.texts())
	}
	c = talkTo(t, strings.Replace(strings.Replace(src, "{lang: {type", "{tongue: {type", 1), "{lang: answer", "{tongue: answer", 1))
	c.says("x")
	c.says("en")
	require.Equal(t, []string{"hola"}, c.texts(), "a bot without vars.lang speaks its first language")
}

func TestSettled07BuiltInDefaults(t *testing.T) {
	for _, tt := range []struct{ languages, retry, stale, closing, timeout, apology string }{
		{
			"", "Disculpa, no te entendí. Elige una de las opciones, por favor.", "Esa opción es de un mensaje anterior. Sigamos desde aquí 👇",
			"Cerramos este chat. Escríbenos cuando quieras 👋", "Cierro este chat por inactividad. Escríbenos cuando quieras 👋",
			"Lo siento, tuve un problema técnico y debo cerrar este chat. Escríbenos de nuevo, por favor.",
		},
		{
			"languages: [en-US, es]", "Sorry, I did not get that. Please choose one of the options.",
			"That option belongs to an earlier message. Let's go on from here 👇",
			"We are closing this chat. Write to us whenever you like 👋", "I am closing this chat because it has been quiet. Write to us whenever you like 👋",
			"Sorry, I ran into a technical problem and have to close this chat. Please write again.",
		},
	} {
		begin := func() *chat {
			c := newChat(t, load(t, small(tt.languages)))
			c.says("hola")
			return c
		}
		c := begin()
		for range 4 { // three tries, then once more
			c.says("x")
			require.Equal(t, []string{tt.retry, "¿listo? [Fin]"}, c.texts())
		}
		c.says("x")
		require.Empty(t, c.texts(), "then the bot waits")
		require.Equal(t, "hola", c.asking())
		c.taps("old~zzzzz")
		require.Equal(t, tt.stale, c.texts()[0])
		c = begin()
		c.closes("operator")
		require.Equal(t, []string{tt.closing}, c.texts())
		require.Equal(t, &bot.Close{Reason: "operator", Notice: true}, c.ended())
		c = begin()
		c.waits(24 * time.Hour)
		require.Equal(t, []string{tt.timeout}, c.texts())
		require.Equal(t, &bot.Close{Reason: definition.ReasonTimeout, Notice: true}, c.ended())
		broken := newChat(t, load(t, chain(tt.languages, 51, 0)))
		broken.says("x")
		require.Equal(t, []string{tt.apology}, broken.texts())
	}
}

func TestSettled07NoticeIsTrueUnlessSet(t *testing.T) {
	for closing, notice := range map[string]bool{"{reason: x}": true, "{reason: x, notice: true}": true, "{reason: x, notice: false}": false} {
		c := talkTo(t, "start: a\nstates: {a: {close: "+closing+"}}\n")
		c.says("hola")
		require.Equal(t, &bot.Close{Reason: "x", Notice: notice}, c.ended())
	}
}

func TestSettled07ClosedFromOutsideTheBotSaysItsClosingWords(t *testing.T) {
	c := talkTo(t, "start: a\ndefaults: {close: {say: [bye now, take care]}}\nstates:\n  a: {say: [a], ask: {as: text, to: a}}\n")
	c.says("hola")
	c.closes("")
	require.Equal(t, []string{"bye now", "take care"}, c.texts())
	require.Equal(t, "closed", c.ended().Reason)
	require.Equal(t, whatsapp.TypeText, c.message(0).Type)
}
