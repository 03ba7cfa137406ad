package api

import (
	"context"
	"time"

	"github.com/chattigo/api-isv/webhook"
	"github.com/chattigo/api-isv/workflows"
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

// outbound handles PATCH /webhooks/outbound: it sets the URL to which a channel's replies are posted. What
// waits is tried there at once. What is accepted after the response never goes to the URL before.
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
	if err := s.conversations.drain(ctx, in.WaID); err != nil {
		return outboundRequest{}, errUnavailable(err) // sent again, it does no harm
	}
	if channel.WebhookURL != "" && channel.WebhookURL != in.URL {
		<-time.After(settleTime) // no process remembers the former URL any longer
	}
	return in, nil
}

// drain starts the workflow that makes all that waits for a channel's webhook be tried at once, or lets it
// begin again.
func (c *conversations) drain(ctx context.Context, waID string) error {
	waiting, err := c.waiting(ctx, waID, "", 1)
	if err != nil || len(waiting) == 0 {
		return err
	}
	options := workflows.DrainOptions(waID)
	_, err = c.temporal.SignalWithStartWorkflow(ctx, options.ID, workflows.SignalAgain, nil, options,
		workflows.DrainType, workflows.DrainInput{Channel: waID})
	return err
}
