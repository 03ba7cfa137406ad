package bot_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// kinds is the bot that says every kind of message.
func kinds(t testing.TB) *definition.Bot {
	t.Helper()
	src, err := os.ReadFile("testdata/kinds.bot.yaml")
	require.NoError(t, err)
	return load(t, string(src))
}

// bodies are those of the latest event.
func (c *chat) bodies() []string {
	var all []string
	for _, f := range c.effects {
		if f.Send != nil {
			all = append(all, string(f.Send.Body))
		}
	}
	return all
}

func (c *chat) picks(row string) {
	c.t.Helper()
	c.receive("["+row+"]", fmt.Sprintf(`{"type":"interactive","id":"wamid.x","interactive":{"type":"list_reply","list_reply":{"id":%q}}}`, row))
}

// named are the states of the fixture that a person reaches by their name.
func named() []string {
	return []string{
		"texto", "medios", "lugar", "reaccion", "botones", "enlace", "carrusel", "paseo", "formulario", "ubicacion",
		"contacto", "direccion", "llamada", "productos", "pago", "plantilla",
	}
}

func TestEveryKindIsSaid(t *testing.T) {
	b := kinds(t)
	require.Empty(t, problemsOf(b.Warnings()))
	var script strings.Builder
	for _, name := range append([]string{"hola"}, named()...) {
		c := newChat(t, b)
		c.says(name)
		fmt.Fprintf(&script, "# %s\n%s\n", name, strings.Join(c.bodies(), "\n"))
	}
	golden(t, "kinds_bodies.txt", script.String()) // byte for byte: the order of fields counts
}

func TestTheFixtureHasEveryKind(t *testing.T) {
	b, seen := kinds(t), map[string]bool{}
	for _, name := range append([]string{"hola"}, named()...) {
		c := newChat(t, b)
		c.says(name)
		for _, body := range c.bodies() {
			s, found := outbound.Parse([]byte(body))
			require.Empty(t, found)
			seen[s.Type] = true
			if s.Interactive != nil {
				seen[s.Interactive.Type] = true
			}
		}
	}
	for _, kind := range []string{
		"text", "image", "audio", "video", "document", "sticker", "location", "contacts", "interactive", "template", "reaction",
		"button", "list", "cta_url", "product", "product_list", "catalog_message", "flow", "location_request_message",
		"request_contact_info", "carousel", "address_message", "call_permission_request", "voice_call", "order_details", "order_status",
	} {
		require.True(t, seen[kind], kind)
	}
}

func TestKindsAreTheSameFromJSON(t *testing.T) {
	src, err := os.ReadFile("testdata/kinds.bot.yaml")
	require.NoError(t, err)
	fromYAML := load(t, string(src))
	fromJSON := load(t, strings.ReplaceAll(asJSON(t, strings.ReplaceAll(string(src), "birthday: 1990-05-17", `birthday: "1990-05-17"`)), "2.0e0", "2"))
	for _, name := range []string{"texto", "lugar", "carrusel", "plantilla"} {
		one, two := newChat(t, fromYAML), newChat(t, fromJSON)
		one.says(name)
		two.says(name)
		require.Len(t, two.bodies(), len(one.bodies()))
		for i, body := range one.bodies() {
			require.Equal(t, body, two.bodies()[i])
		}
	}
}

func TestAListIsAnswered(t *testing.T) {
	for _, tt := range []struct {
		name string
		play func(*chat)
		rule string
		says string
	}{
		{"by a tap", func(c *chat) { c.picks(c.button("medios")) }, "rule 4a answer", "<image>"},
		{"by a tap that only * takes", func(c *chat) { c.picks(c.button("otro")) }, "rule 4a answer", "Hasta pronto 👋"},
		{"by a title", func(c *chat) { c.says("imagenes y audio") }, "rule 6 answer", "<image>"},
		{"by a number in the second section", func(c *chat) { c.says("4") }, "rule 6 answer", "¿Te sirve? _Toca una opción_ [Sí] [No]"},
		{"by the last number", func(c *chat) { c.says("6") }, "rule 6 answer", "Hasta pronto 👋"},
		{"not by a number beyond", func(c *chat) { c.says("7") }, "rule 8 refused", "No te entendí 🙈"},
		{"not by a description", func(c *chat) { c.says("con enlace") }, "rule 8 refused", "No te entendí 🙈"},
		{"not by an id that was not offered", func(c *chat) { c.picks("nadie") }, "rule 4d stale", "Esa opción es de un mensaje anterior. Sigamos desde aquí 👇"},
		{
			"by an old row that is named",
			func(c *chat) { old := c.button("botones"); c.says("texto"); c.picks(old) },
			"rule 4c answer", "¿Te sirve? _Toca una opción_ [Sí] [No]",
		},
		{
			"not by an old row that only * takes",
			func(c *chat) { old := c.button("otro"); c.says("texto"); c.picks(old) },
			"rule 4d stale", "Esa opción es de un mensaje anterior. Sigamos desde aquí 👇",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newChat(t, kinds(t))
			c.says("hola")
			require.Regexp(t, "^medios~[0-9a-z]{5}$", c.button("medios"))
			tt.play(c)
			require.Equal(t, tt.rule, c.trace())
			require.Equal(t, tt.says, c.texts()[0])
		})
	}
}

