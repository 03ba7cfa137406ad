package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/chattigo/api-isv/devserver/fleet"
	"github.com/chattigo/api-isv/devserver/stack"
)

// Fleet opens what `make stack` starts: two api, two workers, the Temporal server and PostgreSQL, each a
// process. binary is the path of the service's.
func Fleet(binary string) Opener { return fleetOf(binary, 2) }

// fleetOf is Fleet with another number of workers.
func fleetOf(binary string, workers int) Opener {
	return func(ctx context.Context) (place Place, stop Stop, err error) {
		dir, err := os.MkdirTemp("", "chattigo-bench-")
		if err != nil {
			return Place{}, nil, err
		}
		// PostgreSQL may run as another user, who has to come through.
		if err := os.Chmod(dir, 0o711); err != nil { // #nosec G302 -- see above
			return Place{}, nil, errors.Join(err, os.RemoveAll(dir))
		}
		cfg, err := stack.FreeConfig(filepath.Join(dir, "data"))
		if err != nil {
			return Place{}, nil, errors.Join(err, os.RemoveAll(dir))
		}
		running, err := fleet.Start(ctx, fleet.Options{Config: cfg, Binary: binary, WithoutUI: true, Workers: workers})
		if err != nil {
			return Place{}, nil, errors.Join(err, os.RemoveAll(dir))
		}
		stop = func(keep bool) error {
			// ctx may have ended; stopping gets time of its own.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fleet.StopTimeout)
			defer cancel()
			return errors.Join(running.Stop(ctx), remove(dir, keep))
		}
		return Place{
			Name: fmt.Sprintf("Two api and %d workers, PostgreSQL", workers), API: running.APIURL(), Temporal: running.Temporal(),
			Database: running.Config().DatabaseURL, Processes: func() map[string]int { return processes(running) }, Metrics: metrics(running, workers),
		}, stop, nil
	}
}

func processes(running *fleet.Fleet) map[string]int {
	ids := map[string]int{}
	for _, name := range []string{fleet.API1, fleet.API2, fleet.Worker1, fleet.Worker2, fleet.Temporal, fleet.PostgreSQL} {
		ids[name] = running.Process(name).PID()
	}
	return ids
}

func metrics(running *fleet.Fleet, workers int) map[string]string {
	names := []string{fleet.API1, fleet.API2}
	for n := range workers {
		names = append(names, fleet.WorkerName(n+1))
	}
	urls := map[string]string{}
	for _, name := range names {
		urls[name] = running.MetricsURL(name)
	}
	return urls
}
