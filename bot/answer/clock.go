package answer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// readTime reads a time of day as "08:30": "8:30", "8.30", "8h30", "21h", "2130", "8 y media",
// "9:30 pm", "nueve menos cuarto", "mediodía". Without a word for the part of the day the clock
// has 24 hours: "9" is 09:00; but in the hours after one and before seven it may be morning or
// afternoon. What may as well be a number, a range or how long something takes is refused; see
// isDoubtful.
func readTime(lead []string, text string, c Context) (any, Refusal) {
	if saysNow(lead) {
		return nil, Unreadable
	}
	k := &clock{tokens: clockTokens(text), lead: lead}
	shift := k.cutShift()
	if !k.readHour() || !k.readMinutes() || !k.readPart() || len(k.tokens) > 0 || k.minute > 59 || k.isDoubtful(c.Language) {
		return nil, Unreadable
	}
	if k.isHalfUnknown(shift) {
		return nil, HalfUnknown
	}
	const day = 24 * 60
	minutes := (k.hour*60 + k.minute + k.shift + shift + day) % day
	return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60), ""
}

// saysNow reports whether the words before an hour say that it is what the clock shows: "ya son las 9".
func saysNow(lead []string) bool {
	at := slices.Index(lead, "ya")
	return at >= 0 && at+1 < len(lead) && slices.Contains([]string{"son", "es"}, lead[at+1])
}

// halves are the forms of "am" and "pm".
var halves = strings.NewReplacer("a.m", "am", "p.m", "pm", "a. m", "am", "p. m", "pm")

// clockTokens splits a time, with words such as "p.m." in one piece.
func clockTokens(text string) []token {
	return splitTokens(strings.NewReplacer("meio-dia", "meio dia", "meia-noite", "meia noite").Replace(halves.Replace(strings.ToLower(text))))
}

// clock reads the tokens of a time from left to right; each method that cuts something removes it
// from the beginning of the tokens.
type clock struct {
	tokens []token
	// lead are the words before the time: "a las".
	lead         []string
	hour, minute int
	// shift is by how many minutes the time is before or after that.
	shift int
	// exact: the hour needs no part of the day, as noon and midnight.
	exact bool
	// written: the hour is written as on a clock, "09". run: the minutes are in one row with it, "0930".
	written, run bool
	// unit is the word for hours, if there is one.
	unit string
	// minutes: there are minutes. noted: they are written as on a clock, "9:30", "9h30".
	minutes, noted bool
	// part: there is a part of the day.
	part bool
}

// cut cuts off one of several phrases, and returns it; "" when the tokens begin with none of them.
func (c *clock) cut(phrases ...string) string {
	for _, phrase := range phrases {
		if rest, ok := cutPhrase(c.tokens, phrase); ok {
			c.tokens = rest
			return phrase
		}
	}
	return ""
}

// cutNumber cuts off a number, of least to two digits or as a word.
func (c *clock) cutNumber(least int) (int, bool) {
	if len(c.tokens) == 0 {
		return 0, false
	}
	first := c.tokens[0]
	n, ok := numberWord(first.text)
	if !ok {
		if !allDigits(first.text, least, 2) {
			return 0, false
		}
		n, _ = strconv.Atoi(first.text)
	}
	c.tokens = c.tokens[1:]
	return n, true
}

// cutAmount cuts off a number of minutes as people say it. named: it is a word such as "media".
func (c *clock) cutAmount() (n int, named, ok bool) {
	switch {
	case c.cut("media", "meia", "half") != "":
		return 30, true, true
	case c.cut("cuarto", "quarto", "quarter", "un cuarto", "um quarto", "a quarter") != "":
		return 15, true, true
	}
	if n, ok = c.cutMinutesInWords(); ok {
		return n, true, true
	}
	n, ok = c.cutNumber(1)
	return n, false, ok
}

