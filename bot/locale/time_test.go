package locale_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot/locale"
)

func TestTime(t *testing.T) {
	santiago, err := time.LoadLocation("America/Santiago")
	require.NoError(t, err)
	at := time.Date(2026, time.September, 5, 12, 4, 59, 0, time.UTC).In(santiago) // Saturday
	for _, tt := range []struct{ name, language, pattern, want string }{
		{"canonical date", "es", "yyyy-MM-dd", "2026-09-05"},
		{"in the zone of the time", "es", "HH:mm", "08:04"},
		{"all fields in Spanish", "es-CL", "yyyy MM dd HH mm d EEE EEEE MMM MMMM", "2026 09 05 08 04 5 sáb sábado sep septiembre"},
		{"all fields in Portuguese", "pt-BR", "yyyy MM dd HH mm d EEE EEEE MMM MMMM", "2026 09 05 08 04 5 sáb sábado set setembro"},
		{"all fields in English", "en", "yyyy MM dd HH mm d EEE EEEE MMM MMMM", "2026 09 05 08 04 5 Sat Saturday Sep September"},
		{"another language is written as English", "fr-FR", "EEEE", "Saturday"},
		{"no language is Spanish", "", "EEEE", "sábado"},
		{"a language is not its beginning", "est", "EEEE", "Saturday"},
		{"a language in capitals", "ES_cl", "EEEE", "sábado"},
		{"fields that touch", "es", "yyyyMMddHHmm", "202609050804"},
		{"text in quotes", "es", "d 'de' MMMM 'de' yyyy", "5 de septiembre de 2026"},
		{"a quote that is meant", "en", "d ''MMM''", "5 'Sep'"},
		{"a quote that is meant inside a text", "en", "'o''clock' HH", "o'clock 08"},
		{"a quote at the beginning of a text", "en", "'''s' HH", "'s 08"},
		{"letters that are no fields of any language", "es", "d º ñ 日 HH", "5 º ñ 日 08"},
		{"no pattern", "es", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := locale.Time(tt.language, at, tt.pattern)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestNamesOfDaysAndMonths(t *testing.T) {
	for _, tt := range []struct{ language, days, months string }{
		{
			"es", "lun lunes, mar martes, mié miércoles, jue jueves, vie viernes, sáb sábado, dom domingo",
			"ene enero, feb febrero, mar marzo, abr abril, may mayo, jun junio, jul julio, ago agosto, sep septiembre, oct octubre, nov noviembre, dic diciembre",
		},
		{
			"pt", "seg segunda-feira, ter terça-feira, qua quarta-feira, qui quinta-feira, sex sexta-feira, sáb sábado, dom domingo",
			"jan janeiro, fev fevereiro, mar março, abr abril, mai maio, jun junho, jul julho, ago agosto, set setembro, out outubro, nov novembro, dez dezembro",
		},
		{
			"en", "Mon Monday, Tue Tuesday, Wed Wednesday, Thu Thursday, Fri Friday, Sat Saturday, Sun Sunday",
			"Jan January, Feb February, Mar March, Apr April, May May, Jun June, Jul July, Aug August, Sep September, Oct October, Nov November, Dec December",
		},
	} {
		days, months := make([]string, 7), make([]string, 12)
		for n := range 12 {
			var err error
			months[n], err = locale.Time(tt.language, time.Date(2026, time.Month(n+1), 1, 0, 0, 0, 0, time.UTC), "MMM MMMM")
			require.NoError(t, err)
			days[n%7], err = locale.Time(tt.language, time.Date(2026, time.June, 1+n, 0, 0, 0, 0, time.UTC), "EEE EEEE") // from a Monday
			require.NoError(t, err)
		}
		require.Equal(t, tt.days, strings.Join(days, ", "))
		require.Equal(t, tt.months, strings.Join(months, ", "))
	}
}

func TestPatternsThatAreRefused(t *testing.T) {
	const known = "; it may have yyyy, MM, MMM, MMMM, dd, d, EEE, EEEE, HH and mm, and other letters in quotes '…'"
	for pattern, message := range map[string]string{
		"yy":                     `the pattern "yy" has "yy"` + known,
		"yyyyy":                  `the pattern "yyyyy" has "yyyyy"` + known,
		"DD/MM":                  `the pattern "DD/MM" has "DD"` + known,
		"M":                      `the pattern "M" has "M"` + known,
		"hh:mm a":                `the pattern "hh:mm a" has "hh"` + known,
		"HH:mm:ss":               `the pattern "HH:mm:ss" has "ss"` + known,
		"d de MMMM":              `the pattern "d de MMMM" has "e"` + known,
		"EE":                     `the pattern "EE" has "EE"` + known,
		"H:mm":                   `the pattern "H:mm" has "H"` + known,
		"d 'de MMMM":             "the pattern has a quote that is not closed; a quote that is meant is written twice",
		"d '":                    "the pattern has a quote that is not closed; a quote that is meant is written twice",
		"'it''":                  "the pattern has a quote that is not closed; a quote that is meant is written twice",
		strings.Repeat(" ", 201): "a pattern may have at most 200 bytes, and this one has 201",
	} {
		got, err := locale.Time("es", time.Time{}, pattern)
		require.EqualError(t, err, message)
		require.Empty(t, got)
	}
	_, err := locale.Time("es", time.Time{}, "EEEE d 'de' MMMM, HH:mm")
	require.NoError(t, err)
}

func TestAnyTextInQuotesIsWrittenAsItIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(1, 20, 60).Draw(t, "text")
		got, err := locale.Time("es", time.Time{}, "'x"+strings.ReplaceAll(text, "'", "''")+"' HH")
		require.NoError(t, err)
		require.Equal(t, "x"+text+" 00", got)
	})
}

func TestNoPatternPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("yMdHmEa'é ")))).Draw(t, "pattern")
		got, err := locale.Time("es", time.Time{}, pattern)
		require.True(t, err == nil || got == "")
	})
}
