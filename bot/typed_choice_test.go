package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// choosing asks with buttons; titles and what follows in ask are put in.
const choosing = `
start: a
vars: {id: {type: string}, title: {type: string}}
defaults: {retry: {max: 9, say: ["what?"], else: end}}
states:
  a:
    say: [{interactive: {type: list, body: {text: "?"}, action: {button: See, sections: [{title: All, rows: [%s]}]}}}]
    ask:
      save: {id: answer.id, title: answer.title}
%s
  end: {say: ["${input.id}"], close: {reason: done}}
`

// choices are rows with these titles and the ids a, b, c and so on.
func choices(titles ...string) string {
	var rows []string
	for i, title := range titles {
		rows = append(rows, fmt.Sprintf("{id: %c, title: %q}", 'a'+i, title))
	}
	return strings.Join(rows, ", ")
}

func TestATypedTextChoosesWhatItMeans(t *testing.T) {
	const each = `      choices: {"*": end}`
	for _, tt := range []struct {
		name   string
		titles []string
		typed  map[string]string // the id that is chosen; empty for none
	}{
		{
			"yes and no",
			[]string{"Sí, pagar", "No, gracias", "Más tarde"},
			map[string]string{
				"no gracias": "b", "No,gracias": "b", "no": "b", "sí, por favor": "a", "si": "a", "sí pagar": "a", "mas tarde porfa": "c",
				"no quiero pagar": "", "sí, pero no": "", "pagar": "a", "¿pagar?": "", "sí?": "", "~sí~": "", "~Sí, pagar~": "", "sí 🙅🏽‍♀️": "", "sí ✋": "", "gracias": "", "no, más tarde": "", "sí 👎": "", "no ❌": "b",
			},
		},
		{
			"a title with the number of another option",
			[]string{"2 personas", "4 personas", "Más"},
			map[string]string{"2": "", "la 2": "", "dos": "", "4": "b", "1": "", "3": "", "la tercera": "c", "opción 1": "a", "dos personas": "a", "4 personas": "b", "el segundo": "b", "2. 4 personas": "b"},
		},
		{"titles that are numbers", []string{"2", "1"}, map[string]string{"2": "a", "dos": "a", "1": "b", "el segundo": "b"}},
		{
			"titles that are numbered",
			[]string{"1. Ventas", "2️⃣ Soporte", "3) Ventas web"},
			map[string]string{"ventas": "a", "soporte": "b", "2 soporte": "b", "2": "b", "el soporte": "b", "ventas web": "c", "1. soporte": "", "2. ventas": ""},
		},
		{
			"titles that mean the same but for politeness",
			[]string{"Pagar", "Quiero pagar", "No"},
			map[string]string{"pagar": "a", "quiero pagar": "b", "deseo pagar": "", "no quiero": "c"},
		},
		{"an emoji of two titles", []string{"🔥 Ofertas", "🔥 Novedades", "🏠 Inicio"}, map[string]string{"🔥": "", "🏠": "c", "ofertas": "a"}},
		{
			"a no before a comma",
			[]string{"Sí, confirmar", "No, cancelar cita"},
			map[string]string{
				"no": "b", "no, cancelar cita": "b", "no quiero cancelar la cita": "", "no cancelar la cita": "", "por favor no cancelar cita": "", "no cancelar cita": "",
				"confirmar": "a", "¿confirmar?": "", "~confirmar~": "", "1": "a", "¿1?": "", "que no": "b", "sip": "a",
			},
		},
		{"a no without a comma", []string{"Quiero pagar", "No quiero pagar"}, map[string]string{"no, quiero pagar": "", "no quiero pagar": "b", "quiero pagar": "a"}},
		{
			"numbers of their author, with gaps",
			[]string{"1. Ventas", "2. Soporte", "9. Salir", "0. Volver"},
			map[string]string{"9": "c", "0": "d", "la 9": "c", "salir": "c", "volver": "d", "3": "", "4": "", "9. salir": "c", "3 salir": "", "2": "b"},
		},
		{"how many of what", []string{"2 Napolitana", "1 Margarita"}, map[string]string{"la margarita": "b", "margarita": "b", "1 napolitana": "", "2 napolitana": "a", "3 margarita": "", "no margarita": ""}},
		{"titles that ask", []string{"Cómo llegar", "¿Dónde?", "Horario"}, map[string]string{"¿cómo llegar?": "a", "donde?": "b", "¿horario?": "", "horario": "c"}},
		{"means of payment", []string{"Tarjeta", "Efectivo"}, map[string]string{"con tarjeta": "a", "en efectivo": "b", "sin tarjeta": "", "tarjeta?": ""}},
		{"letters or both", []string{"A", "B", "C", "D"}, map[string]string{"A o B": "", "a, b": "", "la a o la b": "", "a o d": "", "la b": "b"}},
		{"letters", []string{"A", "B", "C"}, map[string]string{"la b": "b", "a": "a", "opción c": "c", "b por favor": "b"}},
		{"Thai", []string{"ใช่", "ไม่"}, map[string]string{"ใช่": "a", "ไม่!": "b", "ไม": "", "ใช": ""}},
		{"Japanese", []string{"かき", "がき"}, map[string]string{"かき": "a", "がき": "b", "か\u3099き": "b"}},
		{"Hindi", []string{"की", "का"}, map[string]string{"की": "a", "क": ""}},
		{"Korean", []string{"예", "아니요"}, map[string]string{"예": "a", "\u110b\u1168": "a", "아니": ""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := load(t, "bot: v1\nname: x\n"+fmt.Sprintf(choosing, choices(tt.titles...), each))
			for typed, id := range tt.typed {
				c := newChat(t, b)
				c.says("hola")
				c.says(typed)
				if id == "" {
					require.Equal(t, "rule 8 refused", c.trace(), typed)
					continue
				}
				require.Equal(t, []string{id}, c.texts(), typed)
				require.Equal(t, quoted(id), c.value("id"), typed)
				require.Equal(t, quoted(tt.titles[id[0]-'a']), c.value("title"), typed)
			}
		})
	}
}

