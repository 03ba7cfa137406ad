package activities

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

// The deliveries of one webhook are kept from costing those of another anything: both lanes ask
// webhook.Endpoints before each attempt.

// enterFast asks for an attempt of the fast lane: a contact waits for it, so it may be the probe of a
// webhook whose circuit breaker is open. It waits for a place while enough time for an attempt is left.
func (a *Activities) enterFast(ctx context.Context, to endpoint) (*webhook.Visit, *Failure) {
	wait := a.limits.fastWait
	if deadline, bounded := ctx.Deadline(); bounded {
		wait = min(wait, time.Until(deadline)-a.fastTime(to))
	}
	soon, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	visit, deferral := a.webhooks.EnterSoon(soon, entryOf(to.Channel, webhook.FastLane, true), a.now)
	if deferral != nil {
		a.metrics.Deferred(webhook.FastLane.String(), string(deferral.Reason))
		return nil, &Failure{Class: string(deferral.Reason)}
	}
	return visit, nil
}

func entryOf(channel store.Channel, lane webhook.Lane, probe bool) webhook.Entry {
	return webhook.Entry{
		EndpointKey: webhook.EndpointKey{Account: channel.Account, URL: channel.WebhookURL}, Lane: lane, Probe: probe,
	}
}

// post makes an attempt and leaves the endpoint. It reports whether the attempt closed the endpoint's
// circuit breaker.
func (a *Activities) post(ctx context.Context, visit *webhook.Visit, r webhook.Request) (result webhook.Result, recovered bool) {
	result.Class = webhook.Canceled // if it panics
	defer func() {
		a.countAttempt(visit.Lane(), result)
		switch visit.Leave(result, a.now()) {
		case webhook.Opened:
			a.log.WarnContext(ctx, "circuit breaker of webhook opened", "channel", r.WaID, "reason", reason(result))
		case webhook.Closed:
			recovered = true
			a.log.InfoContext(ctx, "circuit breaker of webhook closed", "channel", r.WaID)
		}
	}()
	return a.poster.Post(ctx, r), false
}

// countAttempt counts a request, or that the guard refused it.
func (a *Activities) countAttempt(lane webhook.Lane, r webhook.Result) {
	a.metrics.Attempted(lane.String(), string(r.Class), r.Duration)
	if r.Class == webhook.Forbidden {
		a.metrics.Refused("delivery")
	}
}

// deferAttempt returns the retry error of an attempt that the endpoint does not get now. A message
// whose time is over does not wait for an endpoint that fails or asked for a pause.
func (a *Activities) deferAttempt(ctx context.Context, row store.Delivery, d *webhook.Deferral) (SlowResult, error) {
	a.metrics.Deferred(webhook.SlowLane.String(), string(d.Reason))
	left := deadlineOf(row).Sub(a.now())
	refused := d.Reason == webhook.BreakerOpen || d.Reason == webhook.Held
	if refused && left <= 0 {
		return a.bury(ctx, row, string(d.Reason))
	}
	after := d.After
	if left > 0 {
		after = min(after, left)
	}
	return SlowResult{}, retry(deferredByEndpoint, "no attempt was made: "+explain(string(d.Reason)), after)
}

// explain says why no attempt was made, for operators, who see it in the Temporal UI. The class is that of
// a Failure or a reason for a deferral.
func explain(class string) string {
	if words, known := explanations[class]; known {
		return words
	}
	return class
}

var explanations = map[string]string{
	string(webhook.BreakerOpen):  "the webhook fails, and its circuit breaker is open",
	string(webhook.Held):         "the webhook asked for a pause (Retry-After)",
	string(webhook.RateLimited):  "the webhook gets no more messages a second",
	string(webhook.NoPlace):      "too many requests to the webhook, or to the account's others, are in flight",
	string(webhook.SlowEndpoint): "the webhook responds more slowly than a first attempt waits",
	string(webhook.Canceled):     "too little of the turn's time was left",
	NoWebhook:                    "the channel has no webhook",
	EndpointOff:                  "the webhook is off until PATCH /webhooks/outbound turns it on",
	unreadable:                   "the channel or its signing keys could not be read",
}

// deadlineOf is when a message's time is over.
func deadlineOf(row store.Delivery) time.Time {
	if row.Kind == noticeKind {
		return row.MadeAt.Add(webhook.NoticeBudget)
	}
	return row.MadeAt.Add(webhook.ReplyBudget)
}

// refusesOnly reports whether the webhook refuses only this message: it responded to it often enough, and
// accepted others of the channel since the attempt before this one, as far as this worker knows. Attempts
// that were asked for early count for nothing: they may all have been made within a minute.
func (a *Activities) refusesOnly(ctx context.Context, row store.Delivery, got attemptResult) (bool, error) {
	r, due := got.Result, row.Attempts+1-row.Retries-row.Leases
	if got.early {
		due--
	}
	if !countsAsRefusal(r.Class, r.StatusCode) || due < webhook.MaxRefusals {
		return false, nil
	}
	attempts, err := a.store.Attempts(ctx, row.ID)
	if err != nil {
		return false, fmt.Errorf("read the ledger: %w", err)
	}
	refusals := 1
	for _, attempt := range attempts {
		if countsAsRefusal(webhook.Class(attempt.Class), attempt.Status) {
			refusals++
		}
	}
	accepted := a.accepted.Get(row.Channel)
	return refusals >= webhook.MaxRefusals && accepted != nil && accepted.Value().After(attempts[len(attempts)-1].At), nil
}

// countsAsRefusal reports whether a response may be about the message: 401 and 403 are about a token, 429 is
// about the endpoint.
func countsAsRefusal(class webhook.Class, status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		return false
	}
	return class == webhook.Status
}
