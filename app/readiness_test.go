package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/metrics"
	"github.com/chattigo/api-isv/metrics/metricstest"
	"github.com/chattigo/api-isv/store/storetest"
	"github.com/chattigo/api-isv/worker"
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
			err := newReadiness(a).accepting(t.Context())
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
	r := newReadiness(&App{store: storetest.SQLite(t), temporal: f, namespace: "talk"})
	require.Error(t, r.accepting(t.Context()))
	f.count = nil
	require.NoError(t, r.accepting(t.Context()))
	f.count = errors.New("not asked any more")
	require.NoError(t, r.accepting(t.Context()))
	require.Len(t, f.asked, 2)
	require.Equal(t, "talk", f.asked[0].Namespace)
	require.Equal(t, `ChattigoWaId = "-" AND ChattigoContact = "-" AND ChattigoBot = "-" AND ChattigoStatus = "-"`, f.asked[0].Query)
	f.health = errors.New("down")
	require.ErrorContains(t, r.accepting(t.Context()), "no answer from Temporal", "what was there may go away")
}

// operated is a process, without its listeners, that has workers, and its log.
func operated(t *testing.T, f *frontend) (*App, *bytes.Buffer) {
	t.Helper()
	out := &bytes.Buffer{}
	a := &App{
		store: storetest.SQLite(t), temporal: f, namespace: "talk", opts: Options{Worker: true},
		log: slog.New(slog.NewTextHandler(out, nil)), metrics: metrics.New(),
	}
	a.ready = newReadiness(a)
	return a, out
}

// polls reports that requests for the work of queues wait at Temporal, as the SDK does.
func polls(a *App, queues ...string) {
	for _, queue := range queues {
		a.metrics.Temporal(worker.Queues()...).WithTags(map[string]string{"task_queue": queue}).Gauge("temporal_num_pollers").Update(1)
	}
}

func readyz(t *testing.T, a *App) (int, opsHealth) {
	t.Helper()
	response := httptest.NewRecorder()
	a.serveReady(response, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/readyz", nil))
	var health opsHealth
	require.NoError(t, json.Unmarshal(response.Body.Bytes(), &health))
	return response.Code, health
}

func TestAWorkerIsReadyWhenItsWorkersHaveAskedForWork(t *testing.T) {
	t.Parallel()
	a, _ := operated(t, &frontend{})
	notYet := opsHealth{"not ready", map[string]bool{"database": true, "temporal": true, "workers": false}}
	polls(a, worker.Queues()[1:]...)
	status, health := readyz(t, a)
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Equal(t, notYet, health)
	polls(a, worker.Queues()[0])
	status, health = readyz(t, a)
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, opsHealth{"ready", map[string]bool{"database": true, "temporal": true, "workers": true}}, health)
}

func TestAPartThatIsNotReadyIsLoggedOnceAndServed(t *testing.T) {
	t.Parallel()
	f := &frontend{health: errors.New("down")}
	a, out := operated(t, f)
	a.metrics.WatchParts(a.ready.parts(), a.ready.check, time.Now)
	polls(a, worker.Queues()...)
	for range 3 {
		status, health := readyz(t, a)
		require.Equal(t, http.StatusServiceUnavailable, status)
		require.Equal(t, map[string]bool{"database": true, "temporal": false, "workers": true}, health.Parts)
	}
	metricstest.RequireServed(t, a.metrics, `chattigo_part_ready{part="temporal"} 0`, `chattigo_part_ready{part="database"} 1`)
	require.Equal(t, 1, strings.Count(out.String(), "a part is not ready"), out.String())
	require.Contains(t, out.String(), "part=temporal error=\"no answer from Temporal: down\"")
	f.health = nil
	status, _ := readyz(t, a)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, out.String(), "a part is ready again")
}

// Every process has an address for its orchestrator, with an API or without.
func TestAWorkerServesItsHealth(t *testing.T) {
	cfg := settings(t, config.Dev)
	cfg.OpsAddr = "127.0.0.1:0"
	a, err := New(t.Context(), cfg, Options{Worker: true, Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	require.Equal(t, http.StatusOK, getAt(t, a.OpsAddr(), "/healthz"))
	require.Equal(t, http.StatusServiceUnavailable, getAt(t, a.OpsAddr(), "/readyz"))
	require.Equal(t, http.StatusOK, getAt(t, a.OpsAddr(), "/metrics"))
	require.Equal(t, http.StatusNotFound, getAt(t, a.OpsAddr(), "/login"))
	cancel()
	require.NoError(t, <-ended)
}
