package bot

import (
	"slices"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/whatsapp"
)

// findTrigger returns the index of the first trigger of a kind that fits; -1 when none does.
func (t *reader) findTrigger(in input, kind func(*definition.Trigger) bool) (int, error) {
	for i := range t.bot.Triggers {
		g := &t.bot.Triggers[i]
		if !kind(g) {
			continue
		}
		if ok, err := t.triggerFits(g, in); err != nil || ok {
			return i, err
		}
	}
	return -1, nil
}

// triggerFits reports whether all conditions of the trigger hold; the loader has seen to it that
// there is at least one. What costs most is looked at last.
func (t *reader) triggerFits(g *definition.Trigger, in input) (bool, error) {
	if len(g.Choice) > 0 && (in.id == "" || !g.Takes(in.id)) ||
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

// fitsReferral reports whether the message came by an advertisement with these texts.
func fitsReferral(want map[string]string, r *whatsapp.Referral) bool {
	if r == nil {
		return false
	}
	for _, key := range definition.ReferralKeys {
		if text, asked := want[key]; asked && text != referralTexts[key](r) {
			return false
		}
	}
	return true
}

// referralTexts read the texts of an advertisement that a trigger may name: one for each of
// definition.ReferralKeys. It is never written.
var referralTexts = map[string]func(*whatsapp.Referral) string{
	"source_url":    func(r *whatsapp.Referral) string { return r.SourceURL },
	"source_id":     func(r *whatsapp.Referral) string { return r.SourceID },
	"source_type":   func(r *whatsapp.Referral) string { return r.SourceType },
	"headline":      func(r *whatsapp.Referral) string { return r.Headline },
	"body":          func(r *whatsapp.Referral) string { return r.Body },
	"media_type":    func(r *whatsapp.Referral) string { return r.MediaType },
	"image_url":     func(r *whatsapp.Referral) string { return r.ImageURL },
	"video_url":     func(r *whatsapp.Referral) string { return r.VideoURL },
	"thumbnail_url": func(r *whatsapp.Referral) string { return r.ThumbnailURL },
	"ctwa_clid":     func(r *whatsapp.Referral) string { return r.CtwaClid },
}
