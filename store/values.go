package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// bind turns the arguments of a statement into what both databases store. target is the way
// back.
func bind(args []any) []any {
	bound := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			bound[i] = clean(v)
		case DeliveryState:
			bound[i] = clean(string(v))
		case time.Time:
			bound[i] = toMillis(v)
		case json.RawMessage:
			bound[i] = notNil(v)
		case []byte:
			bound[i] = notNil(v)
		case map[string]int:
			bound[i] = encodeCounts(v)
		default:
			bound[i] = arg
		}
	}
	return bound
}

// target wraps a pointer to a field where a driver's value does not fit the field as it is.
func target(field any) any {
	switch f := field.(type) {
	case *time.Time:
		return timeTarget{f}
	case *[]byte:
		return bytesTarget{f}
	case *json.RawMessage:
		return bytesTarget{(*[]byte)(f)}
	case *map[string]int:
		return countsTarget{f}
	}
	return field
}

// timeTarget scans Unix milliseconds.
type timeTarget struct{ to *time.Time }

// Scan implements sql.Scanner.
func (t timeTarget) Scan(src any) error {
	millis, ok := src.(int64)
	if !ok {
		return fmt.Errorf("a time must be stored as an integer, not %T", src)
	}
	*t.to = fromMillis(millis)
	return nil
}

// bytesTarget scans bytes: none are nil.
type bytesTarget struct{ to *[]byte }

// Scan implements sql.Scanner.
func (t bytesTarget) Scan(src any) error {
	b, err := bytesOf(src)
	*t.to = nil
	if len(b) > 0 {
		*t.to = bytes.Clone(b) // the driver uses its own again
	}
	return err
}

// countsTarget scans the JSON of encodeCounts: no counts are nil.
type countsTarget struct{ to *map[string]int }

// Scan implements sql.Scanner.
func (t countsTarget) Scan(src any) error {
	text, err := bytesOf(src)
	if err != nil {
		return err
	}
	*t.to = nil
	var read map[string]int
	if err := json.Unmarshal(text, &read); err != nil {
		return fmt.Errorf("counts: %w", err)
	}
	if len(read) > 0 {
		*t.to = read
	}
	return nil
}

// encodeCounts is a JSON object with its names in order.
func encodeCounts(counts map[string]int) string {
	if len(counts) == 0 {
		return "{}"
	}
	text, _ := json.Marshal(counts) // never fails for strings and integers
	return string(text)
}

func bytesOf(src any) ([]byte, error) {
	switch src := src.(type) {
	case nil:
		return nil, nil
	case string:
		return []byte(src), nil
	case []byte:
		return src, nil
	}
	return nil, fmt.Errorf("bytes or text expected, not %T", src)
}

// clean makes text storable: PostgreSQL refuses NUL and invalid UTF-8. Arguments of queries are
// cleaned too, so that text is found by its original form.
func clean(text string) string {
	const replacement = "\uFFFD"
	return strings.ReplaceAll(strings.ToValidUTF8(text, replacement), "\x00", replacement)
}

// notNil keeps missing bytes from becoming NULL.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// orNull makes an empty identity NULL, which equals nothing: contacts without a phone number,
// or without a user id, are not all the same contact.
func orNull(identity string) any {
	if identity == "" {
		return nil
	}
	return identity
}

// toMillis is a time as the databases hold it: Unix milliseconds, 0 for the zero time.
func toMillis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// fromMillis is the inverse of toMillis, in UTC.
func fromMillis(millis int64) time.Time {
	if millis == 0 {
		return time.Time{}
	}
	return time.UnixMilli(millis).UTC()
}
