package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// site answers as the service does: one answer for each method and path.
type site struct {
	*httptest.Server

	mu      sync.Mutex
	answers map[string]answer
	// got are the requests, one a line: the method, the path with its query, and the body.
	got []string
}

// answer is a status and a body; 0 is 200.
type answer struct {
	status int
	body   string
}

const (
	siteToken    = "aaa.bbb.ccc"
	sitePassword = "correct horse battery"
)

// newSite starts a site, and gives commands an empty configuration folder.
func newSite(t *testing.T, answers map[string]answer) *site {
	t.Helper()
	s := &site{answers: answers}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	home(t)
	return s
}

// home gives the test an empty configuration folder.
func home(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(dir, ".config"))
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, strings.TrimSpace(fmt.Sprintf("%s %s %s", r.Method, r.URL.RequestURI(), body)))
	if r.URL.Path == "/login" {
		s.login(w, string(body))
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+siteToken {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"message":"JWT was invalid"}`)
		return
	}
	found, ok := s.answers[r.Method+" "+r.URL.RequestURI()]
	if !ok {
		found = answer{400, `{"message":"unsupported get request. Object with ID 'x' does not exist"}`}
	}
	if found.status != 0 {
		w.WriteHeader(found.status)
	}
	_, _ = io.WriteString(w, found.body)
}

func (s *site) login(w http.ResponseWriter, body string) {
	if body != `{"password":"`+sitePassword+`","username":"acme"}` {
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(w, `{"message":"invalid Password"}`)
		return
	}
	_, _ = io.WriteString(w, `{"user":"acme","access":true,"access_token":"`+siteToken+`"}`)
}

// terminal is one that has the site's token in its environment.
func (s *site) terminal(t *testing.T) *terminal {
	t.Helper()
	return newTerminal(t, "CHATTIGO_URL="+s.URL, "CHATTIGO_TOKEN="+siteToken)
}

func TestWhichServerAndWhichToken(t *testing.T) {
	s := newSite(t, map[string]answer{"GET /bots?limit=20": {body: `{"bots":[]}`}})
	code, _, errOut := newTerminal(t).run(t, sitePassword, "login", "--url", s.URL, "--user", "acme")
	require.Zero(t, code, errOut)
	for name, tt := range map[string]struct {
		environ []string
		want    string
	}{
		"the login":                      {nil, ""},
		"the login, named":               {[]string{"CHATTIGO_URL=" + s.URL + "/"}, ""},
		"the environment goes before it": {[]string{"CHATTIGO_URL=" + s.URL, "CHATTIGO_TOKEN=old"}, "chattigo: JWT was invalid: a token lives 8 hours; put a new one into CHATTIGO_TOKEN\n"},
		"a token without its server":     {[]string{"CHATTIGO_TOKEN=" + siteToken}, "chattigo: CHATTIGO_TOKEN needs CHATTIGO_URL beside it: a token is for one server\n"},
		"a login somewhere else":         {[]string{"CHATTIGO_URL=https://x.example"}, "chattigo: CHATTIGO_URL is not where you are logged in, which is " + s.URL + ": run `chattigo login` again\n"},
		"plain http":                     {[]string{"CHATTIGO_URL=http://x.example", "CHATTIGO_TOKEN=x"}, "chattigo: http://x.example would carry the password and the token where others can read them: use https (plain http is spoken with this machine only)\n"},
		"something that is no token":     {[]string{"CHATTIGO_URL=" + s.URL, "CHATTIGO_TOKEN=a b"}, "chattigo: the token holds characters that no token has; it is the access_token that POST /login answers\n"},
	} {
		code, out, errOut := newTerminal(t, tt.environ...).run(t, "", "bot", "list")
		require.Equal(t, tt.want, errOut, name)
		require.Equal(t, tt.want == "", code == 0, name)
		require.Equal(t, choose(code == 0, "There are no bots yet: chattigo bot push puts one there.\n", ""), out, name)
	}
}

func TestNobodyIsLoggedIn(t *testing.T) {
	home(t)
	for _, command := range []string{"bot list", "bot versions x", "bot channels", "bot channels 1", "bot publish x --channel 1", "bot rollback --channel 1"} {
		code, _, errOut := newTerminal(t).run(t, "", strings.Fields(command)...)
		require.Equal(t, 1, code, command)
		require.Equal(t, "chattigo: you are not logged in: run `chattigo login`, or set CHATTIGO_URL and CHATTIGO_TOKEN\n", errOut, command)
	}
}

func TestABusyServerIsSaidToBeBusy(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked == 1 {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `{"message":"the service cannot take this request right now; please send it again"}`)
			return
		}
		_, _ = io.WriteString(w, `{"bots":[]}`)
	}))
	defer server.Close()
	code, _, errOut := newTerminal(t, "CHATTIGO_URL="+server.URL, "CHATTIGO_TOKEN=x").run(t, "", "bot", "list")
	require.Zero(t, code)
	require.Equal(t, "chattigo: the service cannot take this request right now; please send it again; trying again in 0s\n", errOut)
}
