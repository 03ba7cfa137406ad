package expr

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestJSONThatDoesNotFitIsAFailureOfWhatUsesIt(t *testing.T) {
	e := env(t, clinic())
	for _, c := range []struct{ name, json string }{
		{"pedido", `7`},
		{"cuantos", `1.5`},
		{"cuantos", `"1"`},
		{"total", `"1"`},
		{"listo", `0`},
		{"desde", `"ayer"`},
		{"desde", `"9999-12-31T23:59:59-23:00"`},
		{"horas", `{}`},
		{"reserva", `[]`},
		{"reserva", `{"a":`},
		{"reserva", `{} {}`},
		{"horas", strings.Repeat("[", 40) + strings.Repeat("]", 40)},
		{"reserva", `{"` + strings.Repeat("k", 513) + `":1}`},
		{"horas", "[" + strings.Repeat("1,", 10_000) + "1]"},
		{"pedido", `"` + strings.Repeat("a", 257<<10) + `"`},
		{"total", `1e999`},
	} {
		v := &Values{Vars: map[string]json.RawMessage{c.name: raw(c.json)}}
		_, err := compiles(t, e, "vars."+c.name, Site{}, Any).Eval(v)
		require.EqualError(t, err, "vars."+c.name+" does not hold "+clinic().Vars[c.name].article(), c.json)
	}
}

// BenchmarkJSON measures how long a unit of reading and writing JSON takes, in ns.
func BenchmarkJSON(b *testing.B) {
	for _, raw := range []string{
		"[" + strings.Repeat("1,", 9999) + "1]",
		"[" + strings.Repeat("{},", 9999) + "{}]",
		"[" + strings.Repeat(`{"id":"h1","title":"algo","n":1.5},`, 1500) + "{}]",
		`"` + strings.Repeat("abc ", 16_000) + `"`,
		`"` + strings.Repeat(`\u00e1`, 10_000) + `"`,
		`[{"id":"h1","title":"mié 11 09:00"},{"id":"h2","title":"x"}]`,
	} {
		measure := func(name string, run func(v *Values)) {
			b.Run(name+" "+raw[:8], func(b *testing.B) {
				cost, start := uint64(0), cpu(b)
				for b.Loop() {
					v := &Values{}
					run(v)
					cost += v.spent
				}
				b.ReportMetric(float64(cpu(b)-start)/float64(cost), "ns/unit")
			})
		}
		measure("read", func(v *Values) { v.decoded("vars.x", json.RawMessage(raw), Any) })
		val, err := decode(json.RawMessage(raw), Any)
		require.NoError(b, err)
		measure("write", func(v *Values) { _, _ = v.json(val, true) })
	}
}

// TestReadingJSONAgreesWithTheStandardLibrary holds our reader to encoding/json.
func TestReadingJSONAgreesWithTheStandardLibrary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := shuffled(t, tree(t, 3))
		if rapid.Bool().Draw(t, "broken") {
			i := rapid.IntRange(0, len(text)).Draw(t, "at")
			text = text[:i] + rapid.StringMatching(`[\[\]{}",:0-9eE.+\\u -]{0,3}`).Draw(t, "insert") + text[i:]
		}
		val, err := decode(raw(text), Any)
		var expected any
		require.Equal(t, json.Unmarshal([]byte(text), &expected) == nil, err == nil, text)
		if err != nil {
			return
		}
		w := writer{}
		require.NoError(t, w.writeValue(val, 0))
		var got any
		require.NoError(t, json.Unmarshal(w.out, &got), string(w.out))
		require.Equal(t, expected, got, text)
	})
}
