package bot

import (
	"slices"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp"
)

// trigger is the place of the first trigger of a kind that fits; -1 when none does.
func (t *reader) trigger(in input, kind func(*definition.Trigger) bool) (int, error) {
	for i := range t.bot.Triggers {
		g := &t.bot.Triggers[i]
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
func (t *reader) fits(g *definition.Trigger, in input) (bool, error) {
	if len(g.Choice) > 0 && (in.id == "" || !slices.Contains(g.Choice, in.id)) ||
		len(g.Types) > 0 && !slices.Contains(g.Types, in.kind) ||
		g.First && !in.first ||
		g.Referral != nil && !fitsReferral(g.Referral, in.message.Referral) ||
		g.HasText() && !g.FitsText(in.folded, in.typed, in.words, in.tokens) {
		return false, nil
	}
	if g.When == nil {
		return true, nil
	}
	return g.When.Bool(t.values())
}

// fitsReferral says whether the message came by an advertisement with these texts.
func fitsReferral(want map[string]string, r *whatsapp.Referral) bool {
	if r == nil {
		return false
	}
	for _, key := range definition.ReferralKeys {
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
