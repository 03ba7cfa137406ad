package definition_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

// question is a bot with one question, at fixed lines: what is said begins at line 7.
func question(say, ask string) string {
	return `bot: v1
name: q
start: a
states:
  a:
    say:` + say + `
    ask: ` + ask + `
  fin: {close: {reason: done}}
`
}

// small is a bot with one question, and what a test adds at the top level.
func small(top string) string {
	return `bot: v1
name: small
start: hola
` + top + `
states:
  hola:
    say: [{interactive: {type: button, body: {text: "¿listo?"}, action: {buttons: [{type: reply, reply: {id: fin, title: Fin}}]}}}]
    ask: {choices: {fin: fin}}
  fin: {say: [adiós], close: {reason: resolved}}
`
}

func TestMistakesInEachKindOfMessageAreReported(t *testing.T) {
	const to = "{to: fin}"
	rows := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf("{id: r%d, title: R%d}", i, i))
		}
		return strings.Join(all, ", ")
	}
	list := func(rows string) string {
		return " [{interactive: {type: list, body: {text: t}, action: {button: Ver, sections: [{title: T, rows: [" + rows + "]}]}}}]"
	}
	card := func(i int, id string) string {
		return fmt.Sprintf(`{card_index: %d, type: cta_url, header: {type: image, image: {link: "https://x.test"}}, action: {buttons: [{type: quick_reply, quick_reply: {id: %s, title: T}}]}}`, i, id)
	}
	carousel := func(cards ...string) string {
		return " [{interactive: {type: carousel, body: {text: t}, action: {cards: [" + strings.Join(cards, ", ") + "]}}}]"
	}
	for _, tt := range []struct {
		name     string
		say, ask string
		want     []string
	}{
		{"text: unknown key", "\n      - {text: {bodi: hi}}", "", []string{"7:17: text.bodi is not a known key; did you mean \"body\"? [unknown-key]"}},
		{"text: not an object", "\n      - {text: hi}", "", []string{"7:16: text must be an object: {body: …} [type]"}},
		{"text: preview as a text", "\n      - {text: {body: hi, preview_url: \"yes\"}}", "", []string{"7:40: text.preview_url must be true or false [type]"}},
		{"image: neither id nor link", "\n      - {image: {caption: hi}}", "", []string{"7:17: image must be exactly one of id and link [message]"}},
		{"image: a key without a value", "\n      - image:\n          link:", "", []string{"8:16: link has no value; give it one or leave it out [type]"}},
		{"image: filename", "\n      - {image: {id: \"1\", filename: a.png}}", "", []string{"7:37: image.filename must be left out unless it is a document [message]"}},
		{"audio: caption", "\n      - {audio: {id: \"1\", caption: hi}}", "", []string{"7:36: audio.caption must be left out here [message]"}},
		{"audio: id as a number", "\n      - {audio: {id: 1001}}", "", []string{"7:22: audio.id must be a text; put it in quotes [type]"}},
		{"video: no address", "\n      - {video: {link: video.mp4}}", "", []string{"7:24: video.link must be an http or https address [message]"}},
		{"document: expression", "\n      - {document: {link: \"https://x.test/${vars.f}\"}}", "", []string{
			`7:45: there is no variable "f"; declare it under vars [unknown-var]`,
		}},
		{"sticker: voice", "\n      - {sticker: {id: \"1\", voice: true}}", "", []string{"7:36: sticker.voice must be left out unless it is audio [message]"}},
		{"location: without longitude", "\n      - {location: {latitude: 1}}", "", []string{"7:20: location.longitude is required [missing-key]"}},
		{"location: beyond the pole", "\n      - {location: {latitude: 91, longitude: 0}}", "", []string{"7:31: location.latitude must be -90 to 90 [message]"}},
		{"contacts: not a list", "\n      - {contacts: {name: {formatted_name: A}}}", "", []string{"7:20: contacts must be a list: [{name: {formatted_name: …, first_name: …}}] [type]"}},
		{"contacts: without a name", "\n      - contacts:\n          - {name: {first_name: A}}", "", []string{"8:20: contacts[0].name.formatted_name is required [message]"}},
		{"contacts: birthday", "\n      - {contacts: [{name: {formatted_name: A, first_name: A}, birthday: 17/05/90}]}", "", []string{
			"7:74: contacts[0].birthday must be a day as yyyy-mm-dd [message]",
		}},
		{"interactive: unknown type", "\n      - {interactive: {type: liste, body: {text: t}, action: {}}}", "", []string{
			"7:30: interactive.type must be a type of interactive message; did you mean \"list\"? [message]",
		}},
		{"interactive: dotted key", "\n      - {interactive: {type: flow, body: {text: t, a.b: 1}, action: {name: flow}}}", "", []string{
			"7:52: interactive.body.a.b is not a known key; it may have text [unknown-key]",
		}},
		{"list: 11 rows", list(rows(11)), to, []string{"6:87: interactive.action.sections has 11 rows, at most 10 are allowed [message]"}},
		{"list: 101 rows", list(rows(101)), to, []string{"6:11: a message may have at most 100 buttons or rows [too-large]"}},
		{"list: row without choice", list("{id: a, title: A}, {id: b, title: B}"), "{choices: {a: fin}}", []string{
			`6:130: no choice and no trigger takes the row "b" [button-without-choice]`,
		}},
		{"list: choice without row", list("{id: a, title: A}"), "{choices: {a: fin, c: fin}}", []string{
			`7:29: no button or row of this state has the id "c" [choice-without-button]`,
		}},
		{"list: id of 195 characters with its tag", list("{id: " + strings.Repeat("a", 195) + ", title: A}"), to, []string{
			"6:111: interactive.action.sections[0].rows[0].id has 201 characters, at most 200 are allowed; the tag of its question takes 6 [message]",
		}},
		{"list: the same id in two sections", strings.Replace(list("{id: a, title: A}"), "}]}]}}}]", "}]}, {title: U, rows: [{id: a, title: B}]}]}}}]", 1), to, []string{
			"6:150: interactive.action.sections[1].rows[0].id is the same as an earlier one [message]",
		}},
		{"list: no action", "\n      - {interactive: {type: list, body: {text: t}}}", to, []string{
			"7:23: interactive.action is required [message]",
			"8:5: the state asks for a choice but says no message with buttons or a list; say one, or give the kind of answer with as [choice-without-button]",
		}},
		{"carousel: one card", carousel(card(0, "a")), to, []string{"6:75: interactive.action.cards has 1 items, at least 2 are needed [message]"}},
		{"carousel: the same id on two cards", carousel(card(0, "a"), card(1, "a")), to, []string{`6:382: another card has a button with the id "a" [duplicate-id]`}},
		{"carousel: id of 15 characters with its tag", carousel(card(0, "a"), card(1, strings.Repeat("b", 15))), to, []string{
			"6:382: interactive.action.cards[1].action.buttons[0].quick_reply.id has 21 characters, at most 20 are allowed; the tag of its question takes 6 [message]",
		}},
		{"cta_url: cannot be answered", "\n      - {interactive: {type: cta_url, body: {text: t}, action: {name: cta_url, parameters: {display_text: A, url: \"https://x.test\"}}}}", to, []string{
			"8:5: the state asks for a choice but says no message with buttons or a list; say one, or give the kind of answer with as [choice-without-button]",
		}},
		{"cta_url: parameters", "\n      - {interactive: {type: cta_url, body: {text: t}, action: {name: cta_url, parameters: {display_text: A, link: \"https://x.test\"}}}}", "", []string{
			"7:110: interactive.action.parameters.link is not a known key; did you mean \"url\"? [unknown-key]",
		}},
		{"flow: neither id nor name", "\n      - {interactive: {type: flow, body: {text: t}, action: {name: flow, parameters: {flow_message_version: 3, flow_cta: A}}}}", to, []string{
			"7:86: interactive.action.parameters must be exactly one of flow_id and flow_name [message]",
		}},
		{"location request: a choice of its own", "\n      - {interactive: {type: location_request_message, body: {text: t}, action: {name: send_location}}}", "{choices: {a: fin}}", []string{
			"8:5: the state asks for a choice but says no message with buttons or a list; say one, or give the kind of answer with as [choice-without-button]",
			`8:21: no button or row of this state has the id "a" [choice-without-button]`,
		}},
		{"template: name", "\n      - {template: {name: Hola Mundo, language: {code: es}}}", "", []string{"7:27: template.name must be of small letters, digits and _ [message]"}},
		{"template: without language", "\n      - {template: {name: hola}}", "", []string{"7:20: template.language.code is required [message]"}},
		{"template: parameter", "\n      - {template: {name: hola, language: {code: es}, components: [{type: body, parameters: [{type: text, value: x}]}]}}", "", []string{
			"7:107: template.components[0].parameters[0].value is not a known key; did you mean \"text\"? [unknown-key]",
		}},
		{"template: quick reply without choice", "\n      - {template: {name: hola, language: {code: es}, components: [{type: button, sub_type: quick_reply, index: 0, parameters: [{type: payload, payload: p}]}]}}", "{choices: {q: fin}}", []string{
			`7:129: no choice and no trigger takes the button "p" [button-without-choice]`,
		}},
		{"reaction: two letters", "\n      - {reaction: {emoji: ok}}", "", []string{"7:28: reaction.emoji must be one emoji, or empty to take it back [message]"}},
		{"reaction: without emoji", "\n      - {reaction: {message_id: wamid.1}}", "", []string{"7:20: reaction.emoji is required [missing-key]"}},
		{"reaction: with context", "\n      - {reaction: {emoji: \"👍\"}, context: {}}", "", []string{"7:43: context must be left out in a reaction [message]"}},
		{"recipient", "\n      - {to: \"569\", recipient_type: group, text: {body: t}}", "", []string{
			`7:10: a message has no key "to"; it may have audio, biz_opaque_callback_data, contacts, context, document, each, if, image, interactive, location, reaction, recipient_type, sticker, template, text, type, video [unknown-key]`,
			"7:37: recipient_type must be one of individual [value]",
		}},
		{"callback data", "\n      - {text: {body: t}, biz_opaque_callback_data: " + strings.Repeat("x", 513) + "}", "", []string{
			"7:53: biz_opaque_callback_data has 513 characters, at most 512 are allowed [message]",
		}},
		{"NUL in data that is passed on", "\n      - {interactive: {type: flow, body: {text: t}, action: {name: flow, parameters: {flow_action_payload: {data: {a: \"\\0\"}}}}}}", "", []string{
			"7:119: a must not hold a NUL character [value]",
		}},
		{"more than 64 KiB", "\n      - {interactive: {type: order_status, body: {text: t}, action: {name: review_order, parameters: {reference_id: r, order: {note: " + strings.Repeat("x", 64<<10) + "}}}}}", "", []string{
			"7:9: a message may have at most 64 KiB [too-large]",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			src := question(tt.say, tt.ask)
			if tt.ask == "" {
				src = strings.Replace(src, "    ask: \n", "    close: {reason: done}\n", 1)
			}
			require.Equal(t, tt.want, fatal(problems(t, src)))
		})
	}
}

