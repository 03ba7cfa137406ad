package answer

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/bot/locale"
)

// maxDigits bounds the digits of a number: with more, neighbours are the same float64.
const maxDigits = 15

// readInt reads a whole number: "1.500", "1,500" and "1 500" are all 1500, because three digits
// after a sign cannot be decimals of a whole number. Decimals may be there when they are zero. A number
// may have words, as in "dos" and "5 mil", and stand in a sentence.
func readInt(lead []string, text string, c Context) (int64, bool) {
	if meansOtherNumber(lead, text) {
		return 0, false
	}
	if n, ok := wholeNumber(text); ok {
		return n, true
	}
	q, ok := quantityIn(lead, text, c)
	if !ok {
		return 0, false
	}
	return q.whole()
}

func wholeNumber(text string) (int64, bool) {
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
// Mexico 1.234. It may have words, as in "dos y medio", and stand in a sentence.
func readNumber(lead []string, text string, c Context) (float64, bool) {
	if meansOtherNumber(lead, text) {
		return 0, false
	}
	if n, ok := realNumber(text, c.Language); ok {
		return n, true
	}
	q, ok := quantityIn(lead, text, c)
	if !ok {
		return 0, false
	}
	return q.real(c.Language)
}

func realNumber(text, language string) (float64, bool) {
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

// whole is the quantity as a whole number.
func (q quantity) whole() (int64, bool) {
	digits, ok := q.digits()
	if !ok {
		return 0, false
	}
	return wholeNumber(digits)
}

// real is the quantity as a number with decimals.
func (q quantity) real(language string) (float64, bool) {
	digits, ok := q.digits()
	if !ok {
		return 0, false
	}
	return realNumber(digits, language)
}

// digits writes the quantity in digits. ok is false for one with two signs.
func (q quantity) digits() (digits string, ok bool) {
	digits = q.literal
	if digits == "" {
		digits = strconv.FormatInt(q.value, 10)
	}
	if q.decimals != "" {
		if digits += "." + q.decimals; len(q.decimals) == 3 {
			digits += "0" // three digits behind the sign may be thousands
		}
	}
	if !q.negative {
		return digits, true
	}
	sign, _ := cutSign(q.literal)
	return "-" + digits, sign == "" && !strings.HasPrefix(digits, "+")
}

// maxNumberWords bounds the words of a number: "novecentos e noventa e nove mil novecentos e noventa e nove".
const maxNumberWords = 16

// quantityIn reads a text that is a number in words and nothing else.
func quantityIn(lead []string, text string, c Context) (quantity, bool) {
	thousands, _ := locale.Separators(c.Language)
	if strings.Count(text, " ") >= maxNumberWords {
		return quantity{}, false
	}
	words, ok := sentenceWords(text)
	if !ok || len(words) == 0 {
		return quantity{}, false
	}
	for _, n := range numeralsInOrder(c.Language) {
		r := quantityReader{words: words, numerals: n, separator: thousands}
		q := r.read()
		if q.words == len(words) && (!q.negative || len(lead) == 0 || beforeMinus[lead[len(lead)-1]]) {
			return q, true
		}
	}
	return quantity{}, false
}

// meansOtherNumber reports whether the words before a number change its meaning: "a las 5" and "son
// las 5" are hours, "una, dos" are two numbers.
func meansOtherNumber(lead []string, text string) bool {
	if isHourAhead(lead) || namesHour(lead, isArticle(strings.ToLower(text))) || isYear(lead, text) {
		return true
	}
	for i, w := range lead {
		if i < len(lead)-1 && isArticle(w) && slices.Contains([]string{"o", "e", "a"}, lead[i+1]) {
			return true // "una o 2"
		}
	}
	_, word := numberWord(text)
	return word && len(lead) > 0 && isArticle(lead[len(lead)-1])
}

// isYear reports whether a number is a year: "en el 2023".
func isYear(lead []string, text string) bool {
	last := len(lead) - 1
	return last >= 0 && (lead[last] == "el" || lead[last] == "en") && allDigits(text, 4, 4) && (strings.HasPrefix(text, "19") || strings.HasPrefix(text, "20"))
}

// asksForHelp is a text with a mere article before somebody or something that is not counted: "una persona" is
// whom the contact wants to talk to, while "para una persona" is one.
var asksForHelp = regexp.MustCompile(`^(?:(?:yo|eu|quiero|quisiera|necesito|quero|queria|preciso|preciso de|con|com|dame) )*(?:un|una|um|uma) (?:favor|favorcito|persona|pessoa)$`)

// isNoNumber reports whether a text is no answer by a number, whatever number it has: a question, or a call for
// help.
func isNoNumber(text string) bool {
	return strings.ContainsAny(text, "?¿") || asksForHelp.MatchString(fold.Text(uncourteous(text)))
}

// currencies are signs of currencies before a number, those that begin with others first.
var currencies = []string{"us$", "u$s", "r$", "s/.", "s/", "$", "€"}

// cutSign cuts off signs of currencies, and plus or minus before or after the first of them.
func cutSign(text string) (sign, rest string) {
	text = strings.ToLower(text)
	sign, text = cutPlusOrMinus(text)
	for _, sign := range currencies {
		if rest, ok := strings.CutPrefix(text, sign); ok {
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
