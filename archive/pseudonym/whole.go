package pseudonym

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// minWhole is the length from which a value that is replaced as a whole is looked for in other texts too,
// in bytes.
const minWhole = 8

// learnWhole learns a value that is replaced as a whole: an id, an address of the web, the name of a file.
func (b *Book) learnWhole(r role, text string) {
	if _, known := b.wholes[text]; known || text == "" || b.Full() || b.keep(text) {
		return
	}
	b.wholes[text], b.taken[text] = text, true
	b.order = append(b.order, func() {
		for {
			with := otherWhole(r, text, b.next(kind("whole "+strconv.Itoa(int(r)))))
			if b.take(with) {
				b.wholes[text] = with
				return
			}
		}
	})
}

// extensionForm is the end of a file's name that says what is in it.
var extensionForm = regexp.MustCompile(`\.[A-Za-z0-9]{1,5}$`)

// otherWhole is the n-th value of a role.
func otherWhole(r role, old string, n int) string {
	switch r {
	case roleMedia:
		if plainForm.MatchString(old) && len(old) >= minWhole {
			return fmt.Sprintf("%0*d", len(old), n)
		}
		return fmt.Sprintf("media-%d", n)
	case roleFile:
		return fmt.Sprintf("file-%d%s", n, extensionForm.FindString(old))
	case roleDigest:
		var sum [32]byte
		binary.BigEndian.PutUint64(sum[24:], uint64(n)) // #nosec G115 -- n counts from 1
		return base64.StdEncoding.EncodeToString(sum[:])
	case roleClick:
		return fmt.Sprintf("click-%d", n)
	}
	return fmt.Sprintf("https://example.com/%d", n)
}

// closeWholes makes the replacer of the values that are replaced as a whole.
func (b *Book) closeWholes() {
	var pairs []string
	for _, old := range byLength(b.wholes) {
		if len(old) >= minWhole {
			pairs = append(pairs, old, b.wholes[old])
		}
	}
	b.wholly = strings.NewReplacer(pairs...)
}

// learnLine learns a line of an address or of a card. One of several words is looked for everywhere; a
// single word, which may be any, is replaced only where it is such a line.
func (b *Book) learnLine(text string) {
	words := wordsOf(text)
	if len(words) > 1 {
		b.LearnText(text, "")
		b.learnPhrase(text)
		return
	}
	for _, w := range words {
		b.learnWord(w.folded)
	}
}

// line is another line, word by word.
func (b *Book) line(text string) string {
	words := wordsOf(text)
	var p phrase
	for _, w := range words {
		p = append(p, w.folded)
	}
	if len(p) == 0 || slices.ContainsFunc(p, func(word string) bool { return p.replaces(word) && b.words[word] == "" }) {
		return b.Text(text) // it was learned as something else
	}
	with := b.phraseSpan(text, words)
	return text[:with.start] + with.with + text[with.end:]
}
