package webhook

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAnAttemptTellsWhereItsTimeWent(t *testing.T) {
	client, url := serve(t, func(http.ResponseWriter, *http.Request) {})
	first := client.Post(t.Context(), request(url))
	require.Positive(t, first.Timings.Connected)
	require.Zero(t, first.Timings.Secured, "plain http")
	require.LessOrEqual(t, first.Timings.Connected, first.Timings.FirstByte)
	require.LessOrEqual(t, first.Timings.FirstByte, first.Duration)

	second := client.Post(t.Context(), request(url))
	require.Zero(t, second.Timings.Connected, "the connection was used again")
	require.Positive(t, second.Timings.FirstByte)

	require.Equal(t, Timings{}, client.Post(t.Context(), request("http://127.0.0.1:1")).Timings)
}

func TestATestBelongsToNoConversation(t *testing.T) {
	var header http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header = r.Header.Clone()
		_, _ = io.WriteString(w, "thanks")
	}))
	t.Cleanup(server.Close)
	client := NewClient("test", NewGuard(WithLoopback()))
	t.Cleanup(client.Close)
	result := client.Post(t.Context(), Request{URL: server.URL, Body: []byte(`{}`), ID: "test_1", WaID: "569", Attempt: 1, Test: true, Timeout: 5 * time.Second})
	require.Equal(t, Delivered, result.Class)
	require.Equal(t, "true", header.Get("Chattigo-Test"))
	for _, name := range []string{"Chattigo-Conversation", "Chattigo-Contact", "Chattigo-Sequence", "Chattigo-In-Reply-To"} {
		require.NotContains(t, header, name)
	}
	client.Post(t.Context(), request(server.URL))
	require.NotContains(t, header, "Chattigo-Test")
}
