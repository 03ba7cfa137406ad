package graph_test

import (
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/graph"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMermaid(t *testing.T) {
	for _, tt := range []struct{ name, bot string }{
		{"starter", "../definition/starter.bot.yaml"},
		{"all", "testdata/all.bot.yaml"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			src, err := os.ReadFile(tt.bot)
			require.NoError(t, err)
			b, err := definition.Load(src)
			require.NoError(t, err)
			got := graph.Mermaid(b)
			require.Equal(t, got, graph.Mermaid(b), "the same bytes each time")
			path := "testdata/" + tt.name + ".mmd"
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
			}
			want, err := os.ReadFile(path)
			require.NoError(t, err, "run the test with -update to write it")
			require.Equal(t, string(want), got)
		})
	}
}
