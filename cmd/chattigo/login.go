package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/chattigo/api-isv/cmd/chattigo/client"
)

// tokenLife is how long the token of a login is good for.
const tokenLife = 8 * time.Hour

type loginCommand struct {
	URL  string `name:"url" placeholder:"URL" help:"Where the service is, such as https://api.example.com. Without it CHATTIGO_URL, or where you logged in last."`
	User string `placeholder:"NAME" help:"The account's username. Without it that of the last login there, or you are asked."`
}

// Help is what --help shows above the flags.
func (loginCommand) Help() string {
	return `The commands that speak to a server (bot push, bot publish and the like) need an account of it:

  chattigo login --url https://api.example.com --user acme
  pass show chattigo/acme | chattigo login --url https://api.example.com --user acme

The password is asked for and not shown while you type it, or is the first line of the standard input. It is never an argument, and is not kept. What is kept is the token, in chattigo/login.json in your configuration folder, for you only. It lives 8 hours; after that, log in again.

A build server needs no login: CHATTIGO_URL and CHATTIGO_TOKEN go before it. docs/publishing-bots.md shows how to get a token with curl.

Plain http is spoken with this machine only.`
}

// Run logs in and keeps the token.
func (c loginCommand) Run(p *program) error {
	file, err := loginFile()
	if err != nil {
		return err
	}
	last, _ := readLogin(file) // one that cannot be read is written anew
	next, err := c.where(p, last)
	if err != nil {
		return err
	}
	password, err := p.readPassword(next)
	if err != nil {
		return err
	}
	if next.Token, err = p.requestToken(next, password); err != nil {
		return fmt.Errorf("cannot log in at %s as %s: %w", next.URL, next.User, err)
	}
	next.ExpiresAt = time.Now().Add(tokenLife).Truncate(time.Second)
	if err := next.write(file); err != nil {
		return err
	}
	p.printf("Logged in at %s as %s. The token lives 8 hours, until %s; it is kept in %s, for you only.\n",
		next.URL, next.User, next.ExpiresAt.Local().Format("15:04"), file)
	if p.environ[variableToken] != "" {
		p.printf("%s is set, and goes before this login.\n", variableToken)
	}
	return nil
}

// where is the server and the user of the login to come.
func (c loginCommand) where(p *program, last login) (login, error) {
	text := cmp.Or(c.URL, p.environ[variableURL], last.URL)
	if text == "" {
		return login{}, &usageError{"say where the service is: chattigo login --url https://api.example.com"}
	}
	u, err := client.ParseURL(text)
	if err != nil {
		return login{}, err
	}
	next := login{URL: u.String(), User: c.User}
	if next.User == "" && next.URL == last.URL {
		next.User = last.User
	}
	if next.User != "" {
		return next, nil
	}
	if _, ok := p.terminal(); !ok {
		return login{}, &usageError{"--user is needed where nobody can be asked"}
	}
	_, _ = fmt.Fprintf(p.stderr, "User at %s: ", next.URL)
	typed, err := bufio.NewReader(p.stdin).ReadString('\n')
	if next.User = strings.TrimSpace(typed); next.User == "" {
		return login{}, errors.Join(errors.New("no user was named"), err)
	}
	return next, nil
}

// readPassword asks for a password, or reads it from what is no terminal.
func (p *program) readPassword(at login) (string, error) {
	password, ok, err := p.askHidden(fmt.Sprintf("Password of %s at %s (not shown): ", at.User, at.URL))
	if !ok {
		password, err = readLine(p.stdin)
	}
	if err == nil && password == "" {
		err = errors.New("there is no password: it is the first line of the standard input")
	}
	return password, err
}

// requestToken asks the server for a token.
func (p *program) requestToken(at login, password string) (string, error) {
	server, err := client.New(client.Options{URL: at.URL, UserAgent: userAgent(), Waiting: p.sayWaiting})
	if err != nil {
		return "", err
	}
	defer server.Close()
	body, err := json.Marshal(map[string]string{"username": at.User, "password": password})
	if err != nil {
		return "", err
	}
	var answer struct {
		Token string `json:"access_token"`
	}
	r := client.Request{Method: http.MethodPost, Path: []string{"login"}, Body: body, Repeatable: true}
	if err := server.JSON(p.ctx, r, &answer); err != nil {
		return "", err
	}
	if answer.Token == "" {
		return "", errors.New("the answer holds no access_token; is this the URL of the service?")
	}
	return answer.Token, nil
}

type logoutCommand struct{}

// Help is what --help shows above the flags.
func (logoutCommand) Help() string {
	return `Forgets the token that chattigo login has kept on this machine. The token itself ends 8 hours after the login; an operator who runs chattigo account passwd ends it at once.`
}

// Run forgets the token.
func (logoutCommand) Run(p *program) error {
	file, err := loginFile()
	if err != nil {
		return err
	}
	last, _ := readLogin(file) // whatever is in it goes
	gone, err := removeLogin(file)
	switch {
	case err != nil:
		return err
	case !gone:
		p.printf("You were not logged in.\n")
	case last.URL == "":
		p.printf("Logged out.\n")
	default:
		p.printf("Logged out at %s.\n", last.URL)
	}
	return nil
}
