package api_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/api"
	"github.com/chattigo/api-isv/metrics"
	"github.com/chattigo/api-isv/metrics/metricstest"
)

// counted is a process that counts for somebody.
func counted(t *testing.T) (*fixture, *metrics.Metrics) {
	t.Helper()
	f, m := setUp(t), metrics.New()
	handler, err := api.New(api.Deps{
		Store: f.store, Keys: f.keys, Poster: &f.poster, Temporal: f.temporal, Ready: f.isReady,
		TokenKey: []byte(tokenKey), IDKey: []byte(idKey), StarterBot: starter, Logger: f.logger, Metrics: m, Now: f.clock,
	})
	require.NoError(t, err)
	f.handler = handler
	return f, m
}

func TestRequestsAreCountedByTheTemplateOfTheirRoute(t *testing.T) {
	f, m := counted(t)
	token := headers{"Authorization": f.token("isv")}
	f.do(t, "GET", "/conversations/cnv_1", token, nil)
	f.do(t, "GET", "/conversations/cnv_2", token, nil)
	f.do(t, "HEAD", "/conversations/cnv_2", token, nil)
	f.do(t, "POST", "/v15.0/login", nil, strings.NewReader(`{"username":"isv","password":"`+password+`"}`))
	f.do(t, "GET", "/healthz", nil, nil)
	f.do(t, "GET", "/56911112222", nil, nil)
	f.do(t, "DELETE", "/login", nil, nil)
	metricstest.RequireServed(t, m,
		`chattigo_api_requests_total{code="4xx",method="GET",route="/conversations/{id}"} 3`,
		`chattigo_api_requests_total{code="2xx",method="POST",route="/login"} 1`,
		`chattigo_api_requests_total{code="2xx",method="GET",route="/healthz"} 1`,
		`chattigo_api_requests_total{code="4xx",method="-",route="-"} 2`,
		`chattigo_api_request_seconds_count{method="GET",route="/conversations/{id}"} 3`,
		`chattigo_api_requests_in_flight 0`,
	)
	require.NotContains(t, strings.Join(metricstest.Lines(t, m), "\n"), "56911112222")
}

func TestMessagesAreCountedByWhatBecameOfThem(t *testing.T) {
	f, m := counted(t)
	two := []string{text("wamid.1", contact, "hola"), text("wamid.2", contact, "hola")}
	f.post(t, inboundOf(two...))
	f.post(t, webhook(value(otherNumberID, append(two, text("wamid.3", contact, "hola"))...)))
	f.temporal.fail = func(signal) error { return errors.New("down") }
	f.post(t, inboundOf(text("wamid.4", contact, "hola")))
	got := metricstest.Lines(t, m)
	require.Contains(t, got, `chattigo_inbound_messages_total{fate="accepted"} 2`)
	require.Contains(t, got, `chattigo_inbound_messages_total{fate="refused"} 3`)
	require.Contains(t, got, `chattigo_inbound_messages_total{fate="unavailable"} 1`)
	require.Contains(t, got, `chattigo_api_requests_total{code="5xx",method="POST",route="/webhooks/inbound"} 1`)
}
