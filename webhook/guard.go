package webhook

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"slices"
	"syscall"

	"code.dny.dev/ssrf"
)

// ErrForbidden is a target that must not be connected to. It does not hold the resolved address,
// which tells about our network and is not for those who chose the name.
var ErrForbidden = errors.New("the target is not allowed")

// Guard keeps requests whose URL somebody else chose out of private networks. It judges the very
// address that is about to be connected to, after the name was resolved, so that neither a name
// that resolves to a private address nor one that resolves differently the second time gets by.
//
// The ranges are those of the IANA registries for special addresses, as code.dny.dev/ssrf keeps
// them: of IPv6 only 2000::/3 without its special blocks, so that a new block is refused until
// it is known. What that package does not know is judged before it: zones, IPv4 in IPv6,
// NAT64, the metadata services of clouds.
type Guard struct {
	ranges   *ssrf.Guardian
	nat64    []netip.Prefix
	loopback bool
	dialer   net.Dialer
}

// GuardOption sets up a Guard.
type GuardOption func(*Guard)

// WithNAT64 names the prefixes, /96 each, under which this network's NAT64 gateway reaches IPv4
// (64:ff9b::/96 where it is the well-known one). An address under them is judged by the IPv4
// address that it stands for; without this option all of them are refused.
func WithNAT64(prefixes ...netip.Prefix) GuardOption {
	return func(g *Guard) { g.nat64 = append(g.nat64, prefixes...) }
}

// WithLoopback also allows this machine itself, on any port, as CheckTarget does in dev, where the
// webhook is mostly a program beside ours. It is not for production.
func WithLoopback() GuardOption { return func(g *Guard) { g.loopback = true } }

// NewGuard makes a guard that allows public addresses on the ports that CheckTarget allows.
func NewGuard(options ...GuardOption) *Guard {
	g := &Guard{ranges: ssrf.New(ssrf.WithPorts(publicPorts[:]...))}
	g.dialer = net.Dialer{Timeout: dialTimeout, ControlContext: g.control}
	for _, option := range options {
		option(g)
	}
	return g
}

// DialContext connects to a public address.
func (g *Guard) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return g.dialer.DialContext(ctx, network, address)
}

// Authorities are the system's.
func (g *Guard) Authorities() *x509.CertPool { return nil }

// Loopback reports whether [WithLoopback] was given.
func (g *Guard) Loopback() bool { return g.loopback }

// control is called by the dialer with each resolved address, before the connection is made.
func (g *Guard) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	if network != "tcp4" && network != "tcp6" {
		return ErrForbidden
	}
	target, err := netip.ParseAddrPort(address)
	if err != nil {
		return ErrForbidden
	}
	return g.check(target)
}

// check returns ErrForbidden for an address that must not be connected to.
func (g *Guard) check(target netip.AddrPort) error {
	address, ok := g.plain(target.Addr())
	if !ok || slices.Contains(metadataServices, address) {
		return ErrForbidden
	}
	if g.loopback && address.IsLoopback() {
		return nil
	}
	if g.ranges.SafeAddrPort(netip.AddrPortFrom(address, target.Port())) != nil {
		return ErrForbidden
	}
	return nil
}

// plain returns the address that will be reached. A zone belongs to an address of the own link, and
// makes every comparison with a prefix false; there is no good reason for one here.
func (g *Guard) plain(address netip.Addr) (netip.Addr, bool) {
	if !address.IsValid() || address.Zone() != "" {
		return netip.Addr{}, false
	}
	address = address.Unmap()
	for _, prefix := range g.nat64 {
		if prefix.Bits() == 96 && prefix.Contains(address) {
			bytes := address.As16()
			return netip.AddrFrom4([4]byte(bytes[12:])), true
		}
	}
	return address, true
}

// metadataServices hand a machine's credentials to whoever asks from it. Most lie in ranges that are
// refused anyway; they are named so that no other rule can let them in.
var metadataServices = []netip.Addr{
	netip.AddrFrom4([4]byte{169, 254, 169, 254}), // nearly all clouds
	netip.AddrFrom4([4]byte{169, 254, 170, 2}),   // Amazon ECS
	netip.AddrFrom4([4]byte{168, 63, 129, 16}),   // Azure's wire server, a public address
	netip.AddrFrom4([4]byte{100, 100, 100, 200}), // Alibaba
	netip.AddrFrom4([4]byte{192, 0, 0, 192}),     // Oracle
	netip.MustParseAddr("fd00:ec2::254"),         // Amazon
	netip.MustParseAddr("fd20:ce::254"),          // Google
}
