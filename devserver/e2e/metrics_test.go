package e2e

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMetricsShowDeliveriesAndNoTenant(t *testing.T) {
	t.Parallel()
	isv, hook := newISV(t, refuseFirst(1))
	isv.post(t, ana, text("hola"))
	hook.await(t, 2, soon)
	got := metricsOf(t)
	for _, want := range []string{
		`chattigo_delivery_queue_wait_seconds_count `, `chattigo_webhook_breakers_open `,
		`chattigo_deliveries_waiting `, `chattigo_oldest_waiting_delivery_seconds `, `go_goroutines `,
	} {
		require.Contains(t, got, "\n"+want)
	}
	for _, counted := range []string{ // series are there from the start, with 0
		`chattigo_delivery_attempts_total{class="status",lane="fast"}`, `chattigo_delivery_attempts_total{class="delivered",lane="slow"}`,
		`chattigo_conversations_opened_total`, `temporal_activity_execution_latency_seconds_count`,
	} {
		require.Regexp(t, `(?m)^`+regexp.QuoteMeta(counted)+`(\{[^}]*\})? [1-9]`, got)
	}
	for _, private := range []string{isv.account, isv.waID, ana, hook.url} {
		require.NotContains(t, got, private)
	}
	status, _ := isv.call(t, http.MethodGet, isv.api+"/metrics", nil)
	require.Equal(t, http.StatusNotFound, status, "who posts messages does not see them")
}

func metricsOf(t *testing.T) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+shared.stack.Config().OpsAddr+"/metrics", http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, response.Body.Close()) }()
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.True(t, strings.HasPrefix(response.Header.Get("Content-Type"), "text/plain"))
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(text)
}
