package answer

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/bot/locale"
)

// maxDigits bounds the digits of a number: with more, neighbours are the same float64.
const maxDigits = 15

// readInt reads a whole number: "1.500", "1,500" and "1 500" are all 1500, because three digits
// after a sign cannot be decimals of a whole number. Decimals may be there when they are zero.
// Small numbers may be words, as in "dos".
func readInt(lead []string, text string) (int64, bool) {
	if meansOtherNumber(lead, text) {
		return 0, false
	}
	if n, ok := numberWord(text); ok {
		return int64(n), true
	}
	sign, text := cutSign(text)
	whole, decimals, ok := splitNumber(text, thousandsFirst)
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
	if meansOtherNumber(lead, text) {
		return 0, false
	}
	if n, ok := numberWord(text); ok {
		return float64(n), true
	}
	sign, text := cutSign(text)
	thousands, _ := locale.Separators(language)
	whole, decimals, ok := splitNumber(text, func(separator string) bool { return separator == thousands })
	if !ok || len(whole)+len(decimals) > maxDigits {
		return 0, false
	}
	n, err := strconv.ParseFloat(sign+whole+"."+decimals, 64)
	if n == 0 {
		n = 0 // and not minus zero
	}
	return n, err == nil && !math.IsInf(n, 0)
}

// meansOtherNumber reports whether the words before a number change its meaning: "a las 5" and "son
// las 5" are hours, "una, dos" are two numbers.
func meansOtherNumber(lead []string, text string) bool {
	n := len(lead)
	if n > 1 && (lead[n-1] == "las" || lead[n-1] == "la") && (lead[n-2] == "a" || lead[n-2] == "son") {
		return true
	}
	_, word := numberWord(text)
	return word && n > 0 && slices.Contains([]string{"un", "una", "um", "uma"}, lead[n-1])
}

// cutSign cuts off signs of currencies, and plus or minus before or after the first of them.
func cutSign(text string) (sign, rest string) {
	text = strings.ToLower(text)
	sign, text = cutPlusOrMinus(text)
	for _, currency := range []string{"us$", "u$s", "r$", "s/.", "s/", "$", "€"} {
		if rest, ok := strings.CutPrefix(text, currency); ok {
			text = strings.TrimSpace(rest)
			break
		}
	}
	if sign == "" {
		sign, text = cutPlusOrMinus(text)
	}
	text = strings.TrimSpace(strings.TrimRight(text, "$€"))
	return strings.TrimPrefix(sign, "+"), strings.TrimSuffix(text, ".-") // "$1.500.-"
}

func cutPlusOrMinus(text string) (sign, rest string) {
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") {
		return text[:1], strings.TrimSpace(text[1:])
	}
	return "", text
}

func thousandsFirst(string) bool { return true }

// splitNumber returns the digits before and after the decimal sign. Of a single sign that could be
// either, asThousands reports whether it separates thousands.
func splitNumber(text string, asThousands func(separator string) bool) (whole, decimals string, ok bool) {
	const separators = ".,' "
	last := strings.LastIndexAny(text, separators)
	if last < 0 {
		return text, "", allDigits(text, 1, maxWhole)
	}
	separator := text[last : last+1]
	head, tail := text[:last], text[last+1:]
	alone := !strings.ContainsAny(head, separators)
	isDecimal := (separator == "." || separator == ",") && !strings.Contains(head, separator)
	if isDecimal && alone && len(tail) == 3 && len(head) >= 1 && len(head) <= 3 && head[0] != '0' {
		isDecimal = !asThousands(separator)
	}
	if !isDecimal {
		whole, ok = joinGroups(text)
		return whole, "", ok
	}
	if head == "" {
		head = "0" // ".5"
	}
	whole, ok = joinGroups(head)
	return whole, tail, ok && allDigits(tail, 1, maxWhole)
}

// maxWhole bounds the digits of a number; whether its value fits is checked later.
const maxWhole = 30

// joinGroups returns the digits before the decimals, which stand in one row, or in groups of three
// with the same sign between all of them.
func joinGroups(text string) (string, bool) {
	at := strings.IndexAny(text, ".,' ")
	if at < 0 {
		return text, allDigits(text, 1, maxWhole)
	}
	groups := strings.Split(text, text[at:at+1])
	if !allDigits(groups[0], 1, 3) || strings.HasPrefix(groups[0], "0") {
		return "", false
	}
	for _, group := range groups[1:] {
		if !allDigits(group, 3, 3) {
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}
