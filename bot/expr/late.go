package expr

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"github.com/chattigo/api-isv/bot/locale"
)

// lateFunctions are those whose result depends on the conversation: a compiled expression
// serves all of them, so that these are bound when it is evaluated.
var lateFunctions = []declaration{
	declare("t", lateOverload("t_string", types.StringType, types.StringType)),
	declare("fmt",
		lateOverload(fmtTimestamp, types.StringType, types.TimestampType, types.StringType),
		lateOverload(fmtString, types.StringType, types.StringType, types.StringType),
		lateOverload("fmt_int", types.StringType, types.IntType, types.StringType),
		lateOverload("fmt_double", types.StringType, types.DoubleType, types.StringType)),
	declare("money",
		lateOverload("money_int", types.StringType, types.IntType, types.StringType),
		lateOverload("money_double", types.StringType, types.DoubleType, types.StringType)),
	declare("open", lateOverload("open_string", types.BoolType, types.StringType)),
	declare("next_open", lateOverload("next_open_string", types.TimestampType, types.StringType)),
	declare("bucket", lateOverload("bucket_string_int", types.IntType, types.StringType, types.IntType)),
}

// The overloads of fmt that need the bot's time zone.
const (
	fmtTimestamp = "fmt_timestamp"
	fmtString    = "fmt_string"
)

// lateImplementations are what lateFunctions do, given the overload that was chosen.
var lateImplementations = map[string]func(*scope, string, ...ref.Val) ref.Val{
	"t":            (*scope).text,
	"fmt":          (*scope).format,
	"money":        (*scope).money,
	"open":         (*scope).open,
	"next_open":    (*scope).nextOpen,
	"bucket":       (*scope).bucket,
	"date":         (*scope).date,
	"add_days":     (*scope).addDays,
	"add_months":   (*scope).addMonths,
	"days_between": (*scope).daysBetween,
}

// isLate reports whether a function is bound when an expression is evaluated.
func isLate(name string) bool { return lateImplementations[name] != nil }

// ResolveFunction implements interpreter.FunctionActivation.
func (s *scope) ResolveFunction(name string) (functions.LateBoundOp, bool) {
	f, ok := lateImplementations[name]
	return func(overload string, args ...ref.Val) ref.Val { return f(s, overload, args...) }, ok
}

// stringArg is an argument whose type was checked when the overload was chosen.
func stringArg(val ref.Val) string {
	s, _ := val.(types.String)
	return string(s)
}

func numberArg(val ref.Val) float64 {
	switch n := val.(type) {
	case types.Int:
		return float64(n)
	case types.Double:
		return float64(n)
	}
	return 0
}

// bounded is a text as a value, or the error that it is too long or cannot be made.
func bounded(text string, err error, message string) ref.Val {
	if err != nil {
		return fail(message)
	}
	if len(text) > maxText {
		return fail("a text becomes too long")
	}
	return types.String(text)
}

func (s *scope) text(_ string, args ...ref.Val) ref.Val {
	if s.v.Strings != nil {
		if text, ok := s.v.Strings(stringArg(args[0])); ok {
			return bounded(text, nil, "")
		}
	}
	return fail("t: there is no text of that key")
}

// format is fmt. A text is a date (yyyy-MM-dd) or a timestamp (RFC 3339), as JSON has them.
func (s *scope) format(overload string, args ...ref.Val) ref.Val {
	pattern := stringArg(args[1])
	if len(pattern) > maxPattern {
		return fail("fmt: the pattern is too long")
	}
	var at time.Time
	switch overload {
	case fmtTimestamp:
		ts, _ := args[0].(types.Timestamp)
		at = ts.In(s.v.zone())
	case fmtString:
		var ok bool
		if at, ok = s.parseTime(stringArg(args[0])); !ok {
			return fail("fmt: the text is neither a date nor a timestamp")
		}
	default:
		text, err := locale.Number(s.v.Language, numberArg(args[0]), pattern)
		return bounded(text, err, "fmt: the number cannot be written like that")
	}
	text, err := locale.Time(s.v.Language, at, pattern)
	return bounded(text, err, "fmt: the time cannot be written like that")
}

// maxPattern bounds the pattern of fmt, in bytes.
const maxPattern = 200

func (s *scope) parseTime(text string) (time.Time, bool) {
	if at, err := time.ParseInLocation(time.DateOnly, text, s.v.zone()); err == nil {
		return at, true
	}
	at, err := time.Parse(time.RFC3339, text)
	return at.In(s.v.zone()), err == nil
}

func (s *scope) money(_ string, args ...ref.Val) ref.Val {
	text, err := locale.Money(s.v.Language, numberArg(args[0]), stringArg(args[1]))
	return bounded(text, err, "money: the amount cannot be written like that")
}

func (s *scope) open(_ string, args ...ref.Val) ref.Val {
	if s.v.Hours != nil {
		if h := s.v.Hours(stringArg(args[0])); h != nil {
			return types.Bool(h.Open(s.v.Now))
		}
	}
	return fail("open: there are no hours of that name")
}

func (s *scope) nextOpen(_ string, args ...ref.Val) ref.Val {
	if s.v.Hours == nil {
		return fail("next_open: there are no hours of that name")
	}
	h := s.v.Hours(stringArg(args[0]))
	if h == nil {
		return fail("next_open: there are no hours of that name")
	}
	at, ok := h.Next(s.v.Now)
	if !ok {
		return fail("next_open: it does not open within a year")
	}
	return types.Timestamp{Time: at}
}

// bucket puts a contact into one of n groups, the same each time: a hash of salt and contact.
func (s *scope) bucket(_ string, args ...ref.Val) ref.Val {
	n, _ := args[1].(types.Int)
	if n <= 0 {
		return fail("bucket: the number of groups is at least 1")
	}
	sum := sha256.Sum256([]byte(stringArg(args[0]) + "\x00" + s.v.Contact.Key))
	return types.Int(binary.BigEndian.Uint64(sum[:8]) % uint64(n)) //nolint:gosec // below n
}
