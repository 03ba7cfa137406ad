package whatsapp

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Object is what a webhook of the Cloud API says in its field `object`.
const Object = "whatsapp_business_account"

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
// is not one JSON object with `object` "whatsapp_business_account". Everything else is
// taken as far as it can be read: what has the wrong shape is skipped, and the Problem of
// its message, status or value says so.
func Decode(body []byte) (*Webhook, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) // some relays send a byte order mark
	if !utf8.Valid(body) {
		body = bytes.ToValidUTF8(body, []byte("\uFFFD")) // raw parts are stored as text later
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, &DecodeError{Message: "the body is empty; the JSON of a WhatsApp webhook is expected"}
	}
	var env envelope
	if err := json.Unmarshal(body, &env); err != nil {
		// A part of the wrong type is skipped by encoding/json and by us.
		if _, ok := errors.AsType[*json.UnmarshalTypeError](err); !ok {
			return nil, notJSON(body, err)
		}
	}
	if err := checkObject(body, env.Object); err != nil {
		return nil, err
	}
	return env.webhook(), nil
}

type envelope struct {
	Object json.RawMessage `json:"object"`
	Entry  []struct {
		ID      json.RawMessage `json:"id"`
		Changes []struct {
			Field string          `json:"field"`
			Value json.RawMessage `json:"value"`
		} `json:"changes"`
	} `json:"entry"`
}

// notJSON tells a second document from plain nonsense: senders who concatenate bodies
// need to hear which of the two it is.
func notJSON(body []byte, cause error) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	var first json.RawMessage
	if err := dec.Decode(&first); err == nil {
		return &DecodeError{Message: "the body holds more than one JSON document; send one webhook at a time", Err: cause}
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](cause); ok {
		return &DecodeError{Message: fmt.Sprintf("the body is not valid JSON (at byte %d)", syntax.Offset), Err: cause}
	}
	return &DecodeError{Message: "the body is not valid JSON", Err: cause}
}

func checkObject(body []byte, object json.RawMessage) error {
	var name string
	switch {
	case bytes.TrimSpace(body)[0] != '{':
		return &DecodeError{Message: "the body is not a JSON object; a WhatsApp webhook is expected"}
	case len(object) == 0 || string(object) == "null":
		return &DecodeError{Message: `the field "object" is missing; a WhatsApp webhook has "` + Object + `" there`}
	case json.Unmarshal(object, &name) != nil || name != Object:
		return &DecodeError{Message: `the field "object" must be "` + Object + `"`}
	}
	return nil
}

func (env *envelope) webhook() *Webhook {
	w := &Webhook{}
	for _, entry := range env.Entry {
		for _, change := range entry.Changes {
			v := decodeValue(change.Value)
			lenient(entry.ID, &v.Account)
			v.Field = change.Field
			w.Values = append(w.Values, v)
		}
	}
	return w
}

type rawValue struct {
	Product  json.RawMessage   `json:"messaging_product"`
	Metadata json.RawMessage   `json:"metadata"`
	Contacts json.RawMessage   `json:"contacts"`
	Messages []json.RawMessage `json:"messages"`
	Statuses []json.RawMessage `json:"statuses"`
	Errors   json.RawMessage   `json:"errors"`
}

// decodeValue reads each part on its own, so that one that is broken costs no other.
func decodeValue(raw json.RawMessage) Value {
	v := Value{Raw: raw}
	var parts rawValue
	if len(raw) > 0 {
		v.Problem = describe(json.Unmarshal(raw, &parts))
	}
	lenient(parts.Product, &v.Product)
	v.note("metadata", lenient(parts.Metadata, &v.Metadata))
	v.note("contacts", lenient(parts.Contacts, &v.Contacts))
	v.note("errors", lenient(parts.Errors, &v.Errors))
	for _, m := range parts.Messages {
		v.Messages = append(v.Messages, DecodeMessage(m))
	}
	for _, s := range parts.Statuses {
		v.Statuses = append(v.Statuses, decodeStatus(s))
	}
	return v
}

func (v *Value) note(part, problem string) {
	if problem != "" && v.Problem == "" {
		v.Problem = part + ": " + problem
	}
}

func decodeStatus(raw json.RawMessage) Status {
	type fields Status
	var wire struct {
		fields
		Timestamp FlexInt `json:"timestamp"`
	}
	problem := lenient(raw, &wire)
	s := Status(wire.fields)
	s.Timestamp, s.Raw, s.Problem = unixTime(wire.Timestamp), raw, problem
	return s
}
