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

// caller makes the calls of bots. Nothing but code can give it a host that the guard does not
// judge.
func (a *App) caller() (*webhook.Caller, error) {
	var guarding []webhook.GuardOption
	prefix, err := a.config.NAT64()
	if err != nil {
		return nil, fmt.Errorf("CHATTIGO_NAT64_PREFIX %w", err)
	}
	if prefix.IsValid() {
		guarding = append(guarding, webhook.WithNAT64(prefix))
	}
	var options []webhook.CallerOption
	for _, host := range a.opts.CallHosts {
		options = append(options, webhook.WithTestHost(host.Name, host.Addr, host.Authorities))
	}
	return webhook.NewCaller(a.opts.Version, webhook.NewGuard(guarding...), options...), nil
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
