package definition_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

// What can only fail in a conversation is refused when it is new, and goes on failing there alone where
// it was stored before the check was made.
func TestAStoredDefinitionLoadsInSpiteOfWhatCanOnlyFailInAConversation(t *testing.T) {
	const head = "bot: v1\nname: a\nstart: a\nvars: {n: {type: int}, s: {type: string}, l: {type: list}}\nstates:\n  a:\n"
	for name, state := range map[string]string{
		"a constant that fails":                "    set: {n: \"1 / 0\"}\n    say: [Hola]\n    close: {reason: a}\n",
		"a constant of another type in a text": "    say: [\"${first([1], -1)}\"]\n    close: {reason: a}\n",
		"a text where a list has to be":        "    say: [{type: contacts, contacts: \"${vars.s}\"}]\n    close: {reason: a}\n",
		"an unknown key beside what comes from an expression": `    say:
      - interactive:
          type: list
          body: {text: "${vars.s}"}
          action: {button: Ver, sections: "${vars.l}", colour: "${vars.s}"}
    ask: {choices: {"*": a}}
`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := definition.Load([]byte(head + state))
			require.ErrorAs(t, err, &definition.Problems{})

			stored, err := definition.LoadStored([]byte(head + state))
			require.NoError(t, err)
			require.NotNil(t, stored.State("a"))
		})
	}
}

func TestAStoredDefinitionIsTheSameAsOneThatWasJustChecked(t *testing.T) {
	checked, err := definition.Load(definition.Starter())
	require.NoError(t, err)
	stored, err := definition.LoadStored(definition.Starter())
	require.NoError(t, err)
	require.Equal(t, checked.Hash, stored.Hash)
	require.Equal(t, checked.Warnings(), stored.Warnings())
}

func TestAStoredDefinitionThatCannotRunIsRefused(t *testing.T) {
	_, err := definition.LoadStored([]byte("bot: v1\nname: a\nstart: b\nstates:\n  a: {close: {reason: a}}\n"))
	require.ErrorAs(t, err, &definition.Problems{})
}
