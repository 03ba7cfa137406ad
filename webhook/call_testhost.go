package webhook

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"strings"
)

// testHost is a server of this machine that stands for a host.
type testHost struct {
	addr        netip.AddrPort
	authorities *x509.CertPool
}

// WithTestHost lets requests to exactly this host name, on any port, end at a server of this
// machine, whose certificate comes from one of these authorities. Requests to all other hosts are
// untouched. An address that is not a loopback one is refused like any other private address.
func WithTestHost(name string, addr netip.AddrPort, authorities *x509.CertPool) Option {
	return func(s *sender) { s.tests[strings.ToLower(name)] = testHost{addr, authorities} }
}

func (h testHost) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	if !h.addr.Addr().IsLoopback() {
		return nil, ErrForbidden
	}
	dialer := net.Dialer{Timeout: dialTimeout}
	return dialer.DialContext(ctx, network, h.addr.String())
}
