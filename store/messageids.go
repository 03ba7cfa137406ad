package store

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// MessageIDs is a list of ids that is short as JSON: base64 of 16 bytes an id. Histories
// carry thousands of them.
type MessageIDs []MessageID

// MarshalJSON gives the ids as one base64 string.
func (ids MessageIDs) MarshalJSON() ([]byte, error) {
	return json.Marshal(base64.StdEncoding.EncodeToString(packIDs(ids)))
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (ids *MessageIDs) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return fmt.Errorf("message ids: %w", err)
	}
	blob, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return fmt.Errorf("message ids: %w", err)
	}
	*ids = nil
	eachID(blob, func(id MessageID) { *ids = append(*ids, id) })
	return nil
}
