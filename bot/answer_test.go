package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

// asks is a bot that asks for one kind of answer and keeps all of it.
func asks(as, more string) string {
	kind := map[string]string{"int": "int", "number": "number", "location": "map", "form": "map", "contacts": "list"}[as]
	if kind == "" {
		kind = "string"
	}
	return fmt.Sprintf(`
timezone: America/Santiago
start: a
vars: {value: {type: %s}, text: {type: string}, id: {type: string}, title: {type: string}, media: {type: string}, lat: {type: number}, form: {type: map}}
states:
  a:
    say: [go]
    ask:
      as: %s
      save: {value: answer.value, text: answer.text, id: answer.id, title: answer.title, media: answer.media_id, lat: answer.latitude, form: answer.form}
      to: b
%s
  b: {say: ["<${vars.value}> <${vars.text}>"], close: {reason: done}}
`, kind, as, more)
}

const (
	formReply  = `{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"response_json":"{\"day\":\"mon\",\"n\":2}"}}}`
	placeReply = `{"type":"location","location":{"latitude":-33.5,"longitude":-70.25,"name":"Home","address":"Here 1"}}`
	cardsReply = `{"type":"contacts","contacts":[{"name":{"formatted_name":"Eva"},"phones":[{"phone":"+56 9 2222 3333","wa_id":"56922223333"}]}]}`
)

func textMessage(text string) string { return `{"type":"text","text":{"body":` + quoted(text) + `}}` }

// Each value of `as`: what is accepted, what is kept of it (its canonical
// form), and what is refused.
func TestAnswersOfEachKind(t *testing.T) {
	for _, tt := range []struct {
		as, message string
		value       string
		refused     []string
	}{
		{"text", textMessage("  anything  "), `"  anything  "`, []string{textMessage(" "), `{"type":"image","image":{"id":"1","caption":"x"}}`}},
		{"int", textMessage("son 12"), "12", []string{textMessage("a few"), textMessage("12.5"), textMessage("12 o 13")}},
		{"number", textMessage("1,5"), "1.5", []string{textMessage("x")}},
		{"date", textMessage("mañana"), `"2026-03-11"`, []string{textMessage("30/02/2026"), textMessage("never")}},
		{"time", textMessage("8:30"), `"08:30"`, []string{textMessage("25:00")}},
		{"email", textMessage("Ana@Ejemplo.TEST"), `"Ana@ejemplo.test"`, []string{textMessage("ana@")}},
		{"phone", textMessage("9 1111 2222"), `"56911112222"`, []string{textMessage("123")}},
		{"rut", textMessage("12.345.678-5"), `"12345678-5"`, []string{textMessage("12.345.678-4"), textMessage("11.111.111-2")}},
		{"dni", textMessage("12.345.678"), `"12345678"`, []string{textMessage("123")}},
		{"cuit", textMessage("20-12345678-6"), `"20123456786"`, []string{textMessage("20-12345678-5")}},
		{"cpf", textMessage("529.982.247-25"), `"52998224725"`, []string{textMessage("529.982.247-24")}},
		{"cnpj", textMessage("11.222.333/0001-81"), `"11222333000181"`, []string{textMessage("11.222.333/0001-82")}},
		{"curp", textMessage("hegg560427mvzrrl04"), `"HEGG560427MVZRRL04"`, []string{textMessage("HEGG560427MVZRRL05")}},
		{"rfc", textMessage("gode561231gr8"), `"GODE561231GR8"`, []string{textMessage("GODE561331GR8")}},
		{"location", placeReply, `{"address":"Here 1","latitude":-33.5,"longitude":-70.25,"name":"Home"}`, []string{textMessage("here"), cardsReply}},
		{"image", `{"type":"image","image":{"id":"77","caption":"C"}}`, `"77"`, []string{`{"type":"video","video":{"id":"1"}}`, textMessage("x")}},
		{"document", `{"type":"document","document":{"id":"77"}}`, `"77"`, []string{`{"type":"image","image":{"id":"1"}}`}},
		{"audio", `{"type":"audio","audio":{"id":"77"}}`, `"77"`, []string{textMessage("x")}},
		{"video", `{"type":"video","video":{"id":"77"}}`, `"77"`, []string{textMessage("x")}},
		{"contacts", cardsReply, `[{"name":"Eva","phone":"+56 9 2222 3333","wa_id":"56922223333"}]`, []string{placeReply, `{"type":"contacts","contacts":[]}`}},
		{"form", formReply, `{"day":"mon","n":2}`, []string{textMessage("{}"), `{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"response_json":"oops"}}}`}},
		{"form", strings.Replace(formReply, `"{\"day`, `"\ufeff{\"day`, 1), `{"day":"mon","n":2}`, []string{textMessage("{}")}},
		{"any", `{"type":"image","image":{"id":"77","caption":"C"}}`, `"C"`, []string{`{"type":"unsupported","errors":[{"code":131060}]}`}},
	} {
		t.Run(tt.as, func(t *testing.T) {
			c := talkTo(t, asks(tt.as, ""))
			c.says("hola")
			for _, refused := range tt.refused {
				c.receive("", refused)
				require.Equal(t, "rule 8 refused", c.trace(), refused)
				require.Empty(t, c.state.Vars)
			}
			c.receive("", tt.message)
			require.Equal(t, "rule 6 answer", c.trace())
			require.Equal(t, tt.value, c.value("value"))
			require.Equal(t, []string{"a to > b"}, c.ways())
		})
	}
}