func TestWordsOfAChoice(t *testing.T) {
	src := fmt.Sprintf(choosing, choices("Pagar ahora", "Hoy no"), `      choices: {a: {to: end, words: [dale, "ya mismo", "👌"]}, b: {to: end, words: ["no", nop, todavía, "👎"]}}`)
	for typed, id := range map[string]string{
		"nop": "b", "Todavía!": "b", "no gracias": "b", "no": "b", "👎🏽": "b", "dale": "a", "¡ya, mismo!": "a", "👌": "a", "ya mismo por favor": "a",
		"dale, no": "b", "todavía?": "", "todavía no quiero pagar": "", "no dale": "", "nop nop": "",
	} {
		c := talkTo(t, src)
		c.says("hola")
		c.says(typed)
		if id == "" {
			require.Equal(t, "rule 8 refused", c.trace(), typed)
			continue
		}
		require.Equal(t, []string{id}, c.texts(), typed)
	}
}

// The titles of a template's buttons stand at Meta; the words of a choice can be typed all the same.
func TestWordsChooseAButtonOfATemplate(t *testing.T) {
	const src = `
start: a
vars: {title: {type: string}}
states:
  a:
    say: [{template: {name: pay, language: {code: es}%s}}]
    ask: {save: {title: answer.title}, choices: {ok: {to: end, words: [dale]}, "no": end}}
  end: {say: ["${input.id} ${vars.title}"], close: {reason: done}}
`
	const payload = `, components: [{type: button, sub_type: quick_reply, index: "0", parameters: [{type: payload, payload: ok}]}]`
	for _, components := range []string{"", payload} {
		c := talkTo(t, fmt.Sprintf(src, components))
		c.says("hola")
		c.says("¡Dale!")
		require.Equal(t, []string{"ok ¡Dale!"}, c.texts())
		c = talkTo(t, fmt.Sprintf(src, components))
		c.says("hola")
		c.receive("", pressed("ok", "Pagar"))
		require.Equal(t, []string{"ok Pagar"}, c.texts(), "the title of a tap is that of the tap")
	}
}

