package bot

import "slices"

// trigger is the first trigger of a kind that fits; nil when none does.
func (t *turn) trigger(in input, kind func(*trigger) bool) *trigger {
	for i := range t.bot.triggers {
		if g := &t.bot.triggers[i]; kind(g) && g.fits(in) {
			return g
		}
	}
	return nil
}

// fits says whether all conditions of the trigger hold; the loader has seen to it that
// there is at least one.
func (g *trigger) fits(in input) bool {
	return (!g.hasText() || g.fitsText(in)) &&
		(len(g.choice) == 0 || in.id != "" && slices.Contains(g.choice, in.id)) &&
		(len(g.types) == 0 || slices.Contains(g.types, in.kind)) &&
		(!g.first || in.first)
}

func (g *trigger) hasText() bool {
	return len(g.any) > 0 || len(g.words) > 0 || g.matches != nil
}

// fitsText looks at typed text only. A regular expression may have been written for the
// folded text or for what people really type, so both are tried.
func (g *trigger) fitsText(in input) bool {
	if in.folded == "" {
		return false
	}
	if slices.Contains(g.any, in.folded) || g.hasWord(in.words) {
		return true
	}
	return g.matches != nil && (g.matches.MatchString(in.folded) || g.matches.MatchString(in.typed))
}

// hasWord looks for one of the trigger's words; a word may be several, in a row.
func (g *trigger) hasWord(said []string) bool {
	for i, first := range said {
		for _, phrase := range g.words[first] {
			if len(phrase) <= len(said)-i && slices.Equal(said[i:i+len(phrase)], phrase) {
				return true
			}
		}
	}
	return false
}
