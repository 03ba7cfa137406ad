package pseudonym

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/chattigo/api-isv/bot/answer"
)

var (
	emailForm = regexp.MustCompile(`(?i)[\pL\d_][\pL\d._%+'-]*(?:@|%40)[a-z0-9-]+(?:\.[a-z0-9-]+)*`)
	// maskForm finds dates, times, prices and decimals, which are no phone numbers.
	maskForm = regexp.MustCompile(`(?:19|20)\d{2}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?` +
		`|\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d{2}` +
		`|\d{1,2}:\d{2}(?::\d{2})?` +
		`|(?:\$|€|£|S/\.?|Bs\.?|CLP|ARS|MXN|USD|UF) ?\d[\d.,]*` +
		`|\d{1,3}\.\d{4,}`)
	thousandsForm = regexp.MustCompile(`^\d{1,3}(?:[., ]\d{3})+$`)
	plainForm     = regexp.MustCompile(`^\d+$`)
	documentForm  = regexp.MustCompile(`(?i)\b(?:dni|documento|doc|c[eé]dula|identidad|carnet|identidade)\b`)
	slipForm      = regexp.MustCompile(`\d[\d .,()/\x{2010}-\x{2014}-]{4,}[\dkK]`)
	phoneForm     = regexp.MustCompile(`^\+?\(?\d(?:[ .()-]{0,2}\d){6,17}`)
)

// form is how an identity number is written.
type form struct {
	kind answer.Kind
	re   *regexp.Regexp
	// checks is how many check digits stand behind a hyphen, as nothing else has them; 0 if none do.
	checks int
}

// forms are those that have check digits, the longest first.
var forms = []form{
	{answer.CURP, regexp.MustCompile(`(?i)^[a-z]{4}[ -]?\d{6}[ -]?[hmx][a-z]{5}[a-z0-9]\d`), 0},
	{answer.CNPJ, regexp.MustCompile(`(?i)^[a-z0-9]{2}[. ]?[a-z0-9]{3}[. ]?[a-z0-9]{3}[/ ]?[a-z0-9]{4}[- ]?\d{2}`), 2},
	{answer.RFC, regexp.MustCompile(`(?i)^[a-zñ&]{3,4}[ -]?\d{6}[ -]?[a-z0-9]{3}`), 0},
	{answer.CPF, regexp.MustCompile(`^\d{3}[. ]?\d{3}[. ]?\d{3}[-. ]?\d{2}`), 2},
	{answer.CUIT, regexp.MustCompile(`^\d{2}[-. ]?\d{2}[. ]?\d{3}[. ]?\d{3}[-. ]?\d`), 1},
	{answer.RUT, regexp.MustCompile(`^0?\d{1,2}[., ]?\d{3}[., ]?\d{3} ?[-.\x{2010}-\x{2014}]? ?[\dkK]`), 1},
}

// detect learns what shows by its form what it is. In a whole part of an address of the web, only a part
// that is nothing else counts.
func (b *Book) detect(text string, document, whole bool) {
	for _, found := range emailForm.FindAllString(text, -1) {
		b.learnEmail(found)
	}
	document = document || documentForm.MatchString(text)
	masks := maskForm.FindAllStringIndex(text, -1)
	before := ' '
	for i := 0; i < len(text) && !b.Full(); {
		r, size := utf8.DecodeRuneInString(text[i:])
		begins := !isWord(before) && before != '@' && (isWord(r) && r < utf8.RuneSelf || r == '+' || r == '(')
		length := 0
		if begins && !covered(masks, i, i+1) {
			length = b.detectAt(text[i:], document, whole)
		}
		if length > 0 {
			i += length
			before = 'x'
			continue
		}
		before = r
		i += size
	}
}

// detectAt learns what a text begins with, and returns its length; 0 for nothing.
func (b *Book) detectAt(text string, document, whole bool) int {
	if whole {
		if learn, length := b.detectCode(text); length == len(text) {
			learn()
			return length
		}
		return b.detectPhone(text, len(text))
	}
	if digits := leadingDigits(text); len(digits) == 9 || b.isHome(digits) || text[0] == '+' {
		if length := b.detectPhone(text, len(digits)); length > 0 {
			return length
		}
	}
	if learn, length := b.detectCode(text); length > 0 {
		learn()
		return length
	}
	if length := b.detectPhone(text, 0); length > 0 {
		return length
	}
	return b.detectDocument(text, document)
}

