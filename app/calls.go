package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
	"github.com/chattigo/api-isv/worker"
)

// guard makes the guard that judges the addresses to which URLs of tenants lead.
func (a *App) guard(options ...webhook.GuardOption) (*webhook.Guard, error) {
	prefix, err := a.config.NAT64()
	if err != nil {
		return nil, fmt.Errorf("CHATTIGO_NAT64_PREFIX %w", err)
	}
	if prefix.IsValid() {
		options = append(options, webhook.WithNAT64(prefix))
	}
	return webhook.NewGuard(options...), nil
}

// poster makes the client that posts to webhooks. In dev those may be on this machine, as the API
// also accepts their URLs then; in production nothing allows that.
func (a *App) poster() (*webhook.Client, error) {
	var options []webhook.GuardOption
	if a.config.IsDev() {
		options = append(options, webhook.WithLoopback())
	}
	guard, err := a.guard(options...)
	if err != nil {
		return nil, err
	}
	return webhook.NewClient(a.opts.Version, guard), nil
}

// endpoints keeps the webhooks of ISVs apart.
func (a *App) endpoints() *webhook.Endpoints {
	limits := webhook.DefaultEndpointLimits()
	limits.Rate, limits.Burst = float64(a.config.WebhookRate), 2*a.config.WebhookRate
	limits.AllFast = worker.FastDeliveries
	return webhook.NewEndpoints(limits)
}

// caller makes the client for the calls of bots.
func (a *App) caller() (*webhook.Caller, error) {
	guard, err := a.guard()
	if err != nil {
		return nil, err
	}
	if a.opts.CallNetwork != nil {
		return webhook.NewCaller(a.opts.Version, a.opts.CallNetwork(guard)), nil
	}
	return webhook.NewCaller(a.opts.Version, guard), nil
}

// openVault opens the secrets and webhook keys of channels. It fails if this process lacks the key of
// one: the process that is to be replaced goes on meanwhile, no bot finds its secret missing, and no
// delivery waits for its signature.
func openVault(ctx context.Context, cfg config.Config, s *store.Store) (*store.Vault, error) {
	keys, err := cfg.SealKeys()
	if err != nil {
		return nil, err
	}
	vault, err := s.Vault(keys...)
	if err != nil {
		return nil, err
	}
	lacking, err := vault.LackingKeys(ctx)
	if err != nil {
		return nil, err
	}
	if len(lacking) > 0 {
		return nil, fmt.Errorf(
			"secrets or webhook keys of channels are sealed with a key that is not here (id %s): set CHATTIGO_SECRET_KEY to it, or CHATTIGO_SECRET_KEYS_OLD where it has changed",
			strings.Join(lacking, ", "))
	}
	return vault, nil
}
