package expr

import (
	"encoding/json"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConstantsThatCanOnlyFailAreReportedAtTheirPlace(t *testing.T) {
	for _, tt := range []struct {
		source  string
		want    Type
		offset  int
		message string
	}{
		{"now + duration('30d')", Timestamp, 15, "duration takes hours, minutes and seconds, as in '36h', '90m' or '1h30m'; a day is '24h', and add_days(now, 30) counts in days"},
		{"vars.listo ? now : now + duration('1 hora')", Timestamp, 34, "duration takes hours, minutes and seconds, as in '36h', '90m' or '1h30m'; a day is '24h', and add_days(now, 30) counts in days"},
		{"duration('30' + 'd') > duration('1h')", Bool, 14, "duration takes hours, minutes and seconds, as in '36h', '90m' or '1h30m'; a day is '24h', and add_days(now, 30) counts in days"},
		{"now < timestamp('2026-03-10')", Bool, 16, "timestamp takes a date with time and offset, as in '2026-03-10T12:00:00-03:00'; days are compared as dates, as in vars.day < date(now)"},
		{"vars.cuantos + int('a')", Int, 19, "int takes a whole number in digits"},
		{"vars.cuantos + int('1.5')", Int, 19, "int takes a whole number in digits"},
		{"vars.total + double('1,5')", Number, 20, "double takes a number in digits, with a point"},
		{"vars.listo || bool('si')", Bool, 19, "bool takes 'true' or 'false'"},
		{"[1, 2][2] + vars.cuantos", Int, 6, "an index lies outside of the list"},
		{"{'a': 'x'}['b'] + vars.pedido", String, 10, `there is no such key: "b"`},
		{"{'a': 'x'}.b + vars.pedido", String, 10, `there is no such key: "b"`},
		{"1 / 0 + vars.cuantos", Int, 2, "division by zero"},
		{"vars.cuantos / 0", Int, 15, "division by zero"},
		{"vars.horas.map(h, size(vars.horas) % 0)", List, 37, "division by zero"},
		{"9223372036854775807 + 1 + vars.cuantos", Int, 20, "a number is too large"},
		{"['a', 1][0]", Int, 8, "it has to be an int"},
		{"first([1], -1) == vars.horas", Bool, 5, "first: the number of elements is at least 0"},
		{"'2026-' + '13-01'", Date, 8, "it has to be a date (yyyy-MM-dd)"},
		{"timestamp(vars.fecha) < now", Bool, 14, "a date is yyyy-MM-dd, without a time; compare it with another date, as in vars.day < date(now)"},
	} {
		t.Run(tt.source, func(t *testing.T) {
			_, problems := env(t, clinic()).Compile(tt.source, Site{}, tt.want)
			require.Equal(t, []Problem{{tt.offset, CodeExpression, "this can only fail: " + tt.message}}, problems)
		})
	}
	_, problems := env(t, clinic()).Compile("timestamp(answer.value)", Site{Scope: AnswerScope, Answer: Date}, Timestamp)
	require.Len(t, problems, 1, "an answer that is a date is no timestamp either")
	_, problems = env(t, clinic()).Compile("fmt('30/12/2026', 'dd')", Site{}, String)
	require.Equal(t, []Problem{{4, CodeExpression, "fmt: a text is a date (yyyy-MM-dd) or a time with its offset"}}, problems)
	_, problems = env(t, clinic()).Template("${now + duration('30d')} ${int('x')}", Site{})
	require.Len(t, problems, 2)
	require.Equal(t, 31, problems[1].Offset)
}

func TestConstantsThatDoNotFailAreWelcome(t *testing.T) {
	for source, want := range map[string]Type{
		"now + duration('720h')": Timestamp, "true || 1 / 0 > 0": Bool, "[1, 2][1]": Int, "{'a': 1}.a": Int, "int('7')": Int,
		"timestamp('2026-03-10T12:00:00Z')": Timestamp, "''": Date, "null": Date, "'2026-' + '03-10'": Date, "vars.total / 0.0": Number,
		"timestamp(vars.pedido)": Timestamp, "timestamp(vars.fecha + 'T00:00:00Z')": Timestamp, "vars.cuantos / 2": Int,
		"[1, 0].map(x, x)": List, "fmt('2026-03-10', 'dd')": String, "has({'a': 1}.b)": Bool, "first([1], 2)": List,
	} {
		compiles(t, env(t, clinic()), source, Site{}, want)
	}
}

// TestTooMuchFoldingIsNotBegun holds what a definition may cost before it is published.
func TestTooMuchFoldingIsNotBegun(t *testing.T) {
	raw, err := json.Marshal(map[string]string{"t": strings.Repeat("ﷺ", 7000)})
	require.NoError(t, err)
	data, err := NewData(raw)
	require.NoError(t, err)
	env, err := New(Names{Data: data})
	require.NoError(t, err)
	compile := func() (made uint64) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, problems := env.Compile("size(fold(data.t))", Site{}, Int)
		runtime.ReadMemStats(&after)
		require.Empty(t, problems)
		return after.TotalAlloc - before.TotalAlloc
	}
	compile() // also makes what all expressions share
	require.Less(t, compile(), uint64(300<<10), "bytes; the folded text alone has 130 KiB, and is made in several steps")
}
