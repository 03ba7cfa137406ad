package tree_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/tree"
)

func list(ps []tree.Problem) []string {
	all := make([]string, len(ps))
	for i, p := range ps {
		all[i] = p.String()
	}
	return all
}

func TestParseCallsTheTextByItsName(t *testing.T) {
	letter := tree.Kind{Name: "letter", Bytes: 1 << 10, Depth: 3}
	for _, tt := range []struct {
		name, src string
		want      []string
	}{
		{"empty", "", []string{"1:1: the letter is empty [syntax]"}},
		{"too large", strings.Repeat("x", 2<<10), []string{"1:1: a letter may have at most 1 KiB [too-large]"}},
		{"two", "a: b\n---\na: b", []string{"2:1: a letter is one YAML document, and here another begins; take out the line --- [documents]"}},
		{"too deep", "[[[[[]]]]]", []string{"1:5: nested more than 3 deep [too-deep]"}},
		{"an alias", "a: &x b\nc: *x", []string{"1:4: anchors (&x) are not allowed; write the value again where it is needed, or put a text that begins with & in quotes (also at 2:4) [anchor]"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root, problems := tree.Parse([]byte(tt.src), letter)
			require.Nil(t, root)
			require.Equal(t, tt.want, list(problems))
		})
	}
}

func TestYAMLAndJSONGiveTheSameTree(t *testing.T) {
	kind := tree.Kind{Name: "letter", Bytes: 1 << 10, Depth: 9}
	y, problems := tree.Parse([]byte("a:\n  - {b: 1, c.d: no}\n"), kind)
	require.Equal(t, []string{`2:17: warning: put no in quotes: other YAML tools read it as a boolean [quote]`}, list(problems))
	j, problems := tree.Parse([]byte(`{"a": [{"b": 1, "c.d": "no"}]}`), kind)
	require.Empty(t, problems)
	for name, root := range map[string]*yaml.Node{"YAML": y, "JSON": j} {
		require.Equal(t, "1", tree.Find(root, "a[0].b").Value, name)
		require.Equal(t, "b", tree.FindKey(root, "a[0].b").Value, name)
		require.Equal(t, "no", tree.Find(root, "a[0].c.d").Value, name)
		require.Equal(t, tree.Child(root, "a"), tree.Find(root, "a[7].b"), "the nearest that exists")
		require.Nil(t, tree.Child(root, "b"))
	}
}
