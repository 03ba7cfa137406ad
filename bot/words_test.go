package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
)

// speaking is a bot of three languages that brings no sentences of its own, and breaks on request.
const speaking = `
languages: [es-CL, en, pt-BR]
start: a
vars: {lang: {type: string}, m: {type: map}}
triggers:
  - {text: {any: [english]}, interrupt: true, to: en}
  - {text: {any: [portugues]}, interrupt: true, to: pt}
  - {text: {any: [klingon]}, interrupt: true, to: other}
  - {text: {any: [break]}, interrupt: true, to: broken}
states:
  en: {set: {lang: "'en'"}, goto: a}
  pt: {set: {lang: "'pt-BR'"}, goto: a}
  other: {set: {lang: "'tlh'"}, goto: a}
  broken: {say: ["${1 / size(vars.m)}"], goto: a}
  a:
    say: [{` + buttonX + `}]
    ask: {choices: {x: b}}
  b: {say: [{interactive: {type: button, body: {text: y?}, action: {buttons: [{type: reply, reply: {id: "y", title: Y}}]}}}], ask: {choices: {"y": a}}}
`

func TestBuiltInSentencesAreInTheLanguageOfTheConversation(t *testing.T) {
	for said, want := range map[string]struct{ retry, stale, apology, closing, timeout string }{
		"hola": {
			"Disculpa, no te entendí", "Esa opción es de un mensaje anterior", "Lo siento, tuve un problema técnico",
			"Cerramos este chat", "Cierro este chat por inactividad",
		},
		"english": {
			"Sorry, I did not get that", "That option belongs to an earlier message", "Sorry, I ran into a technical problem",
			"We are closing this chat", "I am closing this chat because it has been quiet",
		},
		"português": {
			"Desculpe, não entendi", "Essa opção é de uma mensagem anterior", "Desculpe, tive um problema técnico",
			"Encerramos esta conversa", "Encerro esta conversa por inatividade",
		},
		"klingon": {
			"Disculpa, no te entendí", "Esa opción es de un mensaje anterior", "Lo siento, tuve un problema técnico",
			"Cerramos este chat", "Cierro este chat por inactividad",
		},
	} {
		t.Run(said, func(t *testing.T) {
			begin := func() *chat { c := talkTo(t, speaking); c.says(said); return c }
			first := func(c *chat) string { return c.texts()[0] }

			c := begin()
			c.says("???")
			require.True(t, strings.HasPrefix(first(c), want.retry), first(c))
			x := c.button("x")
			c.taps(x)
			require.Equal(t, "b", c.asking())
			c.taps(x)
			require.True(t, strings.HasPrefix(first(c), want.stale), first(c))

			c = begin()
			c.says("break")
			require.True(t, strings.HasPrefix(first(c), want.apology), first(c))

			c = begin()
			c.closes("resolved")
			require.True(t, strings.HasPrefix(first(c), want.closing), first(c))

			c = begin()
			c.waits(24 * time.Hour)
			require.True(t, strings.HasPrefix(first(c), want.timeout), first(c))

			c = begin()
			_, effects := bot.Abandon(c.bot, c.state, c.now)
			c.effects = effects
			require.True(t, strings.HasPrefix(first(c), want.apology), first(c))
		})
	}
}
