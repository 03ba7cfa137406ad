package definition

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"strconv"

	"go.yaml.in/yaml/v4"
)

// hash is the hex SHA-256 of a tree in canonical form: JSON with sorted keys and one spelling for
// each number. Bots are stored under it, so that it must never change.
func hash(root *yaml.Node) string {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	// A tree of maps, lists, texts, numbers, booleans and nulls can always be written.
	_ = enc.Encode(canonical(root))
	sum := sha256.Sum256(buf.Bytes())
	return hex.EncodeToString(sum[:])
}

// canonical is a tree as values that package json writes in canonical form.
func canonical(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		object := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			object[n.Content[i].Value] = canonical(n.Content[i+1])
		}
		return object
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			list[i] = canonical(item)
		}
		return list
	default:
		return canonicalScalar(n)
	}
}

func canonicalScalar(n *yaml.Node) any {
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true" || n.Value == "True" || n.Value == "TRUE"
	case "!!int", "!!float":
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil && math.Abs(f) < 1<<53 {
			return f + 0 // no minus zero; 2 and 2.0 are written alike
		}
		return json.Number(n.Value)
	default:
		return n.Value
	}
}
