package script_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/script"
)

func TestCoverageNamesWhatNoCaseWentThrough(t *testing.T) {
	b, f := loadBot(t, "testdata/tienda.bot.yaml"), load(t, read(t, "testdata/tienda.test.yaml"))
	c := script.NewCoverage(b)
	var before, after bytes.Buffer
	c.Write(&before, "tienda.bot.yaml")
	golden(t, "cover_none.txt", before.String())
	results, _ := play(b, f, "f", 80)
	for _, r := range results {
		c.Add(r.Entries)
	}
	c.Write(&after, "tienda.bot.yaml")
	golden(t, "cover.txt", after.String())

	missed, all := c.States()
	require.Empty(t, missed)
	require.Equal(t, len(b.States()), all)
}

// TestEveryWayHasItsLine holds the places of ways against a definition that has one of each kind.
func TestEveryWayHasItsLine(t *testing.T) {
	b := loadBot(t, "../graph/testdata/all.bot.yaml")
	var out bytes.Buffer
	script.NewCoverage(b).Write(&out, "all.bot.yaml")
	golden(t, "cover_lines.txt", out.String())
}
