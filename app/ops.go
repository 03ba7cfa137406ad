package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/metrics"
	"github.com/chattigo/api-isv/store"
)

const (
	// readyWait bounds the check of the parts at /readyz.
	readyWait = 2 * time.Second
	// opsWrite bounds a response: few scrapes are served at once, and a reader that is slower keeps a place.
	opsWrite = 10 * time.Second
)

// bindOps opens the listener of the metrics and the checks; nil when they are off. Several processes on one machine may
// be started without a setting: the first of them has the default address, and the others go on without.
func (a *App) bindOps(ctx context.Context) (net.Listener, error) {
	if a.config.OpsAddr == config.OpsOff || a.config.OpsAddr == "" {
		return nil, nil //nolint:nilnil // a process without metrics is no mistake
	}
	listener, err := bind(ctx, a.config.OpsAddr, "CHATTIGO_OPS_ADDR")
	if err != nil && a.config.OpsAddr == config.DefaultOpsAddr {
		a.log.WarnContext(ctx, "no metrics: CHATTIGO_OPS_ADDR has its default, which is in use", "addr", config.DefaultOpsAddr)
		return nil, nil //nolint:nilnil // as above
	}
	return listener, err
}

// serveOps serves GET /metrics, /healthz and /readyz until stop is called. It is a server of its own, so that
// nobody who may post messages can read it, a flood of messages does not hide it, and a process without an
// API has it too.
func (a *App) serveOps() (stop func()) {
	if a.ops == nil {
		return func() {}
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.metrics.Handler())
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		writeOps(w, http.StatusOK, opsHealth{Status: "ok"})
	})
	mux.HandleFunc("GET /readyz", a.serveReady)
	limits := productionLimits()
	server := limits.server(mux, a.log)
	server.ReadTimeout, server.WriteTimeout = limits.header, opsWrite
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := server.Serve(a.ops); !errors.Is(err, http.ErrServerClosed) {
			a.fail(fmt.Errorf("serve metrics: %w", err))
		}
	}()
	a.log.Info("metrics are served", "addr", a.OpsAddr())
	return func() {
		_ = server.Close()
		<-ended
	}
}

// opsHealth is what an orchestrator gets. Why a part is not ready stands in the log.
type opsHealth struct {
	Status string          `json:"status"`
	Parts  map[string]bool `json:"parts,omitempty"`
}

// serveReady answers 200 if the process can do all that it is for, and 503 while it cannot.
func (a *App) serveReady(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyWait)
	defer cancel()
	failed := a.ready.check(ctx)
	health := opsHealth{Status: "ready", Parts: map[string]bool{}}
	for _, part := range a.ready.parts() {
		health.Parts[part] = failed[part] == nil
	}
	if len(failed) > 0 {
		health.Status = "not ready"
		writeOps(w, http.StatusServiceUnavailable, health)
		return
	}
	writeOps(w, http.StatusOK, health)
}

func writeOps(w http.ResponseWriter, status int, health opsHealth) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(health) // it fails only if the caller has gone
}

// OpsAddr is where metrics are served; empty in a process without them.
func (a *App) OpsAddr() string {
	if a.ops == nil {
		return ""
	}
	return a.ops.Addr().String()
}

// newMetrics counts what this process does, and what waits in the database.
func newMetrics(s *store.Store) *metrics.Metrics {
	m := metrics.New()
	m.WatchLedger(func(ctx context.Context) (metrics.Backlog, error) {
		waiting, err := s.Backlog(ctx)
		return metrics.Backlog(waiting), err
	}, time.Now)
	return m
}
