package api

import (
	"context"
	"time"

	"github.com/chattigo/api-isv/store"
)

// maxWaitingShown bounds how many waiting conversations are counted.
const maxWaitingShown = 1000

// maxCounted bounds how many deliveries are counted.
const maxCounted = 10_000

// webhookView is a channel's webhook and how it does.
type webhookView struct {
	WaID string `json:"waId"`
	URL  string `json:"externalWebhookIsvBot"`
	// Delivery is "push" or "pull", CloseNotice "separate" or "merged".
	Delivery    string `json:"delivery"`
	CloseNotice string `json:"closeNotice"`
	// TimeoutSeconds is how long an attempt may take; missing when it was not set.
	TimeoutSeconds int    `json:"timeoutSeconds,omitempty"`
	EventsURL      string `json:"eventsUrl,omitempty"`
	// On is false while messages are to be pushed and nothing is tried: there is no webhook, or it was
	// switched off.
	On bool `json:"on"`
	// Off says since when and why it was switched off; nil while it was not.
	Off *webhookOff `json:"off,omitempty"`
	// FailingSince is when the first of Failures was; empty while it works.
	FailingSince string `json:"failingSince,omitempty"`
	Failures     int    `json:"failures"`
	// PausedUntil is until when it asked not to be tried; empty if it did not.
	PausedUntil string `json:"pausedUntil,omitempty"`
	// WaitingConversations counts the conversations of which something waits for it, up to 1,000.
	WaitingConversations int `json:"waitingConversations"`
	// Waiting and DeadLetters count what waits and what was given up, up to 10,000 each.
	Waiting     int `json:"waiting"`
	DeadLetters int `json:"deadLetters"`
	// OldestWaiting is when the oldest that waits was made, OldestAgeSeconds how long ago; empty and 0 if
	// nothing waits.
	OldestWaiting    string `json:"oldestWaiting,omitempty"`
	OldestAgeSeconds int64  `json:"oldestAgeSeconds"`
	// Events is how the events do; nil without an EventsURL.
	Events *eventsView `json:"events,omitempty"`
}

type webhookOff struct {
	Since  string `json:"since"`
	Reason string `json:"reason"`
}

// getWebhook handles GET /webhooks/outbound?waId=. To operators the URL is shown without its query.
func (s *server) getWebhook(ctx context.Context, req *request, _ struct{}) (webhookView, error) {
	q, err := parseQuery(req.query, "waId")
	if err != nil {
		return webhookView{}, err
	}
	if q["waId"] == "" {
		return webhookView{}, errBadRequest("the query must have a waId, such as ?waId=56900000001")
	}
	channel, err := s.publishing.channelOf(ctx, req.account, q["waId"])
	if err != nil {
		return webhookView{}, err
	}
	health, err := s.store.WebhookHealth(ctx, channel.WaID)
	if err != nil {
		return webhookView{}, errUnavailable(err)
	}
	waiting, err := s.store.WaitingConversations(ctx, channel.WaID, "", maxWaitingShown)
	if err != nil {
		return webhookView{}, errUnavailable(err)
	}
	view := s.showWebhook(channel.Channel, health)
	view.WaitingConversations = len(waiting)
	if view.Events, err = s.showEvents(ctx, channel.Channel); err != nil {
		return webhookView{}, err
	}
	if err := s.count(ctx, &view); err != nil {
		return webhookView{}, errUnavailable(err)
	}
	if req.account.Operator {
		view.URL, view.EventsURL = withoutQuery(view.URL), withoutQuery(view.EventsURL)
	}
	return view, nil
}

// count adds what the ledger has of a channel.
func (s *server) count(ctx context.Context, view *webhookView) (err error) {
	if view.Waiting, err = s.store.CountDeliveries(ctx, view.WaID, store.DeliveryWaiting, maxCounted); err != nil {
		return err
	}
	if view.DeadLetters, err = s.store.CountDeliveries(ctx, view.WaID, store.DeliveryDead, maxCounted); err != nil {
		return err
	}
	oldest, err := s.store.OldestWaiting(ctx, view.WaID)
	if err == nil && !oldest.IsZero() {
		view.OldestWaiting, view.OldestAgeSeconds = stamp(oldest), int64(s.now().Sub(oldest)/time.Second)
	}
	return err
}

func (s *server) showWebhook(channel store.Channel, health store.WebhookHealth) webhookView {
	view := webhookView{
		WaID: channel.WaID, URL: channel.WebhookURL, Delivery: deliveryPush, CloseNotice: noticeSeparate,
		TimeoutSeconds: channel.TimeoutSeconds, EventsURL: channel.EventsURL, On: channel.WebhookURL != "" && !health.IsOff(),
		FailingSince: stamp(health.FailingSince), Failures: health.Failures,
	}
	if !channel.PullSince.IsZero() {
		view.Delivery, view.On = deliveryPull, true
	}
	if channel.MergeNotice {
		view.CloseNotice = noticeMerged
	}
	if health.IsOff() {
		view.Off = &webhookOff{stamp(health.OffAt), health.OffReason}
	}
	if health.IsHeld(s.now()) {
		view.PausedUntil = stamp(health.HeldUntil)
	}
	return view
}
