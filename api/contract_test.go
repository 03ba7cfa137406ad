package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

// contract is openapi.yaml, by which the requests and responses of the tests are checked.
type contract struct {
	root     node
	compiler *jsonschema.Compiler
	// operations are all of the document's paths.
	operations []operation

	mu      sync.Mutex
	schemas map[string]*jsonschema.Schema
}

// The two forms of the document in which schemas are compiled: in the strict one an object has no fields but
// those that are documented.
const (
	asWritten = "https://contract.example/written"
	strict    = "https://contract.example/strict"
)

// theContract is read once for all tests.
var theContract = sync.OnceValues(readContract)

func readContract() (*contract, error) {
	text, err := os.ReadFile("openapi.yaml")
	if err != nil {
		return nil, err
	}
	return newContract(text)
}

func newContract(text []byte) (*contract, error) {
	written, err := parseDocument(text)
	if err != nil {
		return nil, err
	}
	closed, err := parseDocument(text)
	if err != nil {
		return nil, err
	}
	closeSchemas(closed)
	c := &contract{compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}}
	c.compiler.AssertFormat()
	c.root = node{of: c, place: "#", value: written}
	c.operations = c.readOperations()
	if err := c.compiler.AddResource(asWritten, written); err != nil {
		return nil, err
	}
	return c, c.compiler.AddResource(strict, closed)
}

// parseDocument reads YAML as a JSON parser would have read it.
func parseDocument(text []byte) (map[string]any, error) {
	var read any
	if err := yaml.Unmarshal(text, &read); err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(read)
	if err != nil {
		return nil, err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
	if err != nil {
		return nil, err
	}
	document, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("the document is no object but %T", value)
	}
	return document, nil
}

// openSuffix names the copies of schemas that others extend with allOf: only the whole is closed.
const openSuffix = " (extended)"

// closeSchemas makes all schemas refuse fields that are not documented.
func closeSchemas(document map[string]any) {
	components, _ := document["components"].(map[string]any)
	schemas, _ := components["schemas"].(map[string]any)
	extended := map[string]any{}
	for name, schema := range schemas {
		if fields, ok := schema.(map[string]any); ok {
			extended[name+openSuffix] = maps.Clone(fields)
		}
	}
	for _, copied := range extended {
		closeParts(copied)
	}
	closeAll(document)
	maps.Copy(schemas, extended)
}

// closeAll closes a schema, or what stands below a part of the document.
func closeAll(part any) {
	closeParts(part)
	fields, ok := part.(map[string]any)
	if _, isObject := fields["properties"].(map[string]any); !ok || !isObject || fields["additionalProperties"] != nil {
		return
	}
	fields["unevaluatedProperties"] = false
}

// closeParts closes what stands below a part of the document.
func closeParts(part any) {
	switch part := part.(type) {
	case []any:
		for _, element := range part {
			closeAll(element)
		}
	case map[string]any:
		for key, value := range part {
			switch key {
			case "example", "examples", "value", "default", "const", "enum": // values, not schemas
			case "allOf":
				part[key] = extendable(value)
			case "properties":
				for _, property := range asObject(value) {
					closeAll(property)
				}
			default:
				closeAll(value)
			}
		}
	}
}

// extendable makes the references of an allOf those of the schemas that are not closed.
func extendable(allOf any) any {
	var parts []any
	for _, part := range asList(allOf) {
		ref, _ := asObject(part)["$ref"].(string)
		parts = append(parts, map[string]any{"$ref": ref + openSuffix})
	}
	return parts
}

func asObject(value any) map[string]any {
	object, _ := value.(map[string]any)
	return object
}

func asList(value any) []any {
	list, _ := value.([]any)
	return list
}

// node is a part of the document with its place, as a fragment of a URL. The zero node is one that is missing.
type node struct {
	of    *contract
	place string
	value any
}

func (n node) exists() bool { return n.of != nil }

// get returns the part below by its keys, and follows references.
func (n node) get(keys ...string) node {
	for _, key := range keys {
		n = n.child(key).followed()
	}
	return n
}

func (n node) child(key string) node {
	var value any
	found := false
	switch of := n.value.(type) {
	case map[string]any:
		value, found = of[key]
	case []any:
		if i, err := strconv.Atoi(key); err == nil && i < len(of) {
			value, found = of[i], true
		}
	}
	if !found {
		return node{}
	}
	return node{n.of, n.place + "/" + url.PathEscape(strings.NewReplacer("~", "~0", "/", "~1").Replace(key)), value}
}

// followed is the part that a reference names, else the part itself.
func (n node) followed() node {
	ref, isRef := asObject(n.value)["$ref"].(string)
	if !isRef {
		return n
	}
	at := n.of.root
	for key := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		at = at.child(strings.NewReplacer("~1", "/", "~0", "~").Replace(key))
	}
	return at.followed()
}

func (n node) text() string {
	text, _ := n.value.(string)
	return text
}

func (n node) number() int64 {
	number, _ := n.value.(json.Number)
	i, _ := number.Int64()
	return i
}

func (n node) isTrue() bool { return n.value == true }

// keys are the names of the parts below, sorted; those of a list are its indices.
func (n node) keys() []string {
	if list, ok := n.value.([]any); ok {
		keys := make([]string, len(list))
		for i := range list {
			keys[i] = strconv.Itoa(i)
		}
		return keys
	}
	return slices.Sorted(maps.Keys(asObject(n.value)))
}

// parts are the parts below, with references followed.
func (n node) parts() []node {
	var parts []node
	for _, key := range n.keys() {
		parts = append(parts, n.get(key))
	}
	return parts
}

// check holds a value against the schema at this place, in one of the two forms of the document.
func (n node) check(form string, value any) error {
	schema, err := n.of.schema(form + n.place)
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

// checkJSON is check for JSON.
func (n node) checkJSON(form string, text []byte) error {
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return fmt.Errorf("no JSON: %w", err)
	}
	return n.check(form, value)
}

func (c *contract) schema(place string) (*jsonschema.Schema, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known := c.schemas[place]; known != nil {
		return known, nil
	}
	schema, err := c.compiler.Compile(place)
	if err == nil {
		c.schemas[place] = schema
	}
	return schema, err
}
