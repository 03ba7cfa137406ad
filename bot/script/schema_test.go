package script_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/schema"
	"github.com/chattigo/api-isv/bot/script"
)

// TestTheSchemaHasTheKeysOfTheLoader asks the loader for the keys it knows, with one that it does
// not, and compares them with the schema that editors use.
func TestTheSchemaHasTheKeysOfTheLoader(t *testing.T) {
	keys, err := schema.Keys(schema.Test())
	require.NoError(t, err)
	asked := map[string]string{
		"":          `{zzz: 1, cases: [{name: a, steps: [{user: x}]}]}`,
		"contact":   `{contact: {zzz: 1}, cases: [{name: a, steps: [{user: x}]}]}`,
		"mock":      `{http: [{match: "* *", zzz: 1}], cases: [{name: a, steps: [{user: x}]}]}`,
		"answer":    `{http: [{match: "* *", answers: [{zzz: 1}]}], cases: [{name: a, steps: [{user: x}]}]}`,
		"case":      `{cases: [{name: a, zzz: 1, steps: [{user: x}]}]}`,
		"step":      `{cases: [{name: a, steps: [{zzz: 1}]}]}`,
		"tap":       `{cases: [{name: a, steps: [{tap: {zzz: 1, id: x}}]}]}`,
		"message":   `{cases: [{name: a, steps: [{user: {zzz: 1, text: x}}]}]}`,
		"said":      `{cases: [{name: a, steps: [{bot: {zzz: 1}}]}]}`,
		"handedOff": `{cases: [{name: a, steps: [{handoff: {zzz: 1}}]}]}`,
		"closing":   `{cases: [{name: a, steps: [{closed: {zzz: 1}}]}]}`,
	}
	require.Len(t, asked, len(keys))
	for object, src := range asked {
		_, err := script.Load([]byte(src))
		require.Error(t, err)
		known := regexp.MustCompile(`may have (.*) \[unknown-key\]`).FindStringSubmatch(err.Error())
		require.NotNil(t, known, err.Error())
		require.Equal(t, strings.Join(keys[object], ", "), known[1], object)
	}
}
