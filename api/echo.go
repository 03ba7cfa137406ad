package api

import (
	"context"
	"errors"

	"go.temporal.io/api/serviceerror"

	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/workflows"
)

// addEcho hands what a person of the business said to the conversation of its contact, which
// it mutes. One to a group, or to nobody, is counted only.
func (b *batch) addEcho(from source, echo *whatsapp.Message) error {
	if from.channel.WaID == "" || echo.GroupID != "" {
		return nil
	}
	with, ok := b.people.who(from.channel.WaID, echo.To, echo.ToUserID)
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

// onlyEchoes tells whether an envelope holds nothing of the contact: then it begins nothing.
func onlyEchoes(envelope workflows.Envelope) bool {
	for _, m := range envelope.Messages {
		if !m.Echo {
			return false
		}
	}
	return true
}

// signalOpen signals a conversation if one is open. Where none is there is nothing to mute.
func (c *conversations) signalOpen(ctx context.Context, id string, envelope workflows.Envelope) error {
	err := c.temporal.SignalWorkflow(ctx, id, "", workflows.SignalInbound, envelope)
	if _, none := errors.AsType[*serviceerror.NotFound](err); none {
		return nil
	}
	return err
}
