package bot_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/definition"
)

// FuzzLoad reads any text as a definition. Whatever it is, it gets problems with places or is
// loaded, twice alike; what is loaded talks without panic, and its bodies can be sent.
func FuzzLoad(f *testing.F) {
	for _, path := range []string{
		"definition/starter.bot.yaml", "testdata/kinds.bot.yaml", "testdata/rules.bot.yaml", "testdata/structure.bot.yaml",
		"script/testdata/cases/trivia.bot.yaml", "script/testdata/cases/missing.bot.yaml", "script/testdata/cases/cart.bot.yaml",
		"../examples/bots/clinica.bot.yaml",
	} {
		raw, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(raw)
	}
	wrong, err := filepath.Glob("definition/testdata/wrong/*.yaml")
	require.NoError(f, err)
	require.NotEmpty(f, wrong)
	for _, path := range wrong {
		raw, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(raw)
	}
	for _, text := range []string{
		"", "{", "a: &a [*a]", "bot: v1\nname: x\nstart: a\nstates: {a: {set: {x: '1'}, close: {reason: r}}}",
		small(`vars: {x: {type: int}}`), fmt.Sprintf("bot: v1\nname: x\n"+choosing, choices("Sí, pagar", "2 cuotas", "👍"), `      choices: {a: {to: end, words: [dale, "!"]}, "b*": end, "*": {to: end, old: true}}`), small(`hours: {h: {weekly: {mon: ["09:00-18:00"]}}}`),
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		began := time.Now()
		b, err := definition.Load(src)
		require.Less(t, time.Since(began), 30*time.Second, "a definition takes its time only")
		if err != nil {
			requireProblems(t, err)
			return
		}
		again, err := definition.Load(src)
		require.NoError(t, err)
		require.Equal(t, b.Hash, again.Hash)
		talk(t, b)
	})
}

// TestManyMistakesTakeTheirTimeOnly is about texts as large as they may be, in which there is much to
// search for what was meant.
func TestManyMistakesTakeTheirTimeOnly(t *testing.T) {
	for _, src := range manyMistakes() {
		began := time.Now()
		_, err := definition.Load([]byte(src))
		require.Less(t, time.Since(began), 30*time.Second, "%.60s", src)
		if err != nil { // marks of other tools are warnings
			requireProblems(t, err)
		}
	}
}

// manyMistakes are definitions with as many mistakes as fit, of kinds for which it is searched what was meant.
func manyMistakes() []string {
	many := func(n int, form string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, form, i)
		}
		return b.String()
	}
	const name = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa%d"
	head := "bot: v1\nname: x\nstart: a\n"
	return []string{
		head + "states:\n" + many(499, "  "+name+": {close: {reason: x}}\n") + "  a: {ask: {choices: {" + many(3000, "c%[1]d: b"+name+", ") + "}}}\n",
		head + "vars: {" + many(100, name+": {type: int}, ") + "}\nstates:\n  a: {set: {" + many(100, name+": \"vars.b"+name+" + uper(1)\", ") + many(3000, "b"+name+": x, ") + "}}\n",
		head + "states:\n  a: {" + many(12000, "sey%d: 1, ") + "}\n",
		head + "states:\n  a: {say: [{text: {" + many(12000, "bodi%d: 1, ") + "}}]}\n",
		head + "states:\n  a: {say: ['" + many(9000, "{{a%d}} @contact ") + "'], close: {reason: x}}\n",
		head + "states:\n  a: {say: ['" + strings.Repeat("{{a ", 50000) + "'], close: {reason: x}}\n",
		"a:\n" + strings.Repeat("  b: [\n", 30000) + "c",
		"a: |\n" + strings.Repeat("       x\n", 25000) + " c\nd",
	}
}

func requireProblems(t *testing.T, err error) {
	t.Helper()
	var problems definition.Problems
	require.ErrorAs(t, err, &problems)
	require.NotEmpty(t, problems)
	require.LessOrEqual(t, len(problems), 100)
	for _, p := range problems {
		require.Positive(t, p.Line)
		require.Positive(t, p.Column)
		require.NotEmpty(t, p.Code)
		require.NotEmpty(t, p.Message)
	}
}

// talk says a few things to a bot, and taps what it offers.
func talk(t *testing.T, b *definition.Bot) {
	t.Helper()
	state := bot.NewState(b, "cnv_1", bot.Contact{WaID: "56911112222", Name: "Ana"}, opened)
	at := opened
	for _, said := range []string{"hola", "1", "la 2", "12.345.678-5", `${vars.x} {"a": 1}`, "no, gracias"} {
		at = at.Add(time.Minute)
		var effects []bot.Effect
		var err error
		state, effects, err = bot.Step(b, state, textEvent(said, at))
		require.NoError(t, err)
		for _, e := range effects {
			if e.Kind == bot.EffectSend {
				require.True(t, json.Valid(e.Send.Body))
			}
			if e.Kind == bot.EffectCall {
				state, _, err = bot.Step(b, state, bot.Event{
					Kind: bot.EventResult, Cause: e.Call.ID, At: at,
					Result: &bot.CallResult{Call: e.Call.ID, Status: 200, Body: `{"horas": [{"id": 1, "texto": "x"}]}`},
				})
				require.NoError(t, err)
			}
		}
		raw, err := json.Marshal(state)
		require.NoError(t, err)
		require.LessOrEqual(t, len(raw), 64<<10)
	}
}
