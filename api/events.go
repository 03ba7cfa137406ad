package api

import (
	"context"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

// maxEventsShown bounds how many waiting events are counted: a channel has no more.
const maxEventsShown = 10_000

// eventsView is how the events of a channel do.
type eventsView struct {
	// On is false while nothing is tried: the URL was switched off.
	On bool `json:"on"`
	// Off says since when and why; nil while it was not.
	Off *webhookOff `json:"off,omitempty"`
	// FailingSince is when the first of Failures was; empty while it works.
	FailingSince string `json:"failingSince,omitempty"`
	Failures     int    `json:"failures"`
	// Waiting counts the events that have not been accepted.
	Waiting int `json:"waiting"`
}

// showEvents returns nil for a channel without a URL for events.
func (s *server) showEvents(ctx context.Context, channel store.Channel) (*eventsView, error) {
	if channel.EventsURL == "" {
		return nil, nil
	}
	health, err := s.store.EventsHealth(ctx, channel.WaID)
	if err != nil {
		return nil, errUnavailable(err)
	}
	waiting, err := s.store.CountWaitingEvents(ctx, channel.WaID, maxEventsShown)
	if err != nil {
		return nil, errUnavailable(err)
	}
	view := &eventsView{On: !health.IsOff(), FailingSince: stamp(health.FailingSince), Failures: health.Failures, Waiting: waiting}
	if health.IsOff() {
		view.Off = &webhookOff{stamp(health.OffAt), health.OffReason}
	}
	return view, nil
}

// sendEvents starts what sends the events of a channel, or signals it: again lets it look for new ones, retry
// lets it try at once what waits.
func (c *conversations) sendEvents(ctx context.Context, waID, signal string) error {
	options := workflows.EventsOptions(waID)
	_, err := c.temporal.SignalWithStartWorkflow(ctx, options.ID, signal, nil, options,
		workflows.EventsType, workflows.EventsInput{Channel: waID})
	return err
}

// announce lets the events be sent that a POST has led to. What fails here is made up for by the hourly
// sweep.
func (s *server) announce(ctx context.Context, channels map[string]bool) {
	for waID := range channels {
		if err := s.conversations.sendEvents(ctx, waID, workflows.SignalAgain); err != nil {
			s.log.WarnContext(ctx, "cannot start sending events", "channel", waID, "error", err)
			return
		}
	}
}
