package api

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// query holds the keys of a URL's query, each with one value that is not empty.
type query map[string]string

// parseQuery returns an error for an unknown key: a filter that is misspelt would else show everything.
func parseQuery(raw string, known ...string) (query, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, errBadRequest("the query of the URL cannot be read")
	}
	q := make(query, len(values))
	for _, key := range slices.Sorted(maps.Keys(values)) {
		switch {
		case !slices.Contains(known, key):
			return nil, errBadRequest(fmt.Sprintf("the query has no '%s'; it takes %s", cut(key), strings.Join(known, ", ")))
		case len(values[key]) > 1:
			return nil, errBadRequest(key + " may be given only once")
		case values[key][0] == "":
			return nil, errBadRequest(key + " must not be empty")
		}
		q[key] = values[key][0]
	}
	return q, nil
}

// number reads a whole number from 1 to most.
func (q query) number(key string, otherwise, most int) (int, error) {
	value, ok := q[key]
	if !ok {
		return otherwise, nil
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > most {
		return 0, errBadRequest(fmt.Sprintf("%s must be a whole number from 1 to %d", key, most))
	}
	return n, nil
}

// time reads a time in RFC 3339; it returns the zero time if there is none.
func (q query) time(key string) (time.Time, error) {
	value, ok := q[key]
	if !ok {
		return time.Time{}, nil
	}
	t, err := time.Parse(time.RFC3339, value)
	if err == nil && t.IsZero() {
		return t.Add(time.Millisecond), nil // the zero time would mean no bound
	}
	if err != nil {
		return time.Time{}, errBadRequest(key + " must be a time as in RFC 3339, such as 2026-03-10T12:00:00Z")
	}
	return t, nil
}

// stamp formats a time for responses: UTC, to the millisecond; empty for the zero time.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z07:00")
}