func TestWordsCountWhereTheirButtonWasShown(t *testing.T) {
	src := strings.Replace(fmt.Sprintf(choosing, choices("A", "B"), `      choices: {a: end, b: {to: end, words: [be]}}`), "{interactive", `{if: "conv.turns < 1", interactive`, 1)
	c := talkTo(t, strings.Replace(src, "say: [", `say: [go, {interactive: {type: button, body: {text: t}, action: {buttons: [{type: reply, reply: {id: x, title: X}}]}}}, `, 1)+"triggers: [{choice: [x], to: end}]\n")
	c.says("hola")
	c.says("be")
	require.Equal(t, "rule 8 refused", c.trace())
}

// What a question for a text takes, it takes: only what is a title or a word is none.
func TestATextThatMeansAnOptionIsATextWhereOneIsAsked(t *testing.T) {
	for _, tt := range []struct{ as, typed, id string }{
		{"text", "no, gracias", "a"},
		{"text", "No gracias", "a"},
		{"text", "nop", "a"},
		{"text", "no muchas gracias", ""},
		{"text", "2", ""},
		{"any", "la 2", ""},
		{"int", "la 2", ""},
		{"int", "no muchas gracias", "a"},
		{"date", "mañana", "b"},
		{"date", "mañana por favor", ""},
		{"date", "la segunda", "b"},
	} {
		src := fmt.Sprintf(choosing, choices("No, gracias", "Mañana"), "      as: "+tt.as+"\n"+`      choices: {a: {to: end, words: [nop]}, b: end}`+"\n      to: end")
		c := talkTo(t, "timezone: America/Santiago"+src)
		c.says("hola")
		c.says(tt.typed)
		require.Equal(t, "rule 6 answer", c.trace(), tt.typed)
		require.Equal(t, quoted(tt.id), c.value("id"), "%s: %s", tt.as, tt.typed)
	}
}

func TestTheWordsThatRefuseAnAnswerSeeIt(t *testing.T) {
	c := talkTo(t, `
start: a
vars: {n: {type: int}}
defaults: {retry: {max: 5, say: ["«${answer.text}»? ${answer.media_id}"], else: end}}
states:
  a: {say: [how many], ask: {as: int, to: b, save: {n: answer.value}, reject: [{if: "answer.value > 9", say: ["${answer.value} are ${answer.value - 9} too many (${answer.text})"]}]}}
  b: {say: [b], ask: {as: int, to: end, retry: {max: 1, say: ["${answer.text}: ${answer.value}"], else: end}}}
  end: {say: [end], close: {reason: done}}
`)
	c.says("hola")
	c.says("muchos")
	require.Equal(t, []string{"«muchos»? "}, c.texts())
	c.says("son 12")
	require.Equal(t, []string{"12 are 3 too many (son 12)"}, c.texts())
	c.receive("", `{"type":"image","image":{"id":"77","caption":"look"}}`)
	require.Equal(t, []string{"«look»? 77"}, c.texts())
	c.says("5")
	c.says("muchos")
	require.Equal(t, []string{"muchos: 0"}, c.texts(), "what could not be read has no value")
}

// A word that says no, in any place of a text, never chooses an option that does not say it.
func TestATextThatSaysNoChoosesNothingElse(t *testing.T) {
	b := load(t, "bot: v1\nname: x\n"+fmt.Sprintf(choosing, choices("Sí, pagar", "Pagar en cuotas", "2 cuotas", "Hablar con persona"), `      choices: {"*": end}`))
	words := rapid.SampledFrom(strings.Fields("sí si pagar quiero por favor gracias la 2 dos segundo opción en cuotas 2. hablar con una persona ok , !"))
	outer := t
	rapid.Check(t, func(t *rapid.T) {
		said := rapid.SliceOfN(words, 0, 6).Draw(t, "said")
		at := rapid.IntRange(0, len(said)).Draw(t, "at")
		text := strings.Join(said[:at], " ") + " " + rapid.SampledFrom([]string{"no", "NO", "não", "nunca", "ni", "jamás", "not"}).Draw(t, "no") + " " + strings.Join(said[at:], " ")
		c := newChat(outer, b)
		c.says("hola")
		c.says(text)
		require.Equal(t, "rule 8 refused", c.trace(), text)
	})
}

