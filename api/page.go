package api

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
)

// page is which piece of a list is wanted: up to limit entries after the one with the keys in after,
// which are empty for the first piece.
type page struct {
	limit int
	after []string
}

// page reads limit and cursor; keys is how many keys an entry has.
func (q query) page(otherwise, keys int) (page, error) {
	limit, err := q.number("limit", otherwise, maxListed)
	if err != nil || q["cursor"] == "" {
		return page{limit, make([]string, keys)}, err
	}
	p := page{limit: limit}
	decoded, err := base64.RawURLEncoding.DecodeString(q["cursor"])
	if err != nil || json.Unmarshal(decoded, &p.after) != nil || len(p.after) != keys {
		return page{}, errCursor()
	}
	return p, nil
}

// numberedPage is page for entries that are numbered from 1; before is 0 for the first piece.
func (q query) numberedPage() (before, limit int, err error) {
	p, err := q.page(defaultListed, 1)
	if err != nil || p.after[0] == "" {
		return 0, p.limit, err
	}
	before, ok := parseNumber(p.after[0])
	if !ok {
		return 0, 0, errCursor()
	}
	return before, p.limit, nil
}

func errCursor() error { return errBadRequest("cursor must be the next of an earlier answer") }

// cutPage cuts rows, of which one more than limit was read, and returns the cursor of the next piece,
// which is empty if there is none.
func cutPage[T any](rows []T, limit int, keys func(T) []string) (cut []T, next string) {
	if len(rows) <= limit {
		return rows, ""
	}
	encoded, _ := json.Marshal(keys(rows[limit-1])) // never fails for strings
	return rows[:limit], base64.RawURLEncoding.EncodeToString(encoded)
}

// maxDigits keeps numbers within the column of a database.
const maxDigits = 9

// parseNumber reads a number from 1 without sign or leading zeros; anything else numbers nothing.
func parseNumber(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 31)
	return int(n), err == nil && len(text) <= maxDigits && n > 0 && strconv.FormatUint(n, 10) == text
}
