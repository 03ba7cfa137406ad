package bridge

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"
)

const (
	// firstPause doubles with every failure in a row, up to maxPause; Retry-After is obeyed up to
	// maxRetryAfter at a time.
	firstPause    = time.Second
	maxPause      = time.Minute
	maxRetryAfter = 15 * time.Minute
	// maxFaults is how often a webhook may be answered with 500 before it is set aside: that is a fault
	// of Chattigo's, mostly with this one.
	maxFaults = 10
)

// forwarder hands the queue to Chattigo, one webhook after the other.
type forwarder struct {
	queue *queue
	api   *client
	log   *slog.Logger

	// failures counts those in a row, faults those with 500 of the present webhook.
	failures, faults int
	// failing is what /healthz shows.
	failing atomic.Bool
}

// run forwards until ctx ends.
func (f *forwarder) run(ctx context.Context) {
	for ctx.Err() == nil {
		e, ok := f.queue.first()
		if !ok {
			select {
			case <-f.queue.arrived:
			case <-ctx.Done():
			}
			continue
		}
		pause := f.forward(ctx, e)
		if pause == 0 {
			continue
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// forward makes one attempt with one webhook. It returns the pause before the next one; 0 if the webhook is
// settled.
func (f *forwarder) forward(ctx context.Context, e entry) time.Duration {
	body, err := f.queue.read(e)
	if err != nil {
		f.log.ErrorContext(ctx, "a webhook cannot be read any more, and is left out", "number", e.number, "error", err)
		f.queue.drop(e)
		return 0
	}
	found, err := f.api.call(ctx, http.MethodPost, "/webhooks/inbound", body)
	switch {
	case ctx.Err() != nil:
		return 0
	case err != nil:
		return f.failed(ctx, err, 0)
	case found.status == http.StatusOK:
		f.settle(ctx, e)
		return 0
	case f.refusesForGood(found):
		return f.giveUp(ctx, e, body, found)
	}
	return f.failed(ctx, statusError(found.status), retryAfter(found.header))
}

// statusError is a response that is no success.
type statusError int

func (e statusError) Error() string { return "status " + strconv.Itoa(int(e)) }

// refusesForGood reports whether the API will never take this webhook.
func (f *forwarder) refusesForGood(r reply) bool {
	switch r.status {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return true
	case http.StatusUnauthorized: // with a token that was just made: the channel is another account's
		return r.reason() == "unauthorized Access"
	case http.StatusInternalServerError:
		f.faults++
		return f.faults >= maxFaults
	}
	return false
}

// settle forgets a webhook that needs no more attempts.
func (f *forwarder) settle(ctx context.Context, e entry) {
	f.failures, f.faults = 0, 0
	f.failing.Store(false)
	if err := f.queue.remove(e); err != nil {
		f.log.WarnContext(ctx, "a webhook that was forwarded cannot be removed; it is forwarded again after a restart", "number", e.number, "error", err)
	}
}

// failed counts a failure and returns the pause after it.
func (f *forwarder) failed(ctx context.Context, err error, asked time.Duration) time.Duration {
	if refused, ok := errors.AsType[errLogin](err); ok {
		asked = retryAfter(refused.header)
	}
	pause := min(firstPause<<min(f.failures, 10), maxPause)
	pause += time.Duration(rand.Int64N(int64(pause) / 5)) //nolint:gosec // nobody gains by guessing it
	pause = max(pause, asked)
	f.failures++
	f.failing.Store(true)
	waiting, _ := f.queue.sizes()
	f.log.WarnContext(ctx, "Chattigo does not take webhooks now; they wait", "error", withoutURL(err), "waiting", waiting, "again_in", pause.Round(time.Second))
	return pause
}

// retryAfter reads the header in both of its forms; 0 if there is none.
func retryAfter(header http.Header) time.Duration {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return min(time.Duration(seconds)*time.Second, maxRetryAfter)
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(time.Until(at), 0), maxRetryAfter)
}

// withoutURL takes the address out of an error of net/http: what it names is in the settings.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

// giveUp sets a webhook aside. One with several changes is handed over change by change first: Chattigo
// refuses the whole for one number that it does not know.
func (f *forwarder) giveUp(ctx context.Context, e entry, body []byte, refusal reply) time.Duration {
	parts := split(body)
	if len(parts) < 2 {
		parts = nil
	}
	left := [][]byte{}
	for _, part := range parts {
		found, err := f.api.call(ctx, http.MethodPost, "/webhooks/inbound", part)
		switch {
		case ctx.Err() != nil:
			return 0 // all of it again after the restart
		case err != nil:
			return f.failed(ctx, err, 0)
		case found.status == http.StatusOK:
		case f.refusesForGood(found):
			left = append(left, part)
			refusal = found
		default:
			return f.failed(ctx, statusError(found.status), retryAfter(found.header))
		}
	}
	if parts != nil {
		body = join(left)
	}
	if parts == nil || len(left) > 0 {
		if err := f.queue.setAside(e, body); err != nil {
			return f.failed(ctx, err, 0)
		}
		f.log.ErrorContext(ctx, "Chattigo refused a webhook; it was set aside", "file", "refused/"+e.name(),
			"status", refusal.status, "reason", maskDigits(refusal.reason()), "of_changes", max(len(parts), 1), "refused", max(len(left), 1))
		f.trim(ctx)
	}
	f.settle(ctx, e)
	return 0
}

// trim keeps the refused webhooks within their bounds. One that cannot be removed holds up nobody.
func (f *forwarder) trim(ctx context.Context) {
	removed, err := f.queue.trimAside()
	if removed > 0 {
		f.log.WarnContext(ctx, "the oldest of the refused webhooks were removed", "files", removed)
	}
	if err != nil {
		f.log.WarnContext(ctx, "refused webhooks cannot be removed", "error", err)
	}
}
