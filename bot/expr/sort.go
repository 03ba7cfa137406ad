package expr

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/chattigo/api-isv/bot/fold"
)

// maxFolded bounds the characters by which texts are sorted as people read them; those that begin alike
// are sorted by their bytes.
const maxFolded = 64

// sortable is an element with what it is sorted by.
type sortable struct {
	elem ref.Val
	// by is nil for an element that has nothing to sort it by; it comes last.
	by     ref.Val
	folded string
	place  int
}

func sorted(f *frame, elems, _ []ref.Val) ref.Val {
	all := make([]sortable, len(elems))
	for i, elem := range elems {
		all[i] = sortable{elem: elem, by: elem, place: i}
	}
	return sortAll(f, "sort", all)
}

// sortedBy sorts maps by the value of a key. Those without it come last.
func sortedBy(f *frame, elems, others []ref.Val) ref.Val {
	key, isText := others[0].(types.String)
	if !isText {
		return types.NoSuchOverloadErr()
	}
	all := make([]sortable, len(elems))
	missing := len(elems) > 0
	for i, elem := range elems {
		of, ok := elem.(*object)
		if !ok {
			return fail("sort_by: an element of the list is not a map")
		}
		by, found := of.find(string(key))
		missing = missing && !found
		all[i] = sortable{elem: elem, by: by, place: i}
	}
	if missing {
		return missingKey(string(key))
	}
	return sortAll(f, "sort_by", all)
}

// sortAll sorts numbers, texts or times; those of the same rank stay in their order.
func sortAll(f *frame, function string, all []sortable) ref.Val {
	kind := ""
	compared := 0
	for i := range all {
		s := &all[i]
		if s.by == nil || s.by == types.NullValue {
			s.by = nil
			continue
		}
		k := sortOf(s.by)
		if !isSortable(s.by) || kind != "" && k != kind {
			return fail(function + ": what is sorted has to be numbers, texts or times, all of one kind")
		}
		kind = k
		compared += 1 + s.fold(f)
	}
	charge(f, compared*bits.Len(uint(len(all))))
	slices.SortFunc(all, compareSortables)
	elems := make([]ref.Val, len(all))
	for i, s := range all {
		elems[i] = s.elem
	}
	return newList(elems)
}

func isSortable(val ref.Val) bool {
	switch val.(type) {
	case types.Int, types.Double, types.String, types.Bool, types.Timestamp, types.Duration:
		return true
	}
	return false
}

// fold prepares a text to be sorted as people read it, and returns what comparing it costs.
func (s *sortable) fold(f *frame) int {
	text, ok := s.by.(types.String)
	if !ok {
		return 0
	}
	begin := fold.First(string(text), maxFolded)
	charge(f, foldCost(begin))
	s.folded = fold.Text(begin)
	return len(text) / comparedPerUnit
}

// compareSortables never finds two elements equal, so that one order is right.
func compareSortables(a, b sortable) int {
	switch {
	case a.by == nil || b.by == nil:
		if (a.by == nil) != (b.by == nil) {
			if a.by == nil {
				return 1
			}
			return -1
		}
	default:
		if c := compareValues(a, b); c != 0 {
			return c
		}
	}
	return cmp.Compare(a.place, b.place)
}

// compareValues compares values of one kind.
func compareValues(a, b sortable) int {
	switch x := a.by.(type) {
	case types.String:
		y, _ := b.by.(types.String)
		return cmp.Or(strings.Compare(a.folded, b.folded), strings.Compare(string(x), string(y)))
	case types.Int:
		if y, ok := b.by.(types.Int); ok {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(numberArg(a.by), numberArg(b.by))
	case types.Double:
		return cmp.Compare(numberArg(a.by), numberArg(b.by))
	case types.Bool:
		return compareBools(bool(x), b.by == types.True)
	case types.Timestamp:
		y, _ := b.by.(types.Timestamp)
		return x.Time.Compare(y.Time)
	case types.Duration:
		y, _ := b.by.(types.Duration)
		return cmp.Compare(x.Duration, y.Duration)
	}
	return 0
}

func compareBools(x, y bool) int {
	switch {
	case x == y:
		return 0
	case x:
		return 1
	}
	return -1
}
