// Package metricstest reads in tests what a scrape by Prometheus would get. It imports metrics only.
package metricstest

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/metrics"
)

// Lines returns the lines of the service's own metrics and of those of Temporal's SDK, without their
// explanations.
func Lines(t testing.TB, m *metrics.Metrics) (lines []string) {
	t.Helper()
	response := httptest.NewRecorder()
	m.Handler().ServeHTTP(response, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	require.Equal(t, 200, response.Code)
	for line := range strings.SplitSeq(response.Body.String(), "\n") {
		if strings.HasPrefix(line, "chattigo_") || strings.HasPrefix(line, "temporal_") {
			lines = append(lines, line)
		}
	}
	return lines
}

// RequireServed fails if a line is not served, and shows what else is under its name.
func RequireServed(t testing.TB, m *metrics.Metrics, wanted ...string) {
	t.Helper()
	served := Lines(t, m)
	for _, want := range wanted {
		name, _, _ := strings.Cut(strings.ReplaceAll(want, " ", "{"), "{")
		same := slices.DeleteFunc(slices.Clone(served), func(line string) bool { return !strings.HasPrefix(line, name) })
		require.Contains(t, same, want)
	}
}
