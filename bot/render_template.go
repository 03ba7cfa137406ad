package bot

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/chattigo/api-isv/whatsapp"
)

// flatten puts the texts that fill a template on one line each, which is how Meta takes them,
// and reports whether it changed any. What is written out is so already.
func flatten(t *whatsapp.SendTemplate) (changed bool) {
	for _, text := range t.ParameterTexts() {
		flat := whatsapp.FlattenParameter(*text)
		changed = changed || flat != *text
		*text = flat
	}
	return changed
}

// fit cuts the texts of each of a template's bodies that are too long together, the longest
// first, and reports whether it cut any. It changes the texts where they stand.
func fit(body whatsapp.Send) (changed bool) {
	for _, p := range whatsapp.Validate(sample(body)) {
		if p.Rule == whatsapp.RuleMaxChars && strings.HasSuffix(p.Path, ".parameters") {
			changed = true
			cutLongest(textsUnder(body.Template, p.Path), p.Found-p.Limit)
		}
	}
	return changed
}

func textsUnder(t *whatsapp.SendTemplate, path string) (texts []*string) {
	for at, text := range t.ParameterTexts() {
		if strings.HasPrefix(at, path+"[") {
			texts = append(texts, text)
		}
	}
	return texts
}

// cutLongest takes as many characters off the texts, of which one stays of each.
func cutLongest(texts []*string, excess int) {
	for excess > 0 {
		longest := slices.MaxFunc(texts, func(a, b *string) int {
			return cmp.Compare(utf8.RuneCountInString(*a), utf8.RuneCountInString(*b))
		})
		n := utf8.RuneCountInString(*longest)
		if n < 2 {
			return
		}
		*longest = whatsapp.Cut(*longest, max(1, n-excess))
		excess -= n - utf8.RuneCountInString(*longest)
	}
}
