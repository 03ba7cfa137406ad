package app

import (
	"context"
	"crypto/x509"
	"fmt"
	"net/netip"
	"strings"

	"github.com/chattigo/api-isv/config"
	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

// CallHost is a server of this machine that bots reach under a host name, for tests.
type CallHost struct {
	Name string
	// Addr is a loopback address, Authorities vouch for the server's certificate.
	Addr        netip.AddrPort
	Authorities *x509.CertPool
}

// guard judges where tenants may send us.
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

// poster delivers to webhooks. In dev those may be on this machine, as for the API that takes
// their URLs; in production nothing opens that.
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

// caller makes the calls of bots. Nothing but code can give it a host that the guard does not
// judge.
func (a *App) caller() (*webhook.Caller, error) {
	guard, err := a.guard()
	if err != nil {
		return nil, err
	}
	var options []webhook.Option
	for _, host := range a.opts.CallHosts {
		options = append(options, webhook.WithTestHost(host.Name, host.Addr, host.Authorities))
	}
	return webhook.NewCaller(a.opts.Version, guard, options...), nil
}

// openVault refuses the start of a worker that could not open the secrets there are: the process
// that is to be replaced goes on meanwhile, and no bot is told that its secret is missing. Where
// there are none, no key is needed.
func openVault(ctx context.Context, cfg config.Config, s *store.Store, worker bool) (*store.Vault, error) {
	keys, err := cfg.SealKeys()
	if err != nil {
		return nil, err
	}
	vault, err := s.Vault(keys...)
	if err != nil || !worker {
		return vault, err
	}
	lacking, err := vault.LackingKeys(ctx)
	if err != nil {
		return nil, err
	}
	if len(lacking) > 0 {
		return nil, fmt.Errorf(
			"secrets of channels are sealed with a key that is not here (id %s): set CHATTIGO_SECRET_KEY to it, or CHATTIGO_SECRET_KEYS_OLD where it has changed",
			strings.Join(lacking, ", "))
	}
	return vault, nil
}
