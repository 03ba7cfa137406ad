package whatsapp

import (
	"strings"
	"unicode/utf8"
)

// Use is a feature that a body uses and the path where it does.
type Use struct {
	Feature Feature
	Path    string
}

// Uses lists the features that a body uses, each once.
func Uses(s Send) []Use {
	u := &uses{}
	u.add(featureOf(&s), "type")
	if s.Context != nil {
		u.add(FeatureContext, "context")
	}
	if s.BizOpaqueCallbackData != "" {
		u.add(FeatureCallbackData, "biz_opaque_callback_data")
	}
	if s.To == "" && s.Recipient != "" {
		u.add(FeatureRecipient, "recipient")
	}
	if s.RecipientType == Group {
		u.add(FeatureGroup, "recipient_type")
	}
	if in := s.Interactive; in != nil && in.Type == InteractiveList && in.Body != nil &&
		utf8.RuneCountInString(in.Body.Text) > maxBody {
		u.add(FeatureLongList, "interactive.body.text")
	}
	if s.Template != nil {
		u.template(s.Template)
	}
	return u.list
}

// Check lists what a body uses that the version of a profile does not have. Give the
// profile of the channel, or [Newest] to send what the Cloud API takes today.
func Check(p Profile, s Send) []Problem {
	problems := p.lacks(Uses(s))
	if p.Version.Major > 15 || s.Interactive == nil || s.Interactive.Type != InteractiveButton {
		return problems
	}
	for _, choice := range s.Choices() {
		if hasEmoji(choice.Title) { // today they work; the documentation of that time forbade them
			problems = append(problems, Problem{
				Path: choice.Path + ".title", Rule: RuleValue, Want: "without emoji in " + p.Version.String(), Warning: true,
			})
		}
	}
	return problems
}

func (p Profile) lacks(list []Use) []Problem {
	var problems []Problem
	rows := Features()
	for _, use := range list {
		if !p.supportIn(rows, use.Feature).Allowed() {
			problems = append(problems, Problem{Path: use.Path, Rule: RuleVersion, Feature: use.Feature, Want: p.Version.String()})
		}
	}
	return problems
}

type uses struct{ list []Use }

func (u *uses) add(f Feature, path string) {
	for _, use := range u.list {
		if use.Feature == f {
			return
		}
	}
	if f != "" {
		u.list = append(u.list, Use{f, path})
	}
}

// featureOf is the feature of a body's type; empty for a type that cannot be sent.
func featureOf(s *Send) Feature {
	switch s.Type {
	case TypeText, TypeImage, TypeAudio, TypeVideo, TypeDocument, TypeSticker, TypeLocation, TypeContacts,
		TypeReaction, TypeTemplate, TypePin:
		return Feature(s.Type)
	case TypeInteractive:
		if s.Interactive != nil {
			return interactiveFeature(s.Interactive.Type)
		}
	}
	return ""
}

func interactiveFeature(kind string) Feature {
	switch kind {
	case InteractiveOrderDetails, InteractiveOrderStatus:
		return FeaturePayment
	case "":
		return ""
	}
	if _, known := shapeOf(kind); !known {
		return ""
	}
	return Feature("interactive " + kind)
}

func (u *uses) template(t *SendTemplate) {
	const path = "template.components"
	u.components(path, t.Components)
	for i := range t.Components {
		s, at := &t.Components[i], item(path, i)
		switch s.kind() {
		case componentBody:
			c := &checker{}
			c.bodySum(at, s.Parameters, maxTemplateBody)
			if len(c.problems) > 0 {
				u.add(FeatureTemplateBodyOnly, at+".parameters")
			}
		case componentCarousel:
			u.add(FeatureTemplateCarousel, at)
			for j := range s.Cards {
				u.components(item(at+".cards", j)+".components", s.Cards[j].Components)
			}
		case componentOffer:
			u.add(FeatureTemplateOffer, at)
		case componentTap:
			u.add(FeatureTemplateTap, at)
		}
	}
}

// components finds what headers and buttons use, those of cards too.
func (u *uses) components(path string, all []SendComponent) {
	buttons := 0
	for i := range all {
		s, at := &all[i], item(path, i)
		switch s.kind() {
		case componentHeader:
			for _, p := range s.Parameters {
				switch {
				case p.Location != nil:
					u.add(FeatureTemplateLocation, at)
				case p.Product != nil:
					u.add(FeatureTemplateProduct, at)
				}
			}
		case componentButton:
			u.button(at, s)
			if buttons++; buttons > maxButtons || s.Index > "2" {
				u.add(FeatureTemplateButtons, at)
			}
		}
	}
}

func (u *uses) button(at string, s *SendComponent) {
	switch b := s.button(); b {
	case buttonQuickReply, buttonURL:
	case buttonCopyCode, buttonFlow, buttonCatalog, buttonMPM, buttonOrderDetails, buttonVoiceCall:
		u.add(Feature("template "+b+" button"), at+".sub_type")
	}
}

// TextLimit is the length that a text at a path of a body may have, as in [Problem.Path], for
// [Cut]. ok is false for what must not be cut: ids, addresses, names, codes, and what has no
// limit.
func (p Profile) TextLimit(s Send, path string) (limit int, ok bool) {
	if path == "interactive.body.text" && s.Interactive != nil && s.Interactive.Type == InteractiveList {
		if !p.Support(FeatureLongList).Allowed() {
			return maxBody, true
		}
		return maxListBody, true
	}
	switch path {
	case "text.body":
		return maxText, true
	case "interactive.body.text":
		return maxBody, true
	case "interactive.footer.text":
		return maxFooter, true
	case "interactive.header.text":
		return maxHeader, true
	case "interactive.action.button":
		return maxListLabel, true
	case "interactive.action.parameters.flow_cta":
		return maxFlowCTA, true
	case "interactive.action.parameters.display_text":
		return maxCTALabel, true
	}
	return itemLimit(path)
}

// itemLimit is TextLimit for what stands in lists.
func itemLimit(path string) (limit int, ok bool) {
	is := func(start, end string) bool { return strings.HasPrefix(path, start) && strings.HasSuffix(path, end) }
	switch {
	case is("interactive.action.buttons[", ".title"), is("interactive.action.cards[", ".title"):
		return maxButtonTitle, true
	case is("interactive.action.cards[", ".display_text"):
		return maxCTALabel, true
	case is("interactive.action.cards[", ".body.text"):
		return maxCardBody, true
	case is("interactive.action.sections[", "].title") && strings.Contains(path, ".rows["):
		return maxRowTitle, true
	case is("interactive.action.sections[", ".title"):
		return maxSectionTitle, true
	case is("interactive.action.sections[", ".description"):
		return maxRowDescription, true
	case is("image", ".caption"), is("video", ".caption"), is("document", ".caption"):
		return maxCaption, true
	}
	return 0, false
}
