package bot

import (
	"cmp"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
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
// first, and reports whether it cut any. It changes the texts where they stand. Those that only have
// too many UTF-16 units are left where all of them are written out, as elsewhere.
func fit(m *definition.Message, body whatsapp.Send) (changed bool) {
	for _, p := range whatsapp.Validate(definition.SampleBody(body)) {
		if !strings.HasSuffix(p.Path, ".parameters") || p.Rule != whatsapp.RuleMaxChars && p.Rule != whatsapp.RuleMaxUnits {
			continue
		}
		if texts, brought := textsUnder(m, body.Template, p.Path); brought || p.Rule == whatsapp.RuleMaxChars {
			changed = true
			cutLongest(texts, p.Limit)
		}
	}
	return changed
}

// textsUnder are the texts under a path; brought reports whether an expression brought any of them.
func textsUnder(m *definition.Message, t *whatsapp.SendTemplate, path string) (texts []*string, brought bool) {
	for at, text := range t.ParameterTexts() {
		if strings.HasPrefix(at, path+"[") {
			texts = append(texts, text)
			brought = brought || m.Guessed(at)
		}
	}
	return texts, brought
}

// cutLongest brings the texts to as many UTF-16 units together. Of each a character stays.
func cutLongest(texts []*string, limit int) {
	excess := -limit
	for _, text := range texts {
		excess += whatsapp.UTF16Length(*text)
	}
	for excess > 0 {
		longest := slices.MaxFunc(texts, func(a, b *string) int {
			return cmp.Compare(whatsapp.UTF16Length(*a), whatsapp.UTF16Length(*b))
		})
		n := whatsapp.UTF16Length(*longest)
		if n < 2 {
			return
		}
		*longest = whatsapp.Cut(*longest, max(1, n-excess))
		excess -= n - whatsapp.UTF16Length(*longest)
	}
}
