package definition_test

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
)

// keyForm matches a line that begins with a key.
var keyForm = regexp.MustCompile(`^( *(?:- )?\{?)([a-z_]{4,})(: ?)(.*)$`)

// slips are what happens to a line while somebody types; "" where it cannot happen to this one. Each but
// those of indentation and of quotes is always a mistake.
func slips() map[string]func(line string) string {
	without := func(line string, at, n int) string {
		if at < 0 {
			return ""
		}
		return line[:at] + line[at+n:]
	}
	return map[string]func(string) string{
		"a letter of a key is too many": func(line string) string { return keyForm.ReplaceAllString(line, "${1}${2}x${3}${4}") },
		"the second letter of a key is missing": func(line string) string {
			m := keyForm.FindStringSubmatch(line)
			if m == nil {
				return ""
			}
			return m[1] + m[2][:1] + m[2][2:] + m[3] + m[4]
		},
		"no space behind a colon": func(line string) string { return keyForm.ReplaceAllString(line, "${1}${2}:${4}") },
		"a tab":                   func(line string) string { return "\t" + strings.TrimLeft(line, " ") },
		"a space too many":        func(line string) string { return " " + line },
		"a space too few":         func(line string) string { return strings.TrimPrefix(line, " ") },
		"a quote is missing":      func(line string) string { return without(line, strings.IndexByte(line, '"'), 1) },
		"a bracket is missing":    func(line string) string { return without(line, strings.LastIndexAny(line, "]}"), 1) },
	}
}

// TestOneSlipIsOneProblem slips at lines of the examples: what follows from a mistake is not reported.
// Only every stride-th line has each slip, in another order of lines for each, because there are
// thousands.
func TestOneSlipIsOneProblem(t *testing.T) {
	const stride = 17
	paths, err := filepath.Glob("../../examples/bots/*.bot.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	found := map[string]int{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		require.NoError(t, err)
		lines := strings.Split(string(raw), "\n")
		offset := 0
		for _, name := range slices.Sorted(maps.Keys(slips())) {
			offset += 5
			for i := offset % stride; i < len(lines); i += stride {
				line := lines[i]
				wrong := slips()[name](line)
				if wrong == "" || wrong == line || strings.TrimSpace(line) == "" || strings.HasPrefix(strings.TrimSpace(line), "#") {
					continue
				}
				lines[i] = wrong
				_, problems := definition.Read([]byte(strings.Join(lines, "\n")))
				lines[i] = line
				errs := 0
				for _, p := range problems {
					if !p.Warning {
						errs++
					}
				}
				require.LessOrEqual(t, errs, 1, "%s:%d: %s: %q\n%s", path, i+1, name, wrong, definition.Problems(problems).List())
				found[name] += errs
			}
		}
	}
	for name := range slips() {
		require.Positive(t, found[name], "no mistake was found: %s", name)
	}
}
