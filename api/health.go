package api

import (
	"context"
	"net/http"
	"time"
)

// readyWait bounds the check whether a message can be accepted.
const readyWait = 2 * time.Second

const (
	healthPath = "/healthz"
	readyPath  = "/readyz"
)

type health struct {
	Status string `json:"status"`
}

func decodeNothing([]byte) (struct{}, error) { return struct{}{}, nil }

// healthz responds while the process runs.
func (s *server) healthz(context.Context, *request, struct{}) (health, error) {
	return health{"ok"}, nil
}

// readyz reports whether a message can be accepted.
func (s *server) readyz(ctx context.Context, _ *request, _ struct{}) (health, error) {
	ctx, cancel := context.WithTimeout(ctx, readyWait)
	defer cancel()
	if err := s.ready(ctx); err != nil {
		return health{}, &apiError{
			Status: http.StatusServiceUnavailable, RetryAfter: time.Second, cause: err,
			Message: "the service cannot accept messages yet",
		}
	}
	return health{"ready"}, nil
}
