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

type temporalSetup struct {
	Check bool `help:"Only look: change nothing, and exit with 1 if something is missing."`
}

// Help is what --help shows above the flags.
func (temporalSetup) Help() string {
	return `A conversation is started with four search attributes, by which operators find it in the Temporal UI. In a namespace that lacks one of them every start fails, and /readyz says so. What has ended must stay readable for 7 days at least.

This command adds what is missing and leaves the rest as it is, so it may be run before every release. Server and namespace are those of the service: CHATTIGO_TEMPORAL_ADDR and CHATTIGO_TEMPORAL_NAMESPACE, or Temporal's own TEMPORAL_* variables, which in production go first and also hold TLS and API keys.

The service itself never does this: it needs rights that a running service should not have. Where the server refuses, the command says what to ask its administrator for.`
}

// Run sets the namespace up, or only checks it.
func (c temporalSetup) Run(p *program) error {
	return p.withTemporal(func(ctx context.Context, t *app.Temporal) error {
		do := t.SetUpNamespace
		if c.Check {
			do = t.CheckNamespace
		}
		needs, err := do(ctx)
		if len(needs) == 0 {
			return err
		}
		lacking := 0
		rows := make([][]string, len(needs))
		for i, need := range needs {
			rows[i] = []string{string(need.State), need.Name, need.Detail}
			if !need.Met() {
				lacking++
			}
		}
		p.printf("%s:\n", t)
		if err := errors.Join(p.rows(rows), err); err != nil {
			return err
		}
		if lacking > 0 {
			return fmt.Errorf("%d of %d are not as they have to be: run `chattigo temporal setup`", lacking, len(needs))
		}
		return nil
	})
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
