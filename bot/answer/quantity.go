package answer

import (
	"slices"
	"strconv"
	"strings"
)

// quantity is a number as it stands in a text: digits as they were typed, or its value where it has
// words.
type quantity struct {
	// words is how many words it takes; 0 where there is no number.
	words int
	// literal are digits with their signs, as in "$1.500"; empty where the number has words.
	literal  string
	value    int64
	decimals string // behind the decimal sign
	negative bool
	// article: it is a word such as "una", which counts nothing in "una pregunta".
	article bool
}

// hundred, thousand and million are the scales of number words.
const (
	hundred  = 100
	thousand = 1_000
	million  = 1_000_000
)

// quantityReader reads the number that words begin with. The words are folded; signs between them, such
// as a comma, are words of their own, so that "mil, dos" are two numbers.
type quantityReader struct {
	words    []string
	numerals numerals
	// separator is the one of thousands in the language: of "1.500 millones".
	separator string
}

// read reads the number at the beginning of the words.
func (r *quantityReader) read() quantity {
	all := len(r.words)
	var q quantity
	if r.cut("menos", "minus") {
		q.negative = true
	}
	switch first := r.peek(); {
	case isLiteral(first) && !r.isScale(1):
		q.literal, r.words = first, r.words[1:]
	case isHalf(first) && r.isMillion(1):
		q.value, r.words = million/2, r.words[2:]
	case isHalf(first):
		q.decimals, r.words = "5", r.words[1:]
	default:
		q.article = !q.negative && isArticle(first)
		words := len(r.words)
		value, ok := r.total()
		if !ok {
			return quantity{}
		}
		q.value, q.article = value, q.article && words-len(r.words) == 1
	}
	r.readDecimals(&q)
	q.words = all - len(r.words)
	return q
}

func (r *quantityReader) peek() string { return r.peekAt(0) }

func (r *quantityReader) peekAt(n int) string {
	if len(r.words) <= n {
		return ""
	}
	return r.words[n]
}

func (r *quantityReader) cut(some ...string) bool {
	if !slices.Contains(some, r.peek()) || len(r.words) == 0 {
		return false
	}
	r.words = r.words[1:]
	return true
}

// isScale reports whether the nth word is a thousand or a million.
func (r *quantityReader) isScale(n int) bool {
	word := r.numerals[r.peekAt(n)]
	return word.class == numeralScale && word.value >= thousand
}

func (r *quantityReader) isMillion(n int) bool { return r.numerals[r.peekAt(n)].value == million }

// total reads a number in words, or digits with a word for thousands or millions behind them. Each part is
// of a smaller scale than the one before.
func (r *quantityReader) total() (sum int64, ok bool) {
	for last := int64(million * thousand); last > 1; {
		start := r.words
		if ok {
			r.cut("e", "and")
		}
		n, scale, found := r.part(last, ok)
		if !found {
			r.words = start
			break
		}
		if last == million && scale == 1 { // "un millón quinientos" are 1,500,000 to many
			return 0, false
		}
		sum, ok, last = sum+n, true, scale
	}
	return sum, ok
}

// part reads a part of a number and its scale: "dos mil", "quinientos".
func (r *quantityReader) part(below int64, follows bool) (value, scale int64, ok bool) {
	if r.isScale(1) && isLiteral(r.peek()) {
		return r.scaledLiteral(below)
	}
	value, ok = r.belowThousand()
	if !ok && follows && allDigits(r.peek(), 3, 3) { // "2 mil 500"
		value, _ = strconv.ParseInt(r.peek(), 10, 64)
		r.words = r.words[1:]
		return value, 1, true
	}
	scale = 1
	if r.isScale(0) {
		scale = r.numerals[r.peek()].value
		if scale >= below || !ok && scale != thousand {
			return 0, 0, false
		}
		r.words = r.words[1:]
		if !ok {
			value, ok = 1, true // "mil"
		}
	}
	return value * scale, scale, ok && (value > 0 || scale == 1 && !follows)
}

// maxScaled bounds the digits before a word for thousands: "1500 millones".
const maxScaled = 4