// fatal are the problems that are no warnings of states that nothing leads to.
func fatal(ps definition.Problems) []string {
	var all []string
	for _, p := range ps {
		if p.Code != definition.CodeUnreachable {
			all = append(all, p.String())
		}
	}
	return all
}

func TestUnusedMessagesAreCheckedToo(t *testing.T) {
	require.Contains(t, problems(t, small("messages: {m: {sticker: {}}}")).List(), "4:25: sticker must be exactly one of id and link [message]")
}

// A large message that is said everywhere must not make loading slow: it is looked at once.
func TestALargeMessageIsCheckedOnce(t *testing.T) {
	var b strings.Builder
	b.WriteString("bot: v1\nname: large\nstart: s0\nmessages: {m: {interactive: {type: order_status, body: {text: t}, action: {name: review_order, parameters: {reference_id: r, order: {")
	for i := range 8000 {
		fmt.Fprintf(&b, "k%d: 1, ", i)
	}
	b.WriteString("end: 1}}}}}}\nstates:\n")
	use := strings.TrimSuffix(strings.Repeat("{use: m}, ", 10), ", ")
	for i := range 499 {
		fmt.Fprintf(&b, "  s%d: {say: [%s], goto: s%d}\n", i, use, i+1)
	}
	b.WriteString("  s499: {close: {reason: done}}\n")
	start := time.Now()
	_, err := definition.Load([]byte(b.String()))
	require.Error(t, err)
	require.Less(t, time.Since(start), 20*time.Second)
}

