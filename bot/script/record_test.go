package script_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/bot/transcript"
)

// act does one thing that a person or the world could do.
func act(t *rapid.T, p *script.Player, entries []script.Entry) error {
	var tappable []script.Choice
	for _, e := range entries {
		if e.Kind == script.EntryBot {
			tappable = append(tappable, script.Choices(e.Body)...)
		}
	}
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	if kind < 4 && len(tappable) > 0 {
		return p.Receive(script.NewTap(rapid.SampledFrom(tappable).Draw(t, "choice")))
	}
	switch kind {
	case 0, 1, 2, 3, 4:
		texts := []string{"hola", "42", "humano", "no", "BAJA", " {a: b}\n- c #d", "/x/", "any", "x\u0000\u2028👋", "'", "true", "12.5", "~", "", "a: b", "&a *b"}
		return p.Receive(script.NewText(rapid.SampledFrom(texts).Draw(t, "text")))
	case 5:
		message, err := script.ParseMessage([]byte(rapid.SampledFrom([]string{
			`{"image": {"caption": "a \" b"}}`, `{"location": {"latitude": -33.5, "longitude": 1e2}}`, `{"form": {"a": [1, {"b": null}]}}`,
			`{"text": "hola", "referral": {"source_id": "1"}}`, `{"button": {"payload": "pagado", "text": "Pagado"}}`,
			`{"raw": {"type": "order", "order": {"product_items": []}}}`, `{"raw": {"type": "new_thing", "x": true}}`, `{"reaction": {"emoji": "👍"}}`,
		}).Draw(t, "message")))
		require.NoError(t, err)
		return p.Receive(message)
	case 6:
		return p.Echo("soy una persona")
	case 7:
		if rapid.Bool().Draw(t, "close") {
			return p.Control(bot.ControlClose, "operador")
		}
		return p.Control(bot.ControlResume, "")
	}
	return p.Wait(time.Duration(rapid.SampledFrom([]int{1, 8, 60, 300, 600, 1800, 90061, 604800}).Draw(t, "seconds")) * time.Second)
}

// TestWhatWasRecordedPassesWhenItIsPlayed is the promise of Record, for chats of any kind.
func TestWhatWasRecordedPassesWhenItIsPlayed(t *testing.T) {
	b := loadBot(t, "testdata/tienda.bot.yaml")
	target, err := script.ParseTarget("POST *")
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		setup := script.Setup{Now: opened, Contact: bot.Contact{WaID: "56911112222", Name: "Ana \"x\""}}
		answers := []script.Answer{{Status: 200, Body: `{"estado":"a\u003cb"}`}, {Status: 503}, {Error: "timeout"}, {Status: 404, Body: "no {"}, {Status: 200, Body: `{"estado": 1}`}, {Status: 200, Body: `[]`}}
		n := rapid.IntRange(1, 4).Draw(t, "answers")
		mock := script.Mock{Target: target}
		for range n {
			mock.Answers = append(mock.Answers, rapid.SampledFrom(answers).Draw(t, "answer"))
		}
		playing := setup
		playing.Mocks = []script.Mock{mock}
		p := script.NewPlayer(b, playing, nil)
		var entries []script.Entry
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			require.NoError(t, act(t, p, entries))
			news, err := p.Heard(false)
			require.NoError(t, err)
			entries = append(entries, news...)
		}
		text := script.Record("tienda.bot.yaml", "grabado: #1", setup, entries)
		f, err := script.Load(text)
		require.NoError(t, err, string(text))
		require.Empty(t, f.Check(b))
		again := f.Cases[0].Play(script.NewPlayer(b, f.Cases[0].Setup, nil))
		if !again.Passed() {
			var out bytes.Buffer
			transcript.WriteResult(&out, again, 100, false)
			t.Fatalf("%s\n%s", text, out.String())
		}
		require.Len(t, again.Entries, len(entries))
	})
}

func TestWhereNothingWasPlayedNothingIsRecorded(t *testing.T) {
	setup := script.Setup{Now: opened, Contact: bot.Contact{WaID: "56911112222"}}
	require.Nil(t, script.Record("x.bot.yaml", "recorded", setup, nil))
	require.Nil(t, script.Record("x.bot.yaml", "recorded", setup, []script.Entry{{Kind: script.EntryNote, Text: "no step"}, {Kind: script.EntryTrace}}))
	require.NotNil(t, script.Record("x.bot.yaml", "recorded", setup, []script.Entry{{Kind: script.EntryWait, Wait: time.Minute}}))
}
