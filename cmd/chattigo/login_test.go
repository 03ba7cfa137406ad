package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// kept is where the login of a test is.
func kept(t *testing.T) string {
	t.Helper()
	path, err := loginFile()
	require.NoError(t, err)
	return path
}

func TestALoginIsKeptForItsOwnerOnly(t *testing.T) {
	s := newSite(t, map[string]answer{"GET /bots?limit=20": {body: `{"bots":[]}`}})
	tm := newTerminal(t)
	code, out, errOut := tm.run(t, sitePassword+"\n", "login", "--url", s.URL+"/", "--user", "acme")
	require.Zero(t, code, errOut)
	require.Regexp(t, `^Logged in at `+s.URL+` as acme\. The token lives 8 hours, until \d\d:\d\d; it is kept in `+kept(t)+`, for you only\.\n$`, out)
	require.NotContains(t, out+errOut, siteToken)
	require.NotContains(t, out+errOut, sitePassword)

	info, err := os.Stat(kept(t))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	folder, err := os.Stat(filepath.Dir(kept(t)))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), folder.Mode().Perm())
	text, err := os.ReadFile(kept(t))
	require.NoError(t, err)
	require.NotContains(t, string(text), sitePassword)
	var l login
	require.NoError(t, json.Unmarshal(text, &l))
	require.WithinDuration(t, time.Now().Add(8*time.Hour), l.ExpiresAt, time.Minute)
	require.Equal(t, login{s.URL, "acme", siteToken, l.ExpiresAt}, l)
	entries, err := os.ReadDir(filepath.Dir(kept(t)))
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing else is left there")

	code, _, errOut = tm.run(t, sitePassword, "login")
	require.Zero(t, code, errOut, "where and who is known from the last time")
	code, out, _ = tm.run(t, "", "logout")
	require.Zero(t, code)
	require.Equal(t, "Logged out at "+s.URL+".\n", out)
	require.NoFileExists(t, kept(t))
	_, out, _ = tm.run(t, "", "logout")
	require.Equal(t, "You were not logged in.\n", out)
}

func TestALoginThatFailsKeepsNothing(t *testing.T) {
	s := newSite(t, nil)
	for _, tt := range []struct {
		args  []string
		stdin string
		code  int
		want  string
	}{
		{[]string{"--url", s.URL, "--user", "acme"}, "wrong s3cret", 1, "cannot log in at " + s.URL + " as acme: invalid Password"},
		{[]string{"--url", s.URL, "--user", "acme"}, "\n", 1, "there is no password: it is the first line of the standard input"},
		{[]string{"--url", s.URL}, sitePassword, 2, "--user is needed where nobody can be asked"},
		{[]string{"--user", "acme"}, sitePassword, 2, "say where the service is: chattigo login --url https://api.example.com"},
		{[]string{"--url", "http://x.example", "--user", "acme"}, sitePassword, 1, "http://x.example would carry the password and the token where others can read them: use https (plain http is spoken with this machine only)"},
		{[]string{"--url", "https://acme:s3cret@x.example"}, sitePassword, 1, "the URL of the service must hold no user, no password, no query and no fragment"},
	} {
		code, out, errOut := newTerminal(t).run(t, tt.stdin, append([]string{"login"}, tt.args...)...)
		require.Equal(t, "chattigo: "+tt.want+"\n", errOut)
		require.Equal(t, tt.code, code)
		require.Empty(t, out)
		require.NotContains(t, errOut, "s3cret")
	}
	require.NoFileExists(t, kept(t))
}

func TestAServerThatIsNoneOfOursGivesNoToken(t *testing.T) {
	home(t)
	for body, want := range map[string]string{
		"{}":     "the answer holds no access_token; is this the URL of the service?",
		"<html>": "something that is no such JSON",
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
		code, _, errOut := newTerminal(t).run(t, sitePassword, "login", "--url", server.URL, "--user", "acme")
		server.Close()
		require.Equal(t, 1, code)
		require.Contains(t, errOut, want)
		require.NoFileExists(t, kept(t))
	}
}

func TestALoginThatOthersCanReadIsNotUsed(t *testing.T) {
	s := newSite(t, map[string]answer{"GET /bots?limit=20": {body: `{"bots":[]}`}})
	tm := newTerminal(t)
	_, _, _ = tm.run(t, sitePassword, "login", "--url", s.URL, "--user", "acme")
	for _, mode := range []os.FileMode{0o640, 0o604, 0o644, 0o660} {
		require.NoError(t, os.Chmod(kept(t), mode))
		code, _, errOut := tm.run(t, "", "bot", "list")
		require.Equal(t, 1, code)
		require.Contains(t, errOut, "others can read the token in "+kept(t)+" (mode "+fmt.Sprintf("%04o", mode)+")")
		require.Contains(t, errOut, "run `chattigo login` again")
		require.NotContains(t, errOut, siteToken)
	}
	code, _, errOut := tm.run(t, sitePassword, "login", "--url", s.URL, "--user", "acme")
	require.Zero(t, code, errOut)
	code, _, errOut = tm.run(t, "", "bot", "list")
	require.Zero(t, code, errOut)
}

func TestALoginThatCannotBeUsed(t *testing.T) {
	s := newSite(t, nil)
	path := kept(t)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	for name, tt := range map[string]struct{ text, want string }{
		"expired":       {`{"url":"` + s.URL + `","user":"acme","token":"` + siteToken + `","expiresAt":"2026-03-10T10:00:00Z"}`, "your login at " + s.URL + " has expired, because a token lives 8 hours: run `chattigo login` again"},
		"cut off":       {`{"url":"` + s.URL + `","user":"acme","token":"` + siteToken, path + " is not what `chattigo login` wrote: run it again"},
		"without token": {`{"url":"` + s.URL + `"}`, path + " is not what `chattigo login` wrote: run it again"},
		"ended early":   {`{"url":"` + s.URL + `","user":"acme","token":"zzz","expiresAt":"2999-03-10T10:00:00Z"}`, "JWT was invalid: run `chattigo login` again"},
	} {
		require.NoError(t, os.WriteFile(path, []byte(tt.text), 0o600))
		code, _, errOut := newTerminal(t).run(t, "", "bot", "list")
		require.Equal(t, 1, code, name)
		require.Equal(t, "chattigo: "+tt.want+"\n", errOut, name)
	}
}

func TestATokenInTheEnvironmentIsNamedAtTheLogin(t *testing.T) {
	s := newSite(t, nil)
	_, out, _ := s.terminal(t).run(t, sitePassword, "login", "--user", "acme")
	require.Contains(t, out, "Logged in at "+s.URL+" as acme.")
	require.Contains(t, out, "CHATTIGO_TOKEN is set, and goes before this login.\n")
}
