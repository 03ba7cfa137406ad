package main

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/chattigo/api-isv/cmd/chattigo/client"
)

// The variables that go before a login; package config leaves them to the commands.
const (
	variableURL   = "CHATTIGO_URL"
	variableToken = "CHATTIGO_TOKEN"
)

// withServer lends a client of the server that the person is logged in at.
func (p *program) withServer(do func(*client.Client) error) error {
	options, err := p.access()
	if err != nil {
		return err
	}
	options.UserAgent, options.Waiting = userAgent(), p.sayWaiting
	server, err := client.New(options)
	if err != nil {
		return err
	}
	defer server.Close()
	return do(server)
}

// access says which server to speak to, and with which token: those of the environment, or those of
// the login. A token is for one server, so that it is never combined with the URL of another.
func (p *program) access() (client.Options, error) {
	url, token := p.environ[variableURL], strings.TrimSpace(p.environ[variableToken])
	switch {
	case token != "" && url == "":
		return client.Options{}, fmt.Errorf("%s needs %s beside it: a token is for one server", variableToken, variableURL)
	case token != "":
		return client.Options{URL: url, Token: token, Renew: "a token lives 8 hours; put a new one into " + variableToken}, nil
	}
	file, err := loginFile()
	if err != nil {
		return client.Options{}, err
	}
	l, err := readLogin(file)
	switch {
	case errors.Is(err, errNoLogin):
		return client.Options{}, fmt.Errorf("you are not logged in: run `chattigo login`, or set %s and %s", variableURL, variableToken)
	case err != nil:
		return client.Options{}, err
	case !isAt(l, url):
		return client.Options{}, fmt.Errorf("%s is not where you are logged in, which is %s: run `chattigo login` again", variableURL, l.URL)
	case !time.Now().Before(l.ExpiresAt):
		return client.Options{}, fmt.Errorf("your login at %s has expired, because a token lives 8 hours: run `chattigo login` again", l.URL)
	}
	return client.Options{URL: l.URL, Token: l.Token, Renew: "run `chattigo login` again"}, nil
}

// isAt reports whether a login is one at a URL; an empty one is any.
func isAt(l login, url string) bool {
	if url == "" {
		return true
	}
	u, err := client.ParseURL(url)
	return err == nil && u.String() == l.URL
}

// sayWaiting tells the person why nothing happens.
func (p *program) sayWaiting(wait time.Duration, why string) {
	_, _ = fmt.Fprintf(p.stderr, "chattigo: %s; trying again in %s\n", why, wait)
}

func userAgent() string {
	return fmt.Sprintf("chattigo/%s (%s/%s)", buildVersion(), runtime.GOOS, runtime.GOARCH)
}
