package pseudonym

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot/answer"
)

// Bounds of the search for values that are written in words: how long a text may be, in bytes, and how many
// words a value has at most.
const (
	maxSpelled      = 200
	maxSpelledWords = 6
)

// spelledSpans finds private days, times and numbers that are written in words, such as "10 de marzo de
// 1980" or "treinta y cuatro".
func (b *Book) spelledSpans(text string, kinds ...answer.Kind) []span {
	if b.context.Now.IsZero() || len(text) > maxSpelled || !b.spells {
		return nil
	}
	var all []span
	masks := [][]int{}
	if slices.Contains(kinds, answer.Int) {
		masks = maskForm.FindAllStringIndex(text, -1)
	}
	words := strings.Fields(text)
	at := make([]int, len(words)) // where each begins
	from := 0
	for i, w := range words {
		at[i] = from + strings.Index(text[from:], w)
		from = at[i] + len(w)
	}
	for j := 1; j <= len(words); j++ {
		end := at[j-1] + len(words[j-1])
		for i := j - 1; i >= max(0, j-maxSpelledWords); i-- { // the fewest words that mean it
			if with, ok := b.spelled(text[at[i]:end], kinds); ok && !covered(masks, at[i], end) {
				all = append(all, span{at[i], end, with})
				break
			}
		}
	}
	return all
}

// spelled is what stands for a text that means a private value.
func (b *Book) spelled(text string, kinds []answer.Kind) (string, bool) {
	for _, k := range kinds {
		value, ok := answer.Read(k, text, b.context)
		if !ok {
			continue
		}
		c := b.codes[compactOf(fmt.Sprint(value))]
		if c == nil || c.kind != k && (k != answer.Int || c.kind != kindNumber) {
			continue
		}
		switch k {
		case answer.Date:
			day, _ := time.Parse("20060102", c.with)
			return day.Format(time.DateOnly), true
		case answer.Time:
			return c.with[:2] + ":" + c.with[2:], true
		}
		return c.with, true
	}
	return "", false
}
