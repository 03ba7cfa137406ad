package bridge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"
)

// graphTimeout bounds one request to Graph. Chattigo gives an attempt 3 s the first time and 15 s
// afterwards; the repeat after the 3 s joins the request that is still running.
const graphTimeout = 12 * time.Second

// graph sends messages with the Graph API.
type graph struct {
	// base is the URL with the version.
	base  string
	token string
	http  *http.Client
}

// send posts one message from a number, and returns what Chattigo is to be answered. An error is one of
// the network: whether Graph has the message is not known.
func (g *graph) send(ctx context.Context, phoneNumberID string, body []byte) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, graphTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, g.base+"/"+phoneNumberID+"/messages", bytes.NewReader(body)) //nolint:gosec // a setting and digits
	if err != nil {
		return answer{}, errors.New("no request can be made")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+g.token)
	response, err := g.http.Do(request) //nolint:gosec // a setting and digits
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	read, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil && !isSuccess(response.StatusCode):
		return answer{}, err
	case err != nil || len(read) > maxAnswer:
		read = []byte(`{}`) // Graph has the message, whatever it says of it
		if !isSuccess(response.StatusCode) {
			return answer{}, errors.New("the answer is too large")
		}
	}
	return toAnswer(response.StatusCode, response.Header.Get("Retry-After"), read), nil
}

func isSuccess(status int) bool { return status >= 200 && status < 300 }

// Codes of Graph's errors that do not mean what their status says. Chattigo gives up a message that was
// answered with 400 after five attempts in a minute, and pauses or goes on trying with most others.
const (
	codePair = 131056 // too many messages to one person
	codeObj  = 33     // the number is not there, or not ours
)

// toAnswer returns Graph's own answer, with a status by which Chattigo does what Graph's error code asks
// for.
func toAnswer(status int, retryAfter string, body []byte) answer {
	a := answer{Status: status, Body: body, RetryAfter: retryAfter, Final: isSuccess(status)}
	var said struct {
		Error struct {
			Code      int  `json:"code"`
			Subcode   int  `json:"error_subcode"`
			Transient bool `json:"is_transient"`
		} `json:"error"`
	}
	_ = json.Unmarshal(body, &said) // what is no error of Graph's has the code 0, and keeps its status
	code := said.Error.Code
	switch {
	case status < 200 || status >= 300 && status < 400 || status == http.StatusGone:
		// No redirects are followed, and 410 would switch the webhook off.
		a.Status = http.StatusBadGateway
	case a.Final || code == 0:
	case isThrottling(code):
		a.Status = http.StatusTooManyRequests
	case status == http.StatusBadRequest && (isOfAccount(code) || said.Error.Subcode == codeObj):
		// The token or the number is wrong, not the message: it can be sent when that is mended.
		a.Status = http.StatusForbidden
	case status == http.StatusBadRequest && (said.Error.Transient || isTransient(code)):
		a.Status = http.StatusServiceUnavailable
	}
	if code == codePair {
		a.RetryAfter = "" // it would hold back the messages to everybody
	}
	return a
}

// isThrottling is for limits of the app, the account, the number and the pair.
func isThrottling(code int) bool {
	return slices.Contains([]int{4, 17, 32, 613, 80007, 130429, 131048, codePair, 131064, 133016}, code)
}

// isOfAccount is for tokens, permissions, and accounts and numbers that are blocked or not registered.
func isOfAccount(code int) bool {
	return slices.Contains([]int{3, 10, codeObj, 190, 368, 130497, 131005, 131031, 131042, 131045, 133010}, code) ||
		code >= 200 && code <= 299
}

func isTransient(code int) bool {
	return slices.Contains([]int{1, 2, 131000, 131016, 131057, 133004}, code)
}
