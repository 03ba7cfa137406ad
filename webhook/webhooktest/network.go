package webhooktest

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"strings"
)

// network has the methods of webhook.Network.
type network interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
	Authorities() *x509.CertPool
	Loopback() bool
}

// Network is a webhook.Network in which some host names are those of servers of this machine. For
// all others it is the network that it was made of.
type Network struct {
	network

	hosts       map[string]netip.AddrPort
	authorities *x509.CertPool
}

// Redirect makes a network in which connections to the hosts, on any port, end at these addresses.
// The authorities vouch for the certificates of all servers.
func Redirect(base network, authorities *x509.CertPool, hosts map[string]netip.AddrPort) *Network {
	return &Network{base, hosts, authorities}
}

// DialContext connects to the server of a host, or as the other network does.
func (n *Network) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	server, ok := n.hosts[strings.ToLower(strings.TrimSuffix(host, "."))]
	if !ok {
		return n.network.DialContext(ctx, network, address)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, server.String())
}

// Authorities are those of the servers.
func (n *Network) Authorities() *x509.CertPool { return n.authorities }

// Redirect makes a network in which the server's name is the server.
func (s *Server) Redirect(base network) *Network {
	return Redirect(base, s.Authorities, map[string]netip.AddrPort{s.Name: s.Addr})
}
