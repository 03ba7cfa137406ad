package fleet

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"

	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/examples/isv"
)

// Stop stops everything in order: first what takes requests in, PostgreSQL last. A process that does not
// end within 10 s is killed. A second call finds nothing to stop.
func (f *Fleet) Stop(ctx context.Context) error {
	var err error
	for len(f.parts) > 0 {
		last := f.parts[len(f.parts)-1]
		f.parts = f.parts[:len(f.parts)-1]
		f.say("stopping " + last.name + "…")
		if stopErr := last.stop(ctx); stopErr != nil {
			err = errors.Join(err, fmt.Errorf("stop %s: %w", last.name, stopErr))
		}
	}
	f.halt("stopping the API and the workers…", f.services...)
	if f.temporal != nil {
		f.temporal.Close()
		f.temporal = nil
	}
	f.halt("stopping the Temporal server…", Temporal)
	f.halt("stopping PostgreSQL…", PostgreSQL)
	for _, p := range f.processes {
		err = errors.Join(err, p.log.close())
	}
	f.processes = nil
	err = errors.Join(err, f.lock.Release())
	f.lock = nil
	return err
}

// halt halts processes at once, those of them that were made.
func (f *Fleet) halt(saying string, names ...string) {
	var halting sync.WaitGroup
	said := false
	for _, name := range names {
		p := f.Process(name)
		if p == nil {
			continue
		}
		if !said {
			f.say(saying)
			said = true
		}
		halting.Go(p.Halt)
	}
	halting.Wait()
}

// Process returns the process with one of the names of this package; nil before it is started and after
// Stop.
func (f *Fleet) Process(name string) *Process {
	for _, p := range f.processes {
		if p.name == name {
			return p
		}
	}
	return nil
}

// Config is the configuration in use, with keys, the database's URL and final addresses.
func (f *Fleet) Config() config.Config { return f.config }

// APIURL is the base of every route, at the balancer, without a slash at its end.
func (f *Fleet) APIURL() string { return "http://" + f.config.HTTPAddr }

// APIURLs are the same of the API processes themselves.
func (f *Fleet) APIURLs() []string {
	var urls []string
	for _, addr := range f.apis {
		urls = append(urls, "http://"+addr)
	}
	return urls
}

// MetricsURL is where a process of the service serves its metrics.
func (f *Fleet) MetricsURL(name string) string { return f.metrics[name] }

// Temporal is a client of the Temporal server, until Stop.
func (f *Fleet) Temporal() client.Client { return f.temporal }

// Inbox is what the sample ISV has received.
func (f *Fleet) Inbox() *isv.Inbox { return f.inbox.Inbox() }

// InboxURL is the webhook of the demo channel.
func (f *Fleet) InboxURL() string { return f.inbox.URL() }

// Summary is what a person wants to know of the processes, one line each: what they are, their process
// ids, and where they serve metrics.
func (f *Fleet) Summary() []string {
	lines := []string{fmt.Sprintf("PostgreSQL    %s, user %s, password in %s.password", f.postgres.addr(), postgresUser, f.postgres.dir)}
	for _, p := range f.processes {
		line := fmt.Sprintf("%-13s process %d", p.name, p.PID())
		if metrics := f.metrics[p.name]; metrics != "" {
			line += ", " + metrics
		}
		lines = append(lines, line)
	}
	return append(lines, "Logs          "+filepath.Join(f.config.DataDir, "logs")+"; a process that ends is started again: try kill -9")
}
