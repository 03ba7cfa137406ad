package pseudonym

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot/answer"
)

// maxValues bounds how many values a book learns. A conversation has some dozens, one with a large response some thousands; what looks for them and
// for what may replace them takes the longer the more there are, and a contact may send anything.
const maxValues = 5000

// Book has the personal values of one conversation, and what replaces each. Learn from everything
// first: the first use of Text, JSON or Message closes the book. Make it with [New].
type Book struct {
	// keep reports whether a text is a bot's own, such as the id of a button, and stays.
	keep func(string) bool
	// context is what the meaning of what a person writes depends on.
	context answer.Context

	codes  map[string]*code  // by what they are without signs
	emails map[string]string // in lower case
	words  map[string]string // folded
	ids    map[string]string // of messages, which have phone numbers in them
	// wholes are values that are replaced as a whole, such as the ids of files, wholly replaces them in texts.
	wholes  map[string]string
	wholly  *strings.Replacer
	degrees map[float64]string // latitudes and longitudes
	// literals are texts that are replaced as they stand, each followed by its replacement.
	literals []string
	// phrases are what is looked for as words, by the first of them, the longest first.
	phrases map[string][]phrase
	// lengths are those of the codes, the longest first.
	lengths []int

	// order are the makers of replacements in the order in which the values appeared, taken what no
	// replacement may be: the values themselves, and what was given out.
	order  []func()
	taken  map[string]bool
	counts map[kind]int
	// spent are the kinds and lengths of numbers of which none are left.
	spent  map[string]bool
	closed bool
	// known counts the phrases, which have no maker of their own.
	known int
	// spells reports whether there are values that people write in words; it is set when the book closes.
	spells bool
}

// New is an empty book of a conversation with a contact. The texts for which keep is true stay.
func New(waID string, keep func(string) bool) *Book {
	return &Book{
		keep: keep, context: answer.Context{Contact: waID, Alone: true},
		codes: map[string]*code{}, emails: map[string]string{}, words: map[string]string{}, ids: map[string]string{},
		wholes: map[string]string{}, degrees: map[float64]string{}, phrases: map[string][]phrase{}, taken: map[string]bool{}, spent: map[string]bool{}, counts: map[kind]int{},
	}
}

// Full reports whether there were more values than a book learns. Its texts must not be used then: some
// values would be left in them.
func (b *Book) Full() bool { return b.Size() >= maxValues }

// Size is how many values the book has learned.
func (b *Book) Size() int { return len(b.order) + b.known }

// At says when and in which language the next messages were written: "tomorrow" depends on it.
func (b *Book) At(now time.Time, language string) { b.context.Now, b.context.Language = now, language }

// LearnContact learns who the contact is; each may be empty.
func (b *Book) LearnContact(waID, userID, name string) {
	if waID != "" {
		b.learnNumber(waID)
	}
	if userID != "" {
		b.learnCode(kindUser, compactOf(userID))
	}
	b.learnName(name)
}

// LearnText learns the personal values in a text that show what they are: phone numbers, addresses and
// identity numbers. Where a question asked for a kind of answer, the text as a whole is read as that.
func (b *Book) LearnText(text string, asked answer.Kind) {
	if b.Full() {
		return
	}
	if value, ok := answer.Read(asked, text, b.context); ok && identity(asked) {
		b.learnValue(asked, value)
	} else if identity(asked) {
		b.learnSlip(asked, text)
	}
	eachPart(text, func(part string, whole bool) string {
		b.detect(part, asked == answer.DNI, whole)
		return part
	})
}

// Replace says what a text is replaced by, where it stands as it is.
func (b *Book) Replace(text, with string) { b.literals = append(b.literals, text, with) }

// Text is a text with everything replaced that was learned.
func (b *Book) Text(text string) string {
	b.close()
	return eachPart(b.wholly.Replace(text), func(part string, _ bool) string { return b.replace(part) })
}

// span is a part of a text that is replaced.
type span struct {
	start, end int
	with       string
}

// replace replaces what is found in a text; of two things in one place the longer.
func (b *Book) replace(text string) string {
	all := slices.Concat(b.degreesSpans(text), b.emailSpans(text), b.codeSpans(text), b.phraseSpans(text), b.spelledSpans(text, answer.Date, answer.Time))
	slices.SortStableFunc(all, func(x, y span) int {
		return cmp.Or(cmp.Compare(y.end-y.start, x.end-x.start), cmp.Compare(x.start, y.start))
	})
	covers := make([]bool, len(text))
	var chosen []span
	for _, s := range append(all, b.spelledSpans(text, answer.Int)...) {
		if !slices.Contains(covers[s.start:s.end], true) {
			chosen = append(chosen, s)
			for i := s.start; i < s.end; i++ {
				covers[i] = true
			}
		}
	}
	slices.SortFunc(chosen, func(x, y span) int { return cmp.Compare(x.start, y.start) })
	var out strings.Builder
	at := 0
	for _, s := range chosen {
		out.WriteString(text[at:s.start])
		out.WriteString(s.with)
		at = s.end
	}
	out.WriteString(text[at:])
	return strings.NewReplacer(b.literals...).Replace(out.String())
}

// close gives every value its replacement, in the order of appearance.
func (b *Book) close() {
	if b.closed {
		return
	}
	b.closed = true
	for _, replace := range b.order {
		replace()
	}
	b.closeWholes()
	for _, c := range b.codes {
		b.spells = b.spells || c.kind == answer.Date || c.kind == answer.Time || c.kind == kindNumber
		if !slices.Contains(b.lengths, len(c.old)) {
			b.lengths = append(b.lengths, len(c.old))
		}
	}
	slices.SortFunc(b.lengths, func(x, y int) int { return cmp.Compare(y, x) })
	for _, all := range b.phrases {
		slices.SortStableFunc(all, func(x, y phrase) int { return cmp.Compare(len(y), len(x)) })
	}
}

// byLength are the keys of a map, the longest first: what begins like another is replaced before it.
func byLength(all map[string]string) []string {
	return slices.SortedFunc(maps.Keys(all), func(x, y string) int {
		return cmp.Or(cmp.Compare(len(y), len(x)), cmp.Compare(x, y))
	})
}

// next counts the replacements of a kind, from 1.
func (b *Book) next(k kind) int {
	b.counts[k]++
	return b.counts[k]
}

// take reports whether a replacement is free, and takes it.
func (b *Book) take(replacement string) bool {
	if b.taken[replacement] {
		return false
	}
	b.taken[replacement] = true
	return true
}

// Name is another name for a contact's. One without letters, such as a single emoji, becomes another.
func (b *Book) Name(name string) string {
	if len(wordsOf(name)) == 0 && strings.TrimSpace(name) != "" {
		return "🙂"
	}
	return b.Text(name)
}
