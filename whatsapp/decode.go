package whatsapp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/chattigo/api-isv/whatsapp/internal/jsonwalk"
)

// Object is the field `object` of every webhook of the Cloud API.
const Object = "whatsapp_business_account"

const (
	// maxUpdates bounds the messages, statuses and the like of one body. Meta batches at
	// most 1000 updates; a chunk of history may hold more.
	maxUpdates = 20_000
	// maxValues bounds the JSON values of one body, so that a few megabytes of empty
	// elements cannot become gigabytes of structs. 3 MB of real traffic hold about 100,000.
	maxValues = 250_000
)

// DecodeError says why a body is no WhatsApp webhook at all.
type DecodeError struct {
	// Message is one sentence for the sender of the body; it holds nothing of the body.
	Message string
	// Err is the cause, nil when the message says it all. It may quote a byte of the body.
	Err error
}

func (e *DecodeError) Error() string { return e.Message }

func (e *DecodeError) Unwrap() error { return e.Err }

// Decode reads the body of a webhook. It fails, always with a *DecodeError, only for what
// is not one JSON object with `object` "whatsapp_business_account", or holds more than any
// webhook does. Everything else is decoded as far as it can be read: a part of the wrong
// shape is skipped, and the Problem of its message, status or value says so.
//
// The Raw parts of the result are parts of body, which must not be changed afterwards.
func Decode(body []byte) (*Webhook, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) // some relays send a byte order mark
	body = jsonwalk.ValidUTF8(body)
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, &DecodeError{Message: "the body is empty; the JSON of a WhatsApp webhook is expected"}
	}
	if !json.Valid(body) {
		return nil, notJSON(body)
	}
	if tooMany(body) {
		return nil, &DecodeError{Message: fmt.Sprintf("the body holds more than %d JSON values", maxValues)}
	}
	c := newCursor(body)
	if c.Peek() != '{' {
		return nil, &DecodeError{Message: "the body is not a JSON object; a WhatsApp webhook is expected"}
	}
	w := &Webhook{}
	var object json.RawMessage
	c.Object(func(key []byte) {
		switch string(key) {
		case "object":
			object = c.Value()
		case "entry":
			c.Array(func() { c.entry(w) })
		default:
			c.Skip()
		}
	})
	if err := checkObject(object); err != nil {
		return nil, err
	}
	if c.updates > maxUpdates {
		return nil, &DecodeError{Message: fmt.Sprintf("the body holds more than %d updates", maxUpdates)}
	}
	return w, nil
}

// tooMany counts the commas between values. Those inside of strings are only told apart
// when there are enough of them to matter.
func tooMany(body []byte) bool {
	if bytes.Count(body, []byte(",")) <= maxValues {
		return false
	}
	count := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			i = jsonwalk.EndOfString(body, i) - 1
		case ',':
			count++
		}
	}
	return count > maxValues
}

// notJSON explains why a body is no JSON. Senders who concatenate bodies are told so.
func notJSON(body []byte) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	var first json.RawMessage
	cause := json.Unmarshal(body, &first)
	if err := dec.Decode(&first); err == nil {
		return &DecodeError{Message: "the body holds more than one JSON document; send one webhook at a time", Err: cause}
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](cause); ok {
		return &DecodeError{Message: fmt.Sprintf("the body is not valid JSON (at byte %d)", syntax.Offset), Err: cause}
	}
	return &DecodeError{Message: "the body is not valid JSON", Err: cause}
}

func checkObject(object json.RawMessage) error {
	if string(object) == `"`+Object+`"` {
		return nil
	}
	var name string
	switch {
	case len(object) == 0 || string(object) == "null":
		return &DecodeError{Message: `the field "object" is missing; a WhatsApp webhook has "` + Object + `" there`}
	case json.Unmarshal(object, &name) != nil || name != Object:
		return &DecodeError{Message: `the field "object" must be "` + Object + `"`}
	}
	return nil
}

// entry reads one element of entry[]. Its time may stand behind its changes.
func (c *cursor) entry(w *Webhook) {
	first := len(w.Values)
	var at FlexInt
	c.Object(func(key []byte) {
		switch string(key) {
		case "time":
			at = c.integer()
		case "changes":
			c.Array(func() { c.change(w) })
		default:
			c.Skip()
		}
	})
	for i := first; i < len(w.Values); i++ {
		w.Values[i].Time = unixTime(at)
	}
}

// change reads one element of changes[], also one that has no value.
func (c *cursor) change(w *Webhook) {
	if c.full() {
		c.Skip()
		return
	}
	var v Value
	isObject := c.Object(func(key []byte) {
		switch string(key) {
		case "field":
			c.text("", &v.Field)
		case "value":
			c.decodeValue(&v)
		default:
			c.Skip()
		}
	})
	if isObject {
		w.Values = append(w.Values, v)
	}
}

// full counts one more update, and reports whether it is one too many.
func (c *cursor) full() bool {
	c.updates++
	return c.updates > maxUpdates
}
