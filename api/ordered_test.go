package api_test

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"

	"go.yaml.in/yaml/v4"
)

// ordered is a part of a YAML document in the order in which it is written. The zero value is one that is
// missing.
type ordered struct {
	root *yaml.Node
	node *yaml.Node
}

func readOrdered(text []byte) (ordered, error) {
	var document yaml.Node
	err := yaml.Unmarshal(text, &document)
	return ordered{&document, &document}, err
}

// resolved is the node that an alias or a document stands for.
func (o ordered) resolved() *yaml.Node {
	at := o.node
	for at != nil {
		switch at.Kind {
		case yaml.AliasNode:
			at = at.Alias
		case yaml.DocumentNode:
			at = at.Content[0]
		default:
			return at
		}
	}
	return nil
}

func (o ordered) get(key string) ordered {
	at := o.resolved()
	if at == nil || at.Kind != yaml.MappingNode {
		return ordered{}
	}
	for i := 0; i < len(at.Content); i += 2 {
		if at.Content[i].Value == key {
			return ordered{o.root, at.Content[i+1]}
		}
	}
	return ordered{}
}

// at is the part at the place of another one.
func (o ordered) at(n node) ordered {
	if !n.exists() {
		return ordered{}
	}
	part := ordered{o.root, o.root}
	for key := range strings.SplitSeq(strings.TrimPrefix(n.place, "#/"), "/") {
		plain, err := url.PathUnescape(key)
		if err != nil {
			return ordered{}
		}
		part = part.get(strings.NewReplacer("~1", "/", "~0", "~").Replace(plain))
	}
	return part
}

func (o ordered) keys() []string {
	at := o.resolved()
	if at == nil || at.Kind != yaml.MappingNode {
		return nil
	}
	var keys []string
	for i := 0; i < len(at.Content); i += 2 {
		keys = append(keys, at.Content[i].Value)
	}
	return keys
}

func (o ordered) text() string { return o.resolved().Value }

// json is the part as JSON.
func (o ordered) json() string {
	var compact, indented bytes.Buffer
	o.write(&compact)
	if json.Indent(&indented, compact.Bytes(), "", "  ") != nil {
		return compact.String()
	}
	return indented.String()
}

func (o ordered) write(out *bytes.Buffer) {
	at := o.resolved()
	switch at.Kind {
	case yaml.MappingNode:
		out.WriteByte('{')
		for i, key := range o.keys() {
			if i > 0 {
				out.WriteByte(',')
			}
			out.WriteString(string(mustJSON(key)) + ":")
			o.get(key).write(out)
		}
		out.WriteByte('}')
	case yaml.SequenceNode:
		out.WriteByte('[')
		for i, element := range at.Content {
			if i > 0 {
				out.WriteByte(',')
			}
			ordered{o.root, element}.write(out)
		}
		out.WriteByte(']')
	default:
		var value any
		_ = at.Decode(&value) // it was decoded with the whole document
		out.Write(mustJSON(value))
	}
}
