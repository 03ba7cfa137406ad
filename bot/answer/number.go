package answer

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/bot/locale"
)

// maxDigits bounds a number: beyond it a float64 no longer tells neighbours apart.
const maxDigits = 15

// readInt reads a whole number: "1.500", "1,500" and "1 500" are all 1500, because three digits
// after a sign cannot be decimals of a whole number. Decimals may be there when they are zero.
// Small numbers may be words, as in "dos".
func readInt(lead []string, text string) (int64, bool) {
	if otherNumber(lead, text) {
		return 0, false
	}
	if n, ok := numberWord(text); ok {
		return int64(n), true
	}
	sign, text := signed(text)
	whole, decimals, ok := split(text, thousandsFirst)
	if !ok || strings.Trim(decimals, "0") != "" || len(decimals) > maxIntDecimals {
		return 0, false
	}
	n, err := strconv.ParseInt(sign+whole, 10, 64)
	return n, err == nil
}

// maxIntDecimals is how many zeros behind a sign are the cents of a whole number; in "1500.000" they are
// thousands with a sign too few.
const maxIntDecimals = 2

// readNumber reads a number with its decimals after a comma or a point. "1.234" could be either
// a thousand and some or one and some: it is what the language says, so in Chile 1234 and in
// Mexico 1.234.
func readNumber(lead []string, text, language string) (float64, bool) {
	if otherNumber(lead, text) {
		return 0, false
	}
	if n, ok := numberWord(text); ok {
		return float64(n), true
	}
	sign, text := signed(text)
	thousands, _ := locale.Separators(language)
	whole, decimals, ok := split(text, func(separator string) bool { return separator == thousands })
	if !ok || len(whole)+len(decimals) > maxDigits {
		return 0, false
	}
	n, err := strconv.ParseFloat(sign+whole+"."+decimals, 64)
	if n == 0 {
		n = 0 // and not minus zero
	}
	return n, err == nil && !math.IsInf(n, 0)
}

// otherNumber says that the words before a number make it another thing: "a las 5" and "son las 5" are
// hours, "una, dos" are two numbers.
func otherNumber(lead []string, text string) bool {
	n := len(lead)
	if n > 1 && (lead[n-1] == "las" || lead[n-1] == "la") && (lead[n-2] == "a" || lead[n-2] == "son") {
		return true
	}
	_, word := numberWord(text)
	return word && n > 0 && slices.Contains([]string{"un", "una", "um", "uma"}, lead[n-1])
}

// signed takes off signs of currencies, and plus or minus before or after the first of them.
func signed(text string) (sign, rest string) {
	text = strings.ToLower(text)
	sign, text = plusOrMinus(text)
	for _, currency := range []string{"us$", "u$s", "r$", "s/.", "s/", "$", "€"} {
		if rest, ok := strings.CutPrefix(text, currency); ok {
			text = strings.TrimSpace(rest)
			break
		}
	}
	if sign == "" {
		sign, text = plusOrMinus(text)
	}
	text = strings.TrimSpace(strings.TrimRight(text, "$€"))
	return strings.TrimPrefix(sign, "+"), strings.TrimSuffix(text, ".-") // "$1.500.-"
}

func plusOrMinus(text string) (sign, rest string) {
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") {
		return text[:1], strings.TrimSpace(text[1:])
	}
	return "", text
}

func thousandsFirst(string) bool { return true }

// split takes a number apart into its digits before and after the decimal sign. asThousands
// decides what a single sign is that could be both.
func split(text string, asThousands func(separator string) bool) (whole, decimals string, ok bool) {
	const separators = ".,' "
	last := strings.LastIndexAny(text, separators)
	if last < 0 {
		return text, "", digits(text, 1, maxWhole)
	}
	separator := text[last : last+1]
	head, tail := text[:last], text[last+1:]
	alone := !strings.ContainsAny(head, separators)
	isDecimal := (separator == "." || separator == ",") && !strings.Contains(head, separator)
	if isDecimal && alone && len(tail) == 3 && len(head) >= 1 && len(head) <= 3 && head[0] != '0' {
		isDecimal = !asThousands(separator)
	}
	if !isDecimal {
		whole, ok = grouped(text)
		return whole, "", ok
	}
	if head == "" {
		head = "0" // ".5"
	}
	whole, ok = grouped(head)
	return whole, tail, ok && digits(tail, 1, maxWhole)
}

// maxWhole is how many digits a number may have at all; that it fits is seen later.
const maxWhole = 30

// grouped reads the digits before the decimals: in one row, or in groups of three with one and
// the same sign between them.
func grouped(text string) (string, bool) {
	at := strings.IndexAny(text, ".,' ")
	if at < 0 {
		return text, digits(text, 1, maxWhole)
	}
	groups := strings.Split(text, text[at:at+1])
	if !digits(groups[0], 1, 3) || strings.HasPrefix(groups[0], "0") {
		return "", false
	}
	for _, group := range groups[1:] {
		if !digits(group, 3, 3) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}