func TestCardsAreAnswered(t *testing.T) {
	for _, tt := range []struct {
		name string
		play func(*chat)
		rule string
		says string
	}{
		{"by a tap", func(c *chat) { c.taps(c.button("plan_b")) }, "rule 4a answer", "<image>"},
		{"by a number over all cards", func(c *chat) { c.says("3") }, "rule 6 answer", "<image>"},
		{"by a title whose cards lead to the same place", func(c *chat) { c.says("saber más") }, "rule 6 answer", "Visita la tienda"},
		{"not by a title whose cards lead to different places", func(c *chat) { c.says("lo quiero") }, "rule 8 refused", "No te entendí 🙈"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newChat(t, kinds(t))
			c.says("carrusel")
			require.LessOrEqual(t, len(c.button("plan_b")), 20)
			tt.play(c)
			require.Equal(t, tt.rule, c.trace())
			require.Equal(t, tt.says, c.texts()[0])
		})
	}
}

func TestMessagesWithoutIDsTakeTheirKindOfAnswer(t *testing.T) {
	const (
		form       = `{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"response_json":"{}"}}}`
		place      = `{"type":"location","location":{"latitude":1,"longitude":2}}`
		permission = `{"type":"interactive","interactive":{"call_permission_reply":{"response":"accept","response_source":"user_action"}}}`
		order      = `{"type":"order","order":{}}`
		cards      = `{"type":"contacts","contacts":[{}]}`
		button     = `{"type":"button","button":{"payload":"confirmo","text":"Confirmo"}}`
	)
	for _, tt := range []struct{ state, answer, other string }{
		{"formulario", form, place},
		{"ubicacion", place, form},
		{"contacto", cards, place},
		{"direccion", form, cards},
		{"llamada", permission, form},
		{"productos", order, permission},
		{"plantilla", button, form},
	} {
		t.Run(tt.state, func(t *testing.T) {
			c := newChat(t, kinds(t))
			c.says(tt.state)
			c.receive("", tt.other)
			require.Equal(t, "rule 8 refused", c.trace())
			c.receive("", `{"type":"text","text":{"body":"¿qué?"}}`)
			require.Equal(t, "rule 8 refused", c.trace())
			c.receive("", tt.answer)
			require.Contains(t, c.trace(), "answer")
			require.Equal(t, "¡Listo! ✅", c.texts()[0])
		})
	}
}

func TestARefusalRepeatsWhatCanBeAnswered(t *testing.T) {
	c := newChat(t, load(t, question(`
      - {interactive: {type: list, body: {text: elige}, action: {button: Ver, sections: [{title: T, rows: [{id: a, title: A}]}]}}}
      - {interactive: {type: cta_url, body: {text: mira}, action: {name: cta_url, parameters: {display_text: Abrir, url: "https://ejemplo.test"}}}}`,
		"{choices: {a: fin}}")))
	c.says("hola")
	c.says("¿qué?")
	require.Equal(t, "elige [A]", c.texts()[1])
	require.Len(t, c.texts(), 2)
}

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

