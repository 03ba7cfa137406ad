package config

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
)

// Proxies returns the networks of CHATTIGO_TRUSTED_PROXIES. The error continues a sentence that begins with
// the variable's name.
func (c Config) Proxies() ([]netip.Prefix, error) {
	if strings.TrimSpace(c.TrustedProxies) == "" {
		return nil, nil
	}
	var networks []netip.Prefix
	for text := range strings.SplitSeq(c.TrustedProxies, ",") {
		network, err := parseNetwork(strings.TrimSpace(text))
		if err != nil {
			return nil, err
		}
		networks = append(networks, network)
	}
	if err := everyAddressProblem(networks); err != nil {
		return nil, err
	}
	return networks, nil
}

// everyAddressProblem refuses networks that are together half of what IPv4 or IPv6 has, or more.
func everyAddressProblem(networks []netip.Prefix) error {
	var share4, share6 float64
	for _, network := range networks {
		switch {
		case isPrivate(network):
		case network.Addr().Is4():
			share4 += math.Ldexp(1, -network.Bits())
		default:
			share6 += math.Ldexp(1, -network.Bits())
		}
	}
	if share4 >= 1.0/2 || share6 >= 1.0/2/8 { // of IPv6 only 2000::/3 is in use, an eighth
		return errors.New("must not list every address, or half of them: anybody could then say whose address he has")
	}
	return nil
}

// mappedBits is the length, in bits, of the prefix of IPv4 addresses in the form of IPv6, ::ffff:0:0/96.
const mappedBits = 96

// parseNetwork reads a network, or one address.
func parseNetwork(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen()), nil
	}
	network, err := netip.ParsePrefix(text)
	if network.Addr().Is4In6() && network.Bits() >= mappedBits { // addresses are unmapped before they are compared
		network = netip.PrefixFrom(network.Addr().Unmap(), network.Bits()-mappedBits)
	}
	switch {
	case err != nil:
		return netip.Prefix{}, fmt.Errorf("must be networks or addresses separated by commas, such as 10.0.0.0/8,192.0.2.7; %q is neither", text)
	case network.Bits() == 0:
		return netip.Prefix{}, errors.New("must not list every address: anybody could then say whose address he has")
	case network.Addr().Is4In6():
		return netip.Prefix{}, fmt.Errorf("must have IPv4 networks in the form of IPv4, such as 10.0.0.0/8, not as %q", text)
	}
	return network.Masked(), nil
}

// proxyFindings judges networks that are not one's own alone.
func (c Config) proxyFindings() []Finding {
	networks, err := c.Proxies()
	if err != nil {
		return nil // Load has found it
	}
	var found []Finding
	for _, network := range networks {
		if isWide(network) && !isPrivate(network) {
			found = append(found, Finding{false, "CHATTIGO_TRUSTED_PROXIES", fmt.Sprintf("lists %s, which has many public addresses: whoever has one of them may say that he is any client", network), "list the addresses of your proxies alone"})
		}
	}
	return found
}

// isWide reports whether a network is larger than what one site gets: a /24 of IPv4, a /48 of IPv6.
func isWide(network netip.Prefix) bool {
	if network.Addr().Is4() {
		return network.Bits() < 24
	}
	return network.Bits() < 48
}

// privateNetworks are those that the internet leads nobody to: RFC 1918, loopback, link-local, the addresses that
// providers, pods and VPNs share (RFC 6598), and their like of IPv6.
var privateNetworks = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("::1/128"), netip.MustParsePrefix("fc00::/7"), netip.MustParsePrefix("fe80::/10"),
}

// isPrivate reports whether a network lies wholly within a private one.
func isPrivate(network netip.Prefix) bool {
	return slices.ContainsFunc(privateNetworks, func(private netip.Prefix) bool {
		return private.Bits() <= network.Bits() && private.Contains(network.Addr())
	})
}
