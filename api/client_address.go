package api

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
)

const (
	// maxHops bounds how many addresses of X-Forwarded-For are looked at: more proxies are in no one's way.
	maxHops = 16
	// siteBits is the part of an IPv6 address that one customer of a provider has: he can use every address
	// that begins with it.
	siteBits = 64
)

// proxies are the networks of the proxies in front of this process: what they say in X-Forwarded-For is
// believed, and what anybody else says there is not.
type proxies struct {
	trusted []netip.Prefix
	// unlisted is called once, for the first request that seems to have come through a proxy that is not
	// listed.
	unlisted func(peer netip.Addr)
	once     sync.Once
}

func newProxies(deps Deps) *proxies {
	return &proxies{trusted: deps.TrustedProxies, unlisted: func(peer netip.Addr) {
		deps.Logger.Warn("X-Forwarded-For of a proxy that is not in CHATTIGO_TRUSTED_PROXIES is ignored, so its clients count as one", "proxy", peer.String())
	}}
}

// clientOf returns the address of the client of a request: that of the connection, or where this is a
// trusted proxy's, the last one in X-Forwarded-For that is none. Each proxy adds on the right the address
// from which it was called, so that what stands further left may be made up.
func (p *proxies) clientOf(r *http.Request) netip.Addr {
	client := parseAddress(r.RemoteAddr)
	forwarded := forwardedFor(r.Header)
	if len(forwarded) > 0 && !p.trusts(client) && isInternal(client) {
		p.once.Do(func() { p.unlisted(client) })
	}
	for _, hop := range forwarded {
		if !p.trusts(client) {
			break
		}
		address := parseAddress(hop)
		if !address.IsValid() {
			break
		}
		client = address
	}
	return client
}

func (p *proxies) trusts(address netip.Addr) bool {
	return slices.ContainsFunc(p.trusted, func(network netip.Prefix) bool { return network.Contains(address) })
}

// forwardedFor returns the addresses of X-Forwarded-For, the last one first.
func forwardedFor(header http.Header) []string {
	values := header.Values("X-Forwarded-For")
	if len(values) == 0 {
		return nil
	}
	hops := strings.Split(strings.Join(values, ","), ",")
	slices.Reverse(hops)
	return hops[:min(len(hops), maxHops)]
}

// isInternal reports whether an address is of this machine or of a private network.
func isInternal(address netip.Addr) bool { return address.IsLoopback() || address.IsPrivate() }

// parseAddress reads an address with or without a port; the zero address is none.
func parseAddress(text string) netip.Addr {
	text = strings.TrimSpace(text)
	if both, err := netip.ParseAddrPort(text); err == nil {
		return both.Addr().Unmap().WithZone("")
	}
	address, err := netip.ParseAddr(strings.Trim(text, "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return address.Unmap().WithZone("")
}

// SiteOf names whoever is counted as one client: an IPv4 address, or the network of an IPv6 address.
func SiteOf(address netip.Addr) string {
	if !address.Is6() {
		return address.String()
	}
	network, err := address.Prefix(siteBits)
	if err != nil { // not of a valid address
		return address.String()
	}
	return network.String()
}