// detectCode finds an identity number with check digits.
func (b *Book) detectCode(text string) (learn func(), length int) {
	for _, f := range forms {
		found := f.re.FindString(text)
		if found == "" || !ends(text[len(found):]) || isCompactDate(found) {
			continue
		}
		if value, ok := answer.Read(f.kind, found, b.context); ok {
			return func() { b.learnValue(f.kind, value) }, len(found)
		}
		if found[len(found)-f.checks-1] == '-' && f.checks > 0 {
			return func() { b.learnSlip(f.kind, found) }, len(found)
		}
	}
	return nil, 0
}

// detectPhone finds a phone number, and where a length is given, one of that length only. Digits with
// one dot among them are a decimal.
func (b *Book) detectPhone(text string, length int) int {
	found := phoneForm.FindString(text)
	for end := len(found); end >= tailLength; end-- {
		candidate := found[:end]
		if length > 0 && end != length && text[0] != '+' || !ends(text[end:]) || !isDigit(candidate[end-1]) {
			continue
		}
		signs := strings.Trim(strings.Map(withoutDigits, candidate), " ")
		if signs == "." || signs == "-" && candidate[end-2] == '-' || isCompactDate(candidate) || len(strings.Map(onlyDigits, candidate)) < 8 {
			continue
		}
		if value, ok := answer.Read(answer.Phone, candidate, b.context); ok {
			b.learnValue(answer.Phone, value)
			return end
		}
	}
	return 0
}

func withoutDigits(r rune) rune {
	if r >= '0' && r <= '9' {
		return -1
	}
	return r
}

// detectDocument finds an identity number without a check digit: 8 digits that are no date and no round
// amount, or 7 to 8 in any form where the text speaks of a document.
func (b *Book) detectDocument(text string, document bool) int {
	found := leadingDigits(text)
	if document {
		if dotted := regexpDotted.FindString(text); dotted != "" {
			found = dotted
		}
	}
	digits := strings.Map(onlyDigits, found)
	long := len(digits) == 8 || document && len(digits) == 7
	if !long || !ends(text[len(found):]) || isCompactDate(digits) || !document && strings.HasSuffix(digits, "000") {
		return 0
	}
	b.learnCode(answer.DNI, digits)
	return len(found)
}

var regexpDotted = regexp.MustCompile(`^\d{1,2}\.\d{3}\.\d{3}`)

// isHome reports whether digits begin with the code of the contact's country, and are as many as in the
// contact's number.
func (b *Book) isHome(digits string) bool {
	contact := b.context.Contact
	return len(contact) > 2 && len(digits) == len(contact) && digits[:2] == contact[:2]
}

func leadingDigits(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		return text
	}
	return text[:end]
}

// ends reports whether a word ends before the rest of a text.
func ends(rest string) bool {
	r, size := utf8.DecodeRuneInString(rest)
	if size == 0 {
		return true
	}
	return !isWord(r) && !unicode.IsMark(r) && r != '@' && r != '_'
}

// isCompactDate reports whether a text is a day of this century or the last, "20260310".
func isCompactDate(text string) bool {
	if len(text) != len("20260310") || !plainForm.MatchString(text) || text[:2] != "19" && text[:2] != "20" {
		return false
	}
	_, err := time.Parse("20060102", text)
	return err == nil
}

func covered(masks [][]int, start, end int) bool {
	for _, m := range masks {
		if m[0] < end && start < m[1] {
			return true
		}
	}
	return false
}

// learnEmail learns an e-mail address.
func (b *Book) learnEmail(text string) {
	key := emailKey(text)
	if _, known := b.emails[key]; known || b.Full() {
		return
	}
	end := ".com"
	if _, host, _ := strings.Cut(key, "@"); !strings.Contains(host, ".") {
		end = "" // it is no address as it stands
	}
	b.emails[key], b.taken[key] = key, true
	b.order = append(b.order, func() {
		for {
			with := fmt.Sprintf("persona%d@example%s", b.next(kindEmail), end)
			if b.take(with) {
				b.emails[key] = with
				return
			}
		}
	})
}

func emailKey(text string) string { return strings.Replace(strings.ToLower(text), "%40", "@", 1) }

// emailSpans finds the e-mail addresses that were learned.
func (b *Book) emailSpans(text string) []span {
	var all []span
	for _, at := range emailForm.FindAllStringIndex(text, -1) {
		if with, known := b.emails[emailKey(text[at[0]:at[1]])]; known {
			all = append(all, span{at[0], at[1], with})
		}
	}
	return all
}
