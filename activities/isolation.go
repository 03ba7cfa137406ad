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
		return nil, &Failure{Class: string(deferral.Reason)}
	}
	return visit, nil
}

func entryOf(channel store.Channel, lane webhook.Lane, probe bool) webhook.Entry {
	return webhook.Entry{
		EndpointKey: webhook.EndpointKey{Account: channel.Account, URL: channel.WebhookURL}, Lane: lane, Probe: probe,
	}
}

// post makes an attempt and leaves the endpoint.
func (a *Activities) post(ctx context.Context, visit *webhook.Visit, r webhook.Request) (result webhook.Result) {
	result.Class = webhook.Canceled // if it panics
	defer func() {
		switch visit.Leave(result, a.now()) {
		case webhook.Opened:
			a.log.WarnContext(ctx, "circuit breaker of webhook opened", "channel", r.WaID, "reason", reason(result))
		case webhook.Closed:
			a.log.InfoContext(ctx, "circuit breaker of webhook closed", "channel", r.WaID)
		}
	}()
	return a.poster.Post(ctx, r)
}

// deferAttempt returns the retry error of an attempt that the endpoint does not get now. A message
// whose time is over does not wait for an endpoint that fails or asked for a pause.
func (a *Activities) deferAttempt(ctx context.Context, row store.Delivery, d *webhook.Deferral) (SlowResult, error) {
	left := deadlineOf(row).Sub(a.now())
	refused := d.Reason == webhook.BreakerOpen || d.Reason == webhook.Held
	if refused && left <= 0 {
		return a.bury(ctx, row, string(d.Reason))
	}
	after := d.After
	if left > 0 {
		after = min(after, left)
	}
	return SlowResult{}, retry(deferredByEndpoint, "no attempt was made: "+explain(d.Reason), after)
}

// explain names the reason of a deferral for operators, who see it in the Temporal UI.
func explain(r webhook.Reason) string {
	switch r {
	case webhook.BreakerOpen:
		return "the webhook fails, and its circuit breaker is open"
	case webhook.Held:
		return "the webhook asked for a pause (Retry-After)"
	case webhook.RateLimited:
		return "the webhook gets no more messages a second"
	case webhook.NoPlace:
		return "too many requests to the webhook, or to the account's others, are in flight"
	}
	return string(r)
}

// deadlineOf is when a message's time is over.
func deadlineOf(row store.Delivery) time.Time {
	if row.Kind == noticeKind {
		return row.MadeAt.Add(webhook.NoticeBudget)
	}
	return row.MadeAt.Add(webhook.ReplyBudget)
}

// refusesOnly reports whether the endpoint refuses only this message: it responded to it often enough,
// and accepted others since the attempt before this one, as far as this worker knows.
func (a *Activities) refusesOnly(ctx context.Context, row store.Delivery, r webhook.Result, visit *webhook.Visit) (bool, error) {
	if !countsAsRefusal(r.Class, r.StatusCode) || row.Attempts+1 < webhook.MaxRefusals {
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
	return refusals >= webhook.MaxRefusals && visit.TookSince(attempts[len(attempts)-1].At), nil
}

// countsAsRefusal reports whether a response may be about the message: 429 is about the endpoint.
func countsAsRefusal(class webhook.Class, status int) bool {
	return class == webhook.Status && status != http.StatusTooManyRequests
}
