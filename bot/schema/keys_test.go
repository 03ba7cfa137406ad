package schema_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/schema"
	"github.com/chattigo/api-isv/bot/script"
)

// keysOf lists the keys of each object of a schema that has a closed set of them, sorted, by the
// object's name under $defs; "" is the document itself.
func keysOf(schema []byte) (map[string][]string, error) {
	type object struct {
		Properties           map[string]json.RawMessage `json:"properties"`
		AdditionalProperties json.RawMessage            `json:"additionalProperties"`
	}
	var document struct {
		object
		Defs map[string]object `json:"$defs"`
	}
	if err := json.Unmarshal(schema, &document); err != nil {
		return nil, err
	}
	keys := map[string][]string{"": slices.Sorted(maps.Keys(document.Properties))}
	for name, def := range document.Defs {
		if string(def.AdditionalProperties) == "false" {
			keys[name] = slices.Sorted(maps.Keys(def.Properties))
		}
	}
	return keys, nil
}

// TestBotSchemaAndLoaderKnowTheSameKeys asks the loader for the keys of each object, with one that it
// does not have. What bot/v1 will have later is known to the loader only, which says so.
func TestBotSchemaAndLoaderKnowTheSameKeys(t *testing.T) {
	later := map[string][]string{"": {"migrate", "rollout"}, "state": {"llm"}}
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
		"choice":      `states: {a: {ask: {choices: {x: {zzz: 1}}}}}`,
		"reject":      `states: {a: {ask: {reject: [{zzz: 1}]}}}`,
		"retry":       `states: {a: {ask: {retry: {zzz: 1}}}}`,
		"idleItem":    `states: {a: {ask: {idle: [{zzz: 1}]}}}`,
		"use":         `states: {a: {say: [{use: a, zzz: 1}]}}`,
		"body":        `states: {a: {say: [{text: {body: a}, zzz: 1}]}}`,
	}
	keys, err := keysOf(schema.Bot())
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

// TestTestSchemaAndLoaderKnowTheSameKeys asks the loader of test files in the same way.
func TestTestSchemaAndLoaderKnowTheSameKeys(t *testing.T) {
	keys, err := keysOf(schema.Test())
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

func TestKeysOfReadsEachClosedObject(t *testing.T) {
	keys, err := keysOf(schema.Bot())
	require.NoError(t, err)
	require.Contains(t, keys[""], "reply_ids")
	require.Equal(t, []string{"about", "ask", "call", "close", "goto", "handoff", "return", "run", "say", "set"}, keys["state"])
	require.Equal(t, []string{"if", "to"}, keys["branch"])
	require.NotContains(t, keys, "interactive", "its keys are WhatsApp's")
	for _, of := range []string{"", "ask", "http", "trigger"} {
		require.True(t, slices.IsSorted(keys[of]))
	}
	keys, err = keysOf(schema.Test())
	require.NoError(t, err)
	require.Equal(t, []string{"contact", "http", "kept", "loop_guard", "name", "now", "opted_out", "steps", "vars"}, keys["case"])
	_, err = keysOf([]byte("{"))
	require.Error(t, err)
}

// TestEveryClosedObjectHasAName makes sure that keysOf finds all of them: an object that is not
// under $defs would be forgotten.
func TestEveryClosedObjectHasAName(t *testing.T) {
	for _, src := range [][]byte{schema.Bot(), schema.Test()} {
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
		require.NoError(t, err)
		keys, err := keysOf(src)
		require.NoError(t, err)
		require.Equal(t, len(keys), closed(document))
	}
}

// closed counts the objects with a closed set of keys.
func closed(node any) int {
	n := 0
	switch node := node.(type) {
	case map[string]any:
		if node["additionalProperties"] == false {
			n++
		}
		for _, child := range node {
			n += closed(child)
		}
	case []any:
		for _, child := range node {
			n += closed(child)
		}
	}
	return n
}
