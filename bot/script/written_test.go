package script_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/script"
	"github.com/chattigo/api-isv/bot/transcript"
)

const booking = `bot: v1
name: booking
timezone: America/Santiago
start: a
vars: {day: {type: date}}
states:
  a: {say: [which day], ask: {as: date, save: {day: answer.value}, to: b}}
  b: {say: ["${vars.day}"], close: {reason: done}}
`

// A message that was on its way over midnight means the days of when it was written, in a test
// file as in the service.
func TestAMessageMayBeOlderThanItsArrival(t *testing.T) {
	file, err := script.Load([]byte(`
now: 2026-03-10T23:50:00-03:00
contact: {wa_id: "56911112222"}
cases:
  - name: tomorrow
    steps:
      - user: hola
      - bot: which day
      - wait: 603s
      - user: {raw: {type: text, timestamp: "1773197999", text: {body: "mañana"}}}
      - bot: "2026-03-11"
      - closed: true
  - name: tomorrow, as the clock has it
    steps:
      - user: hola
      - bot: which day
      - wait: 603s
      - user: mañana
      - bot: "2026-03-12"
      - closed: true
`))
	require.NoError(t, err)
	definition := parseBot(t, booking)
	for i := range file.Cases {
		c := &file.Cases[i]
		require.Nil(t, c.Play(script.NewPlayer(definition, c.Setup, nil)).Failure, c.Name)
	}
}

func TestARecordedMessageKeepsATimeOfItsOwn(t *testing.T) {
	definition := parseBot(t, booking)
	setup := script.Setup{Now: opened, Contact: bot.Contact{WaID: "56911112222"}}
	p := script.NewPlayer(definition, setup, nil)
	require.NoError(t, p.Receive(script.NewText("hola")))
	require.NoError(t, p.Wait(time.Hour))
	require.NoError(t, p.Receive(json.RawMessage(`{"type":"text","timestamp":"1773061200","text":{"body":"hoy"}}`)))
	entries, err := p.Heard(false)
	require.NoError(t, err)

	text := script.Record("booking.bot.yaml", "recorded", setup, entries)
	require.Equal(t, 1, strings.Count(string(text), "timestamp"), "only where it is not the clock's:\n%s", text)
	f, err := script.Load(text)
	require.NoError(t, err, string(text))
	again := f.Cases[0].Play(script.NewPlayer(definition, f.Cases[0].Setup, nil))
	var out bytes.Buffer
	transcript.WriteResult(&out, again, 100, false)
	require.True(t, again.Passed(), "%s\n%s", text, out.String())
	require.Contains(t, string(text), "2026-03-09")
}
