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
	// redacted stands in an answer where it repeats a secret.
	redacted = "********"
	// minRedacted keeps short secrets from being found in innocent text; no text grows by it.
	minRedacted = len(redacted)
)

// Secrets gives a channel's secret, or an error that is store.ErrNotFound.
type Secrets interface {
	Secret(ctx context.Context, channel, name string) (string, error)
}

// tryCall makes one attempt. It never fails and never panics: a call is out, and its
// conversation waits for it. A panic's value may hold a secret, so only its type is logged.
func (a *Activities) tryCall(ctx context.Context, in CallInput) (got tried) {
	defer func() {
		if r := recover(); r != nil {
			a.log.ErrorContext(ctx, "a bot's call panicked", "channel", in.Channel, "conversation", in.Conversation,
				"state", in.Call.State, "panic", fmt.Sprintf("%T", r), "stack", string(debug.Stack()))
			got = failed(bot.CallConnection, true)
		}
	}()
	secrets, lacking := a.callSecrets(ctx, in)
	if lacking != nil {
		return *lacking
	}
	header, ok := callHeader(in.Call, secrets)
	if !ok {
		return failed(bot.CallForbidden, false)
	}
	answer := a.caller.Call(ctx, webhook.Call{
		Method: in.Call.Method, URL: in.Call.URL, Header: header, Body: in.Call.Body, Timeout: in.Call.Timeout,
	})
	got = judge(answer)
	got.result.Body = redact(got.result.Body, secrets)
	return got
}

// callSecrets reads the secrets that a call names. One that is not there stays away however
// often it is asked for; a database that does not answer may do so in a moment.
func (a *Activities) callSecrets(ctx context.Context, in CallInput) (secrets map[string]string, lacking *tried) {
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
				a.log.WarnContext(ctx, "a secret of a bot's call cannot be read", "channel", in.Channel,
					"conversation", in.Conversation, "state", in.Call.State, "secret", part.Secret, "error", err)
				why := failed(bot.CallSecret, !isNotFound(err))
				return nil, &why
			}
			secrets[part.Secret] = value
		}
	}
	return secrets, nil
}

// callHeader puts the headers together. It is false for one that a definition may not set,
// which it was told when it was published.
func callHeader(c bot.Call, secrets map[string]string) (http.Header, bool) {
	header := http.Header{"Accept": {"application/json"}}
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

// headerText makes one line of what may come from a contact: a header ends with its line, and
// what came after would be another header.
func headerText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f {
			return ' '
		}
		return r
	}, text)
}

// judge says what an answer means to the bot, and whether another attempt may end otherwise.
func judge(answer webhook.Response) tried {
	switch answer.Class {
	case webhook.Answered:
		return tried{
			result:     bot.CallResult{Status: answer.Status, Body: answer.Body},
			again:      bot.CallResult{Status: answer.Status}.MayPass(),
			retryAfter: answer.RetryAfter,
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

// redact keeps a server that repeats what it was sent from writing a secret into the history.
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
