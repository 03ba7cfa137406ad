package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/chattigo/api-isv/app"
	"github.com/chattigo/api-isv/config"
)

// temporalTimeout bounds everything that a command does with the Temporal server.
const temporalTimeout = 2 * time.Minute

// setupPause is between two attempts to reach a server that is still starting.
const setupPause = time.Second

type temporalSetup struct {
	Check  bool          `xor:"mode" help:"Only look: change nothing, and exit with 1 if something is missing."`
	Create bool          `xor:"mode" help:"Make the namespace if there is none of that name."`
	Wait   time.Duration `default:"0s" help:"Wait at most so long for a server that is still starting, such as 2m."`
}

// Validate is called when the command line is parsed.
func (c temporalSetup) Validate() error {
	if c.Wait < 0 {
		return errors.New("--wait is a time to come, such as 2m")
	}
	return nil
}

// Help is what --help shows above the flags.
func (temporalSetup) Help() string {
	return `A conversation is started with four search attributes, by which operators find it in the Temporal UI. In a namespace that lacks one of them every start fails, and /readyz says so. What has ended must stay readable for 7 days at least.

This command adds what is missing and leaves the rest as it is, so it may be run before every release. With --create it makes the namespace, too, if there is none of that name. Server and namespace are those of the service: CHATTIGO_TEMPORAL_ADDR and CHATTIGO_TEMPORAL_NAMESPACE, or Temporal's own TEMPORAL_* variables, which in production go first and also hold TLS and API keys.

The service itself never does this: it needs rights that a running service should not have. Where the server refuses, the command says what to ask its administrator for.`
}

// Run sets the namespace up, or only checks it.
func (c temporalSetup) Run(p *program) error {
	deadline := time.Now().Add(c.Wait)
	for {
		err := p.withTemporal(func(ctx context.Context, t *app.Temporal) error { return c.setUp(ctx, p, t) })
		if !app.MayPass(err) || !time.Now().Before(deadline) {
			return err
		}
		select {
		case <-p.ctx.Done():
			return err
		case <-time.After(setupPause):
		}
	}
}

func (c temporalSetup) setUp(ctx context.Context, p *program, t *app.Temporal) error {
	do := t.SetUpNamespace
	if c.Check {
		do = t.CheckNamespace
	}
	if c.Create {
		if err := t.CreateNamespace(ctx); err != nil {
			return err
		}
	}
	needs, err := do(ctx)
	if len(needs) == 0 || app.MayPass(err) {
		return err
	}
	return errors.Join(p.printNeeds(t, needs), err, lacking(needs))
}

func (p *program) printNeeds(t *app.Temporal, needs []app.Need) error {
	rows := make([][]string, len(needs))
	for i, need := range needs {
		rows[i] = []string{string(need.State), need.Name, need.Detail}
	}
	p.printf("%s:\n", t)
	return p.rows(rows)
}

// lacking returns an error if one of the needs is not met.
func lacking(needs []app.Need) error {
	unmet := 0
	for _, need := range needs {
		if !need.Met() {
			unmet++
		}
	}
	if unmet == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d are not as they have to be: run `chattigo temporal setup`", unmet, len(needs))
}

// withTemporal connects to the Temporal server for a command.
func (p *program) withTemporal(do func(context.Context, *app.Temporal) error) error {
	cfg, err := config.LoadTemporal(p.environ)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(p.ctx, temporalTimeout)
	defer cancel()
	t, err := app.OpenTemporal(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer t.Close()
	return do(ctx, t)
}
