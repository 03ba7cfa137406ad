package archive

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/script"
)

// spoken are texts of people, and of others.
var spoken = []string{
	"hola", "42", "humano", "no", "BAJA", "menu", " {a: b}\n- c #d", "/x/", "any", "x\u0000\u2028👋", "'", "", "~", "a: b", "&a *b",
	"soy Josefa Núñez", "JOSEFA NUNEZ", "mi fono: +56 9 8765 4321", "56987654321", "987654321", "josefa@correo.cl", "12.345.678-5", "12345678-5",
	"123456785", "20-12345678-6", "529.982.247-25", "el 10/03/2026 a las 10:30", "$ 12.990", "https://x.example/?f=%2B56987654321&n=Josefa+N%C3%BA%C3%B1ez",
	"CL.13491208655302741918", "\u202eJosefa\u200f", "Jose\u200ffa", strings.Repeat("Josefa ", 500),
}

func draw(t *rapid.T, p *script.Player, choices []script.Choice) error {
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	switch {
	case kind < 4 && len(choices) > 0:
		return p.Receive(script.NewTap(rapid.SampledFrom(choices).Draw(t, "choice")))
	case kind < 6:
		return p.Receive(script.NewText(rapid.SampledFrom(spoken).Draw(t, "text")))
	case kind == 6:
		text, err := json.Marshal(rapid.SampledFrom(spoken).Draw(t, "text"))
		require.NoError(t, err)
		message := strings.ReplaceAll(rapid.SampledFrom([]string{
			`{"image": {"caption": X}}`, `{"location": {"latitude": -33.5, "longitude": 1e2, "name": X}}`, `{"form": {"a": [1, {"b": null}], "x": X}}`,
			`{"text": X, "referral": {"source_id": "1", "body": X}}`, `{"button": {"payload": "pagado", "text": X}}`,
			`{"raw": {"type": "new_thing", "x": X}}`, `{"contacts": [{"name": {"formatted_name": X}, "phones": [{"phone": "+56987654321"}]}]}`,
		}).Draw(t, "message"), "X", string(text))
		raw, err := script.ParseMessage([]byte(message))
		require.NoError(t, err)
		return p.Receive(raw)
	case kind == 7:
		return p.Echo("hola Josefa, soy una persona")
	case kind == 8:
		if rapid.Bool().Draw(t, "close") {
			return p.Control(bot.ControlClose, "operador")
		}
		return p.Control(bot.ControlResume, "")
	}
	return p.Wait(time.Duration(rapid.SampledFrom([]int{1, 999, 8_000, 60_001, 300_000, 599_900, 600_400, 1_800_000, 90_061_000}).Draw(t, "milliseconds")) * time.Millisecond)
}

// Whatever people do, the test of it passes, and holds nothing of theirs.
func TestAnyConversationBecomesATestThatPasses(t *testing.T) {
	b := loadBot(t, string(read(t, "../bot/script/testdata/tienda.bot.yaml")))
	target, err := script.ParseTarget("POST *")
	require.NoError(t, err)
	answers := []script.Answer{
		{Status: 200, Body: `{"estado":"de Josefa Núñez, 12.345.678-5, fono 987654321"}`},
		{Status: 503},
		{Error: "timeout"},
		{Status: 404, Body: "Josefa {"},
		{Status: 200, Body: `{"estado": 56987654321, "correo": "JOSEFA@correo.cl"}`},
		{Status: 200, Body: `[]`},
	}
	rapid.Check(t, func(t *rapid.T) {
		setup := script.Setup{
			Now:       opened().Add(time.Duration(rapid.IntRange(0, 999).Draw(t, "ms")) * time.Millisecond),
			Contact:   bot.Contact{WaID: "56987654321", UserID: "CL.13491208655302741918", Name: "Josefa Núñez"},
			Mocks:     []script.Mock{{Target: target, Answers: rapid.SliceOfN(rapid.SampledFrom(answers), 1, 4).Draw(t, "answers")}},
			LoopGuard: rapid.Bool().Draw(t, "guard"), OptedOut: rapid.Bool().Draw(t, "out"),
		}
		k := &keeper{t: t}
		p := k.player(b, setup, nil)
		var choices []script.Choice
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			require.NoError(t, draw(t, p, choices))
			news, err := p.Heard(false)
			require.NoError(t, err)
			for _, e := range news {
				if e.Kind == script.EntryBot {
					choices = append(choices, script.Choices(e.Body)...)
				}
			}
		}
		for _, c := range k.all {
			text, err := Record(b, *c, "x.bot.yaml", "recorded")
			require.NoError(t, err)
			requirePasses(t, b, text)
			requireNothingLeft(t, text, "josefa", "nunez", "87654321", "12345678", "13491208655302741918", "correo.cl", "52998224725", "529982247")
		}
	})
}
