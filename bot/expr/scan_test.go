package expr

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestScanFindsWhatCELReads writes expressions of quotes and braces, which CEL reads, into a
// text and finds them again.
func TestScanFindsWhatCELReads(t *testing.T) {
	e := env(t, Names{})
	quoted := rapid.Custom(func(t *rapid.T) string {
		inner := rapid.StringMatching(`([{}"'$/ a-z]|\\\\|\\'|\\")*`).Draw(t, "inner")
		quote := rapid.SampledFrom([]string{"'", `"`, "'''", `"""`}).Draw(t, "quote")
		prefix := rapid.SampledFrom([]string{"", "r", "R"}).Draw(t, "prefix")
		return prefix + quote + inner + quote
	})
	expression := rapid.Custom(func(t *rapid.T) string {
		source := quoted.Draw(t, "text")
		if rapid.Bool().Draw(t, "map") {
			source = fmt.Sprintf("{%s: {'a': %s}}", source, quoted.Draw(t, "value"))
		}
		return source
	}).Filter(func(source string) bool {
		x, _ := e.Compile(source, Site{}, Any)
		return x != nil
	})
	rapid.Check(t, func(t *rapid.T) {
		source := expression.Draw(t, "source")
		pieces, problem := scan("a${" + source + "}b")
		require.Nil(t, problem, source)
		require.Equal(t, []piece{{text: "a"}, {text: source, isExpr: true, offset: 3}, {text: "b"}}, pieces)
	})
}
