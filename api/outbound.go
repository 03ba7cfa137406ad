package api

import (
	"context"
	"errors"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

// outboundRequest is also the answer: the document answers with what was sent.
type outboundRequest struct {
	WaID string `json:"waId"`
	URL  string `json:"externalWebhookIsvBot"`
}

func decodeOutbound(body []byte) (outboundRequest, error) {
	object, err := decodeObject(body)
	if err != nil {
		return outboundRequest{}, err
	}
	var in outboundRequest
	return in, object.texts(text{"waId", &in.WaID}, text{"externalWebhookIsvBot", &in.URL})
}

// outbound answers PATCH /webhooks/outbound: it sets where a channel's replies go.
func (s *server) outbound(ctx context.Context, c *call, in outboundRequest) (any, error) {
	if !storable(in.WaID) {
		return nil, errUnknownObject(in.WaID)
	}
	channel, err := s.store.Channel(ctx, in.WaID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, errUnknownObject(in.WaID)
	case err != nil:
		return nil, errUnavailable(err)
	case channel.Account != c.account.Name:
		return nil, errUnauthorized()
	}
	if err := webhook.CheckTarget(in.URL, s.dev); err != nil {
		return nil, errBadRequest("externalWebhookIsvBot was refused: " + err.Error())
	}
	if err := s.store.SetWebhook(ctx, in.WaID, in.URL, c.version.name, s.now()); err != nil {
		return nil, errUnavailable(err)
	}
	s.channels.forget(channel)
	return in, nil
}