func TestWhatAnAnswerHasBesideItsValue(t *testing.T) {
	for _, tt := range []struct {
		as, message string
		want        map[string]string
	}{
		{"int", textMessage("son 12"), map[string]string{"text": `"son 12"`, "id": `""`}},
		{"image", `{"type":"image","image":{"id":"77","caption":"C"}}`, map[string]string{"media": `"77"`, "text": `"C"`}},
		{"location", placeReply, map[string]string{"lat": "-33.5", "text": `"Home"`}},
		{"form", formReply, map[string]string{"form": `{"day":"mon","n":2}`}},
		{"any", `{"type":"button","button":{"payload":"p","text":"T"}}`, map[string]string{"id": `"p"`, "title": `"T"`, "text": `"T"`, "value": `"T"`}},
		{"any", textMessage("words"), map[string]string{"text": `"words"`, "value": `"words"`, "id": `""`}},
	} {
		c := talkTo(t, asks(tt.as, ""))
		c.says("hola")
		c.receive("", tt.message)
		for name, want := range tt.want {
			require.Equal(t, want, c.value(name), "%s of %s", name, tt.message)
		}
	}
}

// beside is a bot that asks for a kind of answer and offers buttons beside it.
func beside(as string) string {
	return strings.Replace(strings.Replace(asks(as, "      choices: {none: none, \"*\": other}\n      retry: {max: 9, say: [again], else: b}"),
		"say: [go]", `say: [{interactive: {type: button, body: {text: go}, action: {buttons: [
      {type: reply, reply: {id: none, title: "I have none"}}, {type: reply, reply: {id: later, title: "Later"}}]}}}]`, 1),
		"      to: b\n", "", 1) + "  none: {say: [none], close: {reason: done}}\n  other: {say: [other], close: {reason: done}}\n"
}

func TestChoicesBesideAKindOfAnswer(t *testing.T) {
	for _, tt := range []struct {
		as       string
		play     func(*chat)
		says, id string
	}{
		{"rut", func(c *chat) { c.taps(c.button("none")) }, "none", "none"},
		{"rut", func(c *chat) { c.taps(c.button("later")) }, "other", "later"},
		{"rut", func(c *chat) { c.says("i have NONE.") }, "none", "none"},
		{"rut", func(c *chat) { c.says("1") }, "none", "none"},
		{"rut", func(c *chat) { c.says("2") }, "other", "later"},
		{"rut", func(c *chat) { c.says("12.345.678-5") }, "other", ""},
		{"image", func(c *chat) { c.says("2") }, "other", "later"},
		{"int", func(c *chat) { c.says("1") }, "other", ""},
		{"text", func(c *chat) { c.says("1") }, "other", ""},
		{"text", func(c *chat) { c.says("later") }, "other", "later"},
		{"any", func(c *chat) { c.says("I have none") }, "none", "none"},
	} {
		t.Run(tt.as+" "+tt.says+" "+tt.id, func(t *testing.T) {
			c := talkTo(t, beside(tt.as))
			c.says("hola")
			tt.play(c)
			require.Equal(t, []string{tt.says}, c.texts())
			require.Equal(t, `"`+tt.id+`"`, c.value("id"))
		})
	}
	c := talkTo(t, beside("rut"))
	c.says("hola")
	c.says("3")
	require.Equal(t, []string{"again", "go [I have none] [Later]"}, c.texts())
}

func TestAnAnswerOfAChoiceHasItsIDAndTheTitleThatWasSent(t *testing.T) {
	c := talkTo(t, beside("choice"))
	c.says("hola")
	c.taps(c.button("later")) // the tap itself brings the title "x"
	require.Equal(t, `"Later"`, c.value("title"))
	require.Equal(t, `"Later"`, c.value("text"))
	require.Equal(t, `"later"`, c.value("id"))
	require.Equal(t, `"later"`, c.value("value"))
}

func TestATapCanBeRejectedToo(t *testing.T) {
	c := talkTo(t, `
start: a
states:
  a:
    say: [{interactive: {type: button, body: {text: go}, action: {buttons: [{type: reply, reply: {id: x, title: X}}, {type: reply, reply: {id: y, title: Y}}]}}}]
    ask: {choices: {x: b, y: b}, reject: [{if: "answer.id == 'x'", say: [not x]}]}
  b: {say: [b], close: {reason: done}}
`)
	c.says("hola")
	c.taps(c.button("x"))
	require.Equal(t, "rule 8 refused", c.trace())
	require.Equal(t, []string{"not x", "go [X] [Y]"}, c.texts())
	require.Equal(t, 1, c.state.Ask.Tries)
	c.says("x")
	require.Equal(t, []string{"not x", "go [X] [Y]"}, c.texts(), "typed it is the same")
	c.taps(c.button("y"))
	require.Equal(t, []string{"b"}, c.texts())
}

func TestADateIsOfTheBotsZone(t *testing.T) {
	c := talkTo(t, asks("date", ""))
	c.says("hola")
	c.waits(12 * time.Hour) // past midnight in UTC, ten in the evening in Santiago
	c.says("hoy")
	require.Equal(t, `"2026-03-10"`, c.value("value"))
}

func TestALongAnswerIsCutAsWhatsAppCutsIt(t *testing.T) {
	c := talkTo(t, asks("text", ""))
	c.says("hola")
	c.says(strings.Repeat("x", 5000))
	require.Len(t, c.value("value"), 4096+2)
	c = talkTo(t, asks("text", ""))
	c.says("hola")
	c.says(strings.Repeat("👋", 4096))
	require.Equal(t, definition.ReasonError, c.ended().Reason, "twice 16 KB are more than a conversation may keep")
}
