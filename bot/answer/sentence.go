package answer

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/bot/locale"
)

// wordSet is a set of folded words.
type wordSet map[string]bool

func setOf(lists ...string) wordSet {
	set := wordSet{}
	for _, list := range lists {
		for word := range strings.FieldsSeq(list) {
			set[word] = true
		}
	}
	return set
}

// hasAll reports whether all words are in the set, or the comma that stands for signs between them.
func (s wordSet) hasAll(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return w != comma && !s[w] })
}

func (s wordSet) hasAny(words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return s[w] })
}

// comma stands for any sign between the words of a sentence.
const comma = ","

// currency stands for the sign of any currency.
const currency = "$"

// countedTogether are digits with what they count, without a space: "2pizzas". Shorter words are units
// and the like, as in "5kg", "10k" and "3ra".
var countedTogether = regexp.MustCompile(`^([0-9]{1,4})(\pL{5,}|mil)$`)

// sentenceWords splits a text into folded words and numbers in digits. ok is false where there is anything
// else, such as "2x3" or "15%", and for a question.
func sentenceWords(text string) (words []string, ok bool) {
	if strings.ContainsAny(text, "?¿") {
		return nil, false
	}
	for field := range strings.FieldsSeq(strings.ToLower(text)) {
		core := strings.TrimRight(trim(field), ":…")
		if strings.HasPrefix(field, comma) {
			words = append(words, comma)
		}
		some, ok := wordsOf(core)
		if !ok {
			return nil, false
		}
		words = append(words, some...)
		if !strings.HasSuffix(field, core) || core == "" {
			words = append(words, comma)
		}
	}
	return words, true
}

// wordsOf are the words in a part of a text without spaces: none where it is only punctuation.
func wordsOf(part string) ([]string, bool) {
	switch {
	case part == "":
		return nil, true
	case isLiteral(part):
		return []string{part}, true
	case slices.Contains(currencies, part):
		return []string{currency}, true
	case strings.Trim(part, "ºª") != part:
		return nil, false // an ordinal
	}
	if glued := countedTogether.FindStringSubmatch(part); glued != nil {
		return []string{glued[1], fold.Text(glued[2])}, true
	}
	if strings.ContainsFunc(part, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '-' }) || part[0] == '-' {
		return nil, false
	}
	word := fold.Text(part)
	if pair := strings.Split(word, "-"); len(pair) == 2 && english[pair[0]].class == numeralTen { // "twenty-two"
		return pair, true
	}
	return []string{word}, word != ""
}

// mention is a number in a sentence and where it stands.
type mention struct {
	quantity
	at int
}

// mentions finds the numbers of a sentence.
func mentions(words []string, language string) (all []mention) {
	thousands, _ := locale.Separators(language)
	n := numeralsOf(language)
	for at := 0; at < len(words); {
		r := quantityReader{words: words[at:], numerals: n, separator: thousands}
		q := r.read()
		if q.words > 0 {
			all = append(all, mention{q, at})
		}
		at += max(1, q.words)
	}
	return all
}

// oneNumber finds the number that a sentence gives as its answer: "quiero 2 pizzas", "mi nota es 7". It is
// the only one, what stands before it leads to it, and nothing behind it changes its meaning. Whatever is
// not certain is none.
func oneNumber(text, language string) (quantity, bool) {
	words, ok := sentenceWords(text)
	if !ok {
		return quantity{}, false
	}
	all := mentions(words, language)
	if len(all) == 2 && all[0].article && all[0].at+1 == all[1].at && !all[1].article {
		all[1].at, all[1].words = all[0].at, all[1].words+1 // "un 7"
		all = all[1:]
	}
	if len(all) != 1 {
		return quantity{}, false
	}
	m := all[0]
	before, after := words[:m.at], words[m.at+m.words:]
	if !leadsToNumber(before, m.negative) || !followsNumber(after) {
		return quantity{}, false
	}
	if len(after) == 0 && (namesHour(before, m.article) || isYear(before, words[m.at])) {
		return quantity{}, false
	}
	return m.quantity, !m.article || isCounted(after)
}

// namesHour reports whether the article before a number makes an hour of it, where nothing is counted: "las 2",
// "la una". "La 2" is the second of something.
func namesHour(before []string, article bool) bool {
	n := len(before)
	return n > 0 && (before[n-1] == "las" || article && before[n-1] == "la")
}

// leadsToNumber reports whether the words before a number say that it is the answer.
func leadsToNumber(words []string, negative bool) bool {
	words = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == comma })
	if isHourAhead(words) || !beforeNumber.hasAll(words) {
		return false
	}
	return !negative || len(words) == 0 || beforeMinus[words[len(words)-1]]
}

// isHourAhead reports whether the words announce an hour: "a las", "son las".
func isHourAhead(words []string) bool {
	n := len(words)
	return n > 1 && slices.Contains([]string{"las", "la"}, words[n-1]) && slices.Contains([]string{"a", "son"}, words[n-2])
}

// followsNumber reports whether the words behind a number leave it what it is. A comma may stand between
// the number and its unit.
func followsNumber(words []string) bool {
	words = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == comma })
	return len(words) == 0 || !units[words[0]] && !changesNumber.hasAny(words) && !addsMore(words) && !isTakenBack(words)
}

// isTakenBack reports whether the first words behind a number say that it is a slip, or wrong: "2 era broma".
func isTakenBack(words []string) bool {
	return takesBack.hasAny(words[:min(2, len(words))]) || len(words) > 1 && wrongNumber[words[0]] && words[1] == "mal"
}

// addsMore reports whether the words behind a number count something besides: "2 y mi hijo" are three, while
// "2 de jamón y queso" are two.
func addsMore(words []string) bool {
	for i, w := range words {
		if !additions[w] {
			continue
		}
		if !describes.hasAny(words[:i]) || i+1 < len(words) && besides[words[i+1]] {
			return true
		}
	}
	return false
}

// describes are the words behind which stands what something is of: "una de queso". maxDescribed bounds the
// words of something that is counted.
var describes = setOf("de con sin com sem of with")

const maxDescribed = 5

// isCounted reports whether behind "una" stands something that people count, and no more: "una pizza de
// queso" is one.
func isCounted(words []string) bool {
	if i := slices.Index(words, comma); i >= 0 {
		words = words[:i]
	}
	words = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return afterOne[w] })
	switch {
	case len(words) == 0:
		return true
	case !counted[words[0]] && words[0] != "de" || len(words) > maxDescribed:
		return false
	}
	return len(words) <= 2 || slices.ContainsFunc(words[:3], func(w string) bool { return describes[w] })
}
