package tree_test

import (
	"testing"

	"github.com/stretchr/testify/require"

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
