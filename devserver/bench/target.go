package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/chattigo/api-isv/devserver/stack"
)

// target is something that takes messages over HTTP and posts the replies to the receiver.
type target struct {
	name string
	// url takes the messages, with the token.
	url, token string
	// waID and phoneNumberID are those of the channel that the messages are sent to.
	waID, phoneNumberID string
	client              *http.Client
}

const (
	// postTimeout is that of an ISV that is patient; the API answers within 20 s.
	postTimeout = 30 * time.Second
	// connections is how many the load may have open to one target.
	connections = 400
)

func newTarget(name, url, token string) *target {
	return &target{name: name, url: url, token: token, waID: stack.DemoWaID, phoneNumberID: stack.DemoPhoneNumberID, client: &http.Client{
		Timeout:   postTimeout,
		Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections},
	}}
}

// post hands over one text under an id, as Meta's webhook has it, and returns when it was accepted. A refusal
// for now (429 or 503) is tried again until ctx ends.
func (t *target) post(ctx context.Context, contact, text, id string) error {
	body, err := json.Marshal(t.inbound(contact, text, id))
	if err != nil {
		return err
	}
	for {
		status, err := t.send(ctx, body)
		switch {
		case err != nil:
			return err
		case status == http.StatusOK:
			return nil
		case status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable:
			return fmt.Errorf("%s answered %d to a message", t.name, status)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (t *target) send(ctx context.Context, body []byte) (status int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", t.token)
	response, err := t.client.Do(request)
	if err != nil {
		return 0, err
	}
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// inbound is the webhook body of one text.
func (t *target) inbound(contact, text, id string) map[string]any {
	return map[string]any{
		"object": "whatsapp_business_account",
		"entry": []any{map[string]any{"id": "1", "changes": []any{map[string]any{"field": "messages", "value": map[string]any{
			"messaging_product": "whatsapp",
			"metadata":          map[string]string{"display_phone_number": t.waID, "phone_number_id": t.phoneNumberID},
			"contacts":          []any{map[string]any{"wa_id": contact, "profile": map[string]string{"name": "Ana"}}},
			"messages": []any{map[string]any{
				"from": contact, "id": "wamid." + id, "timestamp": strconv.FormatInt(time.Now().Unix(), 10),
				"type": "text", "text": map[string]string{"body": text},
			}},
		}}}}},
	}
}
