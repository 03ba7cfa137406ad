package expr

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// gives is what an expression gives as JSON in a usual conversation.
func gives(t testing.TB, source string) (string, error) {
	got, err := compiles(t, env(t, clinic()), source, Site{Scope: ResultScope}, Any).Assign(chat(t), Any)
	if got == nil && err == nil {
		return "null", nil
	}
	return string(got), err
}

func TestFunctionsOverListsAndMaps(t *testing.T) {
	for source, want := range map[string]string{
		"slice([1, 2, 3, 4], 1, 3)":                `[2,3]`,
		"slice([1, 2, 3], 0, 99)":                  `[1,2,3]`,
		"slice([1, 2, 3], 7, 9)":                   `[]`,
		"slice([1, 2, 3], 2, 1)":                   `[]`,
		"slice('ñandú 👍🏽', 1, 5)":                  `"andú"`,
		"slice('abc', 1, 99) + slice('abc', 5, 9)": `"bc"`,
		"slice('abc', 2, 1)":                       `""`,
		"slice(vars.horas, 1, 2).map(h, h.id)":     `["h2"]`,

		"sum([1, 2, 3])":                        `6`,
		"sum([1, 2.5])":                         `3.5`,
		"sum([])":                               `0`,
		"sum([1.5, 1.5]) == 3":                  `true`,
		"sum(result.json.horas.map(h, h.n))":    `4.5`,
		"type(sum([1, 2])) == int":              `true`,
		"sum(vars.horas.map(h, size(h.title)))": `12`,

		"sort([3, 1, 2.5])":                           `[1,2.5,3]`,
		"sort(['pera', 'Ñame', 'ábaco', 'Zeta', ''])": `["","ábaco","Ñame","pera","Zeta"]`,
		"sort(['b', 'B', 'a'])":                       `["a","B","b"]`,
		"sort([dyn(null), 2, 1])":                     `[1,2,null]`,
		"sort([now, vars.desde])[0] == now":           `true`,
		"sort([])":                                    `[]`,
		"sort_by([{'n': 2, 'k': 'a'}, {'n': 1, 'k': 'b'}, {'n': 2, 'k': 'c'}], 'n').map(x, x.k).join()": `"bac"`,
		"sort_by([{'k': 'none'}, {'n': 1, 'k': 'one'}], 'n')[0].k":                                      `"one"`,
		"sort_by([], 'n')": `[]`,
		"reverse(sort_by(vars.horas, 'title'))[0].id":    `"h1"`,
		"reverse([1, 2, 3])":                             `[3,2,1]`,
		"unique(['a', 'b', 'a'])":                        `["a","b"]`,
		"unique([1, 1.0, 2])":                            `[1,2]`,
		"unique([{'a': 1, 'b': 2}, {'b': 2.0, 'a': 1}])": `[{"a":1,"b":2}]`,
		"size(unique([dyn('1'), 1, true, null, null]))":  `4`,
		"unique([])": `[]`,

		"get(vars.reserva, 'codigo', 'none')":         `"A_1"`,
		"get(vars.reserva, 'nada', 'none')":           `"none"`,
		"get(vars.reserva, 'cuando', 'none')":         `"none"`,
		"get(result.json.vacio, 'x', 'none')":         `"none"`,
		"get(vars.horas, 1, {'id': ''}).id":           `"h2"`,
		"get(vars.horas, 7, {'id': 'none'}).id":       `"none"`,
		"get(vars.horas, -1, {'id': 'none'}).id":      `"none"`,
		"get(get(vars.reserva, 'x', {}), 'y', 0) + 1": `1`,
	} {
		t.Run(source, func(t *testing.T) {
			got, err := gives(t, source)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

func TestFunctionsOverNumbersAndTexts(t *testing.T) {
	for source, want := range map[string]string{
		"round(2.5)":                      `3`,
		"round(-2.5)":                     `-3`,
		"round(7)":                        `7`,
		"round(2.675, 2)":                 `2.68`,
		"round(-2.675, 2)":                `-2.68`,
		"round(1.005, 2)":                 `1.01`,
		"round(1234, 2)":                  `1234`,
		"round(0.1 + 0.2, 1)":             `0.3`,
		"round(-0.4)":                     `0`,
		"round(-0.004, 2)":                `0`,
		"upper('ñandú') + lower('ÑANDÚ')": `"ÑANDÚñandú"`,

		"1 == 1.0 && 1.0 == 1 && 1 != 1.5":     `true`,
		"1 < 1.5 && 2 > 1.5 && 1 <= 1.0":       `true`,
		"vars.total > 5 && vars.cuantos < 3.5": `true`,
		"vars.total == 1990":                   `true`,
		"1 in [1.0, 2.0] && 2.0 in [1, 2]":     `true`,
		"vars.cuantos * 1.5":                   `4.5`,
		"1.5 * vars.cuantos":                   `4.5`,
		"vars.total + 1":                       `1991`,
		"1 - 0.5":                              `0.5`,
		"7 / 2.0":                              `3.5`,
		"7 / 2":                                `3`,
		"result.json.horas.map(h, h.n * 2)":    `[4,5]`,
		"[1] == [1.0]":                         `true`,
		"{'a': 1} == {'a': 1.0}":               `true`,
	} {
		t.Run(source, func(t *testing.T) {
			got, err := gives(t, source)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

func TestFunctionsOverDays(t *testing.T) {
	for source, want := range map[string]string{
		"date(now)": `"2026-03-10"`,
		"date(timestamp('2026-03-10T02:00:00Z'))": `"2026-03-09"`, // in Santiago
		"date('2026-03-10T02:00:00Z')":            `"2026-03-09"`,
		"date('2026-03-10')":                      `"2026-03-10"`,
		"date(2028, 2, 29)":                       `"2028-02-29"`,
		"date(1, 1, 1)":                           `"0001-01-01"`,

		"add_days('2026-02-27', 2)":                             `"2026-03-01"`,
		"add_days(vars.fecha, -10)":                             `"2026-02-28"`,
		"add_days('9999-12-30', 1)":                             `"9999-12-31"`,
		"add_days(date(now), 30)":                               `"2026-04-09"`,
		"add_days(now, 30)":                                     `"2026-04-09T14:30:00Z"`, // the same time of day, in winter
		"add_months('2026-01-31', 1)":                           `"2026-02-28"`,
		"add_months('2028-01-31', 1)":                           `"2028-02-29"`,
		"add_months('2026-03-31', -1)":                          `"2026-02-28"`,
		"add_months('2026-03-15', 12)":                          `"2027-03-15"`,
		"add_months('2026-11-30', 3)":                           `"2027-02-28"`,
		"date(add_months(now, 1))":                              `"2026-04-10"`,
		"days_between('2026-03-10', '2026-04-10')":              `31`,
		"days_between('2026-03-10', '2026-03-01')":              `-9`,
		"days_between(now, '2026-03-11')":                       `1`,
		"days_between(vars.fecha, now)":                         `0`,
		"days_between(now, add_days(now, 400))":                 `400`,
		"days_between('0001-01-01', '9999-12-31')":              `3652058`,
		"vars.fecha == date(now) && vars.fecha <= '2026-12-31'": `true`,
	} {
		t.Run(source, func(t *testing.T) {
			got, err := gives(t, source)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}

func TestFunctionsFailInWords(t *testing.T) {
	for source, message := range map[string]string{
		"slice([1], 0, vars.cuantos - 9)":                   "slice: the positions are at least 0",
		"slice(vars.pedido, vars.cuantos - 9, 1)":           "slice: the positions are at least 0",
		"sum([dyn('a')])":                                   "sum: an element of the list is not a number",
		"sum([9223372036854775807, vars.cuantos])":          "a number is too large",
		"sort([dyn(1), 'a'])":                               "sort: what is sorted has to be numbers, texts or times, all of one kind",
		"sort([dyn(vars.reserva)])":                         "sort: what is sorted has to be numbers, texts or times, all of one kind",
		"sort_by(vars.horas, 'precio')":                     `there is no such key: "precio"`,
		"sort_by(vars.horas, vars.pedido)":                  "there is no such key",
		"sort_by([dyn(1)], 'a')":                            "sort_by: an element of the list is not a map",
		"sort_by([{'a': dyn(1)}, {'a': 'x'}], 'a')":         "sort_by: what is sorted has to be numbers, texts or times, all of one kind",
		"unique([vars.total / 0.0])":                        "the number is infinite or not a number",
		"round(1.0 / (vars.total - 1990.0))":                "round: the number is too large",
		"round(vars.total, vars.cuantos + 9)":               "round: from 0 to 8 decimals",
		"get(dyn(vars.pedido), 'a', 1)":                     "get takes a map and a key, or a list and a position",
		"date(vars.pedido)":                                 "date: the text is neither a date (yyyy-MM-dd) nor a time with its offset",
		"date(vars.cuantos, 2, 30)":                         "date: there is no such day",
		"date(2026, vars.cuantos + 10, 1)":                  "date: there is no such day",
		"date(vars.cuantos - 3, 1, 1)":                      "date: the date lies too far away",
		"date(vars.cuantos * 9999, 1, 1)":                   "date: there is no such day",
		"add_days(vars.pedido, 1)":                          "add_days: the text is not a date (yyyy-MM-dd)",
		"add_days('9999-12-31', vars.cuantos)":              "add_days: the date lies too far away",
		"add_days('0001-01-01', -vars.cuantos)":             "add_days: the date lies too far away",
		"add_days(now, 9223372036854775807 - vars.cuantos)": "add_days: the date lies too far away",
		"add_days(now, 3000000 + vars.cuantos)":             "add_days: the date lies too far away",
		"add_months('9999-12-31', vars.cuantos)":            "add_months: the date lies too far away",
		"add_months(now, -30000 - vars.cuantos)":            "add_months: the date lies too far away",
		"days_between(vars.pedido, now)":                    "days_between: the text is not a date (yyyy-MM-dd)",
		"days_between('0000-01-01', vars.fecha + '')":       "",
	} {
		t.Run(source, func(t *testing.T) {
			x, problems := env(t, clinic()).Compile(source, Site{}, Any)
			if message == "" {
				require.NotEmpty(t, problems)
				return
			}
			require.Empty(t, problems)
			_, err := x.Assign(chat(t), Any)
			require.EqualError(t, err, message)
		})
	}
}

func TestFunctionsAreCheckedWhereTheyAreWritten(t *testing.T) {
	for _, tt := range []struct {
		source  string
		offset  int
		message string
	}{
		{"sum(['a'])", 4, "sum adds up numbers; this is a list of string"},
		{"sort([vars.reserva, vars.reserva])", 5, "sort takes numbers, texts or times, and sort_by maps; this is a list of map"},
		{"get(vars.pedido, 'a', 1)", 8, "get takes a map and a key, or a list and a position"},
		{"add_days('mañana', 1)", 9, "add_days: a text is a date: yyyy-MM-dd"},
		{"days_between(now, '2026-13-01')", 18, "days_between: a text is a date: yyyy-MM-dd"},
		{"date('hoy')", 5, "date: a text is a date: yyyy-MM-dd"},
		{"add_months('2026-01-31T00:00:00Z', 1)", 11, "add_months: a text is a date: yyyy-MM-dd"},
		{"date(2026, 2, 30)", 4, "this can only fail: date: there is no such day"},
		{"add_days('9999-12-31', 1) + vars.pedido", 8, "this can only fail: add_days: the date lies too far away"},
		{"first(vars.horas, -1)", 18, "this can only fail: first: the number of elements is at least 0"},
		{"slice(vars.horas, -1, 3)", 18, "this can only fail: slice: the positions are at least 0"},
		{"round(vars.total, 9)", 18, "this can only fail: round: from 0 to 8 decimals"},
		{"vars.total == 'a'", 11, "== does not go with number and string; convert one with string(…), int(…) or double(…)"},
		{"'a' in [1]", 4, "in does not go with string and list"},
		{"vars.pedido == null", 12, "== does not go with string and null"},
		{"[1] == ['a']", 4, "== does not go with list and list"},
	} {
		t.Run(tt.source, func(t *testing.T) {
			_, problems := env(t, clinic()).Compile(tt.source, Site{}, Any)
			require.Equal(t, []Problem{{tt.offset, CodeExpression, tt.message}}, problems)
		})
	}
}

func TestDaysNeedATimezoneWhereATimeHasTo(t *testing.T) {
	names := clinic()
	names.Timezone = false
	e := env(t, names)
	for source, message := range map[string]string{
		"date(now)":                            "date of a time needs the timezone of the bot",
		"date(vars.pedido)":                    "date of a time needs the timezone of the bot",
		"add_days(now, 1)":                     "add_days of a time needs the timezone of the bot",
		"days_between(vars.fecha, now)":        "days_between of a time needs the timezone of the bot",
		"add_days(vars.fecha, 1)":              "",
		"date(2026, 1, vars.cuantos)":          "",
		"days_between(vars.fecha, vars.fecha)": "",
	} {
		_, problems := e.Compile(source, Site{}, Any)
		if message == "" {
			require.Empty(t, problems, source)
			continue
		}
		require.Len(t, problems, 1, source)
		require.Equal(t, CodeTimezone, problems[0].Code)
		require.Equal(t, message, problems[0].Message)
	}
}

// A day of summer time that begins or ends counts as one, and keeps its time of day.
func TestDaysAreThoseOfTheCalendar(t *testing.T) {
	v := chat(t)
	e := env(t, clinic())
	rapid.Check(t, func(t *rapid.T) {
		v.spent = 0
		v.Now = time.Unix(rapid.Int64Range(-60_000_000_000, 250_000_000_000).Draw(t, "now"), 0).UTC()
		n := rapid.IntRange(-800, 800).Draw(t, "days")
		v.Vars["cuantos"] = raw(strconv.Itoa(n))
		one, err := compilesIn(t, e, "days_between(now, add_days(now, vars.cuantos)) == vars.cuantos && date(add_days(now, vars.cuantos)) == add_days(date(now), vars.cuantos)").Bool(v)
		require.NoError(t, err)
		require.True(t, one, "%v and %d days", v.Now, n)
		two, err := compilesIn(t, e, "int(date(add_months(now, vars.cuantos)).split('-')[2]) <= int(date(now).split('-')[2])").Bool(v)
		require.NoError(t, err)
		require.True(t, two, "%v and %d months", v.Now, n)
	})
}

// Sorting gives every element once, in an order that does not depend on where each stood.
func TestSortingIsAnOrder(t *testing.T) {
	e := env(t, clinic())
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOf(rapid.OneOf(rapid.SampledFrom([]string{"", "a", "A", "á", "ab", "Ñ", "n", "¿z?", "👍"}), rapid.String())).Draw(t, "texts")
		written, err := json.Marshal(texts)
		require.NoError(t, err)
		v := &Values{Vars: map[string]json.RawMessage{"horas": written}}
		one, err := compilesIn(t, e, "sort(vars.horas)").Assign(v, List)
		require.NoError(t, err)
		two, err := compilesIn(t, e, "sort(reverse(vars.horas))").Assign(v, List)
		require.NoError(t, err)
		require.Equal(t, string(one), string(two))
		same, err := compilesIn(t, e, "size(sort(vars.horas)) == size(vars.horas) && unique(sort(vars.horas)) == sort(unique(vars.horas))").Bool(v)
		require.NoError(t, err)
		require.True(t, same)
	})
}

// compilesIn is compiles in a property.
func compilesIn(t *rapid.T, e *Env, source string) *Expr {
	x, problems := e.Compile(source, Site{}, Any)
	require.Empty(t, problems, source)
	return x
}
