package tree_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot/tree"
)

func TestJSONIsInTheOrderOfTheText(t *testing.T) {
	kind := tree.Kind{Name: "letter", Bytes: 1 << 10, Depth: 9}
	for src, want := range map[string]string{
		`{"b": [1, 2.50, -0, 1e3, true, null], "a": "\ud83d\ude00<&>"}`: `{"b":[1,2.50,-0,1e3,true,null],"a":"😀<&>"}`,
		"a: 2026-03-10\nb: True\nc: ~\nd:\ne: |\n  x\n":                 `{"a":"2026-03-10","b":true,"c":null,"d":null,"e":"x\n"}`,
		"{}": "{}",
	} {
		root, problems := tree.Parse([]byte(src), kind)
		require.Empty(t, problems, src)
		require.Equal(t, want, string(tree.JSON(root)))
	}
}

func TestATextIsQuotedAsEncodingJSONQuotesIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{
			"", "¿Sí? <&>", `a"b`, `\`, "a\nb", "\x00", "\x7f", "\u2028", "\u2029", "\ufffd", "\xff", "\xe2\x80", "👋",
		})).Draw(t, "text")
		var buf bytes.Buffer
		enc := json.NewEncoder(&buf)
		enc.SetEscapeHTML(false)
		require.NoError(t, enc.Encode(text))
		require.Equal(t, strings.TrimSuffix(buf.String(), "\n"), tree.Quote(text))
	})
}
