package api

import (
	"context"
	"errors"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

// outboundRequest is also the response: in the document the route echoes its body.
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

// outbound handles PATCH /webhooks/outbound: it sets the URL to which a channel's replies are posted.
func (s *server) outbound(ctx context.Context, req *request, in outboundRequest) (outboundRequest, error) {
	if !storable(in.WaID) {
		return outboundRequest{}, errUnknownObject(in.WaID)
	}
	channel, err := s.store.Channel(ctx, in.WaID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return outboundRequest{}, errUnknownObject(in.WaID)
	case err != nil:
		return outboundRequest{}, errUnavailable(err)
	case channel.Account != req.account.Name:
		return outboundRequest{}, errUnauthorized()
	}
	if err := webhook.CheckTarget(in.URL, s.dev); err != nil {
		return outboundRequest{}, errBadRequest("externalWebhookIsvBot was refused: " + err.Error())
	}
	if err := s.store.SetWebhook(ctx, in.WaID, in.URL, req.version.name, s.now()); err != nil {
		return outboundRequest{}, errUnavailable(err)
	}
	s.channels.forget(channel)
	if changed := channel.Version != req.version.name; changed && channel.Bot != "" {
		channel.Version = req.version.name
		s.publishing.warnIfLacking(ctx, channel)
	}
	return in, nil
}
