package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
)

// Finding is something that [Check] found about the settings of a production.
type Finding struct {
	// Unsafe reports whether this must not go live; else it is a warning, which may be deliberate.
	Unsafe bool
	// Variable is the name of the environment variable.
	Variable string
	// Message continues the sentence that the variable's name begins. It holds no secret.
	Message string
	// Do says what to do about it; empty where the message does.
	Do string
}

// Temporal is where and how a process would connect to the Temporal server: package app finds out, because most of
// Temporal's own variables have a say in it.
type Temporal struct {
	// Address is host:port.
	Address string
	TLS     bool
	// Unverified reports whether the server's certificate is not checked, because of a variable or of Temporal's file.
	Unverified bool
}

// Check judges the settings of a production that [Load] accepts, or does not. The problems of Load come first, then
// what would work and is not safe. It connects to nothing.
func Check(environ map[string]string, temporal Temporal) []Finding {
	cfg, err := Load(environ)
	found := loadFindings(err)
	if cfg.IsDev() {
		return append(found, Finding{true, "CHATTIGO_ENV", "is dev: keys are made by the service itself, and webhooks on this machine are allowed over plain http", "unset it, or set it to production"})
	}
	for _, more := range slices.Concat(cfg.keyFindings(), cfg.databaseFindings(environ), cfg.temporalFindings(environ, temporal),
		cfg.listenFindings(), cfg.proxyFindings(), cfg.traceFindings(environ), cfg.otherFindings()) {
		// What follows from a value that cannot be loaded is not worth a line.
		if !slices.ContainsFunc(found, func(f Finding) bool { return f.Variable == more.Variable && f.Do == "" }) {
			found = append(found, more)
		}
	}
	return found
}

func loadFindings(err error) []Finding {
	var problems *Problems
	if !errors.As(err, &problems) {
		return nil
	}
	var found []Finding
	for _, p := range problems.List {
		found = append(found, Finding{Unsafe: true, Variable: p.Variable, Message: p.Message})
	}
	return found
}

// temporalFindings judges the connection to Temporal: all that contacts write goes through it.
func (c Config) temporalFindings(environ map[string]string, t Temporal) []Finding {
	var found []Finding
	switch off := environ["TEMPORAL_TLS_DISABLE_HOST_VERIFICATION"]; {
	case strings.EqualFold(off, "true") || off == "1":
		found = append(found, Finding{true, "TEMPORAL_TLS_DISABLE_HOST_VERIFICATION", "is set: anybody in between may say that he is the Temporal server", "unset it; name the authority of its certificate in TEMPORAL_TLS_SERVER_CA_CERT_PATH"})
	case t.Unverified:
		found = append(found, Finding{true, "TEMPORAL_CONFIG_FILE", "has a profile with disable_host_verification: anybody in between may say that he is the Temporal server", "take it out, and name the authority of its certificate in server_ca_cert_path"})
	}
	host, _, err := net.SplitHostPort(t.Address)
	if err != nil || t.TLS {
		return found
	}
	const do = "set TEMPORAL_TLS=true, or TEMPORAL_API_KEY or the TEMPORAL_TLS_… variables of your cluster"
	switch distanceOf(host) {
	case outside:
		found = append(found, Finding{true, "CHATTIGO_TEMPORAL_ADDR", fmt.Sprintf("leads to %s without TLS: everybody on the way reads the messages of all contacts", host), do})
	case inside:
		found = append(found, Finding{false, "CHATTIGO_TEMPORAL_ADDR", fmt.Sprintf("leads to %s without TLS: that is good within one machine, such as the network of docker-compose.yml, and nowhere else", host), do})
	}
	return found
}

// listenFindings judges where the API and the metrics are served.
func (c Config) listenFindings() []Finding {
	var found []Finding
	switch host, _, _ := net.SplitHostPort(c.HTTPAddr); {
	case distanceOf(host) == outside && !everywhere(host):
		found = append(found, Finding{true, "CHATTIGO_HTTP_ADDR", fmt.Sprintf("is a public address (%s), and the API speaks plain http: passwords, tokens and messages could be read on the way", host), "let it listen on 127.0.0.1 or a private address, behind a proxy with TLS"})
	case distanceOf(host) != here && strings.TrimSpace(c.TrustedProxies) == "":
		found = append(found, Finding{false, "CHATTIGO_HTTP_ADDR", "is reached from other machines, and CHATTIGO_TRUSTED_PROXIES names no proxy: the API speaks plain http, and behind a proxy that is not named all clients count as one", "put a proxy with TLS in front, and its network into CHATTIGO_TRUSTED_PROXIES"})
	}
	if c.OpsAddr == OpsOff {
		return found
	}
	const do = "let it listen on 127.0.0.1, or on an address that only Prometheus reaches; off serves none"
	switch host, _, _ := net.SplitHostPort(c.OpsAddr); {
	case distanceOf(host) == outside && !everywhere(host):
		found = append(found, Finding{true, "CHATTIGO_OPS_ADDR", fmt.Sprintf("is a public address (%s): everybody may read the metrics, which ask for no password", host), do})
	case distanceOf(host) != here:
		found = append(found, Finding{false, "CHATTIGO_OPS_ADDR", "is reached from other machines: whoever reaches it may read the metrics, which ask for no password", do})
	}
	return found
}

func (c Config) otherFindings() []Finding {
	var found []Finding
	if c.LogLevel < 0 {
		found = append(found, Finding{false, "CHATTIGO_LOG_LEVEL", "is debug: the log may have more of what contacts write than it should keep", "set it to info"})
	}
	if c.AccountRate == 0 {
		found = append(found, Finding{false, "CHATTIGO_ACCOUNT_RATE", "is 0: one account may take all that the API can do", "unset it, which is 500, or choose a number"})
	}
	return found
}

// distance is how far away a host is.
type hostDistance int

const (
	// here is this machine.
	here hostDistance = iota
	// inside is a private network, or a name that only a private network knows.
	inside
	// outside is everything else: what is sent there may pass anybody.
	outside
)

// distanceOf judges a host by its name or address alone.
func distanceOf(host string) hostDistance {
	host = strings.ToLower(strings.Trim(host, "[]"))
	if address, err := netip.ParseAddr(host); err == nil {
		switch address = address.Unmap(); {
		case address.IsLoopback():
			return here
		case isPrivate(netip.PrefixFrom(address.WithZone(""), address.BitLen())):
			return inside
		}
		return outside
	}
	switch {
	case host == "localhost", strings.HasSuffix(host, ".localhost"), strings.HasPrefix(host, "/"):
		return here
	case host == "": // of an address to listen on: every one
		return outside
	case !strings.Contains(host, "."):
		return inside
	}
	for _, suffix := range []string{".local", ".internal", ".lan", ".svc", ".home.arpa"} {
		if strings.HasSuffix(host, suffix) {
			return inside
		}
	}
	return outside
}

// everywhere reports whether a host to listen on is every address of the machine.
func everywhere(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "" || err == nil && address.IsUnspecified()
}
