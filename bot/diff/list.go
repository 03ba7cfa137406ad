package diff

import (
	"fmt"
	"slices"
	"strings"
)

// list compares two lists.
func (c *comparison) list(path string, older, newer *value) {
	switch {
	case newer.order == noOrder:
		c.sets(path, older, newer)
	case newer.order == byID && idsOf(older) != nil && idsOf(newer) != nil:
		c.byIDs(path, older, newer)
	default:
		for _, p := range align(older.items, newer.items) {
			c.compare(item(path, p), p.older, p.newer)
		}
	}
}

// item is the path of an item, which counts from 1, in the newer list where it stands there.
func item(path string, p pair) string {
	place := p.newPlace
	if p.newer == nil {
		place = p.oldPlace
	}
	return fmt.Sprintf("%s[%d]", path, place+1)
}

// sets compares lists whose order means nothing.
func (c *comparison) sets(path string, older, newer *value) {
	has := func(v *value, item *value) bool {
		return slices.ContainsFunc(v.items, func(other *value) bool { return other.id() == item.id() })
	}
	for _, item := range older.items {
		if !has(newer, item) {
			c.change(path, item, nil)
		}
	}
	for _, item := range newer.items {
		if !has(older, item) {
			c.change(path, nil, item)
		}
	}
}

// byIDs compares buttons, rows or sections by their ids. Their order is what people see, and what the
// numbers that they type count.
func (c *comparison) byIDs(path string, older, newer *value) {
	was, is := idsOf(older), idsOf(newer)
	for i, id := range is {
		var before *value
		if j := slices.Index(was, id); j >= 0 {
			before = older.items[j]
		}
		c.compare(fmt.Sprintf("%s[%s]", path, id), before, newer.items[i])
	}
	for j, id := range was {
		if !slices.Contains(is, id) {
			c.compare(fmt.Sprintf("%s[%s]", path, id), older.items[j], nil)
		}
	}
	both := func(ids, others []string) string {
		return strings.Join(slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !slices.Contains(others, id) }), ", ")
	}
	if before, after := both(was, is), both(is, was); before != after {
		c.changes = append(c.changes, Change{
			Group: c.group, Name: c.name, Path: path, Kind: Moved, Old: before, New: after, OldLine: older.line, NewLine: newer.line,
		})
	}
}

// idsOf are the ids of the items of a list; nil where not each has one of its own.
func idsOf(v *value) []string {
	var all []string
	for _, item := range v.items {
		id := item.field("id")
		if reply := item.field("reply"); reply != nil {
			id = reply.field("id")
		} else if item.field("rows") != nil {
			id = item.field("title")
		}
		if id == nil || id.kind != aScalar || slices.Contains(all, id.text) {
			return nil
		}
		all = append(all, id.text)
	}
	return all
}

// triggers compares what the bot listens to. Which comes first decides.
func (c *comparison) triggers(older, newer *value) {
	if older == nil || newer == nil {
		older, newer = orEmpty(older), orEmpty(newer)
	}
	for _, p := range align(older.items, newer.items) {
		c.name = strings.Trim(item("", p), "[]")
		c.compare("", p.older, p.newer)
	}
}

func orEmpty(v *value) *value {
	if v == nil {
		return &value{kind: aList}
	}
	return v
}

// pair is an item of one list, of the other, or of both.
type pair struct {
	older, newer       *value
	oldPlace, newPlace int
}

// align pairs the items of two lists: those that are equal, and in the gaps between them one after
// the other as they come.
func align(older, newer []*value) []pair {
	common := longestCommon(older, newer)
	var all []pair
	i, j := 0, 0
	for _, next := range append(common, [2]int{len(older), len(newer)}) {
		for i < next[0] || j < next[1] {
			p := pair{oldPlace: i, newPlace: j}
			if i < next[0] {
				p.older = older[i]
				i++
			}
			if j < next[1] {
				p.newer = newer[j]
				j++
			}
			all = append(all, p)
		}
		i, j = next[0]+1, next[1]+1
	}
	return all
}

// longestCommon are the places of a longest row of items that both lists have in the same order. Lists
// of a definition are short.
func longestCommon(older, newer []*value) [][2]int {
	length := make([][]int, len(older)+1)
	for i := range length {
		length[i] = make([]int, len(newer)+1)
	}
	for i, one := range slices.Backward(older) {
		for j, other := range slices.Backward(newer) {
			if one.id() == other.id() {
				length[i][j] = length[i+1][j+1] + 1
			} else {
				length[i][j] = max(length[i+1][j], length[i][j+1])
			}
		}
	}
	var common [][2]int
	for i, j := 0, 0; i < len(older) && j < len(newer); {
		switch {
		case older[i].id() == newer[j].id():
			common = append(common, [2]int{i, j})
			i, j = i+1, j+1
		case length[i+1][j] >= length[i][j+1]:
			i++
		default:
			j++
		}
	}
	return common
}
