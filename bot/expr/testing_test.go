package expr

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// tree draws a value as JSON has it.
func tree(t *rapid.T, depth int) any {
	kinds := 7
	if depth == 0 {
		kinds = 5
	}
	switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
	case 0:
		return nil
	case 1:
		return rapid.Bool().Draw(t, "bool")
	case 2:
		return rapid.Int64().Draw(t, "int")
	case 3:
		return rapid.Float64().Draw(t, "double")
	case 4:
		return rapid.String().Draw(t, "text")
	case 5:
		list := make([]any, rapid.IntRange(0, 4).Draw(t, "elements"))
		for i := range list {
			list[i] = tree(t, depth-1)
		}
		return list
	}
	object := map[string]any{}
	for range rapid.IntRange(0, 4).Draw(t, "entries") {
		object[rapid.StringN(0, 10, -1).Draw(t, "key")] = tree(t, depth-1)
	}
	return object
}

// shuffled writes a value as JSON with the keys of its maps in any order, and spaces anywhere.
func shuffled(t *rapid.T, val any) string {
	space := rapid.SampledFrom([]string{"", " ", "\n\t"})
	switch val := val.(type) {
	case []any:
		parts := make([]string, len(val))
		for i, elem := range val {
			parts[i] = shuffled(t, elem)
		}
		return "[" + space.Draw(t, "space") + strings.Join(parts, space.Draw(t, "space")+",") + "]"
	case map[string]any:
		keys := make([]string, 0, len(val))
		for key := range val {
			keys = append(keys, key)
		}
		slices.Sort(keys)
		parts := make([]string, len(keys))
		for i, key := range rapid.Permutation(keys).Draw(t, "order") {
			name, _ := json.Marshal(key)
			parts[i] = string(name) + space.Draw(t, "space") + ":" + shuffled(t, val[key])
		}
		return "{" + strings.Join(parts, space.Draw(t, "space")+",") + "}"
	}
	text, _ := json.Marshal(val)
	return string(text)
}

// env makes an Env; a mistake in the names of a test ends it.
func env(t testing.TB, n Names) *Env {
	e, err := New(n)
	require.NoError(t, err)
	return e
}

// clinic are the names of a small bot.
func clinic() Names {
	return Names{
		Vars: map[string]Type{
			"pedido": String, "total": Number, "cuantos": Int, "listo": Bool, "fecha": Date, "desde": Timestamp,
			"horas": List, "reserva": Map,
		},
		Strings:  func(key string) bool { return key == "hola" },
		Hours:    func(name string) bool { return name == "recepcion" },
		Timezone: true,
	}
}

func raw(text string) json.RawMessage { return json.RawMessage(text) }

// chat is what the expressions of the tests see.
func chat(t testing.TB) *Values {
	zone, err := time.LoadLocation("America/Santiago")
	require.NoError(t, err)
	return &Values{
		Vars: map[string]json.RawMessage{
			"pedido": raw(`"Pan, ñandú"`), "total": raw(`1990`), "cuantos": raw(`3`), "listo": raw(`true`),
			"fecha": raw(`"2026-03-10"`), "desde": raw(`"2026-03-10T12:00:00-03:00"`),
			"horas":   raw(`[{"id":"h1","title":"mié 11"},{"id":"h2","title":"jue 12"}]`),
			"reserva": raw(`{"codigo":"A_1","b":2,"a":1.50,"cuando":null}`),
		},
		Contact:  Contact{Key: "k1", WaID: "56911112222", UserID: "u1", Name: "Ana"},
		Input:    Input{Type: "text", Text: "  Hola ${now} ", Latitude: -33.5, Form: raw(`{"edad":7}`)},
		Answer:   Answer{Value: raw(`"12345678-5"`), Text: "12.345.678-5", Form: raw(`null`)},
		Result:   Result{Status: 200, JSON: raw(`{"horas":[{"id":"h1","n":2},{"id":"h2","n":2.5}],"vacio":null}`)},
		Conv:     Conv{ID: "cnv_1", Started: time.Unix(1_770_000_000, 0), Turns: 4},
		Now:      time.Date(2026, 3, 10, 13, 30, 0, 0, time.UTC),
		Bot:      BotInfo{Name: "clinica", Version: "v1", Env: "test"},
		Language: "es", Zone: zone,
		Strings: func(key string) (string, bool) { return "¡Hola! ${now}", key == "hola" },
	}
}

// compiles compiles what has no problem.
func compiles(t testing.TB, e *Env, source string, at Site, want Type) *Expr {
	x, problems := e.Compile(source, at, want)
	require.Empty(t, problems, source)
	return x
}
