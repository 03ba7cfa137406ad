package definition

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/tree"
)

// hash is the hex SHA-256 of a tree in canonical form: JSON with sorted keys and one spelling for
// each number. Bots are stored under it, so that it must never change.
func hash(root *yaml.Node) string {
	// What package tree writes can be read again, and what was read can be written.
	dec := json.NewDecoder(bytes.NewReader(tree.JSON(root)))
	dec.UseNumber()
	var value any
	_ = dec.Decode(&value)

	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(canonical(value))
	sum := sha256.Sum256(buf.Bytes())
	return hex.EncodeToString(sum[:])
}

// canonical gives each number in a value of JSON its one spelling. It changes the value.
func canonical(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, item := range v {
			v[key] = canonical(item)
		}
	case []any:
		for i, item := range v {
			v[i] = canonical(item)
		}
	case json.Number:
		if f, err := v.Float64(); err == nil && math.Abs(f) < 1<<53 {
			return f + 0 // no minus zero; 2 and 2.0 are written alike
		}
	}
	return value
}
