// Package schema holds the JSON Schemas of bot/v1 and of its tests, for editors that complete and
// check what an author writes: in a YAML file, the first line
//
//	# yaml-language-server: $schema=bot-v1.schema.json
//
// is enough for many. What a schema cannot say, such as that a state is reachable, the loaders of
// packages bot and bot/script say. They decide: a schema that refuses what they take is wrong. The
// package imports nothing of ours. Start reading at the two documents.
package schema

import (
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
)

//go:embed bot-v1.schema.json
var bot string

//go:embed bot-test-v1.schema.json
var test string

// Bot is the schema of a definition.
func Bot() []byte { return []byte(bot) }

// Test is the schema of a file of tests.
func Test() []byte { return []byte(test) }

// Keys are the keys of each object of a schema that has a closed set of them, sorted, by the
// object's name under $defs; "" is the document itself. A test holds them against the keys that
// a loader knows.
func Keys(schema []byte) (map[string][]string, error) {
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
