package pseudonym

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chattigo/api-isv/bot/answer"
)

// kind is a kind of code: one of package answer, or one of these.
type kind = answer.Kind

const (
	kindUser   kind = "user"   // a business-scoped user id
	kindNumber kind = "number" // any number
	kindTail   kind = "tail"   // the last digits of a phone number
	kindSlip   kind = "slip"   // what was meant as an identity number or a phone number, and is none
	kindEmail  kind = "email"
	kindWord   kind = "word"
)

// tailLength is how many digits at the end of a phone number are replaced. They are the same in all the
// forms in which people write the number; the country and the area before them stay.
const tailLength = 7

// code is a value of digits, or of digits and capitals, without the signs between them.
type code struct {
	kind kind
	old  string
	with string
	// meant is what a slip was meant as.
	meant answer.Kind
	// literal is how a number was written where it was learned.
	literal string
}

// learnCode learns a code if it is new.
func (b *Book) learnCode(k kind, old string) *code {
	if c := b.codes[old]; c != nil || old == "" {
		return c
	}
	c := &code{kind: k, old: old}
	if b.Full() {
		return c
	}
	b.codes[old], b.taken[old] = c, true
	b.order = append(b.order, func() {
		if c.with == "" {
			c.with = b.other(c)
		}
	})
	return c
}

// learnSlip learns what is meant as an answer of a kind, but is none: what replaces it is none either.
func (b *Book) learnSlip(meant answer.Kind, text string) {
	masks := maskForm.FindAllStringIndex(text, -1)
	for _, at := range slipForm.FindAllStringIndex(text, -1) {
		found := text[at[0]:at[1]]
		if value, ok := answer.Read(meant, found, b.context); ok {
			b.learnValue(meant, value)
			continue
		}
		if value, ok := answer.Read(answer.Phone, found, b.context); ok {
			b.learnValue(answer.Phone, value)
			continue
		}
		if !b.learnIdentity(found) && !covered(masks, at[0], at[1]) {
			b.learnCode(kindSlip, compactOf(found)).meant = meant
		}
	}
}

// learnIdentity learns a text that is a valid identity number of some kind, and reports whether it is one.
func (b *Book) learnIdentity(text string) bool {
	for _, f := range forms {
		if value, ok := answer.Read(f.kind, text, b.context); ok && f.re.FindString(text) == text {
			b.learnValue(f.kind, value)
			return true
		}
	}
	return false
}

// learnNumber learns a phone number by its end.
func (b *Book) learnNumber(number string) {
	digits := strings.Map(onlyDigits, number)
	if len(digits) < tailLength {
		b.learnCode(kindNumber, digits)
		return
	}
	b.learnCode(kindTail, digits[len(digits)-tailLength:])
}

func onlyDigits(r rune) rune {
	if r < '0' || r > '9' {
		return -1
	}
	return r
}

// learnValue learns a value that package answer has read.
func (b *Book) learnValue(k answer.Kind, value any) {
	text, ok := value.(string)
	switch {
	case !ok:
		return
	case k == answer.Email:
		b.learnEmail(text)
	case k == answer.Phone:
		b.learnNumber(text)
	case k == answer.Date:
		b.learnDate(text)
	case k == answer.RUT:
		b.learnRUT(compactOf(text))
	default:
		b.learnCode(k, compactOf(text))
	}
}

// learnRUT also learns the number without its check digit, which some systems keep apart: the check digit
// stays what it is.
func (b *Book) learnRUT(old string) {
	c := b.learnCode(answer.RUT, old)
	if b.codes[old[:len(old)-1]] != nil || b.Full() {
		return
	}
	number := &code{kind: answer.DNI, old: old[:len(old)-1]}
	b.codes[number.old], b.taken[number.old] = number, true
	b.order = append(b.order, func() { number.with = c.with[:len(c.with)-1] })
}

// learnDate learns a day in its written orders, "1980-03-10" and "10/03/1980".
func (b *Book) learnDate(day string) {
	old := compactOf(day)
	if b.codes[old] != nil {
		return
	}
	c := b.learnCode(answer.Date, old)
	turned := &code{kind: answer.Date, old: old[6:] + old[4:6] + old[:4]}
	if b.codes[turned.old] == nil && !b.Full() {
		b.codes[turned.old], b.taken[turned.old] = turned, true
		b.order = append(b.order, func() { turned.with = c.with[6:] + c.with[4:6] + c.with[:4] })
	}
}

