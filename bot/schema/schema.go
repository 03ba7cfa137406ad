// Package schema holds the JSON Schemas of bot/v1 and of its test files, for editors that complete
// and check what an author writes: in a YAML file, the first line
//
//	# yaml-language-server: $schema=bot-v1.schema.json
//
// is enough for many. A schema cannot say everything, such as that a state is reachable; the
// loaders of packages bot and bot/script can, and they decide: a schema that refuses what they
// accept is wrong. The package imports nothing of ours. Start reading at the two JSON files.
package schema

import _ "embed"

//go:embed bot-v1.schema.json
var bot string

//go:embed bot-test-v1.schema.json
var test string

// Bot is the schema of a definition.
func Bot() []byte { return []byte(bot) }

// Test is the schema of a test file.
func Test() []byte { return []byte(test) }
