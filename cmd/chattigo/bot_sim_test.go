package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const martes = "2026-03-10T10:00:00-03:00"

func lines(all ...string) string { return strings.Join(all, "\n") + "\n" }

func TestSimIsAChat(t *testing.T) {
	code, out, errOut := newTerminal(t).run(t, lines(
		"/state", "/vars", "/body", "/wait", "/nothing", "",
		"Hola", "/state", "/tap comprar", "1", "no sé", "/say 42",
		"rubbish", `{"estado": "en camino"}`, "/vars", "/body",
		"hola", "/image una foto", "/location", "/location x", "/form [", `/raw {"type":"new_thing"}`,
		"humano", "/echo Hola, soy Eva", "gracias", "/state", "/resume", "/close", "/close No", "/wait 90", "/state", "/help", "/quit", "unheard",
	), "bot", "sim", shop, "--now", martes)
	require.Zero(t, code, errOut)
	golden(t, "bot_sim.txt", out)
}

func TestSimAsksForAnswersUntilTheInputEnds(t *testing.T) {
	code, out, errOut := newTerminal(t).run(t, lines("Hola", "1", "7"), "bot", "sim", shop, "--now", martes)
	require.Zero(t, code, errOut)
	require.Contains(t, out, `The bot calls POST https://api.tienda.example/pedidos with {"pedido":"7","canal":"whatsapp"}`)
	require.Contains(t, out, "the input ended before the call was answered")
}

func TestWhatSimRecordsPasses(t *testing.T) {
	tm, dir := newTerminal(t), t.TempDir()
	record := filepath.Join(dir, "new.test.yaml")
	for name, tt := range map[string]struct {
		stdin string
		flags []string
	}{
		"with answers that are typed": {lines("Hola", "1", "42", "timeout", "503 {}", `200 {"estado": "listo"}`, "hola", "/wait", "/wait"), nil},
		"with mocks":                  {lines("Hola", "1", "42", "hola", "2"), []string{"--http", shopTests}},
		"with an old button":          {lines("Hola", "humano", "/echo soy Eva", "/resume", "1", "humano", "/resume", "/tap lugar"), []string{"--http", shopTests}},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, errOut := tm.run(t, tt.stdin, append([]string{"bot", "sim", shop, "--now", martes, "--record", record}, tt.flags...)...)
			require.Zero(t, code, errOut)
			require.Contains(t, out, "Play it with: chattigo bot test "+record)
			code, out, errOut = tm.run(t, "", "bot", "test", record)
			require.Zero(t, code, out+errOut)
			require.Contains(t, out, "1 case passed")

			code, _, errOut = tm.run(t, "", "bot", "sim", shop, "--record", record)
			require.Equal(t, 1, code, "a test that is there is not written over")
			require.Contains(t, errOut, "is there already")
			require.NoError(t, os.Remove(record))
		})
	}
}

func TestSimRecordsNoTestThatCannotBeLoaded(t *testing.T) {
	tm, dir := newTerminal(t), t.TempDir()
	record := filepath.Join(dir, "new.test.yaml")
	for _, stdin := range []string{"", "\n/help\n/state\n/nothing\n/quit\n"} {
		code, out, errOut := tm.run(t, stdin, "bot", "sim", shop, "--record", record)
		require.Zero(t, code, errOut)
		require.Contains(t, out, "Nothing was played, so that nothing is recorded.\n")
		require.NoFileExists(t, record)
	}
	code, _, errOut := tm.run(t, strings.Repeat("hola\n", 600), "bot", "sim", shop, "--now", martes, "--record", record)
	require.Equal(t, 1, code, "more steps than a case may have")
	require.Contains(t, errOut, "what was played makes no test, and is not recorded: the test file has a problem")
	require.NoFileExists(t, record)
}

func TestSimBeginsWhenItIsTold(t *testing.T) {
	tm, dir := newTerminal(t), t.TempDir()
	setup := write(t, dir, "setup.test.yaml", "now: 2026-03-10T22:00:00-03:00\ncontact: {wa_id: \"56911112222\", name: Eva}\n")
	_, out, _ := tm.run(t, "hola\n", "bot", "sim", shop, "--http", setup)
	require.Contains(t, out, "Tue 10 Mar 2026 22:00 -03:00")
	require.Contains(t, out, "Hola Eva")
	_, out, _ = tm.run(t, "", "bot", "sim", shop, "--http", setup, "--now", martes)
	require.Contains(t, out, "Tue 10 Mar 2026 10:00 -03:00")

	code, _, errOut := tm.run(t, "", "bot", "sim", shop, "--now", "10:00")
	require.Equal(t, 2, code)
	require.Contains(t, errOut, "--now must be a time with its offset")
	code, _, errOut = tm.run(t, "", "bot", "sim", "-")
	require.Equal(t, 2, code)
	require.Contains(t, errOut, "the standard input is for the chat")
	bad := write(t, dir, "bad.test.yaml", "now: today\n")
	code, out, _ = tm.run(t, "", "bot", "sim", shop, "--http", bad)
	require.Equal(t, 1, code)
	require.Contains(t, out, bad+":1:6: error: now must be a time")
}

// TestSimRecordsOnlyWhatCanBePlayed is about a chat that ends while a call waits for its answer.
func TestSimRecordsOnlyWhatCanBePlayed(t *testing.T) {
	tm, dir := newTerminal(t), t.TempDir()
	record := filepath.Join(dir, "new.test.yaml")
	code, out, errOut := tm.run(t, lines("Hola", "1", "7"), "bot", "sim", shop, "--now", martes, "--record", record)
	require.Zero(t, code, errOut)
	require.Contains(t, out, "the input ended before the call was answered")
	require.Contains(t, out, "Recorded in "+record)
	text, err := os.ReadFile(record)
	require.NoError(t, err)
	require.NotContains(t, string(text), "call:")
	require.NotContains(t, string(text), `"7"`)
	require.Contains(t, string(text), "tap: pedido")
	code, out, errOut = tm.run(t, "", "bot", "test", record)
	require.Zero(t, code, out+errOut)

	calling := write(t, dir, "calling.bot.yaml", `bot: v1
name: calling
start: a
states:
  a: {call: {http: {get: "https://x.test/"}, on_error: b}, goto: b}
  b: {close: {reason: done}}
`)
	code, out, errOut = tm.run(t, "hola\n", "bot", "sim", calling, "--record", filepath.Join(dir, "none.test.yaml"))
	require.Zero(t, code, errOut)
	require.Contains(t, out, "Nothing was played, so that nothing is recorded.\n")
	require.NoFileExists(t, filepath.Join(dir, "none.test.yaml"))
}
