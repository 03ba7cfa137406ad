package bot_test

import (
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/whatsapp"
)

func textEvent(text string, at time.Time) bot.Event {
	return bot.Event{Kind: bot.EventInbound, At: at, Message: &whatsapp.Message{
		From: "56911112222", ID: "wamid.x", Type: whatsapp.TypeText, Text: &whatsapp.Text{Body: text},
	}}
}