func TestReactionsAndQuotesTakeTheMessageThatIsAnswered(t *testing.T) {
	const reaction = `{"type":"reaction","id":"wamid.r","reaction":{"message_id":"wamid.x","emoji":"👍"}}`
	src := strings.Replace(question(`
      - {reaction: {emoji: "👀"}}
      - {text: {body: hola}, context: {}}
      - {text: {body: fijo}, context: {message_id: wamid.y}}`, "x"), "    ask: x\n", "    close: {reason: done}\n", 1) +
		"triggers: [{type: [reaction], to: a}]\n"
	timer := strings.Replace(src, "start: a", "start: ask", 1) + ""
	timer = strings.Replace(timer, "states:\n", `states:
  ask:
    say: [{interactive: {type: button, body: {text: b}, action: {buttons: [{type: reply, reply: {id: z, title: Z}}]}}}]
    ask: {choices: {z: a}, idle: [{after: 1m, to: a}]}
`, 1)
	for _, tt := range []struct {
		name   string
		src    string
		play   func(*chat)
		traces []string
		bodies []string
	}{
		{"a message", src, func(c *chat) { c.says("hola") }, []string{"rule 9 start"}, []string{
			`"type":"reaction","reaction":{"message_id":"wamid.x","emoji":"👀"}}`,
			`"type":"text","context":{"message_id":"wamid.x"},"text":{"preview_url":false,"body":"hola"}}`,
			`"type":"text","context":{"message_id":"wamid.y"},"text":{"preview_url":false,"body":"fijo"}}`,
		}},
		{
			"a reaction, to which nobody can react", src,
			func(c *chat) { c.receive("", reaction) },
			[]string{"rule 1 trigger", "reaction skipped: no message to react to", "context left out: no message to quote"},
			[]string{
				`"type":"text","text":{"preview_url":false,"body":"hola"}}`,
				`"type":"text","context":{"message_id":"wamid.y"},"text":{"preview_url":false,"body":"fijo"}}`,
			},
		},
		{
			"a timer", timer,
			func(c *chat) { c.says("hola"); c.waits(time.Minute) },
			[]string{"idle exit", "reaction skipped: no message to react to", "context left out: no message to quote"},
			[]string{
				`"type":"text","text":{"preview_url":false,"body":"hola"}}`,
				`"type":"text","context":{"message_id":"wamid.y"},"text":{"preview_url":false,"body":"fijo"}}`,
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newChat(t, load(t, tt.src))
			tt.play(c)
			var traces []string
			for _, f := range c.effects {
				if f.Kind == bot.EffectTrace && f.Edge == nil {
					traces = append(traces, f.Trace)
				}
			}
			require.Equal(t, tt.traces, traces)
			const start = `{"messaging_product":"whatsapp","recipient_type":"individual","to":"56911112222",`
			require.Len(t, c.bodies(), len(tt.bodies))
			for i, body := range tt.bodies {
				require.Equal(t, start+body, c.bodies()[i])
			}
		})
	}
}

func problemsOf(ps []definition.Problem) []string {
	var all []string
	for _, p := range ps {
		all = append(all, p.String())
	}
	return all
}

func TestCheckNamesWhatAVersionDoesNotHave(t *testing.T) {
	b := kinds(t)
	require.Empty(t, b.Check(whatsapp.NewestVersion()))
	require.Empty(t, load(t, string(definition.Starter())).Check(whatsapp.Version{Major: 14}))
	for _, version := range []string{"v14.0", "v15.0"} {
		p, known, err := whatsapp.LookupVersion(version)
		require.NoError(t, err)
		require.True(t, known)
		golden(t, "kinds_"+version+".txt", definition.Problems(b.Check(p)).List())
	}
}

func TestCheckWarnsOfEmojiInOldButtons(t *testing.T) {
	p, _, err := whatsapp.LookupVersion("v15.0")
	require.NoError(t, err)
	found := rules(t).Check(p)
	require.Len(t, found, 1)
	require.True(t, found[0].Warning)
	require.Equal(t, definition.CodeVersion, found[0].Code)
}

func TestTemplatesHaveNoRecipientTypeUnlessWritten(t *testing.T) {
	c := newChat(t, load(t, small("")+"  extra: {say: [{template: {name: a, language: {code: es}}}, {recipient_type: individual, template: {name: a, language: {code: es}}}], close: {reason: r}}\ntriggers: [{text: {any: [x]}, to: extra}]\n"))
	c.says("x")
	require.Equal(t, []string{
		`{"messaging_product":"whatsapp","to":"56911112222","type":"template","template":{"name":"a","language":{"code":"es"}}}`,
		`{"messaging_product":"whatsapp","recipient_type":"individual","to":"56911112222","type":"template","template":{"name":"a","language":{"code":"es"}}}`,
	}, c.bodies())
	require.True(t, json.Valid([]byte(c.bodies()[0])))
}

func TestAPlainTextIsTheDocumentsExample(t *testing.T) {
	c := talkTo(t, "start: a\nstates: {a: {say: [\"Hi ${contact.name}\", Hi], close: {reason: x}}}\n")
	c.says("hola")
	const body = `{"messaging_product":"whatsapp","recipient_type":"individual","to":"56911112222","type":"text","text":{"preview_url":false,"body":"Hi`
	require.Equal(t, []string{body + ` Ana"}}`, body + `"}}`}, c.bodies())
}
