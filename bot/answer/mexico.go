package answer

import (
	"strings"
	"time"
)

// states are the codes of the states of birth in a CURP (RENAPO, its rules for giving out CURPs); NE is
// abroad, and DF is still Mexico City.
const states = "AS BC BS CC CH CL CM CS DF DG GR GT HG JC MC MN MS NE NL NT OC PL QR QT SL SP SR TC TL TS VZ YN ZS"

// curpValues are the characters of a CURP in the order of their values; Ñ is there, but is
// written as X.
const curpValues = "0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ"

// readCURP reads a Mexican CURP: four letters of the names, the day of birth, the sex (H, M or
// X), the state, three letters, one character that tells the century and twins apart, and a check
// digit, which is what is missing from the weighted sum to a multiple of 10. It finds most wrong
// characters, not all.
func readCURP(text string) (string, bool) {
	s := compact(text)
	if len(s) != 18 || !allCapitals(s[:4]) || !allDigits(s[4:10], 6, 6) || !allCapitals(s[10:16]) || !isDigit(s[17]) {
		return "", false
	}
	// The 17th is a digit for those born before 2000 and a letter since.
	century := "19"
	if isCapital(s[16]) {
		century = "20"
	} else if !isDigit(s[16]) {
		return "", false
	}
	if !strings.Contains("HMX", s[10:11]) || !strings.Contains(" "+states+" ", " "+s[11:13]+" ") || !isDay(century+s[4:10]) {
		return "", false
	}
	sum := 0
	for i := range 17 {
		sum += valueIn(curpValues, rune(s[i])) * (18 - i)
	}
	return s, (10-sum%10)%10 == digit(s[17])
}

// rfcValues are the characters of an RFC in the order of their values (SAT, annex 3).
const rfcValues = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ \u00d1"

// readRFC reads a Mexican RFC: four letters of a person's name or three of a company's, the day
// of birth or foundation, two characters that tell namesakes apart, and a check digit: what is
// missing to a multiple of 11, with A for 10 (SAT, annex 3 of the rules that it published in 2006).
// The two that stand for anybody and for foreigners are read as well; their check digits do
// not fit. Of the RFCs in use a few, given out long ago, have another check digit too; they are
// refused like a slip of the pen, which is far more likely.
func readRFC(text string) (string, bool) {
	s := compact(text)
	if s == "XAXX010101000" || s == "XEXX010101000" {
		return s, true
	}
	runes := []rune(s)
	if len(runes) == 12 {
		runes = append([]rune{' '}, runes...) // a company's is as if it began with a space
	}
	if len(runes) != 13 || !isRFC(runes) {
		return "", false
	}
	sum := 0
	for i, r := range runes[:12] {
		sum += valueIn(rfcValues, r) * (13 - i)
	}
	return s, valueIn("0123456789A", runes[12]) == mod11(sum)
}

// isRFC looks at the parts of an RFC but its check digit.
func isRFC(runes []rune) bool {
	for i, r := range runes[:4] {
		if valueIn(rfcValues, r) < 10 || r == ' ' && i > 0 {
			return false
		}
	}
	for _, r := range runes[10:12] {
		if valueIn(rfcValues, r) < 0 || strings.ContainsRune(" &\u00d1", r) {
			return false
		}
	}
	// The year has two digits, and of those that end in 00 only 2000 counts as a leap year: nobody
	// born in 1900 will ask.
	date := string(runes[4:10])
	return allDigits(date, 6, 6) && isDay("20"+date)
}

// valueIn is the position of a character in an alphabet, -1 if it is not there.
func valueIn(alphabet string, r rune) int {
	n := 0
	for _, c := range alphabet {
		if c == r {
			return n
		}
		n++
	}
	return -1
}

func allCapitals(s string) bool {
	for i := range len(s) {
		if !isCapital(s[i]) {
			return false
		}
	}
	return true
}

// isDay reports whether the calendar has a day, "20260918".
func isDay(day string) bool {
	_, err := time.Parse("20060102", day)
	return err == nil
}
