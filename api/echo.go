package api

import (
	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/workflows"
)

// addEcho adds what a person of the business said to the conversation of its contact, whose bot it
// mutes. An echo to a group, or without a usable recipient, is only counted.
func (b *batch) addEcho(from source, echo *whatsapp.Message) error {
	if from.channel.WaID == "" || echo.GroupID != "" {
		return nil
	}
	with, ok := b.people.find(from.channel.WaID, echo.To, echo.ToUserID)
	if !ok || isOwn(from.channel, with.key) {
		return nil
	}
	message, err := newInbound(echo, "")
	if err != nil {
		return err
	}
	message.Echo = true
	message.size += len(`"echo":true,`)
	if message.Cut {
		b.cut++
	}
	b.group(from.channel, with).add(message, with)
	return nil
}

// onlyEchoes reports whether an envelope holds no message of the contact: then it opens no
// conversation.
func onlyEchoes(envelope workflows.Envelope) bool {
	for _, m := range envelope.Messages {
		if !m.Echo {
			return false
		}
	}
	return true
}
