package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"syscall"
	"time"
)

// The account and the channel that `make run` adds.
const (
	username      = "demo"
	password      = "demo-password"
	waID          = "56900000001"
	phoneNumberID = "100000000000001"
)

// maxResponse bounds what is read of a response, in bytes.
const maxResponse = 16 << 20

// client speaks to the API as an ISV does, and reads the sample ISV's inbox.
type client struct {
	http       http.Client
	api, inbox string
	// webhook is where Chattigo posts to: the inbox, under whatever name Chattigo reaches it.
	webhook string
	token   string
	// after is the index of the last reply that was read.
	after int64
}

func newClient(api, inbox string) *client {
	return &client{http: http.Client{Timeout: 30 * time.Second}, api: api, inbox: inbox, webhook: inbox + "/"}
}

func (c *client) login(ctx context.Context) error {
	var answer struct {
		Access bool   `json:"access"`
		Token  string `json:"access_token"`
	}
	err := c.call(ctx, http.MethodPost, c.api+"/login", map[string]string{"username": username, "password": password}, &answer)
	if err == nil && (!answer.Access || answer.Token == "") {
		err = errors.New("POST /login answered 200 without a token")
	}
	c.token = answer.Token
	return err
}

// setWebhook makes the sample ISV the webhook of the channel.
func (c *client) setWebhook(ctx context.Context) error {
	sent := map[string]string{"waId": waID, "externalWebhookIsvBot": c.webhook}
	var answer map[string]string
	if err := c.call(ctx, http.MethodPatch, c.api+"/webhooks/outbound", sent, &answer); err != nil {
		return err
	}
	if answer["waId"] != sent["waId"] || answer["externalWebhookIsvBot"] != sent["externalWebhookIsvBot"] {
		return fmt.Errorf("PATCH /webhooks/outbound did not answer with what was sent, but with %v", answer)
	}
	return nil
}

// inbound posts a contact's message as Meta's webhook would.
func (c *client) inbound(ctx context.Context, contact string, message map[string]any) error {
	message["from"] = contact
	message["id"] = "wamid." + rand.Text()
	message["timestamp"] = strconv.FormatInt(time.Now().Unix(), 10)
	value := map[string]any{
		"messaging_product": "whatsapp",
		"metadata":          map[string]string{"display_phone_number": waID, "phone_number_id": phoneNumberID},
		"contacts":          []any{map[string]any{"wa_id": contact, "profile": map[string]string{"name": "Ana"}}},
		"messages":          []any{message},
	}
	body := map[string]any{
		"object": "whatsapp_business_account",
		"entry": []any{map[string]any{
			"id":      "1",
			"changes": []any{map[string]any{"field": "messages", "value": value}},
		}},
	}
	return c.call(ctx, http.MethodPost, c.api+"/webhooks/inbound", body, nil)
}

// replies returns what the sample ISV got for the contact since the last call.
func (c *client) replies(ctx context.Context, contact string) ([]reply, error) {
	query := url.Values{"contact": {contact}, "after": {strconv.FormatInt(c.after, 10)}}
	var found []reply
	if err := c.call(ctx, http.MethodGet, c.inbox+"/messages?"+query.Encode(), nil, &found); err != nil {
		return nil, err
	}
	if len(found) > 0 {
		c.after = found[len(found)-1].Index
	}
	return found, nil
}

// call sends a JSON body and reads a JSON response of status 200.
func (c *client) call(ctx context.Context, method, target string, body, into any) error {
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return err
		}
	}
	return c.do(ctx, method, target, "application/json", sent.Bytes(), into)
}

// do sends a body and reads a JSON response of status 200. Its errors are sentences for the person at
// the terminal.
func (c *client) do(ctx context.Context, method, target, contentType string, body []byte, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Authorization", c.token)
	response, err := c.http.Do(request)
	if errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("nothing listens on %s: start `make run` first", request.URL.Host)
	}
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // it was read to its end
	return readResponse(request, response, into)
}

func readResponse(request *http.Request, response *http.Response, into any) error {
	read, err := io.ReadAll(io.LimitReader(response.Body, maxResponse))
	if err != nil {
		return fmt.Errorf("%s %s: the answer ended early: %w", request.Method, request.URL.Path, err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s answered %d: %s", request.Method, request.URL.Path, response.StatusCode, bytes.TrimSpace(read))
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(read, into); err != nil {
		return fmt.Errorf("%s %s did not answer with the JSON expected: %w", request.Method, request.URL.Path, err)
	}
	return nil
}

func textMessage(text string) map[string]any {
	return map[string]any{"type": "text", "text": map[string]string{"body": text}}
}

// tapMessage is what comes of a tap on a button or on a row of a list.
func tapMessage(tapped choice) map[string]any {
	kind, reply := "button_reply", map[string]string{"id": tapped.ID, "title": tapped.Title}
	if tapped.row {
		kind = "list_reply"
		if tapped.Description != "" {
			reply["description"] = tapped.Description
		}
	}
	return map[string]any{"type": "interactive", "interactive": map[string]any{"type": kind, kind: reply}}
}

func pictureMessage() map[string]any {
	return map[string]any{"type": "image", "image": map[string]string{
		"id":        "1000000000000001",
		"mime_type": "image/jpeg",
		"sha256":    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
	}}
}
