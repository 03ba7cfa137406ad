package bot

import (
	"slices"

	"github.com/chattigo/api-isv/whatsapp"
)

// trigger is the place of the first trigger of a kind that fits; -1 when none does.
func (t *turn) trigger(in input, kind func(*trigger) bool) (int, error) {
	for i := range t.bot.triggers {
		g := &t.bot.triggers[i]
		if !kind(g) {
			continue
		}
		if ok, err := t.fits(g, in); err != nil || ok {
			return i, err
		}
	}
	return -1, nil
}

// fits says whether all conditions of the trigger hold; the loader has seen to it that
// there is at least one. What costs most is looked at last.
func (t *turn) fits(g *trigger, in input) (bool, error) {
	if len(g.choice) > 0 && (in.id == "" || !slices.Contains(g.choice, in.id)) ||
		len(g.types) > 0 && !slices.Contains(g.types, in.kind) ||
		g.first && !in.first ||
		g.referral != nil && !fitsReferral(g.referral, in.message.Referral) ||
		g.hasText() && !g.fitsText(in) {
		return false, nil
	}
	if g.when == nil {
		return true, nil
	}
	return g.when.Bool(t.values())
}

// fitsReferral says whether the message came by an advertisement with these texts.
func fitsReferral(want map[string]string, r *whatsapp.Referral) bool {
	if r == nil {
		return false
	}
	for _, key := range referralKeys() {
		if text, asked := want[key]; asked && text != referralText(r, key) {
			return false
		}
	}
	return true
}

func referralText(r *whatsapp.Referral, key string) string {
	return map[string]string{
		"source_url": r.SourceURL, "source_id": r.SourceID, "source_type": r.SourceType,
		"headline": r.Headline, "body": r.Body, "media_type": r.MediaType,
		"image_url": r.ImageURL, "video_url": r.VideoURL, "thumbnail_url": r.ThumbnailURL,
		"ctwa_clid": r.CtwaClid,
	}[key]
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
	if g.takes(in.folded, in.words, in.tokens) {
		return true
	}
	return g.matches != nil && (g.matches.MatchString(in.folded) || g.matches.MatchString(in.typed))
}

// takes says whether the trigger may fire for this text, if its other conditions hold. The words
// are those of the folded text; the tokens have the symbols too, which part no phrase.
func (g *trigger) takes(folded string, words, tokens []string) bool {
	return slices.Contains(g.any, folded) || g.hasWord(words) || g.hasWord(tokens)
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
