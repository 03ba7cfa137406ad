package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/config"
)

// saludo is a bot that says which version it is, and asks until it is told to end.
func saludo(version string) []byte {
	return fmt.Appendf(nil, `{
		"bot": "v1", "name": "saludo", "start": "pregunta",
		"triggers": [{"text": {"any": ["fin"]}, "interrupt": true, "to": "fin"}],
		"states": {
			"pregunta": {"say": ["Soy la %[1]s."], "ask": {"as": "text", "to": "pregunta"}},
			"fin": {"say": ["Adiós de la %[1]s."], "close": {"reason": "resolved"}}
		}
	}`, version)
}

// put stores a version of the bot through an API, and returns its number.
func (c *tenant) put(t *testing.T, api, version string) int {
	t.Helper()
	status, body := c.call(t, http.MethodPut, api+"/bots/saludo", saludo(version))
	require.Equal(t, http.StatusOK, status, body)
	var got struct{ Version int }
	require.NoError(t, json.Unmarshal([]byte(body), &got))
	return got.Version
}

// publish puts a version live; expected is the one that is believed live, 0 for the starter.
func (c *tenant) publish(t *testing.T, api string, version, expected int) (status int, body string) {
	t.Helper()
	request := map[string]any{"bot": "saludo", "version": version, "expected": nil}
	if expected > 0 {
		request["expected"] = map[string]any{"bot": "saludo", "version": expected}
	}
	return c.call(t, http.MethodPut, api+"/channels/"+c.waID+"/bot", encode(t, request))
}

// saidTo is what the webhook was handed for one contact.
func (r *receiver) saidTo(contact string) (said []string) {
	for _, d := range r.taken() {
		if d.Contact == contact {
			said = append(said, d.said())
		}
	}
	return said
}

// requireSaidTo waits until the webhook was handed exactly this for a contact.
func (r *receiver) requireSaidTo(t *testing.T, contact string, want ...string) {
	t.Helper()
	r.awaitThat(t, soon, func() bool { return len(r.saidTo(contact)) >= len(want) })
	require.Equal(t, want, r.saidTo(contact))
}

// A conversation ends on the version on which it began. The next one begins on what is live when its
// first message is accepted, whichever API process accepts it, and is run by either worker.
func TestAPublishedVersionIsUsedByTheFirstMessageAcceptedAfterIt(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, nil)
	startOtherWorker(t)
	one, other := isv.api, shared.otherAPI
	first, second := isv.put(t, one, "uno"), isv.put(t, other, "dos")
	require.Equal(t, []int{1, 2}, []int{first, second})

	status, body := isv.publish(t, one, first, 0)
	require.Equal(t, http.StatusOK, status, body)
	isv.post(t, ana, text("hola"))
	hook.requireSaidTo(t, ana, "Soy la uno.")
	isv.repost(t, other, webhookBody(t, isv.value("56922220099", text("hola"), text("fin")))) // both know the channel by now

	status, body = isv.publish(t, one, second, first)
	require.Equal(t, http.StatusOK, status, body)
	isv.repost(t, other, webhookBody(t, isv.value("56922220002", text("hola"))))
	isv.repost(t, one, webhookBody(t, isv.value("56922220003", text("hola"))))
	isv.repost(t, other, webhookBody(t, isv.value(ana, text("¿sigues?"))))
	hook.requireSaidTo(t, "56922220002", "Soy la dos.")
	hook.requireSaidTo(t, "56922220003", "Soy la dos.")
	hook.requireSaidTo(t, ana, "Soy la uno.", "Soy la uno.")

	status, body = isv.publish(t, other, first, first)
	require.Equal(t, http.StatusConflict, status)
	require.Contains(t, body, `"live":{"bot":"saludo","version":2`)

	status, body = isv.call(t, http.MethodPost, other+"/channels/"+isv.waID+"/bot/rollback", nil)
	require.Equal(t, http.StatusOK, status, body)
	isv.repost(t, one, webhookBody(t, isv.value("56922220004", text("hola"))))
	isv.repost(t, one, webhookBody(t, isv.value("56922220002", text("¿sigues?"))))
	isv.post(t, ana, text("fin"))
	hook.requireSaidTo(t, "56922220004", "Soy la uno.")
	hook.requireSaidTo(t, "56922220002", "Soy la dos.", "Soy la dos.")
	hook.requireSaidTo(t, ana, "Soy la uno.", "Soy la uno.", "Adiós de la uno.", closeNotice)

	isv.awaitEnd(t, ana)
	isv.post(t, ana, text("hola"))
	hook.requireSaidTo(t, ana, "Soy la uno.", "Soy la uno.", "Adiós de la uno.", closeNotice, "Soy la uno.")
}

// startOtherWorker runs the workers of a second process beside the stack's own, until the test ends.
func startOtherWorker(t *testing.T) {
	t.Helper()
	cfg := shared.stack.Config()
	cfg.OpsAddr = config.OpsOff
	other, err := app.New(t.Context(), cfg, app.Options{Worker: true, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	ended := make(chan error, 1)
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	go func() { ended <- other.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.NoError(t, <-ended)
	})
}
