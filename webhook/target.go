package webhook

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// maxTarget bounds, in bytes, the URL of a webhook.
const maxTarget = 2048

// publicPorts are those on which a public https endpoint is expected.
var publicPorts = [...]uint16{443, 8443}

// CheckTarget returns an error for a URL that must not be registered as a webhook. It is quick
// feedback for whoever registers it; the [Guard] judges the address. The error's text is one
// sentence that is safe to show. dev also allows loopback addresses, with http and on any port.
func CheckTarget(raw string, dev bool) error {
	u, err := parseTarget(raw, maxTarget)
	if err != nil {
		return err
	}
	if dev && isLoopback(u.Hostname()) {
		return checkLoopback(u)
	}
	return checkPublic(u)
}

// parsePublicTarget reads a URL that a bot may call: https, a full name that is no address, port
// 443 or 8443, no user name, no fragment.
func parsePublicTarget(raw string, longest int) (*url.URL, error) {
	u, err := parseTarget(raw, longest)
	if err != nil {
		return nil, err
	}
	return u, checkPublic(u)
}

// parseTarget reads a URL without user name or fragment, of at most longest bytes.
func parseTarget(raw string, longest int) (*url.URL, error) {
	if len(raw) > longest {
		return nil, fmt.Errorf("the URL is longer than %d bytes", longest)
	}
	if strings.ContainsAny(raw, " #") {
		return nil, errors.New("the URL must not hold a space or a fragment")
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("the URL cannot be parsed")
	}
	return u, checkShape(u)
}

// checkPublic demands https, and a host name and a port as public endpoints have them.
func checkPublic(u *url.URL) error {
	if u.Scheme != "https" {
		return errors.New("the URL must begin with https://")
	}
	if err := checkHost(u.Hostname()); err != nil {
		return err
	}
	return checkPort(u)
}

func checkShape(u *url.URL) error {
	switch {
	case u.Scheme == "":
		return errors.New("the URL must begin with https://")
	case u.Opaque != "" || u.Host == "" || u.Hostname() == "":
		return errors.New("the URL has no host")
	case u.User != nil:
		return errors.New("the URL must not hold a user name or password")
	}
	return nil
}

// checkPort allows the default port, 443 and 8443: the ports on which a public https
// endpoint is expected.
func checkPort(u *url.URL) error {
	switch u.Port() {
	case "", "443", "8443":
		if strings.HasSuffix(u.Host, ":") {
			return errors.New("the URL's port is empty")
		}
		return nil
	}
	return errors.New("the URL's port must be 443 or 8443")
}

func checkLoopback(u *url.URL) error {
	if u.Scheme != "https" && u.Scheme != "http" {
		return errors.New("the URL must begin with https:// or, for a loopback address, http://")
	}
	return nil
}

// checkHost demands a public-looking DNS name: ASCII letters, digits and hyphens, at
// least two labels, and a last label that is not a number, because forms such as 127.1
// or 0x7f000001 are addresses to some resolvers.
func checkHost(host string) error {
	if _, err := netip.ParseAddr(host); err == nil {
		return errors.New("the URL's host must be a name, not an IP address")
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	if len(host) > 253 || len(labels) < 2 {
		return errors.New("the URL's host must be a full public name such as hooks.example.com")
	}
	for _, label := range labels {
		if !isLabel(label) {
			return errors.New("the URL's host must consist of letters, digits and hyphens (international names as xn--…)")
		}
	}
	if last := strings.ToLower(labels[len(labels)-1]); isNumeric(last) || last == "localhost" {
		return errors.New("the URL's host must be a public name, not an IP address or localhost")
	}
	return nil
}

func isLabel(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && s[i] != '-' {
			return false
		}
	}
	return true
}

func isNumeric(label string) bool {
	if strings.HasPrefix(label, "0x") {
		return true
	}
	return strings.Trim(label, "0123456789") == ""
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
