package webhook

import (
	"context"
	"crypto/x509"
	"net"
)

// Network makes the connections of a Client or a Caller. In production it is a [Guard].
type Network interface {
	// DialContext connects as that of net.Dialer does. Its error is ErrForbidden for an address that
	// must not be connected to.
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
	// Authorities vouch for the certificates of servers; nil are those of the system.
	Authorities() *x509.CertPool
	// Loopback reports whether a Client may post to this machine.
	Loopback() bool
}
