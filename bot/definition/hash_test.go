package definition_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/definition"
)

// asJSON writes a YAML tree as JSON, with other escapes, order and number spelling.
func asJSON(t *testing.T, src string) string {
	t.Helper()
	var tree map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(src), &tree))
	raw, err := json.MarshalIndent(tree, "", "\t")
	require.NoError(t, err)
	out := strings.ReplaceAll(string(raw), "👋", `\ud83d\udc4b`)
	return strings.ReplaceAll(out, `"max": 2`, `"max": 2.0e0`)
}

func TestTheHashIsOfWhatTheTextMeans(t *testing.T) {
	yamlBot := load(t, string(definition.Starter()))
	jsonText := strings.ReplaceAll(asJSON(t, string(definition.Starter())), "2.0e0", "2")
	require.Contains(t, jsonText, `\ud83d\udc4b`)
	jsonBot := load(t, jsonText)
	require.Equal(t, yamlBot.Hash, jsonBot.Hash)
	require.Regexp(t, "^[0-9a-f]{64}$", yamlBot.Hash)
	require.Equal(t, load(t, one).Hash, load(t, "# a comment\n"+strings.ReplaceAll(one, "[bye]", `["bye"]`)).Hash)
	require.NotEqual(t, load(t, one).Hash, load(t, strings.ReplaceAll(one, "[bye]", "[Bye]")).Hash)
}

// TestTheHashNeverChanges pins the canonical form: bots are stored and found under it.
func TestTheHashNeverChanges(t *testing.T) {
	require.Equal(t, "c20d0473bbace5d28863b43f1082f7098a945b934f10583cb2b2903af6701f0c", load(t, one).Hash)
}
