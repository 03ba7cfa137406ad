package expr

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConstantsAreReadLikeVariables(t *testing.T) {
	e := shop(t)
	for source, want := range map[string]string{
		"data.name":                                  `"La Masa"`,
		"data.menu[1].title":                         `"Dos"`,
		"data.menu.map(m, m.id)":                     `["a","b"]`,
		"data.prices.b + data.prices.a":              `3.5`,
		"data.prices[vars.code]":                     `1`,
		"has(data.prices.c) || 'a' in data.prices":   `true`,
		"7 / data.whole":                             `3`,
		"data.none":                                  `[]`,
		"sort_by(data.menu, 'title')[0].id":          `"b"`,
		"reverse(data.menu)[0].id + data.menu[0].id": `"ba"`,
		"data.menu + data.menu == data.menu":         `false`,
		"vars.ids.map(data_, data.prices[data_])":    `[1,2.5]`,
	} {
		v := &Values{Vars: map[string]json.RawMessage{"code": raw(`"a"`), "ids": raw(`["a", "b"]`)}}
		got, err := compiles(t, e, source, Site{}, Any).Assign(v, Any)
		require.NoError(t, err, source)
		require.Equal(t, want, string(got), source)
	}
}

func TestWhatIsWrongWithConstantsIsFoundBefore(t *testing.T) {
	for _, tt := range []struct {
		source  string
		offset  int
		message string
	}{
		{"data.meun", 0, `there is no "meun" under data; did you mean "menu"?`},
		{"data", 0, `"data" is not a value by itself; write data.name`},
		{"name", 0, `there is no name "name"; the constant is data.name`},
		{"has(data.menu)", 4, "data.menu is always there: it stands under data"},
		{"data.prices.c + 1", 11, `this can only fail: there is no such key: "c"`},
		{"data.menu[0].titel + vars.code", 12, `this can only fail: there is no such key: "titel"; did you mean "title"?`},
		{"data.menu[2].title + vars.code", 9, "this can only fail: an index lies outside of the list"},
		{"int(data.name) + vars.page", 8, "this can only fail: int takes a whole number in digits"},
		{"data.name.title", 9, "a string has no fields"},
		{"vars.ids.map(data, 1)", 12, `"data" has a meaning already; give the element another name`},
	} {
		t.Run(tt.source, func(t *testing.T) {
			_, problems := shop(t).Compile(tt.source, Site{}, Any)
			require.Equal(t, []Problem{{tt.offset, CodeExpression, tt.message}}, problems)
		})
	}
}

func TestWithoutDataTheWordIsAnyOther(t *testing.T) {
	e := env(t, clinic())
	compiles(t, e, "vars.horas.map(data, data.id)", Site{}, List)
	_, problems := e.Compile("data.menu", Site{}, Any)
	require.Equal(t, []Problem{{0, CodeExpression, `there is no name "data": the bot has no key data, under which constants stand`}}, problems)
}

func TestDataThatExpressionsCannotHoldAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"no object":        `[1]`,
		"too long a list":  `{"a": [` + strings.Repeat("1,", MaxElements) + `1]}`,
		"too long a key":   `{"a": {"` + strings.Repeat("k", MaxKey+1) + `": 1}}`,
		"too large":        `{"a": "` + strings.Repeat("x", maxInput) + `"}`,
		"too deep":         `{"a": ` + strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1) + `}`,
		"too large number": `{"a": 1e400}`,
		"no JSON":          `{`,
	} {
		_, err := NewData(raw(text))
		require.Error(t, err, name)
	}
}

func wideFields() string {
	var all []string
	for i := range 60 {
		all = append(all, fmt.Sprintf(`"f%d": {"a": [1], "b": {"c": "x"}}`, i))
	}
	return strings.Join(all, ",")
}

// large are data of 200 KiB of many small values, and of one shape that is hard to sum up.
func large(t testing.TB, one func(i int) string) *Data {
	var b strings.Builder
	for i := 0; b.Len() < 200<<10-100; i++ {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(one(i))
		if i == MaxElements-1 {
			break
		}
	}
	data, err := NewData(raw(`{"all": [` + b.String() + `]}`))
	require.NoError(t, err)
	return data
}

func TestLargeDataAreReadAndChecked(t *testing.T) {
	for name, one := range map[string]func(int) string{
		"numbers":            func(int) string { return "1" },
		"maps":               func(i int) string { return fmt.Sprintf(`{"id": "p%d", "title": "Producto %d", "price": %d}`, i, i, i) },
		"maps of other keys": func(i int) string { return fmt.Sprintf(`{"k%d": 1}`, i) },
		"wide maps": func(i int) string {
			return "{" + strings.Repeat(fmt.Sprintf(`"k%d": {"a": %d, "b": "x"}, `, i, i), 1) + wideFields() + "}"
		},
		"deep maps": func(i int) string { return fmt.Sprintf(`{"a": {"b": {"c%d": {"d": [%d]}}}}`, i, i) },
	} {
		t.Run(name, func(t *testing.T) {
			start := cpu(t)
			e := env(t, Names{Vars: map[string]Type{"id": String}, Data: large(t, one)})
			for range 200 {
				_, problems := e.Compile("data.all == data.all || size(data.all.filter(p, p == vars.id)) > 0", Site{}, Bool)
				for _, p := range problems {
					require.Equal(t, CodeCost, p.Code)
				}
				_, _ = e.Compile("["+strings.Repeat("data.all, data.all[0], ", 40)+"[]] == [] || unique(data.all + data.all) == unique(["+strings.Repeat("data.all, ", 9)+"[]])", Site{}, Bool)
				_, _ = e.Compile("sum(data.all) + sum(data.all) > 1 && size(unique(data.all)) > 2 && sort(data.all) == []", Site{}, Bool)
			}
			require.Less(t, cpu(t)-start, int64(3e9))
		})
	}
}

// TestConstantsAreShared evaluates with the same data in many goroutines; the race detector looks on.
func TestConstantsAreShared(t *testing.T) {
	e := shop(t)
	x := compiles(t, e, "[sort_by(data.menu, 'title'), reverse(data.menu), data.menu + data.menu, first(data.menu, 1) + [data.prices], unique(data.menu)]", Site{}, List)
	want, err := x.Assign(&Values{}, List)
	require.NoError(t, err)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 100 {
				got, err := x.Assign(&Values{}, List)
				if err != nil || string(got) != string(want) {
					t.Errorf("%s: %v", got, err)
				}
			}
		})
	}
	group.Wait()
}
