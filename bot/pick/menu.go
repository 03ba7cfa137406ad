package pick

import (
	"slices"
	"strings"
	"unicode"

	"github.com/chattigo/api-isv/bot/fold"
)

// noNumber is the number of an option that has none.
const noNumber = -1

// Menu is what the titles of options, in their order, say about their numbers and letters.
type Menu struct {
	// Numbers are those by which the options are called: their places from 1 on, or those that their author
	// gave them where some are not in their place, as in "9. Salir"; -1 for an option without one.
	Numbers []int
	// counts: titles have other numbers, as "2 personas" and "10:00" do, so that a mere number need not be
	// that of a place.
	counts bool
	// letters are the single letters that options are called by, which are no articles then.
	letters []string
}

// MenuOf reads the titles of options. words are others by which they are called.
func MenuOf(titles, words []string) Menu {
	m := Menu{Numbers: make([]int, len(titles))}
	byAuthor := false
	for i, title := range titles {
		m.Numbers[i] = i + 1
		n, _, listed := Listed(title)
		byAuthor = byAuthor || listed && n != i+1
		m.counts = m.counts || !listed && hasOtherNumber(title, i+1)
		m.addLetter(title)
	}
	for _, word := range words {
		m.addLetter(word)
	}
	for i, title := range titles {
		if !byAuthor {
			break
		}
		m.Numbers[i] = noNumber
		if n, _, listed := Listed(title); listed {
			m.Numbers[i] = n
		}
	}
	return m
}

// maxLetter bounds a title that may be a letter with the words around it, as "La opción A", in bytes.
const maxLetter = 24

func (m *Menu) addLetter(title string) {
	if len(title) > maxLetter || !hasLetterAlone(title) {
		return
	}
	if words, _ := trimPolite(fold.Words(fold.Text(title))); len(words) == 1 && len(words[0]) == 1 {
		m.letters = append(m.letters, words[0])
	}
}

// hasLetterAlone reports whether a letter or a digit stands alone in a title, as it does in few.
func hasLetterAlone(title string) bool {
	length := 0
	for _, r := range title + " " {
		switch {
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			length++
		case unicode.Is(unicode.M, r): // of the letter before it
		case length == 1:
			return true
		default:
			length = 0
		}
	}
	return false
}

// hasOtherNumber reports whether a title begins or ends with a number that is not that of its place. Those of
// a date and an hour, as in "mié 11 09:10", are not what people call it by.
func hasOtherNumber(title string, place int) bool {
	fields := strings.Fields(title)
	if len(fields) == 0 {
		return false
	}
	first, ok := ownNumber(fold.Text(fields[0]))
	last, isNumber := parseNumber(fold.Text(fields[len(fields)-1]))
	return ok && first != place || isNumber && (last.N != 1 || last.Ordinal) && last.N != place
}

// ownNumber reads a part of a title as a number that people may call it by: "2", "dos", "10:00", "10/12", "2-4"
// and "10am", but not the price "9.990".
func ownNumber(field string) (int, bool) {
	if n, ok := parseNumber(field); ok {
		return n.N, n.N != 1 || isNumber(field) || n.Ordinal
	}
	end := strings.IndexFunc(field, func(r rune) bool { return r < '0' || r > '9' })
	if end < 1 {
		return 0, false
	}
	n, ok := parseNumber(field[:end])
	rest := field[end:]
	return n.N, ok && (strings.IndexAny(rest, ":/-") == 0 || !strings.ContainsFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) }))
}

// Called returns what reports whether the option at a place, from 0 on, is called by a number. Where the titles
// have numbers of their own, and none has this one, nobody can know what it counts: it is that of a place only
// if the person said so, as in "opción 3" and "la tercera".
func (m Menu) Called(n Number, titles []string) func(place int) bool {
	own := func(place int) bool { return n.IsOf(titles[place]) }
	unknown := m.counts && !n.Ordinal && !n.place && !slices.ContainsFunc(titles, n.IsOf)
	return func(place int) bool {
		return place < len(titles) && !unknown && (m.Numbers[place] == n.N || own(place))
	}
}

// Counted cuts the number off a title that says how many of what: "2 Napolitana".
func Counted(title string) (rest string, ok bool) {
	title = strings.TrimSpace(title)
	rest = strings.TrimLeft(title, "0123456789")
	if rest == title || !strings.HasPrefix(rest, " ") {
		return "", false
	}
	return strings.TrimSpace(rest), true
}
