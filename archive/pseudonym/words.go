package pseudonym

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chattigo/api-isv/bot/fold"
)

// phrase are folded words that stand one after the other.
type phrase []string

// minPart is the length from which a part of a name is looked for by itself, in letters.
const minPart = 3

// particles are parts of names that are words of the language.
const particles = " del los las dos das van von the "

// learnName learns a name, and its parts.
func (b *Book) learnName(name string) {
	p := b.learnPhrase(name)
	for _, part := range p {
		if len(p) > 1 && utf8.RuneCountInString(part) >= minPart && !strings.Contains(particles, " "+part+" ") {
			b.learnPhrase(part)
		}
	}
	if len(p) > 1 { // as in user names
		b.learnJoined(p)
	}
}

// learnPhrase learns a text as its words.
func (b *Book) learnPhrase(text string) phrase {
	var p phrase
	for _, w := range wordsOf(text) {
		p = append(p, w.folded)
	}
	if len(p) == 0 || b.Full() || slices.ContainsFunc(b.phrases[p[0]], func(known phrase) bool { return slices.Equal(known, p) }) {
		return p
	}
	b.phrases[p[0]] = append(b.phrases[p[0]], p)
	b.known++
	for _, word := range p {
		if p.replaces(word) {
			b.learnWord(word)
		}
	}
	return p
}

// replaces reports whether a word of the phrase is replaced: short ones, such as "de", stay unless the
// phrase has no others.
func (p phrase) replaces(word string) bool { return !short(word) || !slices.ContainsFunc(p, long) }

func short(word string) bool {
	return len(word) < minPart && !strings.ContainsFunc(word, unicode.IsDigit)
}
func long(word string) bool { return !short(word) }

func (b *Book) learnWord(word string) {
	if _, known := b.words[word]; known || b.Full() {
		return
	}
	b.words[word], b.taken[word] = word, true
	b.order = append(b.order, func() { b.words[word] = b.otherWord(word) })
}

// learnJoined learns the words of a name as one.
func (b *Book) learnJoined(p phrase) {
	joined := strings.Join(p, "")
	if _, known := b.words[joined]; known || b.Full() {
		return
	}
	b.words[joined], b.taken[joined] = joined, true
	b.phrases[joined] = append(b.phrases[joined], phrase{joined})
	b.order = append(b.order, func() {
		var with strings.Builder
		for _, word := range p {
			with.WriteString(b.wordFor(p, word))
		}
		b.words[joined] = with.String()
	})
}

// wordFor is what stands for a word of a phrase.
func (b *Book) wordFor(p phrase, word string) string {
	if p.replaces(word) {
		return b.words[word]
	}
	return word
}

// word is a word of a text.
type word struct {
	folded     string
	start, end int
}

// wordsOf splits a text into its words: letters and digits, with what is written on top of them.
func wordsOf(text string) []word {
	var all []word
	start := -1
	finish := func(end int) {
		if start >= 0 {
			if folded := fold.Text(text[start:end]); strings.ContainsFunc(folded, isWord) {
				all = append(all, word{folded, start, end})
			}
		}
		start = -1
	}
	for i, r := range text {
		inside := isWord(r) || unicode.IsMark(r) || unicode.Is(unicode.Cf, r)
		switch {
		case !inside:
			finish(i)
		case start < 0:
			start = i
		}
	}
	finish(len(text))
	return all
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }

// phraseSpans finds what was learned as words.
func (b *Book) phraseSpans(text string) []span {
	if len(b.phrases) == 0 {
		return nil
	}
	var all []span
	words := wordsOf(text)
	for i := 0; i < len(words); {
		length := b.phraseAt(words, i)
		if length == 0 {
			i++
			continue
		}
		all = append(all, b.phraseSpan(text, words[i:i+length]))
		i += length
	}
	return all
}

// phraseAt is the length of the longest phrase that begins with word i; 0 for none.
func (b *Book) phraseAt(words []word, i int) int {
	for _, p := range b.phrases[words[i].folded] {
		if i+len(p) > len(words) || len(p) == 1 && inDate(words, i) {
			continue
		}
		if slices.EqualFunc(p, words[i:i+len(p)], func(want string, w word) bool { return w.folded == want }) {
			return len(p)
		}
	}
	return 0
}

// phraseSpan writes the other words, each in the case of the one it replaces.
func (b *Book) phraseSpan(text string, words []word) span {
	var p phrase
	for _, w := range words {
		p = append(p, w.folded)
	}
	start, end := words[0].start, words[len(words)-1].end
	var with strings.Builder
	at := start
	for _, w := range words {
		with.WriteString(text[at:w.start])
		written := text[w.start:w.end]
		if replacement := b.wordFor(p, w.folded); replacement != w.folded {
			written = likeCase(written, replacement)
		}
		with.WriteString(written)
		at = w.end
	}
	return span{start, end, with.String()}
}

// likeCase writes a folded word as another is written: in capitals, with the first one, or without.
func likeCase(written, folded string) string {
	first, size := utf8.DecodeRuneInString(written)
	switch {
	case !unicode.IsUpper(first):
		return folded
	case len(written) > size && written == strings.ToUpper(written):
		return strings.ToUpper(folded)
	}
	return strings.ToUpper(folded[:1]) + folded[1:]
}

// calendar are the names of months and days that are names of people too, and what stands before one in a
// date.
const (
	calendar   = " abril julio agosto domingo april may june august "
	beforeDate = " de del el este proximo of on next "
)

// inDate reports whether a word is the name of a month or a day where it stands.
func inDate(words []word, i int) bool {
	if !strings.Contains(calendar, " "+words[i].folded+" ") || i == 0 {
		return false
	}
	before := words[i-1].folded
	return strings.Contains(beforeDate, " "+before+" ") || strings.Trim(before, "0123456789") == ""
}
