package answer

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/chattigo/api-isv/bot/fold"
)

// readTime reads a time of day as "08:30": "8:30", "8.30", "8h30", "21h", "2130", "8 y media",
// "9:30 pm", "nueve menos cuarto", "mediodía". Without a word for the part of the day the clock
// has 24 hours: "9" is 09:00.
func readTime(text string) (string, bool) {
	c := &clock{words: clockWords(text)}
	shift := c.before()
	if !c.readHour() || !c.readMinutes() || !c.readPart() || len(c.words) > 0 || c.minute > 59 {
		return "", false
	}
	const day = 24 * 60
	minutes := (c.hour*60 + c.minute + c.shift + shift + day) % day
	return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60), true
}

// clockWords are the words, numbers and colons of a time, without words that say nothing.
func clockWords(text string) []string {
	text = strings.NewReplacer("a.m", "am", "p.m", "pm", "a. m", "am", "p. m", "pm", ".", ":", "-", " ").Replace(fold.Text(text))
	var b strings.Builder
	var last rune
	for _, r := range text {
		// Words and numbers part, so that "9pm" is two of them.
		if r == ':' || last == ':' || unicode.IsDigit(r) != unicode.IsDigit(last) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	silent := []string{"la", "las", "as", "de", "del", "da", "do", "the", "in", "en", "em"}
	return slices.DeleteFunc(strings.Fields(b.String()), func(w string) bool { return slices.Contains(silent, w) })
}

// clock reads the words of a time from left to right.
type clock struct {
	words        []string
	hour, minute int
	// shift is by how many minutes the time is before or after that.
	shift int
	// exact says that the hour needs no part of the day: noon and midnight.
	exact bool
}

// next takes words off if they come next.
func (c *clock) next(phrases ...string) bool {
	for _, phrase := range phrases {
		words := strings.Fields(phrase)
		if len(c.words) >= len(words) && slices.Equal(c.words[:len(words)], words) {
			c.words = c.words[len(words):]
			return true
		}
	}
	return false
}

// number takes a number off, in digits, least to two of them, or as a word.
func (c *clock) number(least int) (int, bool) {
	if len(c.words) == 0 {
		return 0, false
	}
	n, ok := numberWord(c.words[0])
	if !ok {
		if !digits(c.words[0], least, 2) {
			return 0, false
		}
		n, _ = strconv.Atoi(c.words[0])
	}
	c.words = c.words[1:]
	return n, true
}

// amount takes off a number of minutes as people say it.
func (c *clock) amount() (int, bool) {
	switch {
	case c.next("media", "meia", "half"):
		return 30, true
	case c.next("cuarto", "quarto", "quarter", "un cuarto", "um quarto", "quinze", "quince"):
		return 15, true
	case c.next("veinte", "vinte"):
		return 20, true
	}
	return c.number(1)
}

// before takes off what stands before the hour, and says by how many minutes it shifts it: "cuarto
// para las nueve", "half past nine".
func (c *clock) before() int {
	words := c.words
	n, ok := c.amount()
	switch {
	case ok && n < 60 && c.next("para", "to"):
		return -n
	case ok && n < 60 && c.next("past"):
		return n
	}
	c.words = words
	return 0
}

// readHour takes off the hour, or all of a time such as "2130".
func (c *clock) readHour() bool {
	switch {
	case c.next("mediodia", "medio dia", "meio dia", "meiodia", "noon", "midday"):
		c.hour, c.exact = 12, true
		return true
	case c.next("medianoche", "media noche", "meia noite", "meianoite", "midnight"):
		c.exact = true
		return true
	}
	if len(c.words) > 0 && digits(c.words[0], 4, 4) {
		c.hour, _ = strconv.Atoi(c.words[0][:2])
		c.minute, _ = strconv.Atoi(c.words[0][2:])
		c.words = c.words[1:]
		return true
	}
	var ok bool
	c.hour, ok = c.number(1)
	return ok
}

// readMinutes takes off the minutes, if there are any, and the word for hours.
func (c *clock) readMinutes() bool {
	ok := true
	switch hasHour := c.hours(); {
	case c.next(":"):
		c.minute, ok = c.number(2)
	case c.next("y", "e", "and", "con", "com"):
		c.shift, ok = c.amount()
	case c.next("menos"):
		c.shift, ok = c.amount()
		c.shift = -c.shift
	case len(c.words) > 0 && digits(c.words[0], 2, 2): // "9 30", "9h30"
		c.minute, ok = c.number(2)
	case hasHour:
		return true
	}
	c.next("min", "minutos", "minutes")
	c.hours()
	return ok && c.shift > -60 && c.shift < 60
}

func (c *clock) hours() bool {
	return c.next("h", "hs", "hr", "hrs", "hora", "horas", "hours", "o'clock")
}

// readPart takes off the part of the day and brings the hour to 24 hours. ok is false for
// an hour that the part does not have, and for "12 de la mañana", which means two things.
func (c *clock) readPart() bool {
	h := c.hour
	switch {
	case h > 23:
		return false
	case len(c.words) == 0:
		return true
	case c.exact:
		return false
	case c.next("am"):
		c.hour = h % 12
		return h <= 12
	case c.next("pm", "tarde", "afternoon"):
		c.hour = h%12 + 12
		return h > 0
	case c.next("manana", "manha", "morning"):
		return h < 12
	case c.next("madrugada"):
		c.hour = h % 12
		return h <= 12
	case c.next("noche", "noite", "night", "evening"):
		// From six on it is the evening; before, the small hours of the next day.
		if h >= 6 && h < 12 {
			c.hour += 12
		}
		if h == 12 {
			c.hour = 0
		}
		return h <= 12 || h >= 18
	case c.next("dia", "mediodia"):
		return h == 12
	}
	return false
}
