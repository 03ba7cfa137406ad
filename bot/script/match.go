package script

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
)

// Diff says in what a message of the bot is not what was expected; empty when it is.
func (s *Said) Diff(e Entry) string {
	if s.State != "" && s.State != e.State && !e.StateUnknown {
		return fmt.Sprintf("the state %s says it, not %s", orNone(e.State), s.State)
	}
	if s.Text != nil {
		if text := Visible(e.Body); !s.Text.Match(text) {
			return fmt.Sprintf("the text is %s, not %s", quote(text), s.Text)
		}
	}
	if s.Choices != nil {
		if ids := plainIDs(Choices(e.Body)); !slices.Equal(ids, s.Choices) {
			return fmt.Sprintf("the choices are [%s], not [%s]", strings.Join(ids, ", "), strings.Join(s.Choices, ", "))
		}
	}
	if s.Body == nil {
		return ""
	}
	return diff("", s.Body, decode(e.Body))
}

func orNone(name string) string {
	if name == "" {
		return "(none)"
	}
	return name
}

// Diff says in what the end of a chat is not what was expected; empty when it is.
func (c *Closed) Diff(e Entry) string {
	if c.Reason != nil && !c.Reason.Match(e.Close.Reason) {
		return fmt.Sprintf("the reason is %q, not %s", e.Close.Reason, c.Reason)
	}
	if c.Notice != nil && *c.Notice != e.Close.Notice {
		return fmt.Sprintf("the notice is %t, not %t", e.Close.Notice, *c.Notice)
	}
	return ""
}

// Diff says in what a handoff is not what was expected; empty when it is.
func (h *HandedOff) Diff(e Entry) string {
	if h.To != nil && !h.To.Match(e.Handoff.To) {
		return fmt.Sprintf("it goes to %q, not to %s", e.Handoff.To, h.To)
	}
	if h.Note != nil && !h.Note.Match(e.Handoff.Note) {
		return fmt.Sprintf("the note is %s, not %s", quote(e.Handoff.Note), h.Note)
	}
	return ""
}

// Diff says in what a call is not what was expected; empty when it is.
func (c *Called) Diff(e Entry) string {
	if !c.Target.Match(e.Call.Method, e.Call.URL) {
		return fmt.Sprintf("it goes to %s %s", e.Call.Method, e.Call.URL)
	}
	if c.JSON == nil {
		return ""
	}
	if len(e.Call.Body) == 0 {
		return "it has no body"
	}
	return diff("", c.JSON, decode(e.Call.Body))
}

// diff says where got departs from want, as a path and two values; empty when all that want has
// is there. Of an object the keys of want are looked at, of a list every item.
func diff(path string, want, got any) string {
	switch want := want.(type) {
	case map[string]any:
		return diffObject(path, want, got)
	case []any:
		return diffList(path, want, got)
	case json.Number:
		if n, ok := got.(json.Number); ok && sameNumber(want, n) {
			return ""
		}
	case string:
		if text, ok := got.(string); ok && (text == want || isID(path) && PlainID(text) == want) {
			return ""
		}
	default:
		if want == got {
			return ""
		}
	}
	if is, should := show(got), show(want); is != should {
		return fmt.Sprintf("%s is %s, not %s", orWhole(path), is, should)
	}
	return fmt.Sprintf("%s is %s, not %s", orWhole(path), encode(got), encode(want)) // they differ behind the cut
}

func diffObject(path string, want map[string]any, got any) string {
	object, ok := got.(map[string]any)
	if !ok {
		return fmt.Sprintf("%s is %s, not an object", orWhole(path), show(got))
	}
	for _, key := range sortedKeys(want) {
		at := strings.TrimPrefix(path+"."+key, ".")
		value, found := object[key]
		if !found {
			return fmt.Sprintf("%s is missing", at)
		}
		if found := diff(at, want[key], value); found != "" {
			return found
		}
	}
	return ""
}

func diffList(path string, want []any, got any) string {
	list, ok := got.([]any)
	if !ok {
		return fmt.Sprintf("%s is %s, not a list", orWhole(path), show(got))
	}
	if len(list) != len(want) {
		return fmt.Sprintf("%s has %s, not %d", orWhole(path), items(len(list)), len(want))
	}
	for i := range want {
		if found := diff(fmt.Sprintf("%s[%d]", path, i), want[i], list[i]); found != "" {
			return found
		}
	}
	return ""
}

func items(n int) string {
	if n == 1 {
		return "1 item"
	}
	return fmt.Sprintf("%d items", n)
}

func orWhole(path string) string {
	if path == "" {
		return "it"
	}
	return path
}

// isID says whether a path leads to a reply id, which goes out with a tag that no author writes.
func isID(path string) bool { return strings.HasSuffix(path, ".id") }

func sameNumber(a, b json.Number) bool {
	x, _, errX := big.ParseFloat(a.String(), 10, 256, big.ToNearestEven)
	y, _, errY := big.ParseFloat(b.String(), 10, 256, big.ToNearestEven)
	return a == b || errX == nil && errY == nil && x.Cmp(y) == 0
}

// isZero says whether a value is what an unset variable has.
func isZero(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case string:
		return v == ""
	case json.Number:
		return sameNumber(v, "0")
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// show is a value as a problem quotes it.
func show(v any) string { return cut(string(encode(v)), maxOneLine) }

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
