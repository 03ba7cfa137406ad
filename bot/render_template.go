package bot

import (
	"cmp"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// flattenParameters puts the texts that fill a template on one line each, as Meta wants them,
// and reports whether it changed any. What is written out is so already.
func flattenParameters(t *outbound.Template) (changed bool) {
	for _, text := range t.ParameterTexts() {
		flat := outbound.FlattenParameter(*text)
		changed = changed || flat != *text
		*text = flat
	}
	return changed
}

// fitTemplate cuts the texts of each of a template's bodies that are too long together, the longest
// first, and reports whether it cut any. Those that only have too many UTF-16 units are left where
// all of them are written out, as elsewhere.
func fitTemplate(m *definition.Message, body *outbound.Template, problems []outbound.Problem) (changed bool) {
	for _, p := range problems {
		if !strings.HasSuffix(p.Path, ".parameters") || p.Rule != outbound.RuleMaxChars && p.Rule != outbound.RuleMaxUnits {
			continue
		}
		if texts, brought := textsUnder(m, body, p.Path); brought || p.Rule == outbound.RuleMaxChars {
			changed = true
			cutLongest(texts, p.Limit)
		}
	}
	return changed
}

// textsUnder are the texts under a path; brought reports whether an expression brought any of them.
func textsUnder(m *definition.Message, t *outbound.Template, path string) (texts []*string, brought bool) {
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
		excess += outbound.UTF16Length(*text)
	}
	for excess > 0 {
		longest := slices.MaxFunc(texts, func(a, b *string) int {
			return cmp.Compare(outbound.UTF16Length(*a), outbound.UTF16Length(*b))
		})
		n := outbound.UTF16Length(*longest)
		if n < 2 {
			return
		}
		*longest = outbound.Cut(*longest, max(1, n-excess))
		excess -= n - outbound.UTF16Length(*longest)
	}
}
