package locale

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// shape is how a number is written.
type shape struct {
	grouped bool // with a separator between thousands
	// least and most bound how many decimals are written.
	least, most int
}

// maxDecimals bounds the decimals that a pattern asks for: those of a coordinate and some more.
const maxDecimals = 8

// maxNumber is the first number that is too large. Below a quadrillion a float64 still has
// tenths; nothing that a bot writes is near it.
const maxNumber = 1e15

// Number writes a number as a pattern says, with the separators of the language. The error for a
// pattern that is not understood is a sentence for authors.
//
// The pattern is "0" or, with a separator between thousands, "#,##0"; for decimals a point follows,
// then a 0 for each that is always written and a # for each that is left out when it is zero:
// "0.00", "#,##0.##". In the pattern the comma and the point are the same in every language.
// Halves are rounded away from zero, by the digits that a person would read: 2.675 is 2.68.
// Infinity, NaN, and numbers of a quadrillion or more are errors.
func Number(language string, n float64, pattern string) (string, error) {
	s, err := parseShape(pattern)
	if err != nil {
		return "", err
	}
	return parse(language).number(n, s)
}

func parseShape(pattern string) (shape, error) {
	whole, decimals, hasPoint := strings.Cut(pattern, ".")
	least := len(decimals) - len(strings.TrimLeft(decimals, "0"))
	optional := strings.Trim(decimals[least:], "#") == ""
	if whole != "0" && whole != "#,##0" || hasPoint && decimals == "" || !optional {
		return shape{}, fmt.Errorf(`%.40q is no pattern for numbers; write "0", "0.00", "#,##0", "#,##0.00" or, for decimals that may be missing, "0.##"`, pattern)
	}
	if len(decimals) > maxDecimals {
		return shape{}, fmt.Errorf("a number may have at most %d decimals", maxDecimals)
	}
	return shape{grouped: whole != "0", least: least, most: len(decimals)}, nil
}

func (t tongue) number(n float64, s shape) (string, error) {
	digits, err := round(n, s)
	if err != nil {
		return "", err
	}
	whole, decimals, _ := strings.Cut(digits, ".")
	thousands, point := t.separators()
	var b strings.Builder
	if n < 0 && strings.Trim(digits, "0.") != "" {
		b.WriteByte('-')
	}
	for i, digit := range whole {
		if s.grouped && i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(thousands)
		}
		b.WriteRune(digit)
	}
	if decimals != "" {
		b.WriteString(point + decimals)
	}
	return b.String(), nil
}

// round returns the digits of a number without its sign, with a point before the decimals.
func round(n float64, s shape) (string, error) {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return "", errors.New("what should be written is not a number")
	}
	if math.Abs(n) >= maxNumber {
		return "", errors.New("the number is too large to be written; it must be below a quadrillion")
	}
	// The shortest digits that mean this number, so that 2.675 does not count as a bit less.
	whole, decimals, _ := strings.Cut(strconv.FormatFloat(math.Abs(n), 'f', -1, 64), ".")
	up := false
	if len(decimals) > s.most {
		up = decimals[s.most] >= '5'
		decimals = decimals[:s.most]
	}
	digits := []byte(whole + decimals + strings.Repeat("0", s.most-len(decimals)))
	if up {
		digits = increment(digits)
	}
	point := len(digits) - s.most
	whole, decimals = string(digits[:point]), string(digits[point:])
	for len(decimals) > s.least && strings.HasSuffix(decimals, "0") {
		decimals = decimals[:len(decimals)-1]
	}
	if decimals == "" {
		return whole, nil
	}
	return whole + "." + decimals, nil
}

// increment adds one in the last place.
func increment(digits []byte) []byte {
	for i := len(digits) - 1; i >= 0; i-- {
		if digits[i] != '9' {
			digits[i]++
			return digits
		}
		digits[i] = '0'
	}
	return append([]byte{'1'}, digits...)
}
