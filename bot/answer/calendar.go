package answer

import (
	"slices"
	"strconv"
	"time"
)

// piece is a number or a name of a written date.
type piece struct {
	text string
	// parting is the separator between it and the piece before: " ", a sign, or "de" for any word.
	// A hyphen between spaces is " - ".
	parting string
	// ordinal: it has the ending of an ordinal, as in "1ro".
	ordinal bool
}

// noParting is a separator that no date has.
const noParting = "?"

// splitPieces splits a date; ok is false for a text that is no date.
func splitPieces(words []token) (all []piece, ok bool) {
	parting := ""
	for _, t := range words {
		last := len(all) - 1
		switch {
		case isParting(t):
			parting = addParting(parting, t)
		case parting != "" || last < 0:
			all, parting = append(all, piece{text: t.text, parting: parting}), ""
		case !t.glued:
			all = append(all, piece{text: t.text, parting: " "})
		case isOrdinal(t) && allDigits(all[last].text, 1, 2):
			all[last].ordinal = true
		default:
			return nil, false // "12h"
		}
	}
	ok = parting == "" && (len(all) == 2 || len(all) == 3) && all[0].parting == ""
	return all, ok
}

func isOrdinal(t token) bool {
	return slices.Contains([]string{"o", "a", "ro", "ero", "do", "er", "st", "nd", "rd", "th"}, t.text)
}

func isParting(t token) bool {
	return isLink(t) || slices.Contains([]string{"/", "-", ".", ","}, t.text)
}

func isLink(t token) bool {
	return slices.Contains([]string{"de", "d", "del", "do", "of", "the", "ano"}, t.text)
}

// addParting adds a word or a sign to the separator between two pieces.
func addParting(before string, t token) string {
	switch {
	case isLink(t) && slices.Contains([]string{"", ",", ".", "de"}, before):
		return "de"
	case before != "":
		return noParting
	case t.text == "-" && !t.glued:
		return " - "
	}
	return t.text
}

// date is a date as it was written: the year may be missing (0) or have two digits.
type date struct {
	year       int
	yearDigits int
	month      time.Month
	dayOfMonth int
}

// calendarDate reads a date in numbers or with the name of a month.
func calendarDate(words []token, monthFirst bool) (date, bool) {
	all, ok := splitPieces(words)
	if !ok {
		return date{}, false
	}
	day, month, year, ok := orderPieces(all, monthFirst)
	if !ok || month.ordinal || year.ordinal {
		return date{}, false
	}
	if day.text == "primero" || day.text == "primeiro" {
		day.text = "1"
	}
	d := date{yearDigits: len(year.text)}
	if !allDigits(day.text, 1, 2) || year.text != "" && !allDigits(year.text, 2, 2) && !allDigits(year.text, 4, 4) {
		return date{}, false
	}
	d.dayOfMonth, _ = strconv.Atoi(day.text)
	d.year, _ = strconv.Atoi(year.text)
	d.month, ok = monthOf(month.text)
	return d, ok
}

// orderPieces returns the pieces by their meaning; the year is empty when it is missing. ok is false
// for what may be something else: a range of days, a number with decimals.
func orderPieces(all []piece, monthFirst bool) (day, month, year piece, ok bool) {
	if len(all) == 3 {
		year = all[2]
		if allDigits(all[0].text, 4, 4) {
			return all[2], all[1], all[0], all[1].parting == all[2].parting && all[1].parting != "," // 2026-12-25
		}
	}
	day, month = all[0], all[1]
	if _, isName := monthNamed(day.text); isName { // December 25
		return month, day, year, year.text == "" || len(year.text) == 4 // not "marzo 10-12"
	}
	if _, isName := monthNamed(month.text); isName {
		return day, month, year, isYearAfterName(year)
	}
	if monthFirst {
		day, month = month, day // 12/25
	}
	return day, month, year, isNumericDate(all)
}

// isYearAfterName reports whether the piece after the name of a month is its year. Two digits behind
// a mere space may be an hour or a number of persons, unless they are above 31.
func isYearAfterName(year piece) bool {
	if len(year.text) != 2 {
		return true
	}
	return slices.Contains([]string{"-", "/", ".", "de"}, year.parting) || year.parting == " " && year.text > "31"
}

// isNumericDate reports whether the numbers have separators of a date: "25,12" and "2.5" are numbers
// with decimals, "10 - 12" and "10-12/3" ranges of days.
func isNumericDate(all []piece) bool {
	first := all[1].parting
	full := len(all[0].text) == 2 && len(all[1].text) == 2
	sure := slices.Contains([]string{"/", "-", "de"}, first) || full && (first == " " || first == ".")
	if len(all) == 2 {
		return sure
	}
	year := all[2]
	switch {
	case len(year.text) == 4 && slices.Contains([]string{" ", ",", "de"}, year.parting):
		return sure || first == year.parting && first != ","
	case len(year.text) == 4:
		return first == year.parting
	}
	return first == year.parting && (sure || first == " - ")
}
