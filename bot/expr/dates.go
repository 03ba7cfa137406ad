package expr

import (
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// dateFunctions count in days, in the bot's time zone. A date is a text yyyy-MM-dd of the years 1 to
// 9999; others could not be written so.
var dateFunctions = []declaration{
	declare("date",
		lateOverload("date_timestamp", types.StringType, types.TimestampType),
		lateOverload("date_string", types.StringType, types.StringType),
		lateOverload("date_int_int_int", types.StringType, types.IntType, types.IntType, types.IntType)),
	declare("add_days",
		lateOverload("add_days_string_int", types.StringType, types.StringType, types.IntType),
		lateOverload("add_days_timestamp_int", types.TimestampType, types.TimestampType, types.IntType)),
	declare("add_months",
		lateOverload("add_months_string_int", types.StringType, types.StringType, types.IntType),
		lateOverload("add_months_timestamp_int", types.TimestampType, types.TimestampType, types.IntType)),
	declare("days_between",
		lateOverload("days_between_string_string", types.IntType, types.StringType, types.StringType),
		lateOverload("days_between_timestamp_timestamp", types.IntType, types.TimestampType, types.TimestampType),
		lateOverload("days_between_string_timestamp", types.IntType, types.StringType, types.TimestampType),
		lateOverload("days_between_timestamp_string", types.IntType, types.TimestampType, types.StringType)),
}

// The years of dates, and what may be added to one: more leads out of those years for certain.
const (
	firstYear = 1
	lastYear  = 9999
	maxDays   = 366 * lastYear
	maxMonths = 12 * lastYear

	secondsOfDay = 24 * 60 * 60
)

// fixedDates are the overloads that need no time zone.
var fixedDates = map[string]bool{
	"date_int_int_int": true, "add_days_string_int": true, "add_months_string_int": true, "days_between_string_string": true,
}

// isDateFunction reports whether a function is one of dateFunctions.
func isDateFunction(name string) bool {
	return name == "date" || name == "add_days" || name == "add_months" || name == "days_between"
}

// notADate is the end of the message for a text that is none.
const notADate = ": the text is not a date (yyyy-MM-dd)"

// date is the day of a time in the bot's zone; of a text, which is a date or a time (RFC 3339); or that of
// a year, month and day.
func (s *scope) date(_ string, args ...ref.Val) ref.Val {
	if len(args) == 3 {
		return dateOf(args)
	}
	if at, ok := args[0].(types.Timestamp); ok {
		return writtenDate("date", at.In(s.v.zone()))
	}
	at, ok := s.parseTime(stringArg(args[0]))
	if !ok {
		return fail("date: the text is neither a date (yyyy-MM-dd) nor a time with its offset")
	}
	return writtenDate("date", at)
}

// dateOf is the date of a year, a month and a day, if there is such a day.
func dateOf(args []ref.Val) ref.Val {
	var n [3]int
	for i, arg := range args {
		whole, _ := arg.(types.Int)
		if whole < 0 || whole > lastYear {
			return fail("date: there is no such day")
		}
		n[i] = int(whole)
	}
	at := time.Date(n[0], time.Month(n[1]), n[2], 0, 0, 0, 0, time.UTC)
	if at.Year() != n[0] || at.Month() != time.Month(n[1]) || at.Day() != n[2] {
		return fail("date: there is no such day")
	}
	return writtenDate("date", at)
}

func writtenDate(function string, at time.Time) ref.Val {
	if year := at.Year(); year < firstYear || year > lastYear {
		return fail(function + ": the date lies too far away")
	}
	return types.String(at.Format(time.DateOnly))
}

// parseDate reads yyyy-MM-dd as the beginning of that day in UTC.
func parseDate(text string) (time.Time, bool) {
	at, err := time.Parse(time.DateOnly, text)
	return at, err == nil && at.Year() >= firstYear
}

func (s *scope) addDays(_ string, args ...ref.Val) ref.Val {
	return s.moved("add_days", args, maxDays, func(at time.Time, n int) time.Time { return at.AddDate(0, 0, n) })
}

func (s *scope) addMonths(_ string, args ...ref.Val) ref.Val {
	return s.moved("add_months", args, maxMonths, addMonths)
}

// addMonths is the same day of another month, or that month's last day where it has no such day.
func addMonths(at time.Time, n int) time.Time {
	year, month, day := at.Date()
	first := time.Date(year, month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	hour, minute, second := at.Clock()
	return time.Date(first.Year(), first.Month(), min(day, last), hour, minute, second, at.Nanosecond(), at.Location())
}

// moved is a date, or a time at the same hour in the bot's zone, by so many days or months later.
func (s *scope) moved(function string, args []ref.Val, most int, move func(time.Time, int) time.Time) ref.Val {
	n, _ := args[1].(types.Int)
	if n < types.Int(-most) || n > types.Int(most) {
		return fail(function + ": the date lies too far away")
	}
	if at, ok := args[0].(types.Timestamp); ok {
		to := move(at.In(s.v.zone()), int(n))
		if year := to.UTC().Year(); year < firstYear || year > lastYear {
			return fail(function + ": the date lies too far away")
		}
		return timestamp(to)
	}
	at, ok := parseDate(stringArg(args[0]))
	if !ok {
		return fail(function + notADate)
	}
	return writtenDate(function, move(at, int(n)))
}

// daysBetween counts the days from the first to the second, by the calendar of the bot's zone.
func (s *scope) daysBetween(_ string, args ...ref.Val) ref.Val {
	from, ok := s.dayOf(args[0])
	to, alsoOK := s.dayOf(args[1])
	if !ok || !alsoOK {
		return fail("days_between" + notADate)
	}
	return types.Int((to.Unix() - from.Unix()) / secondsOfDay)
}

// dayOf is the day of a date or a time, as its beginning in UTC, where all days have 24 hours.
func (s *scope) dayOf(val ref.Val) (time.Time, bool) {
	if at, ok := val.(types.Timestamp); ok {
		year, month, day := at.In(s.v.zone()).Date()
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC), true
	}
	return parseDate(stringArg(val))
}
