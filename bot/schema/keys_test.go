package schema_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/schema"
)

// TestSchemaAndLoaderKnowTheSameKeys asks the loader for the keys of each object, with one that it
// does not have. What bot/v1 will have later is known to the loader only, which says so.
func TestSchemaAndLoaderKnowTheSameKeys(t *testing.T) {
	later := map[string][]string{"": {"migrate", "rollout"}, "state": {"llm"}, "var": {"keep"}}
	// A definition with an object of each kind, each with a key zzz.
	objects := map[string]string{
		"":            `zzz: 1`,
		"var":         `vars: {a: {type: int, zzz: 1}}`,
		"schedule":    `hours: {a: {zzz: 1}}`,
		"limits":      `limits: {zzz: 1}`,
		"defaults":    `defaults: {zzz: 1}`,
		"sayOnly":     `defaults: {stale: {zzz: 1}}`,
		"optout":      `optout: {zzz: 1}`,
		"trigger":     `triggers: [{zzz: 1}]`,
		"triggerText": `triggers: [{text: {zzz: 1}}]`,
		"referral":    `triggers: [{referral: {zzz: 1}}]`,
		"state":       `states: {a: {zzz: 1}}`,
		"branch":      `states: {a: {goto: [{zzz: 1}]}}`,
		"run":         `states: {a: {run: {zzz: 1}}}`,
		"handoff":     `states: {a: {handoff: {zzz: 1}}}`,
		"close":       `states: {a: {close: {zzz: 1}}}`,
		"call":        `states: {a: {call: {zzz: 1}}}`,
		"http":        `states: {a: {call: {http: {zzz: 1}}}}`,
		"ask":         `states: {a: {ask: {zzz: 1}}}`,
		"reject":      `states: {a: {ask: {reject: [{zzz: 1}]}}}`,
		"retry":       `states: {a: {ask: {retry: {zzz: 1}}}}`,
		"idleItem":    `states: {a: {ask: {idle: [{zzz: 1}]}}}`,
		"use":         `states: {a: {say: [{use: a, zzz: 1}]}}`,
		"body":        `states: {a: {say: [{text: {body: a}, zzz: 1}]}}`,
	}
	keys, err := schema.Keys(schema.Bot())
	require.NoError(t, err)
	require.Len(t, objects, len(keys))
	mayHave := regexp.MustCompile(`has no key "zzz"; it may have ([a-z_, ]*)`)
	for name, src := range objects {
		_, err := definition.Load([]byte(src))
		var problems definition.Problems
		require.ErrorAs(t, err, &problems)
		found := mayHave.FindStringSubmatch(problems.List())
		require.NotNil(t, found, "%s: %s", name, problems.List())
		known := slices.DeleteFunc(strings.Split(strings.TrimSpace(found[1]), ", "), func(key string) bool { return slices.Contains(later[name], key) })
		require.Equal(t, keys[name], known, name)
	}
}