// scaledLiteral reads digits and a scale: "5 mil", "1,5 millones".
func (r *quantityReader) scaledLiteral(below int64) (value, scale int64, ok bool) {
	sign, digits := cutSign(r.peek())
	whole, decimals, ok := splitNumber(digits, func(separator string) bool { return separator == r.separator })
	scale = r.numerals[r.peekAt(1)].value
	if !ok || sign != "" || scale >= below || len(whole) > maxScaled || len(decimals) > 3 {
		return 0, 0, false
	}
	value, _ = strconv.ParseInt(whole+decimals, 10, 64)
	value *= scale
	for range decimals {
		value /= 10
	}
	r.words = r.words[2:]
	return value, scale, value > 0
}

// belowThousand reads a number in words from 0 to 999.
func (r *quantityReader) belowThousand() (int64, bool) {
	first, ok := r.numerals[r.peek()]
	if !ok || first.class == numeralScale {
		return 0, false
	}
	next := r.numerals[r.peekAt(1)]
	switch {
	case first.class == numeralUnit && next.class == numeralScale && next.value == hundred: // "two hundred"
		r.words = r.words[2:]
		first = numeralWord{first.value * hundred, numeralHundred}
	case first.class == numeralHundred:
		r.words = r.words[1:]
	default:
		return r.belowHundred()
	}
	start := r.words
	r.cut("e", "and")
	rest, ok := r.belowHundred()
	if !ok || rest == 0 {
		r.words = start
		return first.value, true
	}
	return first.value + rest, true
}

// belowHundred reads a number in words from 0 to 99, or 100.
func (r *quantityReader) belowHundred() (int64, bool) {
	first, ok := r.numerals[r.peek()]
	if !ok || first.class == numeralScale || first.class == numeralHundred {
		return 0, false
	}
	tens := r.peek()
	r.words = r.words[1:]
	if first.class != numeralTen {
		return first.value, true
	}
	_, isEnglish := english[tens]
	start := r.words
	joined := r.cut("y", "e")
	unit := r.numerals[r.peek()]
	if unit.class != numeralUnit || joined == isEnglish { // "treinta dos" may be two numbers
		r.words = start
		return first.value, true
	}
	r.words = r.words[1:]
	return first.value + unit.value, true
}

// readDecimals reads what stands behind a whole number: "y medio", "coma cinco".
func (r *quantityReader) readDecimals(q *quantity) {
	start, before := r.words, *q
	if q.decimals != "" || q.literal != "" && !q.takeDigits() {
		return
	}
	switch {
	case r.cut("y", "e", "and"):
		r.cut("a")
		if q.literal == "" && q.value >= million && q.value%million == 0 && r.cut("medio", "meio", "half") {
			q.value, q.article = q.value+million/2, false // "un millón y medio"
			return
		}
		if q.value < thousand && r.cut("medio", "media", "meio", "meia", "half") {
			q.decimals, q.article = "5", false
			return
		}
	case r.cut("coma", "punto", "virgula", "ponto", "point"):
		if q.decimals = r.decimalDigits(); q.decimals != "" {
			q.article = false
			return
		}
	}
	r.words, *q = start, before
}

// takeDigits makes the value of a literal that is digits only.
func (q *quantity) takeDigits() bool {
	if !allDigits(q.literal, 1, maxDigits) {
		return false
	}
	q.value, _ = strconv.ParseInt(q.literal, 10, 64)
	q.literal = ""
	return true
}

// decimalDigits reads the digits behind a decimal sign in words: "cinco", "cero cinco", "veinticinco".
func (r *quantityReader) decimalDigits() (digits string) {
	for r.cut("cero", "zero") && len(digits) < maxDigits {
		digits += "0"
	}
	if allDigits(r.peek(), 1, 2) {
		digits += r.peek()
		r.words = r.words[1:]
		return digits
	}
	if n, ok := r.belowHundred(); ok {
		digits += strconv.FormatInt(n, 10)
	}
	return digits
}

// isLiteral reports whether a word is a number in digits, with a sign or a currency's.
func isLiteral(word string) bool {
	if !strings.ContainsAny(word, "0123456789") {
		return false
	}
	_, digits := cutSign(word)
	return strings.Trim(digits, "0123456789.,'") == ""
}

func isHalf(word string) bool { return slices.Contains([]string{"medio", "media", "meio"}, word) }
