package hint

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/bot/fold"
)

// amount finds a number and its unit in a time that somebody wrote in words.
var amount = regexp.MustCompile(`^([0-9]{1,9})(?:[.,]([0-9]{1,3}))?([a-z]*)`)

// clockForm matches hours, minutes and seconds with colons.
var clockForm = regexp.MustCompile(`^([0-9]{1,3}):([0-5][0-9]):([0-5][0-9])$`)

// seconds are the units of time that people write, in Spanish, Portuguese and English.
var seconds = map[string]int{
	"s": 1, "sec": 1, "secs": 1, "second": 1, "seconds": 1, "seg": 1, "segs": 1, "segundo": 1, "segundos": 1,
	"m": 60, "min": 60, "mins": 60, "minute": 60, "minutes": 60, "minuto": 60, "minutos": 60, "mn": 60,
	"h": 3600, "hr": 3600, "hrs": 3600, "hs": 3600, "hour": 3600, "hours": 3600, "hora": 3600, "horas": 3600,
	"d": day, "day": day, "days": day, "dia": day, "dias": day,
	"w": 7 * day, "week": 7 * day, "weeks": 7 * day, "semana": 7 * day, "semanas": 7 * day,
}

const day = 24 * 3600 // seconds

// Duration is a time in our words that was written in others: "30m" for "30min", "90m" for "1h30m";
// "" for what is no time, or has no unit.
func Duration(text string) string {
	const longest = 60 // bytes; nobody writes a time with more
	if len(text) > longest || strings.HasPrefix(strings.TrimSpace(text), "-") {
		return ""
	}
	if m := clockForm.FindStringSubmatch(strings.TrimSpace(text)); m != nil {
		return inUnits(1000 * (number(m[1])*3600 + number(m[2])*60 + number(m[3])))
	}
	rest := strings.NewReplacer(" y ", " ", " e ", " ", " and ", " ").Replace(strings.ToLower(text))
	rest = strings.Join(strings.Fields(fold.Text(rest)), "")
	if iso, ok := strings.CutPrefix(rest, "p"); ok { // P1DT2H of ISO 8601
		rest = strings.ReplaceAll(iso, "t", "")
	}
	thousandths := 0
	for rest != "" {
		m := amount.FindStringSubmatch(rest)
		if m == nil || seconds[m[3]] == 0 {
			return ""
		}
		fraction := (m[2] + "000")[:3]
		thousandths += (1000*number(m[1]) + number(fraction)) * seconds[m[3]]
		rest = rest[len(m[0]):]
	}
	return inUnits(thousandths)
}

// number is a number of at most nine digits.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// inUnits writes a time in its largest unit that leaves no rest; "" where it is not of whole seconds, or of more than ten years.
func inUnits(thousandths int) string {
	const most = 10 * 365 * day // nobody means more
	whole := thousandths / 1000
	if whole <= 0 || whole > most || thousandths%1000 != 0 {
		return ""
	}
	for _, u := range []struct {
		seconds int
		name    string
	}{{day, "d"}, {3600, "h"}, {60, "m"}} {
		if whole%u.seconds == 0 {
			return fmt.Sprintf("%d%s", whole/u.seconds, u.name)
		}
	}
	return fmt.Sprintf("%ds", whole)
}
