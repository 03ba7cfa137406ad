package bridge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// maxMessage bounds what Chattigo sends, in bytes: far above the longest WhatsApp message.
const maxMessage = 1 << 20

// receive answers POST /chattigo: a message of the bot's goes to Graph, and Graph's answer back. A notice
// that the chat was closed is for us.
func (b *Bridge) receive(w http.ResponseWriter, r *http.Request) {
	body, done, ok := b.readJSON(w, r, maxMessage)
	defer done()
	if !ok {
		return
	}
	id, err := b.keys.verify(r.Context(), r.Header, body)
	switch {
	case errors.Is(err, errNoKeys):
		b.log.ErrorContext(r.Context(), "the keys of Chattigo cannot be loaded; is BRIDGE_WEBHOOK_KEY_ID one that signs?")
		unavailable(w, "")
		return
	case err != nil:
		refuse(w, http.StatusUnauthorized, err.Error())
		return
	}
	m, err := parseMessage(body)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	if m.test {
		b.log.InfoContext(r.Context(), "Chattigo tests the webhook")
		respond(w, http.StatusOK, "application/json", []byte(`{}`))
		return
	}
	b.pass(w, r, id, m)
}

// pass posts a message once and answers with what came of it.
func (b *Bridge) pass(w http.ResponseWriter, r *http.Request, id string, m message) {
	conversation, waID := cutAt(r.Header.Get("Chattigo-Conversation")), r.Header.Get("Chattigo-Wa-Id")
	log := b.log.With("message", id, "conversation", conversation)
	found, repeated, err := b.answers.do(r.Context(), id, func(ctx context.Context) (answer, error) {
		switch {
		case m.event != "":
			log.InfoContext(ctx, "event", "type", cutAt(m.event))
		case m.closes:
			log.InfoContext(ctx, "the chat was closed", "with_message", m.body != nil)
		}
		if m.body == nil {
			return answer{Status: http.StatusOK, Body: []byte(`{}`), Final: true}, nil
		}
		return b.post(ctx, waID, m.body)
	})
	switch {
	case errors.Is(err, errBusy), r.Context().Err() != nil: // or nobody is there to be answered
		unavailable(w, "")
	case err != nil:
		log.WarnContext(r.Context(), "a message could not be sent", "error", withoutURL(err))
		refuse(w, http.StatusBadGateway, "Graph cannot be reached")
	default:
		log.InfoContext(r.Context(), "message", "status", found.Status, "repeated", repeated)
		found.write(w)
	}
}

// errBusy says that as much is being read or sent as may be at once.
var errBusy = errors.New("too much at once")

// post sends a message from the number of its channel.
func (b *Bridge) post(ctx context.Context, waID string, body []byte) (answer, error) {
	select {
	case b.senders <- struct{}{}:
		defer func() { <-b.senders }()
	default:
		return answer{}, errBusy
	}
	number, err := b.numbers.of(ctx, waID)
	if err != nil {
		return answer{}, fmt.Errorf("find the number of the channel: %w", err)
	}
	return b.graph.send(ctx, number, body)
}

// message is what Chattigo sent.
type message struct {
	// body is what goes to Graph; nil for a notice alone and for an event.
	body []byte
	// closes is set by a notice, alone or merged with the last message.
	closes bool
	// event is the type of an event, for an ISV whose eventsUrl is the address of its webhook.
	event string
	// test is set for what POST /webhooks/outbound/test sends.
	test bool
}

// parseMessage takes the notice out of a body, which otherwise stays as it is, byte for byte.
func parseMessage(body []byte) (message, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil || fields == nil {
		return message{}, errors.New("the body is not a JSON object")
	}
	if _, test := fields["chattigoTest"]; test {
		return message{test: true}, nil
	}
	if event := eventType(fields); event != "" {
		return message{event: event}, nil
	}
	if _, closes := fields["chatBeenClosed"]; !closes {
		return message{body: body}, nil
	}
	delete(fields, "chatBeenClosed")
	if len(fields) == 0 {
		return message{closes: true}, nil
	}
	var rest bytes.Buffer
	encoder := json.NewEncoder(&rest)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(fields); err != nil {
		return message{}, fmt.Errorf("leave out the notice: %w", err)
	}
	return message{body: bytes.TrimSpace(rest.Bytes()), closes: true}, nil
}

// eventType returns the type of an event, {type, timestamp, data}; "" for anything else.
func eventType(fields map[string]json.RawMessage) (name string) {
	_, isMessage := fields["messaging_product"]
	_, hasData := fields["data"]
	if isMessage || !hasData || json.Unmarshal(fields["type"], &name) != nil {
		return ""
	}
	return name
}

// cutAt bounds a header's value for the log.
func cutAt(s string) string { return s[:min(len(s), 128)] }
