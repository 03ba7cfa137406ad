package outbound

import (
	"unicode/utf8"

	"github.com/chattigo/api-isv/whatsapp"
)

// Check lists what a message uses that a version of the Graph API does not have, each feature once.
// Give the version of the channel, or [whatsapp.NewestVersion] to send what the Cloud API accepts today.
func Check(v whatsapp.Version, m Message) []Problem {
	c := &versionCheck{version: v}
	c.message(&m)
	c.emoji(&m)
	return c.problems
}

// versionCheck collects the problems of one message with a version.
type versionCheck struct {
	version  whatsapp.Version
	problems []Problem
}

// uses reports a feature that the version lacks, at the first path that uses it.
func (c *versionCheck) uses(feature, path string) {
	first, listed := since[feature]
	if !listed || c.version.Compare(first) >= 0 {
		return
	}
	for _, p := range c.problems {
		if p.Feature == feature {
			return
		}
	}
	c.problems = append(c.problems, Problem{Path: path, Rule: RuleVersion, Feature: feature, Want: c.version.String()})
}

func (c *versionCheck) message(m *Message) {
	switch {
	case m.Type == TypePin:
		c.uses(featurePin, "type")
	case m.Type == whatsapp.TypeInteractive && m.Interactive != nil:
		c.interactive(m.Interactive)
	}
	if m.BizOpaqueCallbackData != "" {
		c.uses(featureCallbackData, "biz_opaque_callback_data")
	}
	if m.To == "" && m.Recipient != "" {
		c.uses(featureRecipient, "recipient")
	}
	if m.RecipientType == Group {
		c.uses(featureGroup, "recipient_type")
	}
	if in := m.Interactive; in != nil && in.Type == InteractiveList && in.Body != nil &&
		utf8.RuneCountInString(in.Body.Text) > maxBody {
		c.uses(featureLongList, "interactive.body.text")
	}
	if m.Template != nil {
		c.template(m.Template)
	}
}

func (c *versionCheck) interactive(in *Interactive) {
	switch in.Type {
	case InteractiveOrderDetails, InteractiveOrderStatus:
		c.uses(featurePayment, "type")
	default:
		c.uses("interactive "+in.Type, "type")
	}
}

func (c *versionCheck) template(t *Template) {
	const path = "template.components"
	c.components(path, t.Components)
	for i := range t.Components {
		s, at := &t.Components[i], item(path, i)
		switch s.kind() {
		case componentCarousel:
			c.uses(featureTemplateCarousel, at)
			for j := range s.Cards {
				c.components(item(at+".cards", j)+".components", s.Cards[j].Components)
			}
		case componentOffer:
			c.uses(featureTemplateOffer, at)
		case componentTap:
			c.uses(featureTemplateTap, at)
		}
	}
}

// components checks the headers and buttons of a template, or of one of its cards.
func (c *versionCheck) components(path string, all []Component) {
	buttons := 0
	for i := range all {
		s, at := &all[i], item(path, i)
		switch s.kind() {
		case componentHeader:
			c.header(at, s.Parameters)
		case componentButton:
			c.uses("template "+s.button()+" button", at+".sub_type")
			if buttons++; buttons > maxButtons || s.Index > "2" {
				c.uses(featureTemplateButtons, at)
			}
		}
	}
}

func (c *versionCheck) header(at string, parameters []Parameter) {
	for _, p := range parameters {
		switch {
		case p.Location != nil:
			c.uses(featureTemplateLocation, at)
		case p.Product != nil:
			c.uses(featureTemplateProduct, at)
		}
	}
}

// emoji warns of emoji in the titles of reply buttons: today they work, but the documentation of v14.0
// and v15.0 forbade them.
func (c *versionCheck) emoji(m *Message) {
	if c.version.Major > 15 || m.Interactive == nil || m.Interactive.Type != InteractiveButton {
		return
	}
	for _, choice := range m.Choices() {
		if hasEmoji(choice.Title) {
			c.problems = append(c.problems, Problem{
				Path: choice.Path + ".title", Rule: RuleValue, Want: "without emoji in " + c.version.String(), Warning: true,
			})
		}
	}
}
