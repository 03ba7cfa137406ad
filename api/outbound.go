package api

import (
	"context"
	"time"

	"github.com/chattigo/api-isv/workflows"
)

// outbound handles PATCH /webhooks/outbound: it sets how a channel's replies leave, above all the URL to
// which they are posted. What waits is tried there at once. What is accepted after the response never goes
// to the URL before.
func (s *server) outbound(ctx context.Context, req *request, in outboundRequest) (outboundRequest, error) {
	channel, err := s.ownChannel(ctx, req, in.WaID)
	if err != nil {
		return outboundRequest{}, err
	}
	if err := in.check(s); err != nil {
		return outboundRequest{}, err
	}
	// The first delivery finds its key: the ISV may have fetched it by then.
	if _, err := s.keys.WebhookKeys(ctx, channel, s.now()); err != nil {
		return outboundRequest{}, errKeys(channel, err)
	}
	settings := in.settings(req.version.name)
	if err := s.store.ConfigureWebhook(ctx, in.WaID, settings, s.now()); err != nil {
		return outboundRequest{}, errUnavailable(err)
	}
	s.channels.forget(channel)
	if settings.Version != nil && channel.Version != req.version.name && channel.Bot != "" {
		channel.Version = req.version.name
		s.publishing.warnIfLacking(ctx, channel)
	}
	if settings.Pull != nil && !*settings.Pull {
		if err := s.conversations.drain(ctx, in.WaID); err != nil {
			return outboundRequest{}, errUnavailable(err) // sent again, it does no harm
		}
	}
	if in.EventsURL != nil && *in.EventsURL != "" {
		if err := s.conversations.sendEvents(ctx, in.WaID, workflows.SignalRetry); err != nil {
			return outboundRequest{}, errUnavailable(err)
		}
	}
	if in.redirects(channel) {
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
