package definition_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

// TestTheReferenceNamesEveryCode holds the table of codes against the constants, both ways.
func TestTheReferenceNamesEveryCode(t *testing.T) {
	codes := allCodes(t)
	require.Contains(t, codes, string(definition.CodeSecret)) // of package expr
	require.Contains(t, codes, string(definition.CodeSyntax)) // of package tree

	page, err := os.ReadFile("../../docs/bot-v1.md")
	require.NoError(t, err)
	_, section, ok := strings.Cut(string(page), "\n## Problems\n")
	require.True(t, ok)
	section, _, _ = strings.Cut(section, "\n## ")
	var named []string
	for _, found := range regexp.MustCompile("(?m)^\\| `([a-z-]+)` \\|").FindAllStringSubmatch(section, -1) {
		named = append(named, found[1])
	}
	slices.Sort(named)
	require.Equal(t, codes, named)
}

func TestEveryCodeHasACheck(t *testing.T) {
	tested := map[string]bool{
		string(definition.CodeVersion): true, // of Bot.Check: TestCheckNamesWhatAVersionDoesNotHave
	}
	for _, c := range publishChecks() {
		require.Contains(t, strings.Join(c.want, "\n"), "["+string(c.code)+"]", c.name)
		tested[string(c.code)] = true
	}
	var missing []string
	for _, code := range allCodes(t) {
		if !tested[code] {
			missing = append(missing, code)
		}
	}
	require.Empty(t, missing)
}

// allCodes are the codes of a definition, of its text and of its expressions, in order.
func allCodes(t testing.TB) []string {
	t.Helper()
	all := slices.Concat(codesOf(t, "problem.go"), codesOf(t, "../expr/problem.go"), codesOf(t, "../tree/problem.go"))
	slices.Sort(all)
	return slices.Compact(all)
}

// codesOf are the texts of a file's constants whose names begin with Code.
func codesOf(t testing.TB, file string) []string {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	require.NoError(t, err)
	var all []string
	ast.Inspect(tree, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Code") || len(spec.Values) == 0 {
			return true
		}
		if text, ok := spec.Values[0].(*ast.BasicLit); ok {
			all = append(all, strings.Trim(text.Value, `"`))
		}
		return true
	})
	require.NotEmpty(t, all)
	return all
}

func TestProblemsNameTheFirstAndCountTheOthers(t *testing.T) {
	ps := definition.Problems{{Line: 1, Column: 2, Code: definition.CodeUnused, Message: "w", Warning: true}, {Line: 3, Column: 4, Code: definition.CodeType, Message: "m"}}
	require.Equal(t, "the bot has a problem at 3:4: m [type]", ps.Error())
	ps = append(ps, ps[1])
	require.Equal(t, "the bot has 2 problems; the first at 3:4: m [type]", ps.Error())
}
