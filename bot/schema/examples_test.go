package schema_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/schema"
)

// Authors copy from the examples, so each key of the format stands in one of them, or in a bot of the
// tests that shows what is made of parts.
func TestTheExamplesUseEveryKeyOfTheFormat(t *testing.T) {
	k := newKeys(t, schema.Bot())
	parts, err := filepath.Glob("../script/testdata/structure/*.bot.yaml")
	require.NoError(t, err)
	for _, path := range append(examples(t, "*.bot.yaml"), parts...) {
		k.walk("#", k.document, parse(t, path))
	}
	require.Empty(t, k.unused(), "no example uses these keys of bot/v1")
}

func TestTheTestsOfTheExamplesUseEveryKeyOfTheFormat(t *testing.T) {
	k := newKeys(t, schema.Test())
	parts, err := filepath.Glob("../script/testdata/structure/*.test.yaml")
	require.NoError(t, err)
	for _, path := range append(examples(t, "*.test.yaml"), parts...) {
		k.walk("#", k.document, parse(t, path))
	}
	// Messages have the keys of WhatsApp, of which no bot needs all.
	whatsApp := regexp.MustCompile(`^(message|said)\.`)
	require.Empty(t, slices.DeleteFunc(k.unused(), whatsApp.MatchString), "no test of an example uses these keys")
}

// An editor completes and checks what has the modeline, with the schema of this checkout.
func TestTheExamplesNameTheirSchema(t *testing.T) {
	for pattern, name := range map[string]string{"*.bot.yaml": "bot-v1", "*.test.yaml": "bot-test-v1"} {
		for _, path := range examples(t, pattern) {
			src, err := os.ReadFile(path)
			require.NoError(t, err)
			first, _, _ := strings.Cut(string(src), "\n")
			relative, found := strings.CutPrefix(first, "# yaml-language-server: $schema=")
			require.True(t, found, path)
			require.Equal(t, name+".schema.json", filepath.Base(relative))
			require.FileExists(t, filepath.Join(filepath.Dir(path), relative))
		}
	}
}

func examples(t *testing.T, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob("../../examples/bots/" + pattern)
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	return paths
}

func parse(t *testing.T, path string) any {
	t.Helper()
	src, err := os.ReadFile(path)
	require.NoError(t, err)
	return read(t, src)
}

// keys walks files along their schema, and marks the keys that they use.
type keys struct {
	t        *testing.T
	compiler *jsonschema.Compiler
	document map[string]any
	used     map[string]bool
}

func newKeys(t *testing.T, src []byte) *keys {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	require.NoError(t, err)
	k := &keys{t: t, compiler: jsonschema.NewCompiler(), used: map[string]bool{}}
	require.NoError(t, k.compiler.AddResource("urn:test", document))
	require.NoError(t, json.Unmarshal(src, &k.document))
	return k
}

// walk marks what a value uses of the schema at a pointer.
func (k *keys) walk(at string, node, value any) {
	s, _ := node.(map[string]any)
	if ref, _ := s["$ref"].(string); ref != "" {
		k.walk(ref, k.find(ref), value)
	}
	for _, several := range []string{"oneOf", "anyOf"} {
		branches, _ := s[several].([]any)
		for i, branch := range branches {
			if there := fmt.Sprintf("%s/%s/%d", at, several, i); k.fits(there, value) {
				k.walk(there, branch, value)
			}
		}
	}
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			k.walk(at+"/items", s["items"], item)
		}
	case map[string]any:
		properties, _ := s["properties"].(map[string]any)
		for key, inner := range value {
			if property, found := properties[key]; found {
				k.used[nameOf(at, key)] = true
				k.walk(at+"/properties/"+key, property, inner)
			} else {
				k.walk(at+"/additionalProperties", s["additionalProperties"], inner)
			}
		}
	}
}

// find is the part of the schema that a reference names.
func (k *keys) find(ref string) any {
	defs, _ := k.document["$defs"].(map[string]any)
	return defs[strings.TrimPrefix(ref, "#/$defs/")]
}

// fits reports whether a value is as the part at a pointer wants it.
func (k *keys) fits(at string, value any) bool {
	part, err := k.compiler.Compile("urn:test" + at)
	require.NoError(k.t, err)
	return part.Validate(value) == nil
}

// unused lists the keys of the schema that nothing has used, sorted.
func (k *keys) unused() []string {
	all := map[string]bool{}
	list(all, "#", k.document)
	for key := range k.used {
		delete(all, key)
	}
	return slices.Sorted(maps.Keys(all))
}

// list adds the names of all keys that a part of a schema has.
func list(all map[string]bool, at string, node any) {
	switch node := node.(type) {
	case []any:
		for i, inner := range node {
			list(all, fmt.Sprintf("%s/%d", at, i), inner)
		}
	case map[string]any:
		properties, _ := node["properties"].(map[string]any)
		for key := range properties {
			all[nameOf(at, key)] = true
		}
		for key, inner := range node {
			if key != "properties" {
				list(all, at+"/"+key, inner)
				continue
			}
			for name, property := range properties {
				list(all, at+"/properties/"+name, property)
			}
		}
	}
}

// between are the parts of a pointer that an author does not see.
var between = regexp.MustCompile(`^#(/\$defs)?/?|/?(oneOf|anyOf)/[0-9]+|/?(items|properties|additionalProperties)\b`)

// nameOf is a key as an author knows it: section.rows.title.
func nameOf(at, key string) string {
	parts := strings.Split(between.ReplaceAllString(at, "")+"/"+key, "/")
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ".")
}
