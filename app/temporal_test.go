package app

import (
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/config"
)

// In production Temporal's own variables go before ours; in dev they count for nothing.
func TestConnectGoesByTheEnvironment(t *testing.T) {
	t.Setenv("TEMPORAL_NAMESPACE", "theirs")
	for env, want := range map[string]string{config.Production: "theirs", config.Dev: "ours"} {
		cfg := config.Config{Env: env, TemporalAddr: "127.0.0.1:1", TemporalNamespace: "ours"}
		options, err := clientOptions(cfg, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		require.Equal(t, want, options.Namespace)
		require.Equal(t, "127.0.0.1:1", options.HostPort)
		payload, err := options.DataConverter.ToPayload("<b>")
		require.NoError(t, err)
		require.Equal(t, `"<b>"`, string(payload.Data), "bodies keep their bytes")
		c, err := connect(options)
		require.NoError(t, err)
		c.Close()
	}
}

func TestTheConnectionToTemporalIsJudgedAsItWouldBeMade(t *testing.T) {
	for name, tc := range map[string]struct {
		variable, value string
		want            config.Temporal
	}{
		"plain":             {"TEMPORAL_NAMESPACE", "ours", config.Temporal{Address: "temporal:7233"}},
		"TLS":               {"TEMPORAL_TLS", "true", config.Temporal{Address: "temporal:7233", TLS: true}},
		"an API key":        {"TEMPORAL_API_KEY", "key", config.Temporal{Address: "temporal:7233", TLS: true}},
		"their own address": {"TEMPORAL_ADDRESS", "cloud:7233", config.Temporal{Address: "cloud:7233"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(tc.variable, tc.value)
			got, err := TemporalConnection(config.Config{Env: config.Production, TemporalAddr: "temporal:7233", TemporalNamespace: "ours"})
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
			options, err := clientOptions(config.Config{Env: config.Production}, slog.New(slog.DiscardHandler))
			require.NoError(t, err)
			want := client.GrpcCompression(&client.GrpcCompressionNone{})
			if tc.want.TLS {
				want = &client.GrpcCompressionGzip{}
			}
			require.Equal(t, want, options.ConnectionOptions.GrpcCompression)
		})
	}
}
