package app

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/store/storetest"
)

// frontend is Temporal as far as readiness asks it.
type frontend struct {
	client.Client
	health, count error
	asked         []*workflowservice.CountWorkflowExecutionsRequest
}

func (f *frontend) CheckHealth(context.Context, *client.CheckHealthRequest) (*client.CheckHealthResponse, error) {
	return &client.CheckHealthResponse{}, f.health
}

func (f *frontend) CountWorkflow(_ context.Context, r *workflowservice.CountWorkflowExecutionsRequest) (*workflowservice.CountWorkflowExecutionsResponse, error) {
	f.asked = append(f.asked, r)
	return &workflowservice.CountWorkflowExecutionsResponse{}, f.count
}

func TestReadinessSaysWhichPartIsMissing(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	for _, tt := range []struct {
		name     string
		frontend frontend
		noStore  bool
		want     string
	}{
		{"all is there", frontend{}, false, ""},
		{"no database", frontend{health: down, count: down}, true, "the database does not answer"},
		{"no Temporal", frontend{health: down, count: down}, false, "no answer from Temporal: down"},
		{"no search attributes", frontend{count: down}, false, "the search attributes of namespace talk are not there: down"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := &App{store: storetest.SQLite(t), temporal: &tt.frontend, namespace: "talk"}
			if tt.noStore {
				require.NoError(t, a.store.Close())
			}
			err := a.readiness().check(t.Context())
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.want)
		})
	}
}

func TestReadinessAsksForTheAttributesUntilTheyAreThere(t *testing.T) {
	t.Parallel()
	f := &frontend{count: errors.New("no such attribute")}
	r := (&App{store: storetest.SQLite(t), temporal: f, namespace: "talk"}).readiness()
	require.Error(t, r.check(t.Context()))
	f.count = nil
	require.NoError(t, r.check(t.Context()))
	f.count = errors.New("not asked any more")
	require.NoError(t, r.check(t.Context()))
	require.Len(t, f.asked, 2)
	require.Equal(t, "talk", f.asked[0].Namespace)
	require.Equal(t, `ChattigoWaId = "-" AND ChattigoContact = "-" AND ChattigoBot = "-" AND ChattigoStatus = "-"`, f.asked[0].Query)
	f.health = errors.New("down")
	require.ErrorContains(t, r.check(t.Context()), "no answer from Temporal", "what was there may go away")
}

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
		})
	}
}
