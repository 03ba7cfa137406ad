package fold

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The short way for most texts gives what the general one does.
func TestTextsOfLatinLettersAreFoldedAsAllOthers(t *testing.T) {
	for r := rune(1); r < 0x250; r++ {
		for _, text := range []string{string(r), "a" + string(r) + "b", string(r) + "\u0301"} {
			if folded, ok := lowerLatin(text); ok {
				require.Equal(t, lowerAny(text), folded, "%q", text)
			}
		}
	}
	folded, ok := lowerLatin("¿Cuál es la DIRECCIÓN? Não, o Ñandú: 2")
	require.True(t, ok)
	require.Equal(t, "¿cual es la direccion? nao, o nandu: 2", folded)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("aZé ÑüÇõ¿¡«»ßøªº²…‘\u0301\u00a0\u200d09#*.,-"))).Draw(t, "text")
		if folded, ok := lowerLatin(text); ok {
			require.Equal(t, lowerAny(text), folded)
		}
	})
}
