package bridge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const (
	// tokenLife is for how long a token is used: it lives 8 hours.
	tokenLife = 7 * time.Hour
	// loginEvery is how often a login is tried at most after one that was refused.
	loginEvery = 5 * time.Second
	// requestTimeout bounds one request to the API, which gives a POST 20 s.
	requestTimeout = 30 * time.Second
	keySetTimeout  = 5 * time.Second
	// maxReply bounds what is read of the API's replies, in bytes.
	maxReply = 64 << 10
)

// reply is the API's response. Reason is the sentence of an error.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (r reply) reason() string {
	var said struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(r.body, &said) != nil {
		return ""
	}
	return said.Message
}

// errLogin is a login that the API refused.
type errLogin struct {
	reply
}

func (e errLogin) Error() string {
	return fmt.Sprintf("the login was answered with %d", e.status)
}

// client calls Chattigo's API with a token that it renews. It is safe for concurrent use.
type client struct {
	base           string
	user, password string
	http           *http.Client
	now            func() time.Time

	// mu is held during a login, so that one request logs in for all.
	mu     sync.Mutex
	token  string
	until  time.Time
	failed error
	again  time.Time
}

// call makes a request with a token. If the token is refused, it makes the request once more with a new
// one.
func (c *client) call(ctx context.Context, method, path string, body []byte) (reply, error) {
	token, err := c.logIn(ctx, "")
	if err != nil {
		return reply{}, err
	}
	found, err := c.send(ctx, method, path, token, body)
	if err != nil || found.status != http.StatusUnauthorized {
		return found, err
	}
	if token, err = c.logIn(ctx, token); err != nil {
		return reply{}, err
	}
	return c.send(ctx, method, path, token, body)
}

// logIn returns a token that is none of refused, and logs in if there is none.
func (c *client) logIn(ctx context.Context, refused string) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if c.token != "" && c.token != refused && now.Before(c.until) {
		return c.token, nil
	}
	if c.failed != nil && now.Before(c.again) {
		return "", c.failed
	}
	token, err := c.requestToken(ctx)
	c.failed = nil
	if _, refused := errors.AsType[errLogin](err); refused {
		c.failed, c.again = err, now.Add(loginEvery)
	}
	if err != nil {
		return "", err
	}
	c.token, c.until = token, now.Add(tokenLife)
	return token, nil
}

func (c *client) requestToken(ctx context.Context) (string, error) {
	body, err := json.Marshal(map[string]string{"username": c.user, "password": c.password})
	if err != nil {
		return "", err
	}
	found, err := c.send(ctx, http.MethodPost, "/login", "", body)
	if err != nil {
		return "", err
	}
	var granted struct {
		Token string `json:"access_token"`
	}
	if found.status != http.StatusOK || json.Unmarshal(found.body, &granted) != nil || granted.Token == "" {
		return "", errLogin{found}
	}
	return granted.Token, nil
}

// send makes one request.
func (c *client) send(ctx context.Context, method, path, token string, body []byte) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body)) //nolint:gosec // the address is a setting
	if err != nil {
		return reply{}, errors.New("no request can be made")
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", token)
	}
	response, err := c.http.Do(request) //nolint:gosec // the address is a setting
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(io.LimitReader(response.Body, maxReply))
	return reply{response.StatusCode, response.Header, read}, err
}

// keySet loads the public keys beside the one with that id.
func (c *client) keySet(ctx context.Context, kid string) (status int, body []byte, err error) {
	ctx, cancel := context.WithTimeout(ctx, keySetTimeout)
	defer cancel()
	found, err := c.send(ctx, http.MethodGet, "/.well-known/jwks.json?kid="+url.QueryEscape(kid), "", nil)
	return found.status, found.body, err
}
