package definition

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/tree"
)

// Limits of calls. A person waits while a call is made, so that it must end soon.
const (
	callTimeout = 5 * time.Second // of one attempt, where the definition has none
	maxTimeout  = 10 * time.Second
	maxRetries  = 5
	getRetries  = 2    // where the definition has none; other methods may change something and have 0
	maxPairs    = 50   // parameters, or headers
	maxURL      = 2048 // bytes
)

// callReader reads the HTTP calls of a bot.
type callReader struct{ *decoder }

func (d callReader) call(at tree.Place, n *yaml.Node) *Call {
	c := &Call{place: at, Timeout: callTimeout}
	d.Object(n, "call", tree.Fields{
		"http":      func(n *yaml.Node) { d.http(n, c) },
		"save":      func(n *yaml.Node) { c.Save = d.assignments(n, "save", expr.Site{Scope: expr.ResultScope}) },
		"on_status": func(n *yaml.Node) { c.OnStatus = d.onStatus(n) },
		"on_error":  func(n *yaml.Node) { c.OnError = d.ref(n, "on_error") },
	}, "http", "on_error")
	return c
}

// methods are the keys of which an HTTP call has exactly one.
var methods = []string{"get", "post", "put", "patch", "delete"}

func (d callReader) http(n *yaml.Node, c *Call) {
	known := tree.Fields{
		"query":   func(n *yaml.Node) { c.Query = d.pairs(n, "query", d.template) },
		"headers": func(n *yaml.Node) { c.Headers = d.callHeaders(n) },
		"json":    func(n *yaml.Node) { c.Body = d.json(n) },
		"timeout": func(n *yaml.Node) { c.Timeout = d.callTimeout(n) },
		"retries": func(n *yaml.Node) { c.Retries = d.Integer(n, "retries", 0, maxRetries) },
	}
	for _, method := range methods {
		known[method] = func(value *yaml.Node) {
			if c.Method != "" {
				d.AddAt(tree.PlaceOf(tree.FindKey(n, method)), CodeCall, "http has one method; this one has %s and %s", strings.ToLower(c.Method), method)
			}
			c.Method, c.URL = strings.ToUpper(method), d.url(value)
		}
	}
	d.Object(n, "http", known)
	switch {
	case n.Kind != yaml.MappingNode:
	case c.Method == "" && !slices.ContainsFunc(methods, func(method string) bool { return d.Has(n, method) }):
		d.Add(n, CodeMissingKey, "http needs one of get, post, put, patch and delete, with the URL")
	case c.Method == "GET" && tree.Child(n, "json") != nil:
		d.AddAt(tree.PlaceOf(tree.FindKey(n, "json")), CodeCall, "get has no body; use query, or post")
	}
	if c.Method == "GET" && tree.Child(n, "retries") == nil {
		c.Retries = getRetries
	}
}

func (d callReader) callTimeout(n *yaml.Node) time.Duration {
	timeout := d.Duration(n, "timeout")
	if timeout > maxTimeout {
		d.Add(n, CodeValue, "timeout may be at most %s: a person is waiting", maxTimeout)
	}
	return timeout
}

// url reads the URL of a call. Its host must be literal: one that a contact could choose would
// receive the secrets of the headers.
func (d callReader) url(n *yaml.Node) *expr.Template {
	t := d.template(n, "the URL")
	if t == nil {
		return nil
	}
	fixed, _, _ := strings.Cut(n.Value, "${")
	u, err := url.Parse(fixed)
	switch {
	case !strings.HasPrefix(n.Value, "https://"):
		d.Add(n, CodeURL, "the URL must begin with https://")
	case err != nil || u.Hostname() == "" || u.User != nil || strings.ContainsAny(fixed, " #\\"):
		d.Add(n, CodeURL, "the URL must be https://, a host and a path")
	case !callableHost(u):
		d.Add(n, CodeURL, "the host must be a public name such as api.example.com, on port 443 or 8443")
	case slices.ContainsFunc(strings.Split(u.Path, "/"), func(s string) bool { return s == "." || s == ".." }):
		d.Add(n, CodeURL, "the path must not hold . or .. between its slashes")
	case fixed != n.Value && !strings.Contains(strings.TrimPrefix(fixed, "https://"), "/"):
		d.Add(n, CodeURL, "the host must be written out, up to the / behind it; only what follows may hold ${…}")
	case len(n.Value) > maxURL:
		d.Add(n, CodeURL, "the URL may have at most %d characters", maxURL)
	}
	return t
}

// publicName matches a DNS name of at least two labels of which the last is no number: what activities
// agree to call.
var publicName = regexp.MustCompile(`^(?i:[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+(?i:[a-z]([a-z0-9-]{0,61}[a-z0-9])?)\.?$`)

// callableHost reports whether the host may be public. Whether its name leads to a private address
// is checked when it is called.
func callableHost(u *url.URL) bool {
	port := u.Port() == "" || u.Port() == "443" || u.Port() == "8443"
	return port && publicName.MatchString(u.Hostname())
}

func (d callReader) pairs(n *yaml.Node, what string, read func(*yaml.Node, string) *expr.Template) []Pair {
	var all []Pair
	d.Entries(n, what, func(key, value *yaml.Node) {
		if len(all) == maxPairs {
			d.Add(key, CodeTooLarge, "%s may have at most %d keys", what, maxPairs)
		}
		if t := read(value, key.Value); t != nil && len(all) < maxPairs {
			all = append(all, Pair{key.Value, t})
		}
	})
	return all
}

// callHeaders reads the headers of a call. Two whose names differ in capitals only are the same one: which
// of them counts would depend on the order of the keys, which the hash of a definition leaves out.
func (d callReader) callHeaders(n *yaml.Node) []Pair {
	all := d.pairs(n, "headers", d.header)
	seen := map[string]string{}
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		folded := strings.ToLower(key.Value)
		switch {
		case !headerName.MatchString(key.Value):
			d.Add(key, CodeCall, "%q is no name of a header", key.Value)
		case ForbiddenHeader(key.Value):
			d.Add(key, CodeCall, "the header %s is set by the service", key.Value)
		case seen[folded] != "" && seen[folded] != key.Value: // the same key twice is a problem of its own
			d.Add(key, CodeCall, "the header %s is there already, as %s: capitals make no difference", key.Value, seen[folded])
		}
		seen[folded] = key.Value
	}
	return all
}

// json reads a body: any tree, with expressions.
func (d callReader) json(n *yaml.Node) []Segment {
	w := newBodyWriter(d.decoder)
	w.value(n, "json", true)
	if segments := w.finish(); segments != nil {
		return segments
	}
	return []Segment{{Raw: w.buf.Bytes()}}
}

// httpStatus matches a status in the one way in which it is written: two keys are never the same status.
var httpStatus = regexp.MustCompile(`^[1-5][0-9][0-9]$`)

func (d callReader) onStatus(n *yaml.Node) []StatusExit {
	var all []StatusExit
	d.Entries(n, "on_status", func(key, value *yaml.Node) {
		if !httpStatus.MatchString(key.Value) {
			d.Add(key, CodeValue, "%q is no HTTP status: a key of on_status has three digits, from 100 to 599, such as 409", key.Value)
			return
		}
		status, _ := strconv.Atoi(key.Value) // it has three digits
		all = append(all, StatusExit{status, d.ref(value, "a status")})
	})
	return all
}
