package bridge

import (
	"bytes"
	"encoding/json"
	"strings"
)

// split makes webhooks with one change each of one with several, in order. It returns nothing for what is
// not a webhook of Meta's.
func split(body []byte) [][]byte {
	var whole struct {
		Object string                       `json:"object"`
		Entry  []map[string]json.RawMessage `json:"entry"`
	}
	if json.Unmarshal(body, &whole) != nil {
		return nil
	}
	var parts [][]byte
	for _, entry := range whole.Entry {
		var changes []json.RawMessage
		if json.Unmarshal(entry["changes"], &changes) != nil {
			return nil
		}
		for _, change := range changes {
			entry["changes"] = encode([]json.RawMessage{change})
			parts = append(parts, encode(map[string]any{"object": whole.Object, "entry": []any{entry}}))
		}
	}
	return parts
}

// join makes one webhook of those that split made.
func join(parts [][]byte) []byte {
	var object string
	var entries []json.RawMessage
	for _, part := range parts {
		var whole struct {
			Object string            `json:"object"`
			Entry  []json.RawMessage `json:"entry"`
		}
		_ = json.Unmarshal(part, &whole) // split made it
		object = whole.Object
		entries = append(entries, whole.Entry...)
	}
	return encode(map[string]any{"object": object, "entry": entries})
}

// encode writes what was read: it always can.
func encode(value any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value)
	return bytes.TrimSpace(b.Bytes())
}

// maskDigits hides the numbers in a sentence of the API's, for the log, and bounds it.
func maskDigits(sentence string) string {
	const longest = 5
	var b strings.Builder
	run := 0
	for _, c := range sentence[:min(len(sentence), 300)] {
		if c < '0' || c > '9' {
			run = 0
		} else if run++; run > longest {
			if run == longest+1 {
				b.WriteString("…")
			}
			continue
		}
		b.WriteRune(c)
	}
	return b.String()
}
