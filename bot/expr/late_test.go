package expr

import (
	"testing"
	"time"

	"github.com/chattigo/api-isv/bot/hours"
	"github.com/stretchr/testify/require"
)

func TestFormsOfTimesFollowTheBotsZone(t *testing.T) {
	v := chat(t)
	s := &scope{v: v}
	at, ok := s.parseTime("2026-03-10")
	require.True(t, ok)
	require.Equal(t, "2026-03-10T00:00:00-03:00", at.Format(time.RFC3339))
	at, ok = s.parseTime("2026-03-10T12:00:00Z")
	require.True(t, ok)
	require.Equal(t, "2026-03-10T09:00:00-03:00", at.Format(time.RFC3339))
	_, ok = s.parseTime("mañana")
	require.False(t, ok)
}

// afternoons are opening hours of weekdays from 14 to 19 in the zone of Santiago.
func afternoons(t testing.TB) *hours.Schedule {
	zone, err := time.LoadLocation("America/Santiago")
	require.NoError(t, err)
	days, err := hours.ParseDays("mon-fri")
	require.NoError(t, err)
	span, err := hours.ParseSpan("14:00-19:00")
	require.NoError(t, err)
	week := hours.NewWeek(zone)
	require.NoError(t, week.Add(days, span))
	return week.Schedule()
}

func TestTimesNumbersAndMoneyAreWrittenForTheContact(t *testing.T) {
	for source, want := range map[string]string{
		"${fmt(next_open('recepcion'), 'EEEE HH:mm')}": "martes 14:00",
		"${fmt(now, 'yyyy-MM-dd HH:mm')}":              "2026-03-10 10:30",
		`${fmt(vars.fecha, "d 'de' MMMM")}`:            "10 de marzo",
		"${fmt(result.json.at, 'dd/MM HH:mm')}":        "10/03 00:00",
		"${fmt(vars.total, '#,##0.00')}":               "1.990,00",
		"${fmt(3, '0.0')}":                             "3,0",
		"${money(vars.total, 'CLP')}":                  "$1.990",
		"${open('recepcion')}":                         "false",
	} {
		v := chat(t)
		v.Result.JSON = raw(`{"at":"2026-03-10T03:00:00Z"}`)
		v.Hours = func(string) *hours.Schedule { return afternoons(t) }
		got, err := text(t, source).Text(v)
		require.NoError(t, err, source)
		require.Equal(t, want, got, source)
	}
}

func TestPatternsAndCurrenciesAreCheckedWhereTheyAreWritten(t *testing.T) {
	e := env(t, clinic())
	for source, offset := range map[string]int{
		"fmt(now, 'xx')": 9, "fmt(vars.fecha, 'QQQ')": 16, "fmt(vars.total, 'HH')": 16, "fmt(1, '0,0')": 7, "money(vars.total, 'XYZ')": 18,
	} {
		_, problems := e.Compile(source, Site{}, String)
		require.Len(t, problems, 1, source)
		require.Equal(t, CodeExpression, problems[0].Code)
		require.Equal(t, offset, problems[0].Offset, source)
	}
}

func TestWhatCannotBeWrittenFails(t *testing.T) {
	e := env(t, clinic())
	for source, message := range map[string]string{
		"fmt(vars.pedido, 'HH')":          "fmt: the text is neither a date nor a timestamp",
		"fmt(now, contact.name)":          "fmt: the time cannot be written like that",
		"fmt(vars.total, contact.name)":   "fmt: the number cannot be written like that",
		"money(vars.total, contact.name)": "money: the amount cannot be written like that",
		"next_open('recepcion')":          "next_open: it does not open within a year",
	} {
		v := chat(t)
		v.Hours = func(string) *hours.Schedule { return hours.NewWeek(time.UTC).Schedule() }
		_, err := compiles(t, e, source, Site{}, Any).Eval(v)
		require.EqualError(t, err, message, source)
	}
}
