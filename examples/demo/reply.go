package main

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// closeNotice is the notice that ends every chat, byte for byte as the ISVs' documentation gives it.
const closeNotice = `{"chatBeenClosed":{"closed":true,"message":"El chat finalizo"}}`

// reply is one delivery in the sample ISV's list.
type reply struct {
	Index   int64             `json:"index"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

// conversation checks the replies of one conversation as they come.
type conversation struct {
	id     string
	seen   map[string]bool
	last   int
	closed bool
}

// messages is how many messages the bot sent, the notice not counted.
func (c *conversation) messages() int {
	if c.closed {
		return c.last - 1
	}
	return c.last
}

// accept checks that a reply is the next one. It returns false for a duplicate, which at-least-once
// delivery allows.
func (c *conversation) accept(r reply, contact string) (bool, error) {
	id := r.Headers["webhook-id"]
	if id == "" {
		return false, fmt.Errorf("a delivery came without a webhook-id: %s", r.Body)
	}
	if c.seen[id] {
		return false, nil
	}
	if c.closed {
		return false, fmt.Errorf("after the close notice this came: %s", r.Body)
	}
	if err := c.checkOrder(r); err != nil {
		return false, err
	}
	if string(r.Body) == closeNotice {
		c.closed = true
	} else if err := checkMessage(r, contact); err != nil {
		return false, err
	}
	if c.seen == nil {
		c.seen = make(map[string]bool)
	}
	c.seen[id] = true
	return true, nil
}

// checkOrder checks that the sequence numbers are 1, 2, 3 … within one conversation. The notice has
// the last one.
func (c *conversation) checkOrder(r reply) error {
	if c.id == "" {
		c.id = r.Headers["chattigo-conversation"]
	}
	if got := r.Headers["chattigo-conversation"]; got == "" || got != c.id {
		return fmt.Errorf("a reply belongs to the conversation %q, not to %q", got, c.id)
	}
	sequence, err := strconv.Atoi(r.Headers["chattigo-sequence"])
	if err != nil {
		return fmt.Errorf("a reply has the chattigo-sequence %q, which is no number", r.Headers["chattigo-sequence"])
	}
	if sequence != c.last+1 {
		return fmt.Errorf("reply number %d came where number %d was due", sequence, c.last+1)
	}
	c.last = sequence
	return nil
}

// checkMessage checks that a reply is a WhatsApp message for the contact, which an ISV can post to the
// Cloud API unchanged.
func checkMessage(r reply, contact string) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(r.Body, &fields); err != nil {
		return fmt.Errorf("a reply is not a JSON object: %s", r.Body)
	}
	message := r.message()
	switch {
	case message.Product != "whatsapp":
		return fmt.Errorf(`a reply has no "messaging_product":"whatsapp": %s`, r.Body)
	case message.To != contact:
		return fmt.Errorf("a reply is for %q, not for %s", message.To, contact)
	case message.Type == "" || fields[message.Type] == nil:
		return fmt.Errorf("a reply has no content of its type %q: %s", message.Type, r.Body)
	}
	return nil
}
