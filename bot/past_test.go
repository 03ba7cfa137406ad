package bot_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const paying = `
start: pay
reply_ids: %s
defaults: {stale: {say: [stale]}, retry: {max: 2, say: ["what?"], else: off}}
triggers:
  - {choice: [offers], to: off}
  - {if: "input.id.startsWith('pay:')", to: other}
  - {type: [button], if: "input.title == 'Call me'", interrupt: true, to: call}
states:
  pay:
    say: [%s]
    ask:
      choices: {ok: paid, "*": other}
      idle: [{after: 10m, say: [{template: {name: reminder, language: {code: es}}}]}, {after: 1h, to: off}]
  paid: {say: [paid], close: {reason: done}}
  other: {say: ["other ${input.id}"], close: {reason: done}}
  call: {say: [calling], close: {reason: done}}
  off: {say: ["off"], close: {reason: done}}
`

const (
	okButton   = `{interactive: {type: button, body: {text: pay}, action: {buttons: [{type: reply, reply: {id: ok, title: OK}}, {type: reply, reply: {id: more, title: More}}]}}}`
	okRow      = `{interactive: {type: list, body: {text: pay}, action: {button: See, sections: [{title: All, rows: [{id: ok, title: OK}]}]}}}`
	okTemplate = `{template: {name: pay, language: {code: es}, components: [{type: button, sub_type: quick_reply, index: "0", parameters: [{type: payload, payload: ok}]}]}}`
	okCards    = `{interactive: {type: carousel, body: {text: pay}, action: {cards: [` +
		`{card_index: 0, type: cta_url, header: {type: image, image: {link: "https://example.com/1.jpg"}}, action: {buttons: [{type: quick_reply, quick_reply: {id: ok, title: OK}}]}},` +
		`{card_index: 1, type: cta_url, header: {type: image, image: {link: "https://example.com/2.jpg"}}, action: {buttons: [{type: quick_reply, quick_reply: {id: no, title: "No"}}]}}]}}}`
)

func pressed(payload, text string) string {
	return fmt.Sprintf(`{"type":"button","context":{"id":"wamid.campaign"},"button":{"payload":%q,"text":%q}}`, payload, text)
}

func tapped(kind, id string) string {
	return fmt.Sprintf(`{"type":"interactive","interactive":{"type":%q,%q:{"id":%q,"title":"x"}}}`, kind, kind, id)
}

func TestATapAnswersAQuestionThatWasAskedInItsWay(t *testing.T) {
	for _, tt := range []struct {
		name, say, message, rule string
	}{
		{"a campaign's button with the id of a button", okButton, pressed("ok", "Sí"), "rule 4d stale"},
		{"a campaign's button whose text is the id", okButton, pressed("", "ok"), "rule 4d stale"},
		{"a campaign's button whose text is the title", okButton, pressed("", "OK"), "rule 4d stale"},
		{"a campaign's button with an id that * would take", okButton, pressed("more", "More"), "rule 4d stale"},
		{"a campaign's button with the id of a row", okRow, pressed("ok", "Sí"), "rule 4d stale"},
		{"a campaign's button that a choice trigger takes", okButton, pressed("offers", "x"), "rule 4b trigger"},
		{"a campaign's button that a condition takes", okButton, pressed("pay:77", "x"), "rule 4b trigger"},
		{"a campaign's button that an interrupt takes", okButton, pressed("x", "Call me"), "rule 4b trigger"},
		{"a foreign row where buttons were asked", okButton, tapped("list_reply", "ok"), "rule 4d stale"},
		{"a foreign button where rows were asked", okRow, tapped("button_reply", "ok"), "rule 4d stale"},
		{"a button without a tag", okButton, tapped("button_reply", "ok"), "rule 4a answer"},
		{"a row without a tag", okRow, tapped("list_reply", "ok"), "rule 4a answer"},
		{"a template's own button", okTemplate, pressed("ok", "OK"), "rule 4a answer"},
		{"a template's own button that only Meta knows", okTemplate, pressed("", "Later"), "rule 4a answer"},
		{"a foreign button where a template asks", okTemplate, tapped("button_reply", "ok"), "rule 4d stale"},
		{"a foreign row where a template asks", okTemplate, tapped("list_reply", "ok"), "rule 4d stale"},
		{"a template's button where template and buttons ask", okButton + ", {template: {name: pay, language: {code: es}}}", pressed("ok", "OK"), "rule 4a answer"},
	} {
		for _, ids := range []string{"tagged", "raw"} {
			t.Run(tt.name+", "+ids, func(t *testing.T) {
				c := talkTo(t, fmt.Sprintf(paying, ids, tt.say))
				c.says("hola")
				c.receive("", tt.message)
				require.Equal(t, tt.rule, c.trace())
				if tt.rule == "rule 4d stale" {
					require.Equal(t, "stale", c.texts()[0])
					require.Len(t, c.texts(), 2, "the question is said again")
					require.Equal(t, "pay", c.asking())
					require.Zero(t, c.state.Ask.Tries)
				}
			})
		}
	}
}

