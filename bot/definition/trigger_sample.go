package definition

import (
	"maps"
	"regexp/syntax"
	"slices"
	"strings"
)

// SampleText is a text that meets the trigger's condition on typed text; ok is false when it has
// none, or none was found.
func (g *Trigger) SampleText() (text string, ok bool) {
	switch {
	case len(g.any) > 0:
		return g.any[0], true
	case len(g.words) > 0:
		first := slices.Sorted(maps.Keys(g.words))[0]
		return strings.Join(g.words[first][0], " "), true
	case g.matches == nil:
		return "", false
	}
	tree, err := syntax.Parse(g.matches.String(), syntax.Perl)
	if err != nil {
		return "", false // not reached: it was compiled
	}
	text = sampleMatch(tree)
	return text, g.matches.MatchString(text)
}

// sampleMatch is a text that a regular expression mostly matches: the first of its alternatives, and
// of what may be repeated as little as may be.
func sampleMatch(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass:
		return sampleOfClass(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return sampleText
	case syntax.OpCapture, syntax.OpPlus, syntax.OpAlternate:
		return sampleMatch(re.Sub[0])
	case syntax.OpRepeat:
		return strings.Repeat(sampleMatch(re.Sub[0]), re.Min)
	case syntax.OpConcat:
		var b strings.Builder
		for _, sub := range re.Sub {
			b.WriteString(sampleMatch(sub))
		}
		return b.String()
	}
	return "" // anchors, and what may be left out
}

// sampleOfClass is a character of a class, one that can be typed if there is one. The class is a list
// of first and last characters.
func sampleOfClass(class []rune) string {
	for _, r := range "a1A " {
		for i := 0; i+1 < len(class); i += 2 {
			if class[i] <= r && r <= class[i+1] {
				return string(r)
			}
		}
	}
	if len(class) == 0 {
		return ""
	}
	return string(class[0])
}
