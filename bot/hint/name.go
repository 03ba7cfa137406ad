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
	plain [][]rune // their letters
	// found are the answers so far, asked how many times one was searched.
	found map[string]string
	asked int
}

// NewNames prepares names for [Names.Meant].
func NewNames(known []string) *Names {
	n := &Names{known: slices.Sorted(slices.Values(known)), found: map[string]string{}}
	for _, k := range n.known {
		n.plain = append(n.plain, []rune(letters(k)))
	}
	return n
}

// maxAsked bounds the names that are searched, because a text may hold tens of thousands: no more
// problems than that are shown.
const maxAsked = 120

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
		if string(n.plain[i]) == plain && k != unknown {
			return k
		}
	}
	for _, k := range synonyms[plain] {
		if _, is := slices.BinarySearch(n.known, k); is {
			return k
		}
	}
	if near := n.nearest([]rune(plain)); near != "" {
		return near
	}
	return n.partOf(unknown)
}

// letters is a name without accents, capitals, and what stands between its words.
func letters(name string) string {
	if len(name) > 4*maxName {
		return ""
	}
	if plain := strings.ReplaceAll(name, "_", ""); strings.Trim(plain, "abcdefghijklmnopqrstuvwxyz0123456789") == "" {
		return plain // as most names are
	}
	return strings.Join(fold.Words(fold.Text(name)), "")
}

// nearest is the known name with the fewest letters that differ, if they are few.
func (n *Names) nearest(plain []rune) string {
	best, most := "", tolerated(len(plain))
	rows := table{{}, {}, {}}
	for i, k := range n.known {
		if slices.Equal(n.plain[i], plain) {
			continue // the name itself, or it would have been found before
		}
		if d := rows.distance(plain, n.plain[i], most); d <= most {
			best, most = k, d-1
		}
	}
	return best
}

// tolerated is how many of n letters may be wrong: none of very short names, which are all alike.
func tolerated(n int) int {
	switch {
	case n < 3:
		return 0
	case n < 5:
		return 1
	case n < 10:
		return 2
	}
	return 3
}

// table are the last three rows of the table with which the distance of two names is found.
type table [3]*[maxName + 1]int

// distance counts the letters to insert, remove, change or swap with the next to get from a to b
// (Damerau-Levenshtein). Where they are more than most, it returns a number above most. Only the
// cells near the diagonal can lead to a small number, so that no others are filled, and no more rows
// once all of them are above.
func (rows *table) distance(a, b []rune, most int) int {
	if most < 0 || len(b) > maxName || len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	for j := range len(b) + 1 {
		rows[1][j] = j
	}
	for i := range a {
		if rows.next(a, b, i, most) > most {
			return most + 1
		}
		rows[0], rows[1], rows[2] = rows[1], rows[2], rows[0]
	}
	return rows[1][len(b)]
}

// next fills the last row, that of letter i of a, from the two before it, and returns its least number.
func (rows *table) next(a, b []rune, i, most int) int {
	before, last, row := rows[0], rows[1], rows[2]
	from, to := max(0, i-most), min(len(b), i+most+1)
	row[from] = most + 1 // outside of what is filled
	if from == 0 {
		row[0] = i + 1
	}
	least := min(row[from], most+1)
	for j := from; j < to; j++ {
		row[j+1] = min(last[j]+differ(a[i], b[j]), row[j]+1)
		if j < i+most {
			row[j+1] = min(row[j+1], last[j+1]+1)
		}
		if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
			row[j+1] = min(row[j+1], before[j-1]+1)
		}
		least = min(least, row[j+1])
	}
	return least
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