// cutShift cuts off what stands before the hour, and returns by how many minutes it shifts the hour:
// "cuarto para las nueve", "half past nine". "9 to 5" is a range, and "10 para 9" can mean anything.
func (c *clock) cutShift() int {
	start := c.tokens
	n, named, ok := c.cutAmount()
	named = c.cutMinuteWord() || named
	switch {
	case !ok || n > 59:
	case c.cut("para las", "para la", "para as", "para a", "para o", "pras", "pra") != "", named && c.cut("para") != "":
		return -n
	case (named || n > 12) && c.cut("to") != "":
		return -n
	case c.cut("past") != "":
		return n
	}
	c.tokens = start
	return 0
}

// readHour cuts off the hour, or all of a time such as "2130".
func (c *clock) readHour() bool {
	switch {
	case c.cut("mediodia", "medio dia", "meio dia", "meiodia", "noon", "midday") != "":
		c.hour, c.exact = 12, true
		return true
	case c.cut("medianoche", "media noche", "meia noite", "meianoite", "midnight") != "":
		c.exact = true
		return true
	case len(c.tokens) == 0:
		return false
	}
	first := c.tokens[0].text
	c.written = strings.HasPrefix(first, "0")
	if allDigits(first, 3, 4) {
		hours := len(first) - 2
		c.hour, _ = strconv.Atoi(first[:hours])
		c.minute, _ = strconv.Atoi(first[hours:])
		c.tokens = c.tokens[1:]
		c.written, c.run, c.minutes = c.written || hours == 2, true, true
		return true
	}
	var ok bool
	if c.hour, ok = c.cutHourInWords(); !ok {
		c.hour, ok = c.cutNumber(1)
	}
	return ok
}

// cutHourWord cuts off a word for hours.
func (c *clock) cutHourWord() string {
	return c.cut("h", "hs", "hr", "hrs", "hora", "horas", "hours", "hour", "o'clock")
}

func (c *clock) cutMinuteWord() bool { return c.cut("min", "mins", "minutos", "minutes") != "" }

// readPart cuts off the part of the day and brings the hour to 24 hours. ok is false for
// an hour that the part does not have, and for "12 de la mañana", which means two things.
func (c *clock) readPart() bool {
	c.cut("en punto", "em ponto", "sharp")
	if len(c.tokens) > 1 {
		c.cut(",") // "a las 5, de la tarde"
	}
	switch {
	case c.hour > 23:
		return false
	case len(c.tokens) == 0:
		return true
	case c.exact:
		return false
	}
	c.part = true
	half := c.cut("am", "a m", "pm", "p m")
	link := c.cut("de la", "a la", "en la", "por la", "de", "del", "da", "do", "a", "na", "pela", "in the", "at")
	switch {
	case half != "" && link != "":
		return false
	case strings.HasPrefix(half, "a"):
		return c.first12()
	case half != "":
		// 13 alone may be a slip for 3 or 1; 13:30 is a time.
		return c.hour > 0 && (c.hour <= 12 || c.minutes || c.atHour()) && c.from12()
	}
	return c.readPeriod(link)
}

func (c *clock) readPeriod(link string) bool {
	h := c.hour
	switch c.cut("tarde", "afternoon", "manana", "manha", "morning", "madrugada", "noche", "noite", "night", "evening", "dia", "mediodia") {
	case "tarde", "afternoon":
		return h > 0 && c.from12()
	case "manana": // without the article it is tomorrow
		return h < 12 && strings.HasSuffix(link, " la")
	case "manha", "morning":
		return h < 12
	case "madrugada":
		return (h < firstSureHour || h == 12) && c.first12()
	case "noche", "noite", "night", "evening":
		// From six on it is the evening; before, the small hours of the next day.
		if h >= 6 && h < 12 {
			return c.from12()
		}
		return h >= 18 || c.first12()
	case "dia", "mediodia":
		return h == 12 && link != ""
	}
	return false
}

// first12 takes the hour for one of the day's first twelve.
func (c *clock) first12() bool {
	ok := c.hour <= 12
	c.hour %= 12
	return ok
}

// from12 takes the hour for one of the day's last twelve.
func (c *clock) from12() bool {
	c.hour = c.hour%12 + 12
	return true
}
