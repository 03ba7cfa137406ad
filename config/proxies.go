package config

import (
	"errors"
	"fmt"
	"net/netip"
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
	return networks, nil
}

// parseNetwork reads a network, or one address.
func parseNetwork(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen()), nil
	}
	network, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return netip.Prefix{}, fmt.Errorf("must be networks or addresses separated by commas, such as 10.0.0.0/8,192.0.2.7; %q is neither", text)
	case network.Bits() == 0:
		return netip.Prefix{}, errors.New("must not list every address: anybody could then say whose address he has")
	}
	return network.Masked(), nil
}
