package bench

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"github.com/chattigo/api-isv/devserver/stack"
)

// Embedded opens what `make run` starts: everything in this process, on SQLite files.
func Embedded(ctx context.Context) (place Place, stop Stop, err error) {
	return embedded(ctx, 0)
}

// embedded is Embedded with another number of queue reads; see [stack.Options].
func embedded(ctx context.Context, queueReads int) (place Place, stop Stop, err error) {
	dir, err := os.MkdirTemp("", "chattigo-bench-")
	if err != nil {
		return Place{}, nil, err
	}
	cfg, err := stack.FreeConfig(dir)
	if err != nil {
		return Place{}, nil, errors.Join(err, os.RemoveAll(dir))
	}
	running, err := stack.Start(ctx, stack.Options{Config: cfg, WithoutUI: true, QueueReads: queueReads, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return Place{}, nil, errors.Join(err, os.RemoveAll(dir))
	}
	stop = func(keep bool) error {
		// ctx may have ended; stopping gets time of its own.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stack.StopTimeout)
		defer cancel()
		return errors.Join(running.Stop(ctx), remove(dir, keep))
	}
	return Place{Name: "One process, SQLite", API: running.APIURL(), Temporal: running.Temporal(), Database: running.Config().DatabaseURL}, stop, nil
}