// compacted is a text without its signs, each character with its place.
type compacted struct {
	text  string
	chars []byte
	at    []int // where each character begins, and the length of the text
	end   []int
}

// compact keeps ASCII letters, as capitals, and digits, also full-width ones. Other letters are there as
// something that is in no code.
func compact(text string) compacted {
	c := compacted{text: text}
	for i, r := range text {
		char := byte('?')
		switch {
		case r >= '０' && r <= '９':
			char = "0123456789"[r-'０']
		case r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			char = strings.ToUpper(text[i : i+1])[0]
		case r == 'ñ' || r == 'Ñ':
			char = 'N' + 0x80
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			continue
		}
		c.chars, c.at, c.end = append(c.chars, char), append(c.at, i), append(c.end, i+utf8.RuneLen(r))
	}
	c.at = append(c.at, len(text))
	return c
}

func compactOf(text string) string { return string(compact(text).chars) }

// gap is what stands behind character i.
func (c *compacted) gap(i int) string { return c.text[c.end[i]:c.at[i+1]] }

// maxGap bounds the signs between two characters of a code, in runes.
const maxGap = 3

// joins reports whether the signs behind character i may stand within a code.
func (c *compacted) joins(i int) bool {
	gap := c.gap(i)
	return utf8.RuneCountInString(gap) <= maxGap && !strings.ContainsFunc(gap, func(r rune) bool {
		return !strings.ContainsRune(" .-/()+_,:\u00a0\u2010\u2011\u2012\u2013\u2014", r) && !unicode.Is(unicode.Cf, r)
	})
}

// apart reports whether a code may end at character i: a sign follows, or something else than a digit
// follows a digit.
func (c *compacted) apart(i int) bool {
	if i < 0 || i+1 >= len(c.chars) {
		return true
	}
	return c.gap(i) != "" || isDigit(c.chars[i]) != isDigit(c.chars[i+1])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// codeSpans finds the codes in a text, however they are written.
func (b *Book) codeSpans(text string) []span {
	var all []span
	c := compact(text)
	masks := maskForm.FindAllStringIndex(text, -1)
	for end := 1; end <= len(c.chars); end++ {
		if !c.apart(end - 1) {
			continue
		}
		for _, length := range b.lengths {
			if length > end {
				continue
			}
			start := end - length
			found := b.codes[string(c.chars[start:end])]
			if found != nil && b.fits(found, &c, start, end, masks) {
				all = append(all, span{c.at[start], c.end[end-1], c.spelled(start, end, found.with)})
				break
			}
		}
	}
	return all
}

// fits reports whether a code stands at a place as itself, and not as a part of something else.
func (b *Book) fits(found *code, c *compacted, start, end int, masks [][]int) bool {
	for i := start; i < end-1; i++ {
		if !c.joins(i) {
			return false
		}
	}
	if found.kind == kindTail {
		return true
	}
	if !c.apart(start - 1) {
		return false
	}
	written := c.text[c.at[start]:c.end[end-1]]
	return found.kind != kindNumber || found.isWritten(written) && !covered(masks, c.at[start], c.end[end-1])
}

// isWritten reports whether a text is the number, as it was learned or with its thousands apart.
func (c *code) isWritten(text string) bool {
	return text == c.literal || text == c.old || !strings.Contains(c.literal, ".") && thousandsForm.MatchString(text)
}

// spelled writes other characters in the places of those from start to end, between the same signs.
func (c *compacted) spelled(start, end int, with string) string {
	var out strings.Builder
	for i := start; i < end; i++ {
		char := with[i-start : i-start+1]
		if old := c.text[c.at[i]:c.end[i]]; old != strings.ToUpper(old) {
			char = strings.ToLower(char)
		}
		out.WriteString(char)
		if i+1 < end {
			out.WriteString(c.gap(i))
		}
	}
	return out.String()
}
