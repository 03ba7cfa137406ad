package api

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
)

// object is a JSON object whose names are matched exactly; unknown ones are tolerated.
type object map[string]json.RawMessage

func decodeObject(body []byte) (object, error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) // some clients send a byte order mark
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, errBadRequest("the body is empty; it must be a JSON object")
	}
	if !json.Valid(body) {
		return nil, errBadRequest("the body is not valid JSON")
	}
	var o object
	if err := json.Unmarshal(body, &o); err != nil || o == nil {
		return nil, errBadRequest("the body must be a JSON object")
	}
	return o, nil
}

// decodeOptional is decodeObject for a body that may be missing: then it has no fields.
func decodeOptional(body []byte) (object, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return object{}, nil
	}
	return decodeObject(body)
}

// text is a field that is a string.
type text struct {
	name string
	into *string
}

// texts reads required fields that must not be empty; the error names the first bad one.
func (o object) texts(wanted ...text) error {
	for _, field := range wanted {
		raw, ok := o[field.name]
		if !ok {
			return errBadRequest(field.name + " is missing")
		}
		if err := field.read(raw); err != nil {
			return err
		}
		if *field.into == "" {
			return errBadRequest(field.name + " must not be empty")
		}
	}
	return nil
}

// optional reads a field that may be missing.
func (o object) optional(field text) error {
	raw, ok := o[field.name]
	if !ok {
		return nil
	}
	return field.read(raw)
}

// version reads the number of a version as it is written; it returns "" if the field is missing or null.
// A number that is too large names no version, and is no mistake of form.
func (o object) version(name string) (string, error) {
	raw, ok := o[name]
	if !ok || string(raw) == "null" {
		return "", nil
	}
	if !isWhole(raw) {
		return "", errBadRequest(name + " must be the number of a version, such as 3")
	}
	return string(raw), nil
}

// isWhole reports whether a text in JSON is a number from 1, however large.
func isWhole(raw json.RawMessage) bool {
	for _, c := range raw {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(raw) > 0 && raw[0] != '0'
}

func (field text) read(raw json.RawMessage) error {
	if !bytes.HasPrefix(raw, []byte(`"`)) || json.Unmarshal(raw, field.into) != nil {
		return errBadRequest(field.name + " must be a string")
	}
	return nil
}

// storable reports whether a name or id can be in the database: it refuses NUL bytes, and no id of ours
// is longer.
func storable(s string) bool {
	return s != "" && len(s) <= maxEcho && strings.IndexFunc(s, unicode.IsControl) < 0
}
