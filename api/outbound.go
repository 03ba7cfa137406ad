package api

import (
	"context"

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
	channel, err := s.ownChannel(ctx, req, in.WaID)
	if err != nil {
		return outboundRequest{}, err
	}
	if err := webhook.CheckTarget(in.URL, s.dev); err != nil {
		return outboundRequest{}, errBadRequest("externalWebhookIsvBot was refused: " + err.Error())
	}
	// The first delivery finds its key: the ISV may have fetched it by then.
	if _, err := s.keys.WebhookKeys(ctx, channel, s.now()); err != nil {
		return outboundRequest{}, errKeys(channel, err)
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