func TestATapOnTheBeginningOfAnID(t *testing.T) {
	const src = `
start: a
triggers: [{choice: ["promo:*"], to: promo}]
states:
  a: {say: [a], ask: {as: text, to: end}}
  promo:
    say: [{interactive: {type: button, body: {text: "${input.id}"}, action: {buttons: [{type: reply, reply: {id: "pay:${input.id}", title: Pay}}, {type: reply, reply: {id: other, title: Other}}]}}}]
    ask: {choices: {"pay:*": end, other: a}}
  end: {say: ["${input.id}"], close: {reason: done}}
`
	c := talkTo(t, src)
	c.says("hola")
	c.receive("", pressed("promo:7", "Yes"))
	require.Equal(t, "rule 4b trigger", c.trace())
	old := c.button("pay:promo:7")
	require.Equal(t, []string{"promo:7 [Pay] [Other]"}, c.texts())
	c.receive("", pressed("promo:8", "Yes"))
	require.Equal(t, "promo", c.asking())
	c.taps(old)
	require.Equal(t, "rule 4c answer", c.trace(), "the id says all that is to be known")
	require.Equal(t, []string{"pay:promo:7"}, c.texts())
}

func TestARowOfAnOlderPage(t *testing.T) {
	const src = `
start: a
vars: {page: {type: int}}
defaults: {stale: {say: [stale]}}
states:
  a:
    say: [{interactive: {type: list, body: {text: "page ${vars.page}"}, action: {button: See, sections: [{title: All, rows: "${[{'id': 'r' + string(vars.page), 'title': 'Row'}, {'id': 'more', 'title': 'More'}]}"}]}}}]
    ask: {choices: {more: next, "*": {to: end, old: %t}}}
  next: {set: {page: vars.page + 1}, goto: a}
  end: {say: ["${input.id}"], ask: {as: text, to: end}}
`
	for old, rule := range map[bool]string{true: "rule 4c answer", false: "rule 4d stale"} {
		c := talkTo(t, fmt.Sprintf(src, old))
		c.says("hola")
		first := c.button("r0")
		c.taps(c.button("more"))
		c.taps(c.button("more"))
		require.Equal(t, []string{"page 2 [Row] [More]"}, c.texts())
		c.taps(first)
		require.Equal(t, rule, c.trace())
		if old {
			require.Equal(t, []string{"r0"}, c.texts())
			c.taps(first)
			require.Equal(t, "rule 4d stale", c.trace(), "of another state it is none")
		}
	}
}

// A question may offer a few hundred options, and a contact may type 4,096 characters: neither makes a
// step slow. It takes some 0.3 s; the bound leaves room for the race detector on a busy machine.
func TestManyOptionsAndLongTextsAreComparedInTime(t *testing.T) {
	var rows []string
	for i := range 100 {
		rows = append(rows, fmt.Sprintf("{'id': 'r%d', 'title': 'por favor %d gracias'}", i, i))
	}
	list := strings.ReplaceAll(listOfAll, "rows: \"${vars.all}\"", "rows: \"${first(vars.all, 10)}\"")
	c := talkTo(t, fmt.Sprintf(offering, strings.Join(rows[:10], ", "), strings.Repeat(list+", ", 9)+list))
	c.says("hola")
	began := time.Now()
	for _, text := range []string{
		strings.Repeat("no ", 1365), strings.Repeat("por favor ", 400), strings.Repeat("👍", 4096), strings.Repeat("2 ", 2048), strings.Repeat("ก็", 2048),
		strings.Repeat("a\u0301", 2048), strings.Repeat("の", 4096), "2. " + strings.Repeat("la ", 1300), strings.Repeat("Nº ", 1300), "gracias 7 por favor",
	} {
		c.says(text)
	}
	require.Less(t, time.Since(began), 20*time.Second)
}
