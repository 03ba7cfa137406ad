package bot_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What was once wrong and is not to be wrong again.

func TestOptOutIsConfirmedWhateverWasSaidBefore(t *testing.T) {
	c := talkTo(t, strings.Replace(judged, "to: done\n", "to: much\n", 1)+`
  much: {say: [a, b, c, d, e, f, g, h, i, j], goto: more}
  more: {say: [a, b, c, d, e, f, g, h, i, j], goto: done}
`)
	c.says("hola")
	c.says("corto")
	c.says("baja")
	require.Equal(t, "Listo.", c.texts()[len(c.texts())-1])
	require.True(t, c.state.Closed)
}
