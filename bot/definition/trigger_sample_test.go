package definition_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/fold"
)

func TestTheSampleOfATriggerFiresIt(t *testing.T) {
	for _, tt := range []struct{ condition, want string }{
		{`text: {any: ["¡Menú!", inicio]}`, "menu"},
		{`text: {words: [hora, "pedir cita"]}`, "hora"},
		{`text: {matches: "^pedido ([0-9]{4}|ultimo)$"}`, "pedido 1111"},
		{`text: {matches: "(?i)hola+ .*[^a-z]x?$"}`, "HOLA 1"},
		{`text: {matches: "\\bab?\\b"}`, "a"},
		{`text: {matches: "^$"}`, ""}, // no text does
		{`type: [audio]`, ""},
	} {
		src := fmt.Sprintf("bot: v1\nname: x\nlanguages: [en]\nstart: a\ntriggers: [{%s, to: a}]\nstates:\n  a: {say: [hi], close: {reason: done}}\n", tt.condition)
		b, err := definition.Load([]byte(src))
		require.NoError(t, err, src)
		g := &b.Triggers[0]
		text, ok := g.SampleText()
		require.Equal(t, tt.want, text, tt.condition)
		if folded := fold.Text(text); ok && text != "" {
			require.True(t, g.FitsText(folded, text, fold.Words(folded), fold.Tokens(text)), tt.condition)
		}
	}
}
