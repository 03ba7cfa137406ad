package transcript

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/script"
)

func TestLongDurationLeavesOutZeroUnits(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0s", 30 * time.Second: "30s", 10 * time.Minute: "10m", time.Hour: "1h", 90 * time.Minute: "1h30m", 23*time.Hour + 50*time.Second: "23h0m50s",
	} {
		require.Equal(t, want, longDuration(d))
	}
}

// TestAnErrorIsShownInFull is about what went wrong: whoever reads it needs its end, too.
func TestAnErrorIsShownInFull(t *testing.T) {
	const why = `error: state "elegir_hora": the expression vars.horas[0].profesional.nombre_completo has no value: there is no key "nombre_completo" (line 214, column 31)`
	user := script.Entry{Kind: script.EntryUser, Body: script.NewText("hola")}
	for name, entries := range map[string][]script.Entry{
		"beside what led to it": {user, {Kind: script.EntryTrace, Text: why, Failed: true}},
		"behind a rule":         {user, {Kind: script.EntryTrace, Text: "rule 9 start"}, {Kind: script.EntryTrace, Text: why, Failed: true}},
		"a trace":               {user, {Kind: script.EntryTrace, Text: "rule 9 start"}, {Kind: script.EntryTrace, Text: why[len("error: "):]}},
		"a note":                {user, {Kind: script.EntryNote, Text: why}},
		"a note and its rule":   {{Kind: script.EntryNote, Text: why}, {Kind: script.EntryTrace, Text: "rule 9 start"}},
	} {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			NewPrinter(&out, 80, false, time.UTC).Entries(entries)
			shown := strings.Join(strings.Fields(out.String()), " ")
			require.Contains(t, shown, strings.TrimPrefix(why, "error: "))
			for line := range strings.Lines(out.String()) {
				require.LessOrEqual(t, columns(line), 81, line)
			}
		})
	}
}
