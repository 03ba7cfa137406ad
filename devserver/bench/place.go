package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"go.temporal.io/sdk/client"

	"github.com/chattigo/api-isv/devserver/stack"
)

// Place is where the service runs that is measured.
type Place struct {
	// Name says which engine and which database, for the report.
	Name string
	// API is the base of the routes, without a slash at its end.
	API      string
	Temporal client.Client
	// Database is the URL of the service's database.
	Database string
	// Processes are the ids of the processes by name; nil where all is one process, this one.
	Processes func() map[string]int
	// Metrics are the URLs of the metrics of the service's processes, by name.
	Metrics map[string]string
}

// endWord is the text that ends a conversation.
const endWord = "fin"

// bot echoes every text: one reply to each message, as the rivals send.
const bot = `bot: v1
name: eco
start: eco
triggers:
  - {text: {any: [` + endWord + `]}, interrupt: true, to: fin}
states:
  fin: {close: {reason: fin}}
  eco:
    say: ["` + echo + `${input.text}"]
    ask: {as: text, to: eco}
`

// site is a place with everything that is compared there.
type site struct {
	place    Place
	receiver *receiver
	rivals   *rivals
	load     *load
	ours     *target
	plain    *target
	floor    *target
	// floorKnown is the floor whose server signals the run that it knows.
	floorKnown *target
}

// open puts the bot on the demo channel, with the receiver as its webhook, and starts the rivals.
func open(ctx context.Context, place Place) (s *site, err error) {
	s = &site{place: place}
	if s.receiver, err = newReceiver(ctx); err != nil {
		return nil, err
	}
	s.load = &load{receiver: s.receiver}
	if s.rivals, err = startRivals(ctx, place.Temporal, s.receiver.url()); err != nil {
		return nil, errors.Join(err, s.receiver.stop())
	}
	token, err := s.publish(ctx)
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	s.ours = newTarget("ours", place.API+"/webhooks/inbound", token)
	s.plain = s.rivals.target("plain", plainQueue)
	s.floor = s.rivals.target("floor", floorQueue)
	s.floorKnown = s.rivals.target("floor, known run", knownRun+floorQueue)
	return s, nil
}

func (s *site) close() error { return errors.Join(s.rivals.stop(), s.receiver.stop()) }

// targets have workflows of their own.
func (s *site) targets() []*target { return []*target{s.ours, s.plain, s.floor} }

// compared are those whose speed is compared.
func (s *site) compared() []*target { return append(s.targets(), s.floorKnown) }

// publish logs in and makes the echo live on the demo channel; it returns the token.
func (s *site) publish(ctx context.Context) (token string, err error) {
	token, err = s.login(ctx, stack.DemoAccount)
	if err != nil {
		return "", err
	}
	for _, step := range []struct {
		method, path, kind string
		body               []byte
	}{
		{http.MethodPatch, "/webhooks/outbound", "application/json", jsonOf(map[string]string{"waId": stack.DemoWaID, "externalWebhookIsvBot": s.receiver.url()})},
		{http.MethodPut, "/bots/eco", "application/yaml", []byte(bot)},
		{http.MethodPut, "/channels/" + stack.DemoWaID + "/bot", "application/json", jsonOf(map[string]string{"bot": "eco"})},
	} {
		if err := s.call(ctx, step.method, step.path, token, step.kind, step.body, nil); err != nil {
			return "", err
		}
	}
	return token, nil
}

// login returns a token of an account, which must have the demo's password.
func (s *site) login(ctx context.Context, account string) (token string, err error) {
	var login struct {
		Token string `json:"access_token"`
	}
	err = s.call(ctx, http.MethodPost, "/login", "", "application/json",
		jsonOf(map[string]string{"username": account, "password": stack.DemoPassword}), &login)
	return login.Token, err
}

func jsonOf(v map[string]string) []byte {
	body, _ := json.Marshal(v) // texts cannot fail
	return body
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 1 << 20

func (s *site) call(ctx context.Context, method, path, token, kind string, body []byte, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, s.place.API+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", kind)
	if token != "" {
		request.Header.Set("Authorization", token)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err := errors.Join(err, response.Body.Close()); err != nil {
		return err
	}
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s answered %d: %s", method, path, response.StatusCode, answer)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}
