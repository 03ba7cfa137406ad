package answer

import (
	"slices"
	"strings"
)

// readMinutes cuts off the minutes, if there are any, and the word for hours before or after them.
func (c *clock) readMinutes() bool {
	if c.unit == "" {
		c.unit = c.cutHourWord()
	}
	ok := true
	switch {
	case c.run: // they stood with the hour
	case c.cutColon():
		c.minutes, c.noted = true, true
		c.minute, ok = c.cutNumber(2)
	case c.cutJoint("y", "e", "and", "con", "com"):
		c.minutes = true
		c.shift, ok = c.minutesAfter()
	case c.cutJoint("menos"):
		c.minutes = true
		c.shift, ok = c.minutesBefore()
	case c.minutesFollow():
		c.minutes, c.noted = true, c.tokens[0].glued
		c.minute, ok = c.cutNumber(2)
	case c.unit == "":
		c.minute, c.minutes = c.cutMinutesInWords() // "ocho treinta"
	}
	switch {
	case !c.minutes:
	case c.unit == "hora" || c.unit == "horas":
		ok = ok && c.atHour() // and so is "8 horas 30"
		c.cutMinuteWord()
	case c.unit == "":
		c.unit = c.cutHourWord()
		ok = ok && (c.unit == "" || c.shift == 0 || c.atHour()) // "9 y media horas" is how long
	case c.cutMinuteWord():
		c.noted = false // and so may "9h30min" be
	}
	return ok
}

// cutColon cuts off the sign between hours and minutes. A point that stands alone ends an item of a list.
func (c *clock) cutColon() bool {
	if len(c.tokens) < 2 {
		return false
	}
	sign, minutes := c.tokens[0], c.tokens[1]
	if sign.text != ":" && (sign.text != "." || !sign.glued || !minutes.glued) {
		return false
	}
	c.tokens = c.tokens[1:]
	return true
}

// cutJoint cuts off a word between hours and minutes. It stands alone: "1e30" is a number.
func (c *clock) cutJoint(words ...string) bool {
	return len(c.tokens) > 1 && !c.tokens[0].glued && !c.tokens[1].glued && c.cut(words...) != ""
}

// minutesFollow reports whether minutes come next, as in "9h30" and "9 30". Without the h they may be
// another hour, so that they have to be minutes that people name.
func (c *clock) minutesFollow() bool {
	if len(c.tokens) == 0 || !allDigits(c.tokens[0].text, 2, 2) {
		return false
	}
	return c.unit != "" || !c.tokens[0].glued && strings.ContainsAny(c.tokens[0].text[1:], "05") && (c.tokens[0].text != "10" || c.atHour())
}

// minuteWords are numbers of minutes above twelve as words. Others may follow the tens.
var minuteWords = []struct {
	words   string
	minutes int
}{
	{"veinte vinte twenty", 20},
	{"quince quinze fifteen", 15},
	{"veinticinco", 25},
	{"treinta trinta thirty", 30},
	{"cuarenta quarenta forty", 40},
	{"cincuenta cinquenta fifty", 50},
}

// cutMinutesInWords cuts off minutes that are a word or two: "treinta", "cuarenta y cinco", "thirty five".
func (c *clock) cutMinutesInWords() (int, bool) {
	for _, tens := range minuteWords {
		if c.cut(strings.Fields(tens.words)...) == "" {
			continue
		}
		start := c.tokens
		c.cut("y", "e")
		if n, ok := c.cutNumber(1); ok && n > 0 && n < 10 && tens.minutes%10 == 0 {
			return tens.minutes + n, true
		}
		c.tokens = start
		return tens.minutes, true
	}
	return 0, false
}

// minutesAfter are the minutes after the hour. A small number may be another hour instead, as in "9 y 11"
// and in "9 y 10".
func (c *clock) minutesAfter() (int, bool) {
	n, named, ok := c.cutAmount()
	sure := c.cutMinuteWord() || named || n > 12
	return n, ok && n < 60 && (sure || (n == 5 || n == 10) && (n <= c.hour || c.atHour()))
}

// minutesBefore are the minutes before the hour; "9 menos 2" is 7.
func (c *clock) minutesBefore() (int, bool) {
	n, named, ok := c.cutAmount()
	named = c.cutMinuteWord() || named
	return -n, ok && n < 60 && (named || n%5 == 0)
}

// wordBefore is the nth word before the time, counted from the last, which is 1; "" when there are fewer.
func (c *clock) wordBefore(n int) string {
	if len(c.lead) < n {
		return ""
	}
	return c.lead[len(c.lead)-n]
}

// atHour reports whether the words before announce an hour: "a las 9".
func (c *clock) atHour() bool {
	last := c.wordBefore(1)
	return slices.Contains([]string{"las", "as", "alas", "at", "hora", "time"}, last) ||
		last == "la" && (c.hour == 1 || c.wordBefore(2) == "a") || last == "a" && c.hour == 1 // "à uma"
}

// notBeforeHour are words behind which a number is not an hour, unless more says so: "para 9" is for
// nine persons, "el 9" a day, "la 2" the second choice. notBeforeHours are those behind which one with
// a word for hours is how long something takes.
const (
	notBeforeHour = "para de del el la un una um uma mi mis los numero num nro n number son sao somos my the o os e meu minha a i'm im " +
		"quiero quisiera quero queria want hoy hoje"
	notBeforeHours = "para un una um uma son somos como tipo"
)

// firstHour is the first hour of which "9 horas" is more likely to be the time than how long
// something takes. In English the words for hours never stand for the time, and their abbreviations
// only where the clock has 24 hours.
const (
	firstHour        = 7
	firstEnglishHour = 13
)

// isDoubtful reports whether the time may be something else: a number of things, or how long something
// takes.
func (c *clock) isDoubtful(language string) bool {
	if c.atHour() || c.part || c.exact || c.noted {
		return false
	}
	if c.unit == "" || c.unit == "o'clock" {
		counted := (!c.minutes || c.run) && c.unit == ""
		return counted && slices.Contains(strings.Fields(notBeforeHour), c.wordBefore(1))
	}
	first := firstHour
	if strings.HasPrefix(language, "en") {
		first = firstEnglishHour
	}
	return slices.Contains(strings.Fields(notBeforeHours), c.wordBefore(1)) ||
		c.unit == "hour" || c.unit == "hours" || c.hour < first && !c.written
}
