package script_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/script"
)

// reversed turns around the keys of every object.
func reversed(n *yaml.Node) {
	for _, item := range n.Content {
		reversed(item)
	}
	if n.Kind != yaml.MappingNode {
		return
	}
	slices.Reverse(n.Content)
	for i := 0; i+1 < len(n.Content); i += 2 {
		n.Content[i], n.Content[i+1] = n.Content[i+1], n.Content[i]
	}
}

// Two tenants whose definitions have the same hash share the text of whoever stored it first: the order of
// keys, which the hash leaves out, must make no difference to what a bot does.
func TestTheOrderOfKeysMakesNoDifference(t *testing.T) {
	paths, err := filepath.Glob("../../examples/bots/*.bot.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			source, err := os.ReadFile(path)
			require.NoError(t, err)
			var root yaml.Node
			require.NoError(t, yaml.Unmarshal(source, &root))
			reversed(&root)
			turned, err := yaml.Marshal(&root)
			require.NoError(t, err)
			straight, err := definition.Load(source)
			require.NoError(t, err)
			b, err := definition.Load(turned)
			require.NoError(t, err)
			require.Equal(t, straight.Hash, b.Hash)

			tests, err := os.ReadFile(strings.Replace(path, ".bot.yaml", ".test.yaml", 1))
			require.NoError(t, err)
			f, err := script.Load(tests)
			require.NoError(t, err)
			for i := range f.Cases {
				c := &f.Cases[i]
				played := c.Play(script.NewPlayer(b, c.Setup, nil))
				require.Nil(t, played.Failure, "%s", c.Name)
			}
		})
	}
}
