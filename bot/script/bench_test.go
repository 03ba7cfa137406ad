package script_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/script"
)

// BenchmarkCases plays the cases of the clinic, as `chattigo bot test` does; the goal is 1,000 a
// second on one core.
func BenchmarkCases(b *testing.B) {
	definition, f := loadBot(b, "../../examples/bots/clinica.bot.yaml"), load(b, read(b, "../../examples/bots/clinica.test.yaml"))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c := &f.Cases[i%len(f.Cases)]
		r := c.Play(script.NewPlayer(definition, c.Setup, nil))
		require.True(b, r.Passed())
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "cases/s")
}