// A reminder outside of the window has to be a template: its button belongs to the question.
func TestATemplateThatRemindsOfAQuestionMayAnswerIt(t *testing.T) {
	c := talkTo(t, fmt.Sprintf(paying, "tagged", okButton))
	c.says("hola")
	c.waits(10 * time.Minute)
	require.Equal(t, []string{"<template>"}, c.texts())
	c.receive("", pressed("ok", "Yes"))
	require.Equal(t, []string{"paid"}, c.texts())
}

// Meta's pages do not agree on how the cards of a carousel answer.
func TestACardsQuickReplyAnswersInEitherWay(t *testing.T) {
	for _, message := range []func(string) string{
		func(id string) string { return tapped("button_reply", id) },
		func(id string) string { return pressed(id, "OK") },
	} {
		for _, ids := range []string{"tagged", "raw"} {
			c := talkTo(t, fmt.Sprintf(paying, ids, okCards))
			c.says("hola")
			c.receive("", message(c.button("ok")))
			require.Equal(t, []string{"paid"}, c.texts())
		}
		c := talkTo(t, fmt.Sprintf(paying, "tagged", okCards))
		c.says("hola")
		c.receive("", message("ok~zzzzz"))
		require.Equal(t, "pay", c.asking(), "what looks like a tag is none of a question")
	}
}

const twice = `
start: one
reply_ids: raw
defaults: {stale: {say: [stale]}}
states:
  one: {say: [%[1]s], ask: {as: %[2]s, to: two}}
  two: {say: [%[1]s], ask: {as: %[2]s, to: end}}
  end: {say: [end], close: {reason: done}}
`

// An id says little where it has no tag, as in templates; the message that was tapped says which
// question it was.
func TestAMessageThatHasAnsweredAnswersNoOtherQuestion(t *testing.T) {
	tap := func(message string) string {
		return `{"type":"button","context":{"id":"` + message + `"},"button":{"payload":"ok","text":"OK"}}`
	}
	fill := func(message string) string {
		return `{"type":"interactive","context":{"id":"` + message + `"},"interactive":{"nfm_reply":{"name":"flow","response_json":"{\"flow_token\":\"unused\"}"}}}`
	}
	const flow = `{interactive: {type: flow, body: {text: form}, action: {name: flow, parameters: {flow_message_version: "3", flow_id: "1", flow_cta: Open}}}}`
	for name, play := range map[string]struct {
		say, as string
		message func(string) string
	}{
		"a template's button": {okTemplate, "choice", tap},
		"a form":              {flow, "form", fill},
	} {
		t.Run(name, func(t *testing.T) {
			c := talkTo(t, fmt.Sprintf(twice, play.say, play.as))
			c.says("hola")
			c.receive("", play.message("wamid.1"))
			require.Equal(t, "two", c.asking())
			c.receive("", play.message("wamid.1"))
			require.Equal(t, "rule 4d stale", c.trace())
			require.Equal(t, "two", c.asking())
			c.receive("", play.message("wamid.2"))
			require.Equal(t, []string{"end"}, c.texts())
		})
	}
}

const forms = `
start: one
vars: {kind: {type: string}}
defaults: {stale: {say: [stale]}, retry: {max: 5, say: ["what?"], else: end}}
triggers:
  - {text: {any: [other]}, interrupt: true, to: other}
  - {text: {any: [text]}, interrupt: true, to: text}
  - {text: {any: [any]}, interrupt: true, to: any}
  - {text: {any: [address]}, interrupt: true, to: address}
  - {text: {any: [template]}, interrupt: true, to: template}
  - {text: {any: [plain]}, interrupt: true, to: plain}
states:
  one:
    say: [{interactive: {type: flow, body: {text: one}, action: {name: flow, parameters: {flow_message_version: "3", flow_token: "one ${conv.id}", flow_id: "1", flow_cta: Open}}}}]
    ask: {as: form, to: end}
  other:
    say: [{interactive: {type: flow, body: {text: other}, action: {name: flow, parameters: {flow_message_version: "3", flow_id: "2", flow_cta: Open}}}}]
    ask: {as: choice, to: end}
  text: {say: [text], ask: {as: text, to: end}}
  any: {say: [any], ask: {as: any, to: end}}
  plain: {say: [plain], ask: {as: form, to: end}}
  address:
    say: [{interactive: {type: address_message, body: {text: address}, action: {name: address_message, parameters: {country: IN}}}}]
    ask: {as: form, to: end}
  template:
    say: [{template: {name: form, language: {code: es}, components: [{type: button, sub_type: FLOW, index: "0", parameters: [{type: action, action: {flow_token: tpl}}]}]}}]
    ask: {as: form, to: end}
  end: {say: [end], close: {reason: done}}
`

