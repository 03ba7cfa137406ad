package diff

import (
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/tree"
)

// Kind is what became of a part.
type Kind string

// The kinds of changes.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
	// Moved is a list in another order where the order means something.
	Moved Kind = "moved"
)

// Change is one difference between two definitions.
type Change struct {
	// Group is the part of the definition by its key, such as "states". Name is which one of them:
	// the name of a state, the number of a trigger in the newer definition; "" where there is but one.
	Group string `json:"group"`
	Name  string `json:"name,omitempty"`
	// Path is where in that part, such as "ask.retry.max"; "" for the part as a whole. Items of lists
	// count from 1, and options are named by their id.
	Path string `json:"path,omitempty"`
	Kind Kind   `json:"kind"`
	// Words is set for what is said to the contact.
	Words bool `json:"words,omitempty"`
	// Old and New are the values, on one line but for words; OldLine and NewLine where they stand, 0
	// where they do not.
	Old     string `json:"old,omitempty"`
	New     string `json:"new,omitempty"`
	OldLine int    `json:"oldLine,omitempty"`
	NewLine int    `json:"newLine,omitempty"`
}

// Bounds for tree.Parse. The definitions were loaded from the same texts, so they are never reached.
const (
	sourceBytes = 1 << 20
	sourceDepth = 100
)

// Compare lists in what two definitions differ, in the order in which people read a definition.
func Compare(older, newer *definition.Bot) []Change {
	c := &comparison{changes: []Change{}}
	before, after := read(older), read(newer)
	for _, group := range groups {
		c.group = group
		c.compareGroup(before.field(group), after.field(group))
	}
	return c.changes
}

// groups are the parts of a definition in the order in which changes are shown.
var groups = []string{
	"name", "start", "states", "triggers", "optout", "hours", "timezone", "languages", "strings", "vars", "defaults", "limits", "reply_ids",
}

// read is a definition in the form in which definitions are compared.
func read(b *definition.Bot) *value {
	root, _ := tree.Parse(b.Source(), tree.Kind{Name: "bot", Bytes: sourceBytes, Depth: sourceDepth})
	r := &reader{shared: tree.Child(root, "messages")}
	return r.bot(root)
}

// comparison collects the changes.
type comparison struct {
	changes []Change
	// group and name are those of the part that is compared now.
	group, name string
}

func (c *comparison) compareGroup(older, newer *value) {
	switch c.group {
	case "states", "hours", "strings", "vars":
		c.eachNamed(older, newer)
	case "triggers":
		c.triggers(older, newer)
	default:
		c.compare("", older, newer)
	}
	c.name = ""
}

// eachNamed compares parts that have names of their own.
func (c *comparison) eachNamed(older, newer *value) {
	for _, name := range keysOf(older, newer) {
		c.name = name
		c.compare("", older.field(name), newer.field(name))
	}
}

// compare compares two parts at a path; nil is one that is not there.
func (c *comparison) compare(path string, older, newer *value) {
	switch {
	case older == nil && newer == nil || older != nil && newer != nil && older.id() == newer.id():
	case older == nil || newer == nil || older.kind != newer.kind:
		c.change(path, older, newer)
	case older.kind == anObject:
		for _, key := range keysOf(older, newer) {
			c.compare(join(path, key), older.field(key), newer.field(key))
		}
	case older.kind == aList:
		c.list(path, older, newer)
	default:
		c.change(path, older, newer)
	}
}

// change adds a difference: a part that is new, gone or another.
func (c *comparison) change(path string, older, newer *value) {
	kind := Changed
	switch {
	case older == nil:
		kind = Added
	case newer == nil:
		kind = Removed
	}
	c.changes = append(c.changes, Change{
		Group: c.group, Name: c.name, Path: path, Kind: kind, Words: older.isWords() || newer.isWords(),
		Old: older.show(), New: newer.show(), OldLine: older.at(), NewLine: newer.at(),
	})
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// keysOf are the keys of both, those of the newer first and each once.
func keysOf(older, newer *value) []string {
	var all []string
	for _, v := range []*value{newer, older} {
		if v == nil {
			continue
		}
		for _, key := range v.keys {
			if v == newer || newer.field(key) == nil {
				all = append(all, key)
			}
		}
	}
	return all
}
