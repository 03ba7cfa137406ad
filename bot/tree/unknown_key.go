package tree

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/hint"
)

// maxAdvised bounds the unknown keys for which it is searched what was meant: no more problems than
// that are shown, and a text may hold tens of thousands.
const maxAdvised = 100

// unknownKey reports a key that an object cannot have, with what was probably meant. Only where that
// is not known, all keys are listed that it may have.
func (r *Reader) unknownKey(n *yaml.Node, what string, key, value *yaml.Node, known Fields) {
	advice := ""
	if r.advised++; r.advised <= maxAdvised {
		advice = r.keyAdvice(n, key, value, known)
	}
	r.Add(key, CodeUnknownKey, "%s has no key %q%s", what, key.Value, advice)
}

func (r *Reader) keyAdvice(n, key, value *yaml.Node, known Fields) string {
	names := known.names(r.Unlisted)
	meant := hint.Name(key.Value, slices.DeleteFunc(slices.Clone(names), func(name string) bool { return Child(n, name) != nil }))
	word, rest, joined := strings.Cut(key.Value, ":")
	switch {
	case joined && known[word] != nil:
		r.meant(n, word)
		return fmt.Sprintf("; a space is missing behind its colon: write %s: %s", word, rest)
	case splitByColon(key, value, meant):
		return "; if this is a text, put all of it in quotes, because of its colon: " + quotedWhole(key, value)
	case meant != "":
		r.meant(n, meant)
		return fmt.Sprintf("; did you mean %q?", meant)
	case r.Home != nil && r.Home(key, value) != "":
		return "; it belongs " + r.Home(key, value)
	}
	return "; it may have " + strings.Join(names, ", ")
}

// splitByColon reports whether a key looks like the beginning of a text, which a colon has split.
func splitByColon(key, value *yaml.Node, meant string) bool {
	words := strings.ContainsFunc(key.Value, func(r rune) bool { return r == ' ' || r >= utf8.RuneSelf || unicode.IsUpper(r) })
	return key.Style == 0 && words && value.Kind == yaml.ScalarNode && !strings.EqualFold(key.Value, meant)
}

// meant remembers that a key of an object was written wrong, and reported, so that nobody misses it.
func (r *Reader) meant(n *yaml.Node, key string) {
	if r.misspelt == nil {
		r.misspelt = map[*yaml.Node][]string{}
	}
	r.misspelt[n] = append(r.misspelt[n], key)
}

// quotedWhole is a text that a colon has split, in quotes.
func quotedWhole(key, value *yaml.Node) string {
	const most = 40 // characters of it that are shown
	text := key.Value + ": " + value.Value
	if all := []rune(text); len(all) > most {
		text = string(all[:most-1]) + "…"
	}
	return Quote(text)
}

// names are the keys in alphabetical order, without some.
func (f Fields) names(unlisted []string) []string {
	names := slices.Sorted(maps.Keys(f))
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(unlisted, name) })
}
