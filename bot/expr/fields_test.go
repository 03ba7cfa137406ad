package expr

import (
	"testing"
	"time"

	"cel.dev/cel-go/common/types"
	"github.com/stretchr/testify/require"
)

func TestEveryNameStandsForItsOwnValue(t *testing.T) {
	e := env(t, clinic())
	item, err := decode(raw(`{"is":"each.item"}`), Any)
	require.NoError(t, err)
	v := &Values{
		Contact: Contact{"contact.key", "contact.wa_id", "contact.user_id", "contact.name"},
		Input: Input{
			"input.type", "input.text", "input.id", "input.title", "input.media_id", "input.caption", 1, 2, "input.name",
			raw(`{"is":"input.form"}`), raw(`{"is":"input.referral"}`),
		},
		Answer: Answer{nil, "answer.text", "answer.id", "answer.title", "answer.media_id", 3, 4, raw(`{"is":"answer.form"}`)},
		Result: Result{5, raw(`{"is":"result.json"}`), "result.text"},
		Each:   Each{item, 9},
		Conv:   Conv{"conv.id", time.Unix(6, 0), 7},
		Now:    time.Unix(8, 0),
		Bot:    BotInfo{"bot.name", "bot.version", "bot.env"},
	}
	numbers := map[string]string{
		"input.latitude": "1", "input.longitude": "2", "answer.latitude": "3", "answer.longitude": "4", "result.status": "5",
		"conv.started": `"1970-01-01T00:00:06Z"`, "conv.turns": "7", "each.no": "9", "now": `"1970-01-01T00:00:08Z"`,
	}
	for _, f := range fields {
		x := compiles(t, e, f.name, Site{Scope: f.scope, Each: f.scope == EachScope}, Any)
		got, err := x.Assign(v, Any)
		require.NoError(t, err, f.name)
		want := `"` + f.name + `"`
		if number, ok := numbers[f.name]; ok {
			want = number
		}
		if kind := f.t.Kind(); kind == types.MapKind || kind == types.DynKind {
			want = `{"is":` + want + `}`
		}
		require.Equal(t, want, string(got), f.name)
		val, err := x.Eval(v)
		require.NoError(t, err)
		if f.t.Kind() != types.DynKind {
			require.Equal(t, f.t.Kind(), kindOfValue(val), f.name)
		}
	}
}

// kindOfValue is what a value is.
func kindOfValue(val Value) types.Kind {
	t, _ := val.Type().(*types.Type)
	return t.Kind()
}
