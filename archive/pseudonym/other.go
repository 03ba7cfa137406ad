package pseudonym

import (
	"fmt"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot/answer"
)

// tries bounds the search for a replacement. A check digit fits at the latest after a hundred or so.
const tries = 100_000

// triesFor is enough to come by every code of a length.
func triesFor(length int) int {
	most := 2
	for range min(length, 5) {
		most *= 10
	}
	return min(most, tries)
}

// other makes the replacement of a code: of the same length and validity, and taken by nobody. It is the
// code itself in the one case that there is none left, as of two digits after 90 such numbers.
func (b *Book) other(c *code) string {
	likes := fmt.Sprint(c.kind, len(c.old), c.old[0] == '0')
	if b.spent[likes] {
		return c.old
	}
	for range triesFor(len(c.old)) {
		n := b.next(c.kind)
		for _, candidate := range candidates(c, n) {
			if c.takes(candidate) && b.take(candidate) {
				return candidate
			}
		}
	}
	if c.kind == kindNumber { // others may still find one that begins like them
		b.spent[likes] = true
	}
	return c.old
}

// takes reports whether another code is as valid as this one.
func (c *code) takes(candidate string) bool {
	switch {
	case c.kind == kindNumber: // in JSON no number begins with 0
		return candidate[0] != '0' || c.old[0] == '0'
	case c.kind == kindSlip:
		_, ok := answer.Read(c.meant, candidate, answer.Context{})
		return !ok
	case !identity(c.kind):
		return true
	}
	value, ok := answer.Read(c.kind, candidate, answer.Context{})
	text, _ := value.(string)
	return ok && compactOf(text) == candidate
}

// identity reports whether answers of a kind tell who somebody is.
func identity(k answer.Kind) bool {
	switch k {
	case answer.Email, answer.Phone, answer.RUT, answer.DNI, answer.CUIT, answer.CPF, answer.CNPJ, answer.CURP, answer.RFC:
		return true
	}
	return false
}

// candidates are the n-th codes that may replace one; those of a kind with check digits differ in them.
func candidates(c *code, n int) []string {
	old := c.old
	switch c.kind {
	case answer.RUT: // the check digit stays
		return []string{numbered(old[:len(old)-1], 1, n) + old[len(old)-1:]}
	case answer.CUIT:
		return checked(numbered(old[:10], 2, n), "0123456789", 1)
	case answer.CPF:
		return checked(numbered(old[:9], 1, n), "0123456789", 2)
	case answer.CNPJ:
		return checked(numbered(old[:12], 1, n), "0123456789", 2)
	case answer.CURP:
		return checked(otherCURP(old, n), "0123456789", 1)
	case answer.RFC:
		return checked(otherRFC(old, n), "0123456789A", 1)
	case answer.Date:
		return []string{otherDay(old, n)}
	case answer.Time:
		return []string{fmt.Sprintf("%s%02d", old[:2], n%60), fmt.Sprintf("%02d%02d", n/60%24, n%60)}
	case kindTail:
		return []string{fmt.Sprintf("555%04d", n%10_000), fmt.Sprintf("%07d", n)}
	case kindUser:
		return []string{numbered(old, min(2, len(old)-1), n)}
	}
	if c.kind == kindSlip && !isDigit(old[len(old)-1]) {
		return []string{numbered(old[:len(old)-1], 1, n) + old[len(old)-1:]}
	}
	return []string{numbered(old, kept(len(old)), n), numbered(old, 0, n)}
}

// kept is how many digits at the beginning of a number stay, so that it stays about as large as it was.
func kept(length int) int {
	if length < 5 {
		return length / 2
	}
	return 2
}

// numbered counts in the place of what stands behind the first characters. Letters stay letters.
func numbered(old string, keep, n int) string {
	rest := []byte(old[keep:])
	for i := len(rest) - 1; i >= 0; i-- {
		values := "0123456789"
		if !isDigit(rest[i]) {
			values = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		}
		rest[i] = values[n%len(values)]
		n /= len(values)
	}
	return old[:keep] + string(rest)
}

// checked are a code with each of its possible check digits.
func checked(code, digits string, count int) []string {
	all := []string{code}
	for range count {
		var longer []string
		for _, c := range all {
			for _, digit := range digits {
				longer = append(longer, c+string(digit))
			}
		}
		all = longer
	}
	return all
}

// otherCURP keeps the sex and the century. The letters of the names and the day of birth are others.
func otherCURP(old string, n int) string {
	century, last := "19", "0"
	if !isDigit(old[16]) {
		century, last = "20", "A"
	}
	return letters(n, 4) + birthday(century, n) + old[10:11] + "NE" + letters(n/7, 3) + last
}

// otherRFC keeps the length, which tells persons from companies.
func otherRFC(old string, n int) string {
	count := len(old) - len("9001011H0")
	return letters(n, count) + birthday("19", n) + letters(n/7, 1) + fmt.Sprint(n%10)
}

// birthday is a day in one of 20 years.
func birthday(century string, n int) string {
	const days = 7000
	first, _ := time.Parse("20060102", century+"700101")
	if century == "20" {
		first, _ = time.Parse("20060102", "20000101")
	}
	return first.AddDate(0, 0, n*37%days).Format("060102")
}

func letters(n, count int) string { return numbered(strings.Repeat("X", count), 0, n) }

// otherDay is a day of the same weekday some weeks earlier.
func otherDay(old string, n int) string {
	day, err := time.Parse("20060102", old)
	if err != nil {
		return old
	}
	const week = 7
	return day.AddDate(0, 0, -week*n).Format("20060102")
}
