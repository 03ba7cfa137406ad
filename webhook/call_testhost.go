package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// CallerOption changes a Caller for tests. There is no other use for one, and no setting that
// makes one.
type CallerOption func(*Caller)

// WithTestHost lets calls to exactly this host name, on any port, end at a server of this
// machine, whose certificate comes from one of these authorities. Calls to all other hosts are
// untouched. An address that is not a loopback one is refused like any other private address.
func WithTestHost(name string, addr netip.AddrPort, authorities *x509.CertPool) CallerOption {
	dialer := &net.Dialer{Timeout: dialTimeout}
	client := newHTTP(dialer)
	if transport, ok := client.Transport.(*http.Transport); ok {
		transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: authorities}
		transport.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			if !addr.Addr().IsLoopback() {
				return nil, ErrForbidden
			}
			return dialer.DialContext(ctx, network, addr.String())
		}
	}
	return func(c *Caller) { c.tests[strings.ToLower(name)] = client }
}
