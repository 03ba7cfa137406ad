package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/store"
)

// What must be in no line of the log: each of these goes in somewhere below.
const (
	secretText     = "mi-diagnostico-es-reservado"
	secretName     = "Maria-Reservada"
	secretPhone    = "56987654321"
	secretPassword = "clave-reservada-1234"
	secretURL      = "reserved-token-in-a-url"
	secretReason   = "motivo-reservado"
)

// talkative is a store whose errors, and panics, repeat what they were given.
type talkative struct {
	api.Store

	fail func() error
}

func (s *talkative) ContactLinks(ctx context.Context, channel string, identities []string) ([]store.ContactLink, error) {
	if err := s.fail(); err != nil {
		return nil, fmt.Errorf("pq: no row for %v: %w", identities, err)
	}
	return s.Store.ContactLinks(ctx, channel, identities)
}

// A whole day of an ISV and of an attacker leaves nothing of a person, and no secret, in the log above debug.
func TestNoLineOfTheLogHoldsASecretOrAPersonsWords(t *testing.T) {
	spoken := &talkative{fail: func() error { return nil }}
	f := setUp(t, func(f *fixture) {
		f.wrap = func(s *store.Store) api.Store { spoken.Store = s; return spoken }
	})
	token := f.token("isv")
	say := func(method, path, body string, want ...int) string {
		t.Helper()
		response := f.do(t, method, path, headers{"Authorization": token}, strings.NewReader(body))
		require.Contains(t, want, response.Code, "%s %s: %s", method, path, response.Body)
		return response.Body.String()
	}
	message := func(id string) string {
		return webhook(fmt.Sprintf(`{"field":"messages","value":{"messaging_product":"whatsapp","metadata":{"phone_number_id":%q},"contacts":[{"wa_id":%q,"profile":{"name":%q}}],"messages":[%s]}}`,
			phoneNumberID, secretPhone, secretName, text(id, secretPhone, secretText)))
	}

	f.logIn(t, "192.0.2.1", "isv", secretPassword, nil)
	f.logIn(t, "192.0.2.1", secretPassword, secretPassword, nil)
	f.logIn(t, "192.0.2.1", "isv", password, nil)
	for _, bad := range []string{token[:len(token)-3], secretPassword, "Basic " + secretPassword} {
		f.do(t, http.MethodGet, "/bots", headers{"Authorization": bad}, nil)
	}
	say("PATCH", "/webhooks/outbound", `{"waId":"`+waID+`","externalWebhookIsvBot":"`+hook+`?key=`+secretURL+`"}`, 200)
	say("PATCH", "/webhooks/outbound", `{"waId":"`+waID+`","externalWebhookIsvBot":"http://10.0.0.1/`+secretURL+`"}`, 400)
	signing := say("GET", "/webhooks/outbound/secret?waId="+waID, "", 200)
	say("POST", "/webhooks/outbound/secret/rotate", `{"waId":"`+waID+`"}`, 200)

	say("POST", "/webhooks/inbound", message("wamid.1"), 200)
	say("POST", "/webhooks/inbound", strings.Replace(message("wamid.2"), `"type":"text"`, `"type":"`+secretText+`"`, 1), 200)
	say("POST", "/webhooks/inbound", message("wamid.3")[1:], 400)
	say("POST", "/webhooks/inbound", strings.Replace(message("wamid.4"), secretPhone+`","id"`, strings.Repeat(secretPhone, 20)+`","id"`, 1), 200)
	say("POST", "/webhooks/inbound", strings.Replace(message("wamid.5"), phoneNumberID, secretPhone, 1), 400)
	f.temporal.fail = func(signal) error { return errors.New("rpc error: contact " + secretPhone + " unavailable") }
	say("POST", "/webhooks/inbound", message("wamid.6"), 503)
	f.temporal.fail = nil
	spoken.fail = func() error { return errors.New("connection refused") }
	say("POST", "/webhooks/inbound", message("wamid.7"), 503)
	spoken.fail = func() error { panic("cannot handle " + secretText + " of " + secretPhone) }
	say("POST", "/webhooks/inbound", message("wamid.8"), 500)
	spoken.fail = func() error { return nil }

	say("GET", "/conversations?contact="+secretPhone, "", 200)
	say("GET", "/conversations/"+secretText+"?x="+secretURL, "", 400)
	say("POST", "/conversations/cnv_x/close", `{"reason":"`+secretReason+`"}`, 400)
	say("PUT", "/bots/mine", "bot: v1\nname: mine\nstart: a\nstates: {a: {sai: "+secretText+"}}\n", 422)
	say("POST", "/bots/mine/simulate", `{"definition":"x","event":{"message":"`+secretText+`"}}`, 400, 422)
	say("GET", "/deliveries?contact="+secretPhone, "", 200)
	say("GET", "/"+secretText+"/"+secretPhone, "", 404)
	f.do(t, secretText, "/bots", headers{"Authorization": token}, nil)
	require.NoError(t, f.store.Close())
	say("POST", "/webhooks/inbound", message("wamid.9"), 503)
	say("GET", "/conversations?contact="+secretPhone, "", 503)

	log := f.log.String()
	require.Greater(t, strings.Count(log, "\n"), 25)
	for _, level := range []string{"INFO", "WARN", "ERROR"} {
		require.Contains(t, log, `"level":"`+level+`"`, "each level has been seen")
	}
	require.Contains(t, log, `"msg":"panic"`)
	secrets := []string{secretText, secretName, secretPhone, secretPassword, secretURL, secretReason, password, token, tokenKey, idKey}
	for key := range strings.SplitSeq(signing, `"`) {
		if strings.HasPrefix(key, "whsec_") {
			secrets = append(secrets, key)
		}
	}
	require.Greater(t, len(secrets), 10, "a key that signs is among them")
	for line := range strings.Lines(log) {
		for _, secret := range secrets {
			require.NotContains(t, line, secret)
		}
	}
}
