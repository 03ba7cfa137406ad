package diff

import (
	"encoding/json"
	"slices"
	"strings"
)

// value is a part of a definition in the one form in which parts that mean the same are alike.
type value struct {
	kind valueKind
	line int
	// raw is a scalar as JSON, text as people read it.
	raw, text string
	// words is set for what is said to the contact.
	words bool
	// keys and fields are those of an object, in the order of the text.
	keys   []string
	fields map[string]*value
	items  []*value
	order  order

	known string // the id, once it was needed
}

type valueKind int

const (
	aScalar valueKind = iota
	anObject
	aList
)

// order is what the order of a list means.
type order int

const (
	inOrder order = iota // items are told apart by their place
	byID                 // items have ids, and people see their order
	noOrder              // a set
)

func (v *value) field(key string) *value {
	if v == nil {
		return nil
	}
	return v.fields[key]
}

func (v *value) set(key string, part *value) {
	if v.fields == nil {
		v.fields = map[string]*value{}
	}
	if v.fields[key] == nil {
		v.keys = append(v.keys, key)
	}
	v.fields[key] = part
}

func (v *value) drop(key string) {
	if _, found := v.fields[key]; found {
		delete(v.fields, key)
		v.keys = slices.DeleteFunc(v.keys, func(k string) bool { return k == key })
	}
}

func (v *value) at() int {
	if v == nil {
		return 0
	}
	return v.line
}

func (v *value) isWords() bool { return v != nil && v.words }

// id is equal for parts that mean the same.
func (v *value) id() string {
	if v == nil {
		return ""
	}
	if v.known == "" {
		v.known = v.makeID()
	}
	return v.known
}

func (v *value) makeID() string {
	switch v.kind {
	case anObject:
		parts := make([]string, 0, len(v.keys))
		for _, key := range slices.Sorted(slices.Values(v.keys)) {
			parts = append(parts, quote(key)+":"+v.fields[key].id())
		}
		return "{" + strings.Join(parts, ",") + "}"
	case aList:
		parts := make([]string, len(v.items))
		for i, item := range v.items {
			parts[i] = item.id()
		}
		if v.order == noOrder {
			slices.Sort(parts)
		}
		return "[" + strings.Join(parts, ",") + "]"
	}
	return v.raw
}

func quote(text string) string {
	raw, _ := json.Marshal(text) //nolint:errchkjson // a text can be written
	return string(raw)
}

// maxShown bounds how much of a part is shown, in characters; words are shown whole.
const maxShown = 160

// show is a part as people read it.
func (v *value) show() string {
	if v == nil {
		return ""
	}
	text := v.flow(true)
	if all := []rune(text); len(all) > maxShown && !v.words {
		return string(all[:maxShown-1]) + "…"
	}
	return text
}

// flow writes a part on one line, as YAML does without quotes. The outer braces may be left out.
func (v *value) flow(outer bool) string {
	switch v.kind {
	case anObject:
		parts := make([]string, len(v.keys))
		for i, key := range v.keys {
			parts[i] = key + ": " + v.fields[key].flow(false)
		}
		return braces(outer, "{", strings.Join(parts, ", "), "}")
	case aList:
		parts := make([]string, len(v.items))
		for i, item := range v.items {
			parts[i] = item.flow(false)
		}
		return braces(outer && len(v.items) == 1, "[", strings.Join(parts, ", "), "]")
	}
	return v.text
}

func braces(without bool, opening, text, closing string) string {
	if without {
		return text
	}
	return opening + text + closing
}
