package definition

import (
	"regexp"
	"slices"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/tree"
)

// Trigger leads to a state when a message meets all of its conditions, of which it has at least
// one. A condition that was left out is the zero value.
type Trigger struct {
	place   tree.Place
	node    *yaml.Node            // as it is written
	any     []string              // whole texts, folded
	words   map[string][][]string // folded; phrases by their first word
	matches *regexp.Regexp
	// Choice are reply ids, without tag, of which one was tapped.
	Choice []string
	// Types are the types of message of which this is one.
	Types []string
	// First is true for the first message of a conversation only.
	First bool
	// When is a condition over the variables; nil without one.
	When *expr.Expr
	// Referral are the keys that the message's referral must have, with their values, out of
	// [ReferralKeys]. Empty and not nil, any referral will do; nil is no condition.
	Referral map[string]string
	// Interrupt lets the trigger fire while a question is open, before the message is read as its
	// answer.
	Interrupt bool
	// Resume gives the question that was open back when the states of the trigger return.
	Resume bool
	// To is the state that the trigger enters.
	To Ref
}

// ReferralKeys are the texts of a referral, under the names that the webhook gives them.
var ReferralKeys = []string{
	"source_url", "source_id", "source_type", "headline", "body", "media_type",
	"image_url", "video_url", "thumbnail_url", "ctwa_clid",
}

// HasText reports whether the trigger has a condition on the typed text.
func (g *Trigger) HasText() bool {
	return len(g.any) > 0 || len(g.words) > 0 || g.matches != nil
}

// FitsText reports whether the trigger's condition on typed text holds. folded is the typed text as
// package fold folds it, words and tokens are its words without and with symbols. A regular
// expression may have been written for the folded text or for what people really type, so both are
// tried.
func (g *Trigger) FitsText(folded, typed string, words, tokens []string) bool {
	if folded == "" {
		return false
	}
	if g.firesFor(folded, words, tokens) {
		return true
	}
	return g.matches != nil && (g.matches.MatchString(folded) || g.matches.MatchString(typed))
}

// firesFor reports whether one of the trigger's texts or words is in a text; regular expressions are
// not tried.
func (g *Trigger) firesFor(folded string, words, tokens []string) bool {
	return slices.Contains(g.any, folded) || g.hasWord(words) || g.hasWord(tokens)
}

// hasWord reports whether one of the trigger's words is among those of a text; a phrase has to be
// there in a row.
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
