// Package locale writes times, numbers and amounts of money as people of a language do. It
// imports nothing of ours. Start reading at Time.
package locale

import (
	"errors"
	"time"
)

// Time writes a time, in its own zone, after a pattern.
func Time(language string, at time.Time, pattern string) (string, error) {
	return "", errors.New("not written yet")
}

// Number writes a number after a pattern.
func Number(language string, n float64, pattern string) (string, error) {
	return "", errors.New("not written yet")
}

// Money writes an amount of a currency (ISO 4217).
func Money(language string, amount float64, currency string) (string, error) {
	return "", errors.New("not written yet")
}
