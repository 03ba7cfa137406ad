package activities

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/jellydator/ttlcache/v3"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

// endpointAge is how long a worker goes by what it has read of a channel, counted from the beginning of
// the read. PATCH /webhooks/outbound answers only after that time, so that what is accepted after the
// answer never goes to the URL before.
const endpointAge = time.Second

// parkedWait is how often a delivery looks whether its channel has a webhook that is on by now. Setting
// one drains what waits, so that this is only for a drain that was lost.
const parkedWait = time.Hour

// endpoint is a channel with what is known of its webhook.
type endpoint struct {
	store.Channel

	health store.WebhookHealth
	// readAt is when reading it began.
	readAt time.Time
}

// endpoint returns the endpoint as it was at most a second ago.
func (a *Activities) endpoint(ctx context.Context, waID string) (endpoint, error) {
	if item := a.endpoints.Get(waID); item != nil && a.now().Sub(item.Value().readAt) < endpointAge {
		return item.Value(), nil
	}
	read, err := a.readEndpoint(ctx, waID)
	if err != nil {
		return endpoint{}, err
	}
	a.endpoints.Set(waID, read, ttlcache.DefaultTTL)
	return read, nil
}

// readEndpoint reads the endpoint as it is now.
func (a *Activities) readEndpoint(ctx context.Context, waID string) (endpoint, error) {
	readAt := a.now()
	channel, err := a.store.Channel(ctx, waID)
	if err != nil {
		return endpoint{}, fmt.Errorf("read the channel: %w", err)
	}
	health, err := a.store.WebhookHealth(ctx, waID)
	if err != nil {
		return endpoint{}, fmt.Errorf("read the webhook's health: %w", err)
	}
	return endpoint{channel, health, readAt}, nil
}

// fastTime is how long an attempt of the fast lane may take: a workflow task waits for it, so that a channel
// can only have less.
func (a *Activities) fastTime(to endpoint) time.Duration {
	if set := to.Timeout(); set > 0 {
		return min(set, a.limits.fastAttempt)
	}
	return a.limits.fastAttempt
}

// slowTime is how long any other attempt may take.
func (a *Activities) slowTime(to endpoint) time.Duration {
	return cmp.Or(to.Timeout(), a.limits.slowAttempt)
}

// unusable returns why no attempt is to be made at the webhook, and for how long at least; nil if one may.
func (to endpoint) unusable(now time.Time) *deferral {
	switch {
	case !to.PullSince.IsZero():
		return &deferral{Pull, "the ISV pulls the messages of this channel", parkedWait}
	case to.WebhookURL == "":
		return &deferral{NoWebhook, "the channel has no webhook", parkedWait}
	case to.health.IsOff():
		return &deferral{EndpointOff, "the webhook is off (" + to.health.OffReason + "): PATCH /webhooks/outbound turns it on", parkedWait}
	case to.health.IsHeld(now):
		return &deferral{Held, "the webhook asked for a pause", to.health.HeldUntil.Sub(now)}
	}
	return nil
}

// deferral is why an attempt is put off. It uses up nothing.
type deferral struct {
	class, message string
	wait           time.Duration
}

// countFailure counts a failed attempt against the webhook, unless the fault is not the webhook's.
func (a *Activities) countFailure(ctx context.Context, to endpoint, r webhook.Result, at time.Time) error {
	if r.Class == webhook.Forbidden || r.Class == webhook.BadTarget {
		return nil
	}
	failed := store.WebhookFailure{Channel: to.WaID, URL: to.WebhookURL, At: at, Off: switchesOff(r)}
	if holdsBack(r) {
		failed.HeldUntil = at.Add(r.RetryAfter)
	}
	off, err := a.store.RecordWebhookFailure(ctx, failed)
	if err != nil {
		return fmt.Errorf("count the webhook's failure: %w", err)
	}
	if off {
		a.log.WarnContext(ctx, "webhook switched off", "channel", to.WaID, "reason", reason(r), "failing_since", to.health.FailingSince)
		a.sendEvents(ctx, to.WaID)
	}
	return nil
}

// switchesOff returns why a response switches the webhook off; empty if it does not.
func switchesOff(r webhook.Result) string {
	switch {
	case r.Control == webhook.DisableEndpoint:
		return store.OffDisabled
	case r.StatusCode == http.StatusGone:
		return store.OffGone
	}
	return ""
}

// holdsBack reports whether a response asks that the whole webhook be left alone for a while.
func holdsBack(r webhook.Result) bool {
	return r.RetryAfter > 0 && (r.StatusCode == http.StatusTooManyRequests || r.StatusCode == http.StatusServiceUnavailable)
}

// succeeded drains what waits for a webhook that works again: the database knows of failures, or this
// process does, whose breaker was open (recovered). What fails here is done with the next success. A webhook
// may take a message and ask for no other.
func (a *Activities) succeeded(ctx context.Context, to endpoint, r webhook.Result, recovered bool) {
	a.accepted.Set(to.WaID, a.now(), ttlcache.DefaultTTL)
	if switchesOff(r) != "" {
		a.leaveAlone(ctx, to, r)
		return
	}
	if to.health.Failures == 0 && !recovered {
		return
	}
	err := a.drain(ctx, to.WaID)
	if err == nil {
		err = a.store.RecordWebhookSuccess(ctx, to.WaID, to.WebhookURL, a.now())
	}
	if err != nil {
		a.log.WarnContext(ctx, "cannot drain what waits for a webhook that works again", "channel", to.WaID, "error", err)
		return
	}
	a.endpoints.Delete(to.WaID)
}

// heed does what the response to a first attempt asks for beside: that the webhook be left alone for a while,
// or for good. All other failures are counted by the slow lane.
func (a *Activities) heed(ctx context.Context, to endpoint, r webhook.Result) {
	if switchesOff(r) != "" || holdsBack(r) {
		a.leaveAlone(ctx, to, r)
	}
}

// leaveAlone records at once what a response asked for: that the webhook be switched off, or held.
func (a *Activities) leaveAlone(ctx context.Context, to endpoint, r webhook.Result) {
	if err := a.countFailure(ctx, to, r, a.clock()); err != nil {
		a.log.WarnContext(ctx, "cannot leave a webhook alone as it asked for", "channel", to.WaID, "error", err)
	}
	a.endpoints.Delete(to.WaID)
}
