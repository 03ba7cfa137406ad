package definition

import (
	"regexp"
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/tree"
)

type Trigger struct {
	pos     tree.Place
	node    *yaml.Node            // as it is written
	any     []string              // folded
	words   map[string][][]string // folded; phrases by their first word
	matches *regexp.Regexp
	Choice  []string
	Types   []string
	First   bool
	When    *expr.Expr
	// referral are the keys that the message's referral must have, with their values; nil is
	// no condition.
	Referral  map[string]string
	Interrupt bool
	To        Ref
}

func (g *Trigger) HasText() bool {
	return len(g.any) > 0 || len(g.words) > 0 || g.matches != nil
}

// fitsText looks at typed text only. A regular expression may have been written for the
// folded text or for what people really type, so both are tried.
func (g *Trigger) FitsText(folded, typed string, words, tokens []string) bool {
	if folded == "" {
		return false
	}
	if g.takes(folded, words, tokens) {
		return true
	}
	return g.matches != nil && (g.matches.MatchString(folded) || g.matches.MatchString(typed))
}

// takes says whether the trigger may fire for this text, if its other conditions hold. The words
// are those of the folded text; the tokens have the symbols too, which part no phrase.
func (g *Trigger) takes(folded string, words, tokens []string) bool {
	return slices.Contains(g.any, folded) || g.hasWord(words) || g.hasWord(tokens)
}

// hasWord looks for one of the trigger's words; a word may be several, in a row.
func (g *Trigger) hasWord(said []string) bool {
	for i, first := range said {
		for _, phrase := range g.words[first] {
			if len(phrase) <= len(said)-i && slices.Equal(said[i:i+len(phrase)], phrase) {
				return true
			}
		}
	}
	return false
}
