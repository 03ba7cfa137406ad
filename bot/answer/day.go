package answer

import (
	"slices"
	"strings"
	"time"
)

// relativeDays are the phrases that count from today, by how many days. Of two that begin the
// same the longer one comes first.
var relativeDays = []struct {
	phrase string
	days   int
}{
	{"hoy mismo", 0},
	{"hoy dia", 0},
	{"hoy", 0},
	{"hoje mesmo", 0},
	{"hoje", 0},
	{"today", 0},
	{"tonight", 0},
	{"esta manana", 0},
	{"esta tarde", 0},
	{"esta noche", 0},
	{"esta manha", 0},
	{"esta noite", 0},
	{"this morning", 0},
	{"this afternoon", 0},
	{"this evening", 0},
	{"manana mismo", 1},
	{"manana", 1},
	{"amanha mesmo", 1},
	{"amanha", 1},
	{"tomorrow", 1},
	{"pasado manana", 2},
	{"pasadomanana", 2},
	{"depois de amanha", 2},
	{"day after tomorrow", 2},
	{"ahora mismo", 0},
	{"ahora", 0},
	{"agora mesmo", 0},
	{"agora", 0},
	{"right now", 0},
	{"antes de ayer", -2},
	{"anteayer", -2},
	{"antier", -2},
	{"antes de ontem", -2},
	{"anteontem", -2},
	{"ayer", -1},
	{"ontem", -1},
	{"yesterday", -1},
}

// relativeDay cuts a phrase of relativeDays off the beginning.
func relativeDay(words []token) (days int, rest []token, ok bool) {
	for _, r := range relativeDays {
		if rest, ok := cutPhrase(words, r.phrase); ok {
			return r.days, rest, true
		}
	}
	return 0, words, false
}

// partsOfDay are the phrases for a part of the day that may stand behind a day: those with the words
// that need one before them, and those that stand alone.
var partsOfDay = []struct{ links, names string }{
	{"por la,en la,a la,de la", "manana tarde noche madrugada"},
	{"de,a,pela,da,na", "manha tarde noche noite madrugada"},
	{"in the,at", "morning afternoon evening night noon"},
	{"al,a,ao", "mediodia"},
}

// isPartOfDay reports whether nothing is left but the part of the day, which does not change the day.
func isPartOfDay(words []token) bool {
	if len(words) == 0 {
		return true
	}
	words, _ = cutPhrase(words, ",")
	if slices.Contains([]string{"tarde", "noche", "noite", "temprano", "cedo", "early", "morning", "afternoon", "evening", "night", "am", "pm"}, textOf(words)) {
		return true
	}
	for _, part := range partsOfDay {
		for link := range strings.SplitSeq(part.links, ",") {
			if name, ok := cutPhrase(words, link); ok && slices.Contains(strings.Fields(part.names), textOf(name)) {
				return true
			}
		}
	}
	return false
}

// meansOtherDay reports whether the words before a day change its meaning: "de la mañana" is a part of
// any day, "los lunes" are many. In Spanish "la segunda" is the second one, and Portuguese's Monday
// only with "na" or "feira".
func meansOtherDay(lead []string, words []token, language string) bool {
	has := func(some ...string) bool {
		return slices.ContainsFunc(lead, func(w string) bool { return slices.Contains(some, w) })
	}
	switch {
	case len(words) == 0 || has("los", "las", "mis", "un", "una", "um", "uma"):
		return true
	case words[0].text == "manana" && len(lead) > 0:
		last := lead[len(lead)-1]
		return slices.Contains([]string{"la", "el", "del", "na"}, last) || last == "de" && !has("dia", "fecha")
	}
	return strings.HasPrefix(strings.ToLower(language), "es") && !has("na", "em") && hasOrdinal(words)
}

// hasOrdinal reports whether there is a Portuguese day of the week without "feira".
func hasOrdinal(words []token) bool {
	for i, t := range words {
		next := textOf(words[i+1:])
		if slices.Contains([]string{"segunda", "quinta", "sexta"}, t.text) && !strings.HasPrefix(next, "- feira") && !strings.HasPrefix(next, "feira") {
			return true
		}
	}
	return false
}

// weekdayNames are the names of the days from Sunday, folded.
var weekdayNames = [][]string{
	strings.Fields("domingo lunes martes miercoles jueves viernes sabado"),
	strings.Fields("domingo segunda terca quarta quinta sexta sabado"),
	strings.Fields("sunday monday tuesday wednesday thursday friday saturday"),
}

// nextWords are the words before a day that say that it is the next such day.
var nextWords = setOf("este esta neste nesta proximo proxima next this on")

// readWeekday cuts the name of a day of the week off the beginning, with words for "next" around it. It may
// be shortened, but "mar" before a number is March.
func readWeekday(words []token) (day time.Weekday, rest []token, ok bool) {
	rest = words
	for len(rest) > 0 && nextWords[rest[0].text] {
		rest = rest[1:]
	}
	if day, more, ok := numberedWeekday(rest); ok {
		return day, cutAfterWeekday(more), true
	}
	if len(rest) == 0 {
		return 0, words, false
	}
	_, isMonth := monthNamed(rest[0].text)
	for _, list := range weekdayNames {
		if n := nameIndex(list, rest[0].text, len(rest) == 1 || !isMonth); n >= 0 {
			return time.Weekday(n), cutAfterWeekday(rest[1:]), true
		}
	}
	return 0, words, false
}

// numberedWeekday cuts off "2ª feira", the second day of the week, which is Monday.
func numberedWeekday(words []token) (day time.Weekday, rest []token, ok bool) {
	if len(words) < 3 || !allDigits(words[0].text, 1, 1) || words[1].text != "a" || !words[1].glued {
		return 0, words, false
	}
	rest, _ = cutPhrase(words[2:], "-")
	rest, ok = cutPhrase(rest, "feira")
	n := digit(words[0].text[0])
	return time.Weekday(n - 1), rest, ok && n >= 2 && n <= 6
}

// cutAfterWeekday cuts off the words that belong to the name of a day: "terça-feira", "el viernes que viene".
func cutAfterWeekday(rest []token) []token {
	for _, phrase := range []string{"- feira", "feira", "que viene", "que vem", "proximo", "proxima", ",", "el", "dia"} {
		rest, _ = cutPhrase(rest, phrase)
	}
	return rest
}

// nameIndex finds a name in a list, by itself or, where it may be shortened, by its first three
// letters or more.
func nameIndex(list []string, word string, shortened bool) int {
	return slices.IndexFunc(list, func(name string) bool {
		return word == name || shortened && len(word) >= 3 && strings.HasPrefix(name, word)
	})
}
