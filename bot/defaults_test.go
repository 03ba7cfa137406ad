package bot_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp"
)

func TestBuiltInDefaults(t *testing.T) {
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

func TestNoticeIsTrueUnlessSet(t *testing.T) {
	for closing, notice := range map[string]bool{"{reason: x}": true, "{reason: x, notice: true}": true, "{reason: x, notice: false}": false} {
		c := talkTo(t, "start: a\nstates: {a: {close: "+closing+"}}\n")
		c.says("hola")
		require.Equal(t, &bot.Close{Reason: "x", Notice: notice}, c.ended())
	}
}

func TestClosedFromOutsideTheBotSaysItsClosingWords(t *testing.T) {
	c := talkTo(t, "start: a\ndefaults: {close: {say: [bye now, take care]}}\nstates:\n  a: {say: [a], ask: {as: text, to: a}}\n")
	c.says("hola")
	c.closes("")
	require.Equal(t, []string{"bye now", "take care"}, c.texts())
	require.Equal(t, "closed", c.ended().Reason)
	require.Equal(t, whatsapp.TypeText, c.message(0).Type)
}
