package bot_test

import (
	"testing"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/outbound"
	"github.com/stretchr/testify/require"
)

func textEvent(text string, at time.Time) bot.Event {
	return bot.Event{Kind: bot.EventInbound, At: at, Message: &whatsapp.Message{
		From: "56911112222", ID: "wamid.x", Type: whatsapp.TypeText, Text: &whatsapp.Text{Body: text},
	}}
}

func TestABotEntersAChatThatATemplateOpened(t *testing.T) {
	const src = "start: a\ntriggers:\n  - {choice: [confirm], to: b}\n  - {text: {words: [confirmo]}, to: b}\nstates:\n" +
		"  a: {say: [a], close: {reason: x}}\n  b: {say: [b], close: {reason: x}}\n"
	for name, enter := range map[string]func(*chat){
		"by a choice": func(c *chat) { c.presses("confirm", "Yes") },
		"by a text":   func(c *chat) { c.says("sí, confirmo") },
	} {
		t.Run(name, func(t *testing.T) {
			c := talkTo(t, src)
			enter(c)
			require.Equal(t, []string{"b"}, c.texts())
			require.NotEqual(t, outbound.TypeTemplate, c.message(0).Type)
		})
	}
}
