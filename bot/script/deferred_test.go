package script_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
)

// What ends the wait for more of an answer may have to wait for the call that the answer leads
// to. It is heard afterwards, as in the service.
func TestWhatIsDeferredComesAgainAfterTheCall(t *testing.T) {
	definition, err := definition.Load([]byte(`
bot: v1
name: deferred
start: ask
vars: {q: {type: string}}
triggers:
  - {text: {words: [menu]}, interrupt: true, to: menu}
states:
  ask: {say: ["¿Qué necesitas?"], ask: {as: text, collect: 8s, save: {q: answer.text}, to: search}}
  search:
    call: {http: {get: "https://api.example.com/x"}, on_error: fin}
    say: ["Buscado: ${vars.q}"]
    ask: {as: text, to: fin}
  menu: {say: ["Menú"], ask: {as: text, to: fin}}
  fin: {say: [fin], close: {reason: done}}
`))
	require.NoError(t, err)
	file, err := script.Load([]byte(`
now: 2026-03-10T10:00:00-03:00
contact: {wa_id: "56911112222", name: Ana}
http: [{match: "GET https://api.example.com/x*", json: {}}]
cases:
  - name: the word menu comes again
    steps:
      - user: hola
      - bot: "¿Qué necesitas?"
      - user: una cosa
      - user: menu
      - bot: "Buscado: una cosa"
      - bot: "Menú"
      - state: menu
`))
	require.NoError(t, err)
	c := &file.Cases[0]
	require.Nil(t, c.Play(script.NewPlayer(definition, c.Setup, nil)).Failure)
}
