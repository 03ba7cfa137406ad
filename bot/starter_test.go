package bot_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

func TestStarterHasNoProblems(t *testing.T) {
	b := load(t, string(definition.Starter()))
	require.Empty(t, b.Warnings())
	require.Equal(t, "inicio", b.Name)
	require.Equal(t, "inicio@"+b.Hash[:8], b.Label())
	require.Equal(t, definition.Starter(), b.Source())
}

func TestStarterConversations(t *testing.T) {
	for _, tt := range []struct {
		name string
		play func(*chat)
	}{
		{"buttons", func(c *chat) {
			c.says("Hola")
			c.taps(c.button("horarios"))
			old := c.button("contacto")
			c.taps(old)
			c.taps(old) // of the question before: old menus stay alive
			c.taps(c.button("salir"))
		}},
		{"typing", func(c *chat) {
			c.says("buenas, ¿a qué hora abren?")
			c.says("2")
			c.says("MENÚ")
			c.says("dirección y contacto")
			c.says("¡Chao! 👋")
		}},
		{"not_understood", func(c *chat) {
			c.sends("image")
			c.sends("audio")
			c.says("asdf")
			c.taps(c.button("horarios"))
			c.sends("sticker")
			c.sends("location")
			c.says("???")
		}},
		{"silence", func(c *chat) {
			c.says("hola")
			c.waits(9 * time.Minute)
			c.says("eh")
			c.waits(10 * time.Minute)
			c.waits(20 * time.Minute)
		}},
		{"old_button", func(c *chat) {
			c.says("hola")
			c.taps("comprar~zzzzz") // of another bot, before this one
			c.waits(time.Hour)
		}},
		{"operator", func(c *chat) {
			c.says("hola")
			c.closes("operator")
			c.says("¿hola?")
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newChat(t, load(t, string(definition.Starter())))
			tt.play(c)
			golden(t, "starter_"+tt.name+".txt", c.script.String())
		})
	}
}

// What people type where the bot asks whether there is anything else.
func TestStarterUnderstandsWhatPeopleTypeWhenAskedForMore(t *testing.T) {
	definition := load(t, string(definition.Starter()))
	var script strings.Builder
	for _, said := range []string{
		"No", "no gracias", "No, muchas gracias 🙂", "nada más", "no, nada más", "Eso es todo.", "Eso es todo, gracias", "listo!", "Listo, gracias",
		"gracias", "¡Muchas gracias!", "ok gracias", "Gracias por la información 🙏",
		"Sí", "sí, por favor",
		"Quiero hablar con una persona", "un ejecutivo por favor", "gracias, ¿me atiende un humano?", "gracias, ¿y el horario?",
		"no entiendo", "no me sirve", "gracias pero no era eso", "nada de eso", "👍",
	} {
		c := newChat(t, definition)
		c.says("horarios")
		c.script.Reset()
		c.says(said)
		script.WriteString(c.script.String() + "\n")
	}
	golden(t, "starter_anything_else.txt", script.String())
}

func TestStarterReplyIsTheDocumentsTextExample(t *testing.T) {
	c := newChat(t, load(t, string(definition.Starter())))
	c.says("hola")
	require.Equal(t, bot.EffectSend, c.effects[2].Kind)
	golden(t, "starter_first.json", string(c.effects[2].Send.Body)) // byte for byte: the order of fields counts
	require.Equal(t, "saludo", c.effects[2].Send.State)
}
