package answer

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// readWithHour reads a day, also one with an hour or a part of the day behind it: "pasado mañana a las 5".
func (r dayReader) readWithHour(words []token) (time.Time, bool) {
	if day, ok := r.read(words); ok {
		return day, true
	}
	for at := 1; at < len(words); at++ {
		if !isHour(words[at:], words[at-1].number) {
			continue
		}
		head, _ := cutPhraseAtEnd(words[:at], ",")
		if day, ok := r.read(head); ok {
			return day, true
		}
	}
	return time.Time{}, false
}

// maxHourWords bounds an hour behind a day, in tokens.
const maxHourWords = 14

// hourIntros are the phrases that an hour behind a day begins with; the hour may also be written as on a
// clock, "17:30", "5 pm".
var hourIntros = []string{
	"a las", "a la", "alas", "a eso de", "alrededor de", "cerca de", "despues de", "antes de", "a partir de", "desde las", "desde la", "sobre", "entre", "tipo", "como a", "como", "por ahi",
	"en la", "por la", "al", "a primera hora", "a ultima hora", "temprano",
	"as", "depois d", "depois das", "depois da", "antes das", "antes da", "a partir das", "por volta das", "la pelas", "pelas", "pela", "umas", "entre as", "de manha", "a tarde", "a noite", "cedo",
	"at", "around", "after", "before", "between", "in the", "from",
}

// hourWords are the words of an hour.
var hourWords = setOf(
	"a al las la alas y e o u ou and or de da das do as en em por para pela pelas punto ponto en hora horas h hs hr hrs am pm tarde noche noite manana manha madrugada mediodia medio dia meio "+
		"media meia cuarto quarto menos entre hasta ate desde antes despues depois tipo como eso primera ultima sobre alrededor cerca partir temprano cedo min minutos volta umas uma una ahi",
	"at around after before between in the from to morning afternoon evening night noon o'clock past half quarter",
)

// clockUnits are the words behind an hour that has no word before it.
var clockUnits = setOf("h hs hr hrs am pm hora horas o'clock")

// isHour reports whether all words are those of an hour or of hours, which do not change the day. Behind a
// number "de la tarde" makes an hour of it: "15 de la tarde".
func isHour(words []token, behindNumber bool) bool {
	if words, _ = cutPhrase(words, ","); len(words) == 0 || len(words) > maxHourWords {
		return false
	}
	if isPartOfDay(words) {
		return !behindNumber || words[0].text != "de" && words[0].text != "da" || words[len(words)-1].text == "manha"
	}
	intro := slices.ContainsFunc(hourIntros, func(phrase string) bool { _, ok := cutPhrase(words, phrase); return ok })
	range24 := !behindNumber && len(words) > 3 && words[0].text == "de" && words[1].number && words[2].text == "a"
	if !intro && !range24 && !isClock(words) {
		return false
	}
	for i, t := range words {
		if !isHourWord(t, textOf(words[:i])) {
			return false
		}
	}
	return true
}

// isClock reports whether the words begin with an hour as on a clock.
func isClock(words []token) bool {
	if len(words) < 2 || !allDigits(words[0].text, 1, 2) {
		return false
	}
	return clockUnits[words[1].text] || words[1].text == ":" && words[1].glued
}

// isHourWord reports whether a word may stand in an hour, behind the words before. "Mañana" by itself is
// another day.
func isHourWord(t token, before string) bool {
	switch {
	case t.number:
		n, err := strconv.Atoi(t.text)
		return err == nil && (n < 60 || len(t.text) == 4)
	case t.text == "manana":
		return strings.HasSuffix(before, " la") || before == "la"
	}
	return hourWords[t.text] || t.text == ":" || t.text == "." && t.glued
}

// cutPhraseAtEnd cuts off the words of a phrase if the tokens end with them, but not all tokens.
func cutPhraseAtEnd(all []token, phrase string) (rest []token, ok bool) {
	at := len(all) - len(strings.Fields(phrase))
	if at <= 0 || textOf(all[at:]) != phrase {
		return all, false
	}
	return all[:at], true
}

// daysInDigits writes the numbers of days and years that are words in digits: "quince de marzo".
func daysInDigits(words []token, language string) []token {
	texts := make([]string, len(words))
	for i, t := range words {
		texts[i] = t.text
	}
	var all []token
	for at := 0; at < len(words); {
		n, length := dayInWords(texts[at:], language)
		if length == 0 {
			all = append(all, words[at])
			at++
			continue
		}
		all = append(all, token{text: strconv.FormatInt(n, 10), number: true, glued: words[at].glued})
		at += length
	}
	return all
}

// dayInWords reads the number of a day or a year at the beginning of the words; length is 0 for none.
func dayInWords(words []string, language string) (n int64, length int) {
	if allDigits(words[0], 1, len(words[0])) {
		return 0, 0
	}
	if of := len(words) > 1 && slices.Contains([]string{"de", "del"}, words[1]); of && (words[0] == "uno" || words[0] == "um") {
		return 1, 1
	}
	r := quantityReader{words: words, numerals: numeralsOf(language)}
	q := r.read()
	if q.words == 0 || q.literal != "" || q.decimals != "" || q.negative || q.article {
		return 0, 0
	}
	if isDay, isYear := q.value >= 1 && q.value <= 31, q.value >= 1900 && q.value <= 2100; !isDay && !isYear {
		return 0, 0
	}
	return q.value, q.words
}
