package bot_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Beside rows from data, a question may take a text: it is no row.
func TestATextBesideAnyRowGoesItsOwnWay(t *testing.T) {
	const flavours = `
start: a
data: {rows: [{id: c, title: Coffee}, {id: v, title: Vanilla}]}
vars: {said: {type: string}}
states:
  a:
    say: [{interactive: {type: list, body: {text: which}, action: {button: See, sections: [{title: All, rows: "${data.rows}"}]}}}]
    ask: {as: text, save: {said: answer.text}, choices: {"*": row}, to: text}
  row: {say: ["row ${input.id}"], close: {reason: row}}
  text: {say: ["text ${vars.said}"], close: {reason: text}}
`
	for said, want := range map[string]string{"coffee": "row c", "pistachio and coffee": "text pistachio and coffee"} {
		c := talkTo(t, flavours)
		c.says("hola")
		c.says(said)
		require.Equal(t, []string{want}, c.texts(), said)
	}
}
