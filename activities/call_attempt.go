package activities

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/webhook"
)

const (
	// redacted replaces a secret that a response repeats.
	redacted = "********"
	// minRedacted keeps short secrets from being found in innocent text; no text grows by it.
	minRedacted = len(redacted)
)

// Secrets gives a channel's secret, or an error that is store.ErrNotFound.
type Secrets interface {
	Secret(ctx context.Context, channel, name string) (string, error)
}

// tryCall makes one attempt. It returns an outcome even after a panic, because a conversation waits for
// it. A panic's value may hold a secret, so that only its type is logged.
func (a *Activities) tryCall(ctx context.Context, in CallInput) (got callAttempt) {
	defer func() {
		if r := recover(); r != nil {
			a.log.ErrorContext(ctx, "bot HTTP call panicked", "channel", in.Channel, "conversation", in.Conversation,
				"state", in.Call.State, "panic", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
			got = failed(bot.CallConnection, true)
		}
	}()
	secrets, lacking := a.callSecrets(ctx, in)
	if lacking != nil {
		a.metrics.CallUnmade(lacking.result.Error)
		return *lacking
	}
	header, ok := callHeader(in.Call, secrets)
	if !ok {
		a.metrics.CallUnmade(bot.CallForbidden)
		return failed(bot.CallForbidden, false)
	}
	response := a.caller.Call(ctx, webhook.Call{
		Method: in.Call.Method, URL: in.Call.URL, Header: header, Body: in.Call.Body, Timeout: in.Call.Timeout,
	})
	a.metrics.Called(response.Status, string(response.Class), response.Duration)
	if response.Class == webhook.Forbidden {
		a.metrics.Refused("call")
	}
	got = judge(response)
	got.result.Body = redact(got.result.Body, secrets)
	return got
}

// callSecrets reads the secrets that a call names. A secret that does not exist is not worth a retry; a
// database that does not respond is.
func (a *Activities) callSecrets(ctx context.Context, in CallInput) (secrets map[string]string, lacking *callAttempt) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	secrets = map[string]string{}
	for _, header := range in.Call.Headers {
		for _, part := range header.Value {
			if _, known := secrets[part.Secret]; known || part.Secret == "" {
				continue
			}
			value, err := a.secrets.Secret(ctx, in.Channel, part.Secret)
			if err != nil {
				a.log.WarnContext(ctx, "cannot read secret of bot HTTP call", "channel", in.Channel,
					"conversation", in.Conversation, "state", in.Call.State, "secret", part.Secret, "error", err)
				why := failed(bot.CallSecret, !isNotFound(err))
				return nil, &why
			}
			secrets[part.Secret] = value
		}
	}
	return secrets, nil
}

// callHeader builds the header of a call. ok is false for a header that a definition may not set; the
// checks of definitions refuse it too.
func callHeader(c bot.Call, secrets map[string]string) (header http.Header, ok bool) {
	header = http.Header{"Accept": {"application/json"}}
	if len(c.Body) > 0 {
		header.Set("Content-Type", "application/json")
	}
	for _, h := range c.Headers {
		if definition.ForbiddenHeader(h.Name) {
			return nil, false
		}
		var value strings.Builder
		for _, part := range h.Value {
			if part.Secret != "" {
				value.WriteString(secrets[part.Secret])
				continue
			}
			value.WriteString(headerText(part.Text))
		}
		header.Set(h.Name, value.String())
	}
	header.Set("Idempotency-Key", headerText(c.ID))
	return header, true
}

// headerText replaces control characters by spaces: text of a contact must not end a header's line
// and begin another header.
func headerText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}

// judge turns a response into the outcome of an attempt.
func judge(response webhook.Response) callAttempt {
	switch response.Class {
	case webhook.Answered:
		return callAttempt{
			result:     bot.CallResult{Status: response.Status, Body: response.Body},
			again:      bot.CallResult{Status: response.Status}.MayPass(),
			retryAfter: response.RetryAfter,
		}
	case webhook.Timeout, webhook.Busy:
		return failed(bot.CallTimeout, true)
	case webhook.Forbidden:
		return failed(bot.CallForbidden, false)
	case webhook.TooLarge:
		return failed(bot.CallTooLarge, false)
	}
	return failed(bot.CallConnection, true)
}

// redact replaces secrets in a response: a server may repeat the request, and responses stand in histories.
func redact(body string, secrets map[string]string) string {
	longestFirst := func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) // one may be part of another
	}
	for _, secret := range slices.SortedFunc(maps.Values(secrets), longestFirst) {
		if len(secret) >= minRedacted {
			body = strings.ReplaceAll(body, secret, redacted)
		}
	}
	return body
}
