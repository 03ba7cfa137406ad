package store

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// counts are numbers by name, kept as a JSON object with its names in order.
type counts map[string]int

// Value gives the JSON text.
func (c counts) Value() (driver.Value, error) {
	if len(c) == 0 {
		return "{}", nil
	}
	text, err := json.Marshal(map[string]int(c))
	return string(text), err
}

// Scan reads it; no counts are nil.
func (c *counts) Scan(src any) error {
	var text []byte
	switch src := src.(type) {
	case string:
		text = []byte(src)
	case []byte:
		text = src
	default:
		return fmt.Errorf("counts: %T is no text", src)
	}
	*c = nil
	var read map[string]int
	if err := json.Unmarshal(text, &read); err != nil {
		return fmt.Errorf("counts: %w", err)
	}
	if len(read) > 0 {
		*c = read
	}
	return nil
}
