package client

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
)

// ParseURL reads where a server is: https and a host, or plain http and this machine. A path may
// stand behind it, such as that of a proxy; nothing else may.
func ParseURL(text string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSuffix(strings.TrimSpace(text), "/"))
	switch {
	case err != nil || u.Hostname() == "":
		return nil, errors.New("the URL of the service must be written out, such as https://api.example.com") // a mistyped one may hold a password, and is not repeated
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("the URL of the service must hold no user, no password, no query and no fragment")
	case u.Scheme == "https", u.Scheme == "http" && isLoopback(u.Hostname()):
		return u, nil
	case u.Scheme == "http":
		return nil, fmt.Errorf("http://%s would carry the password and the token where others can read them: use https (plain http is spoken with this machine only)", u.Host)
	}
	return nil, fmt.Errorf("the URL of the service begins with https://, not %s://", u.Scheme)
}

func isLoopback(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}