func TestOptionsOfAQuestionAreBounded(t *testing.T) {
	var say strings.Builder
	for i := range 10 {
		var rows []string
		for j := range 10 {
			rows = append(rows, fmt.Sprintf("{id: %s%d%d, title: T%d}", strings.Repeat("ñ", 180), i, j, j))
		}
		fmt.Fprintf(&say, "\n      - {interactive: {type: list, body: {text: t}, action: {button: Ver, sections: [{title: T, rows: [%s]}]}}}", strings.Join(rows, ", "))
	}
	require.Equal(t, []string{"17:5: the options of this question take more than 24 KiB; offer fewer, or with shorter ids [too-large]"},
		fatal(problems(t, question(say.String(), "{to: fin}"))))
}

// WhatsApp's limits on what is written out: the longest that is taken, and the place of one more.
func TestLoadChecksWhatsAppsLimits(t *testing.T) {
	x := func(n int) string { return strings.Repeat("ñ", n) }
	const button = "{interactive: {type: button, header: {type: text, text: H}, body: {text: B}, footer: {text: F}, action: {buttons: [{type: reply, reply: {id: x, title: T}}]}}}"
	const list = "{interactive: {type: list, body: {text: B}, action: {button: L, sections: [{title: S, rows: [{id: x, title: T, description: D}]}]}}}"
	rows := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf("{id: x%d, title: T}", i))
		}
		return strings.Join(all, ", ")
	}
	for _, tt := range []struct {
		name, message, old string
		new                func(n int) string
		most               int
	}{
		{"text", "words", "words", x, 4096},
		{"body of buttons", button, "text: B", func(n int) string { return "text: " + x(n) }, 1024},
		{"header", button, "text: H", func(n int) string { return "text: " + x(n) }, 60},
		{"footer", button, "text: F", func(n int) string { return "text: " + x(n) }, 60},
		{"title of a button", button, "title: T", func(n int) string { return "title: " + x(n) }, 20},
		{"id of a button, with its tag", button, "id: x", func(n int) string { return "id: " + strings.Repeat("x", n) }, 250},
		{"body of a list", list, "text: B", func(n int) string { return "text: " + x(n) }, 4096},
		{"button of a list", list, "button: L", func(n int) string { return "button: " + x(n) }, 20},
		{"title of a section", list, "title: S", func(n int) string { return "title: " + x(n) }, 24},
		{"title of a row", list, "title: T", func(n int) string { return "title: " + x(n) }, 24},
		{"description of a row", list, "description: D", func(n int) string { return "description: " + x(n) }, 72},
		{"id of a row, with its tag", list, "id: x", func(n int) string { return "id: " + strings.Repeat("x", n) }, 194},
		{"rows", list, "{id: x, title: T, description: D}", rows, 10},
		{
			"rows in two sections", list, "{id: x, title: T, description: D}]}",
			func(n int) string { return rows(n-1) + "]}, {title: U, rows: [{id: y, title: T}]}" }, 10,
		},
		{
			"buttons", button, "{type: reply, reply: {id: x, title: T}}",
			func(n int) string {
				all := make([]string, n)
				for i := range n {
					all[i] = fmt.Sprintf("{type: reply, reply: {id: x%d, title: T%d}}", i, i)
				}
				return strings.Join(all, ", ")
			}, 3,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			src := func(n int) string {
				message := strings.Replace(tt.message, tt.old, tt.new(n), 1)
				return strings.Replace(published, freeText,
					"say: [{use: m}, "+message+"]\n    ask: {as: any, to: b}", 1)
			}
			load(t, src(tt.most))
			over := problems(t, src(tt.most+1))
			require.NotEmpty(t, over)
			require.Equal(t, definition.CodeMessage, over[0].Code)
			require.Equal(t, 14, over[0].Line)
			require.Contains(t, over[0].Message, fmt.Sprintf("at most %d", most(tt.most)))
		})
	}
}

// most is a limit as WhatsApp has it: the six characters of a tag come on top of an id.
func most(n int) int {
	if n == 250 || n == 194 {
		return n + 6
	}
	return n
}
