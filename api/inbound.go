package api

import (
	"context"
	"errors"
	"time"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/whatsapp"
)

// postWait bounds a whole inbound POST once its body is here. Temporal's client gives one
// call half of it.
const postWait = 20 * time.Second

// fieldMessages is the webhook field with messages and statuses.
const fieldMessages = "messages"

// inboundResponse counts what was taken. Ignored are foreign fields, messages of groups,
// and what names no contact or cannot be read.
type inboundResponse struct {
	Messages int `json:"messages"`
	Statuses int `json:"statuses"`
	Ignored  int `json:"ignored"`
}

func decodeInbound(body []byte) (*whatsapp.Webhook, error) {
	webhook, err := whatsapp.Decode(body)
	if broken, ok := errors.AsType[*whatsapp.DecodeError](err); ok {
		return nil, errBadRequest(broken.Message)
	}
	return webhook, err
}

// inbound answers POST /webhooks/inbound: Meta's webhook body as the ISV got it. A 200
// means that every message of it is stored; anything else that the ISV must send it again.
// Nothing is kept of a POST in which any channel is unknown or somebody else's.
func (s *server) inbound(ctx context.Context, c *call, webhook *whatsapp.Webhook) (any, error) {
	ctx, cancel := context.WithTimeout(ctx, postWait)
	defer cancel()
	owners, err := s.findChannels(ctx, c.account, webhook)
	if err != nil {
		return nil, err
	}
	b := newBatch(s.store)
	for i, value := range webhook.Values {
		if err := b.add(ctx, owners[i], value); err != nil {
			return nil, errUnavailable(err)
		}
	}
	if b.cut > 0 {
		s.log.WarnContext(ctx, "messages above the limit were cut", "messages", b.cut, "account", c.account.Name)
	}
	if err := s.conversations.deliver(ctx, b.groups, s.now()); err != nil {
		return nil, errUnavailable(err)
	}
	return b.count, nil
}

// findChannels returns the channel of each value: the zero channel for one that needs
// none. All must be known and the account's own.
func (s *server) findChannels(ctx context.Context, account store.Account, webhook *whatsapp.Webhook) ([]store.Channel, error) {
	found := make([]store.Channel, len(webhook.Values))
	seen := map[whatsapp.Metadata]store.Channel{}
	for i, value := range webhook.Values {
		if value.Metadata == nil {
			if len(value.Messages) > 0 || len(value.Statuses) > 0 {
				return nil, errBadRequest("metadata is missing in a value with messages or statuses")
			}
			continue
		}
		channel, ok := seen[*value.Metadata]
		if !ok {
			var err error
			if channel, err = s.ownChannel(ctx, account, *value.Metadata); err != nil {
				return nil, err
			}
			seen[*value.Metadata] = channel
		}
		found[i] = channel
	}
	return found, nil
}

func (s *server) ownChannel(ctx context.Context, account store.Account, m whatsapp.Metadata) (store.Channel, error) {
	channel, err := s.channels.find(ctx, m)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return store.Channel{}, errUnknownObject(m.PhoneNumberID)
	case err != nil:
		return store.Channel{}, errUnavailable(err)
	case channel.Account != account.Name:
		return store.Channel{}, errUnauthorized()
	}
	return channel, nil
}
