package answer

import (
	"regexp"
	"strings"

	"github.com/chattigo/api-isv/bot/fold"
)

// firstSureHour is the first hour that needs no word for the part of the day: offices, visits and
// deliveries are at 7 or 9 in the morning as a rule. Of the hours from 1 to before it nobody can know.
const firstSureHour = 7

// isHalfUnknown reports whether the hour may be before or after noon: "a las 5", "cuarto para las siete".
// "05:00" is written as on a clock of 24 hours, and "5 hs" means one.
func (c *clock) isHalfUnknown(shift int) bool {
	if c.part || c.exact || c.written || c.unit != "" && c.unit != "o'clock" {
		return false
	}
	return c.hour >= 1 && c.hour < firstSureHour || c.hour == firstSureHour && c.shift+shift < 0
}

// cutHourInWords cuts off an hour above twelve: "dieciocho", "vinte e uma".
func (c *clock) cutHourInWords() (int, bool) {
	switch {
	case c.cut("vinte e uma", "veinte y una") != "":
		return 21, true
	case c.cut("vinte e duas", "veinte y dos") != "":
		return 22, true
	case len(c.tokens) == 0:
		return 0, false
	}
	w, ok := spanish[c.tokens[0].text]
	if !ok || w.value <= 12 || w.value > 23 {
		return 0, false
	}
	if w.value == 20 && len(c.tokens) > 1 && (c.tokens[1].text == "y" || c.tokens[1].text == "e") {
		return 0, false // "veinte y treinta" may be minutes
	}
	c.tokens = c.tokens[1:]
	return int(w.value), true
}

// dayParts are the parts of the day, and the words that follow an hour and mean them.
var dayParts = []struct{ after, names string }{
	{"de la manana", "manana mananita"},
	{"de la tarde", "tarde tardecita"},
	{"de la noche", "noche nochecita"},
	{"de la madrugada", "madrugada"},
	{"da manha", "manha"},
	{"da noite", "noite"},
	{"in the morning", "morning"},
	{"in the afternoon", "afternoon"},
	{"in the evening", "evening night"},
	{"am", "am a.m"},
	{"pm", "pm p.m"},
}

// beforePart are the words that may stand before the name of a part of the day.
var beforePart = setOf("de en por a la el es era seria sera las da na pela pelo no do o in the it's at")

// completed is the hour that was typed before with the part of the day that is typed now. ok is false for
// any other text.
func completed(before, text string) (hour string, ok bool) {
	text, ok = plain(text)
	if !ok {
		return "", false
	}
	part, isPart := partAlone(uncourteous(text))
	before, ok = plain(before)
	return uncourteous(before) + " " + part, ok && isPart
}

func uncourteous(text string) string {
	return trim(strings.Join(withoutCourtesy(strings.Fields(text)), " "))
}

// partAlone reads a text that is only a part of the day, as the answer to "¿de la mañana o de la tarde?".
func partAlone(text string) (after string, ok bool) {
	if len(text) > maxPart {
		return "", false
	}
	words := strings.Fields(fold.Text(text))
	if joined := strings.Join(words, ""); joined == "a.m" || joined == "p.m" {
		words = []string{joined}
	}
	if len(words) == 0 || !beforePart.hasAll(words[:len(words)-1]) {
		return "", false
	}
	for _, part := range dayParts {
		if setOf(part.names)[words[len(words)-1]] {
			return part.after, true
		}
	}
	return "", false
}

// maxPart bounds a text that is a part of the day only, in bytes.
const maxPart = 40

// partFirst is a part of the day before the hour: "en la tarde, a las 5".
var partFirst = regexp.MustCompile(`(?i)^\s*((?:(?:en|por|a|de) la|de|da|na|à|a|pela|in the) (?:ma[nñ]ana|tarde|noche|madrugada|manh[aã]|noite|morning|afternoon|evening)|tarde|noche)[\s,]+(?:y |e )?(\S.*)$`)

// aboutHour are the words that say that an hour is not meant to the minute.
var aboutHour = regexp.MustCompile(`(?i)(^|\s)(?:(?:a eso de|sobre|alrededor de|cerca de|como a|como|tipo(?: a)?|por ah[ií] a|x ah[ií] a|m[aá]s o menos a) las?|por volta das?|l[aá] pelas?|pelas|tipo [aà]s|mais ou menos [aà]s|around)\s`)

// hourFirst brings the words of an hour into the order in which they are read.
func hourFirst(text string) string {
	if found := partFirst.FindStringSubmatch(text); found != nil && (strings.ContainsAny(found[2], "0123456789") || strings.Contains(found[2], "las ")) {
		text = strings.TrimRight(found[2], ".,;!? ") + " " + found[1]
	}
	return aboutHour.ReplaceAllString(text, "${1}a las ")
}