func TestAFormAnswersTheQuestionWhoseTokenItCarries(t *testing.T) {
	form := func(name, token string) string {
		response := `{\"n\":1}`
		if token != "" {
			response = `{\"n\":1,\"flow_token\":\"` + token + `\"}`
		}
		return `{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"` + name + `","response_json":"` + response + `"}}}`
	}
	const answers, stale, refused = "rule 6 answer", "rule 4d stale", "rule 8 refused"
	for _, tt := range []struct{ state, name, token, rule string }{
		{"one", "flow", "one cnv_1", answers},
		{"one", "flow", "", answers},
		{"one", "", "", answers},
		{"one", "flow", "unused", stale},
		{"one", "flow", "an agent's", stale},
		{"one", "address_message", "", stale},
		{"other", "flow", "unused", answers},
		{"other", "flow", "", answers},
		{"other", "flow", "one cnv_1", stale},
		{"text", "flow", "one cnv_1", stale},
		{"text", "flow", "an agent's", refused},
		{"any", "flow", "one cnv_1", stale},
		{"any", "flow", "an agent's", answers},
		{"plain", "flow", "one cnv_1", stale},
		{"plain", "flow", "an agent's", answers},
		{"plain", "flow", "unused", answers},
		{"address", "address_message", "", answers},
		{"address", "flow", "one cnv_1", stale},
		{"address", "flow", "an agent's", stale},
		{"template", "flow", "tpl", answers},
		{"template", "flow", "one cnv_1", stale},
	} {
		t.Run(tt.state+" "+tt.name+" "+tt.token, func(t *testing.T) {
			c := talkTo(t, forms)
			c.says("hola")
			if tt.state != "one" {
				c.says(tt.state)
			}
			require.Equal(t, tt.state, c.asking())
			c.receive("", form(tt.name, tt.token))
			require.Equal(t, tt.rule, c.trace())
			require.Equal(t, tt.rule == answers, c.state.Closed)
		})
	}
}

// A question that was asked before its ways were kept is judged by what its state says.
func TestAQuestionOfAnEarlierVersionIsAnsweredAsBefore(t *testing.T) {
	for say, message := range map[string]string{okTemplate: pressed("ok", "OK"), okButton: tapped("button_reply", "ok")} {
		c := talkTo(t, fmt.Sprintf(paying, "raw", say))
		c.says("hola")
		c.state.Ask.By = nil
		c.receive("", message)
		require.Equal(t, []string{"paid"}, c.texts())
	}
	c := talkTo(t, forms)
	c.says("hola")
	c.state.Asks[0].Forms = nil
	c.receive("", `{"type":"interactive","interactive":{"nfm_reply":{"response_json":"{\"flow_token\":\"anything\"}"}}}`)
	require.Equal(t, []string{"end"}, c.texts())
}

func TestTheInputOfATypedOptionIsThatOfATap(t *testing.T) {
	for _, typed := range []string{"more", "2", " ¡MORE! "} {
		c := talkTo(t, fmt.Sprintf(paying, "tagged", okButton))
		c.says("hola")
		c.says(typed)
		require.Equal(t, []string{"other more"}, c.texts(), typed)
	}
}

func TestATemplatesPayloadMayLookTagged(t *testing.T) {
	c := talkTo(t, `
start: menu
triggers: [{choice: ["promo~marzo"], to: promo}]
states:
  menu: {say: [menu], ask: {as: text, to: menu}}
  promo: {say: [promo], ask: {as: text, to: menu}}
`)
	c.receive("promo", `{"type":"button","button":{"payload":"promo~marzo","text":"La quiero"}}`)
	require.Equal(t, []string{"promo"}, c.texts())
}
