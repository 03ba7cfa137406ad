package hint

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/chattigo/api-isv/bot/fold"
)

// DidYouMean is the end of a problem with a name that is not known: `; did you mean "menu"?`, or ""
// where no known name is like it.
func DidYouMean(unknown string, known []string) string {
	return NewNames(known).DidYouMean(unknown)
}

// maxName bounds the names that are compared letter by letter, in bytes: longer ones are texts.
const maxName = 64

// Name is the known name that was probably meant by another; "" where none is like it. Of names that
// are equally near it is the first in alphabetical order.
func Name(unknown string, known []string) string { return NewNames(known).Meant(unknown) }

// Names are the names that are known, ready to be compared with many others.
type Names struct {
	known []string // in alphabetical order
	plain []string // their letters
	// found are the answers so far, asked how many times one was searched.
	found map[string]string
	asked int
}

// NewNames prepares names for [Names.Meant].
func NewNames(known []string) *Names {
	n := &Names{known: slices.Sorted(slices.Values(known)), found: map[string]string{}}
	for _, k := range n.known {
		n.plain = append(n.plain, letters(k))
	}
	return n
}

// maxAsked bounds the names that are searched, because a text may hold tens of thousands: no more
// problems than that are shown.
const maxAsked = 200

// Meant is [Name] among the names.
func (n *Names) Meant(unknown string) string {
	if name, asked := n.found[unknown]; asked {
		return name
	}
	if n.asked++; n.asked > maxAsked {
		return ""
	}
	n.found[unknown] = n.search(unknown)
	return n.found[unknown]
}

// DidYouMean is [DidYouMean] among the names.
func (n *Names) DidYouMean(unknown string) string {
	if name := n.Meant(unknown); name != "" {
		return fmt.Sprintf("; did you mean %q?", name)
	}
	return ""
}

func (n *Names) search(unknown string) string {
	plain := letters(unknown)
	if plain == "" || len(plain) > maxName {
		return ""
	}
	for i, k := range n.known {
		if n.plain[i] == plain && k != unknown {
			return k
		}
	}
	for _, k := range synonyms[plain] {
		if _, is := slices.BinarySearch(n.known, k); is {
			return k
		}
	}
	if near := n.nearest(plain); near != "" {
		return near
	}
	return n.partOf(unknown)
}

// letters is a name without accents, capitals, and what stands between its words.
func letters(name string) string {
	if len(name) > 4*maxName {
		return ""
	}
	return strings.Join(fold.Words(fold.Text(name)), "")
}

// nearest is the known name with the fewest letters that differ, if they are few.
func (n *Names) nearest(plain string) string {
	best, most := "", tolerated(plain)
	for i, k := range n.known {
		if n.plain[i] == plain {
			continue // the name itself, or it would have been found before
		}
		if d := distance(plain, n.plain[i], most); d <= most {
			best, most = k, d-1
		}
	}
	return best
}

// tolerated is how many letters of a name may be wrong: none of very short ones, which are all alike.
func tolerated(name string) int {
	switch n := utf8.RuneCountInString(name); {
	case n < 3:
		return 0
	case n < 5:
		return 1
	case n < 10:
		return 2
	}
	return 3
}

// distance counts the letters to insert, remove, change or swap with the next to get from a to b
// (Damerau-Levenshtein). Where they are more than most, it returns a number above most. Only the
// cells near the diagonal can lead to a small number, so that no others are filled.
func distance(a, b string, most int) int {
	s, t := []rune(a), []rune(b)
	if most < 0 || len(t) > maxName || len(s)-len(t) > most || len(t)-len(s) > most {
		return most + 1
	}
	before, last, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := range s {
		from, to := max(0, i-most), min(len(t), i+most+1)
		row[from] = most + 1 // outside of what is filled
		if from == 0 {
			row[0] = i + 1
		}
		for j := from; j < to; j++ {
			row[j+1] = min(last[j]+differ(s[i], t[j]), row[j]+1)
			if j < i+most {
				row[j+1] = min(row[j+1], last[j+1]+1)
			}
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(t)]
}

// differ is 0 for equal letters and 1 for others.
func differ(a, b rune) int {
	if a == b {
		return 0
	}
	return 1
}

// partOf is the only known name that is the other one without its last words, or with more of them:
// "menu" for "menu_principal".
func (n *Names) partOf(unknown string) string {
	const least = 4 // bytes; shorter words begin too many names
	found := ""
	for _, k := range n.known {
		short, long := k, unknown
		if len(short) > len(long) {
			short, long = long, short
		}
		if len(short) < least || !strings.HasPrefix(long, short+"_") {
			continue
		}
		if found != "" {
			return ""
		}
		found = k
	}
	return found
}

// Plain is a text as a name of small letters, digits and a separator: "Menú principal" as
// "menu_principal"; "" where nothing is left of it, or it would not begin with a letter.
func Plain(text, separator string) string {
	name := strings.Join(fold.Words(fold.Text(text)), separator)
	if name == "" || name[0] < 'a' || name[0] > 'z' || strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return ""
	}
	return name
}
