package stack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/config"
)

const (
	readyTimeout = time.Minute
	pollReady    = 25 * time.Millisecond
)

// service is the API and the workers. Tests stop and start it again while the rest of the stack keeps
// running.
type service struct {
	cancel context.CancelFunc
	// ended is closed when Run has returned, with its error in err.
	ended chan struct{}
	err   error
}

// StartService starts the API and the workers and waits for /readyz. Start has called it
// already; tests call it after [Stack.StopService].
func (s *Stack) StartService(ctx context.Context) error {
	s.say("starting the API and the workers")
	application, err := app.New(ctx, s.config, app.Options{
		API: true, Worker: true, Logger: s.log, Version: "dev", CallNetwork: s.callNetwork,
	})
	if err != nil {
		return fmt.Errorf("start the API and the workers: %w", err)
	}
	// It runs until StopService and not until ctx ends, so that the parts stop in order.
	runCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	running := &service{cancel: cancel, ended: make(chan struct{})}
	go func() {
		defer close(running.ended)
		running.err = application.Run(runCtx)
	}()
	s.service = running
	return running.awaitReady(ctx, s.APIURL()+"/readyz")
}

// StopService stops only the API and the workers, and waits for them at most until ctx is done.
func (s *Stack) StopService(ctx context.Context) error {
	if s.service == nil {
		return nil
	}
	s.say("stopping the API and the workers")
	running := s.service
	s.service = nil
	running.cancel()
	select {
	case <-running.ended:
		return running.err
	case <-ctx.Done():
		return fmt.Errorf("the API and the workers did not stop in time: %w", ctx.Err())
	}
}

// Ended is a channel that is closed when the API and the workers have ended by themselves;
// [Stack.Stop] then returns why. It is nil if they were stopped.
func (s *Stack) Ended() <-chan struct{} {
	if s.service == nil {
		return nil
	}
	return s.service.ended
}

func (r *service) awaitReady(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	tick := time.NewTicker(pollReady)
	defer tick.Stop()
	for !answersOK(ctx, url) {
		select {
		case <-tick.C:
		case <-r.ended:
			return errors.New("the API and the workers ended while they were starting")
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer 200: %w", url, ctx.Err())
		}
	}
	return nil
}

func answersOK(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

func temporalFile(cfg config.Config) string { return filepath.Join(cfg.DataDir, "temporal.db") }
