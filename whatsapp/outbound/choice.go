package outbound

import (
	"slices"
	"strconv"
)

// Choice is something in an interactive message that sends its id back when it is tapped:
// a reply button, the row of a list, or the quick reply of a card.
type Choice struct {
	// Path leads to what is tapped; ".id" and ".title" are behind it.
	Path  string
	ID    string
	Title string
}

// Choices lists what can be tapped, in order. Flows, catalogues and templates have no ids of
// their own.
func (s Message) Choices() []Choice {
	if s.Interactive == nil || s.Interactive.Action == nil {
		return nil
	}
	a := s.Interactive.Action
	all := buttonChoices(nil, actionPath+".buttons", a.Buttons)
	for i, section := range a.Sections {
		for j, r := range section.Rows {
			all = append(all, Choice{item(item(actionPath+".sections", i)+".rows", j), r.ID, r.Title})
		}
	}
	for i, card := range a.Cards {
		if card.Action != nil {
			all = buttonChoices(all, item(actionPath+".cards", i)+".action.buttons", card.Action.Buttons)
		}
	}
	return all
}

func buttonChoices(all []Choice, path string, buttons []Button) []Choice {
	for i, b := range buttons {
		r, field := b.Reply, "].reply"
		if b.QuickReply != nil {
			r, field = *b.QuickReply, "].quick_reply"
		}
		all = append(all, Choice{path + "[" + strconv.Itoa(i) + field, r.ID, r.Title})
	}
	return all
}

// HasChoices reports whether Choices lists any.
func (s Message) HasChoices() bool {
	if s.Interactive == nil || s.Interactive.Action == nil {
		return false
	}
	a := s.Interactive.Action
	return len(a.Buttons) > 0 ||
		slices.ContainsFunc(a.Sections, func(s Section) bool { return len(s.Rows) > 0 }) ||
		slices.ContainsFunc(a.Cards, func(c Card) bool { return c.Action != nil && len(c.Action.Buttons) > 0 })
}

// MapChoices is a copy of the body whose ids are those that f makes of them. The parts that
// hold none are shared with s.
func (s Message) MapChoices(f func(id string) string) Message {
	return s.mapReplies(func(r Reply) Reply { return Reply{f(r.ID), r.Title} })
}

// mapReplies copies what it changes.
func (s Message) mapReplies(f func(Reply) Reply) Message {
	if s.Interactive == nil || s.Interactive.Action == nil {
		return s
	}
	in := *s.Interactive
	a := *in.Action
	a.Buttons = mapButtons(a.Buttons, f)
	a.Sections = slices.Clone(a.Sections)
	for i := range a.Sections {
		section := &a.Sections[i]
		section.Rows = slices.Clone(section.Rows)
		for j := range section.Rows {
			r := &section.Rows[j]
			reply := f(Reply{r.ID, r.Title})
			r.ID, r.Title = reply.ID, reply.Title
		}
	}
	a.Cards = slices.Clone(a.Cards)
	for i := range a.Cards {
		if card := &a.Cards[i]; card.Action != nil {
			inner := *card.Action
			inner.Buttons = mapButtons(inner.Buttons, f)
			card.Action = &inner
		}
	}
	in.Action = &a
	s.Interactive = &in
	return s
}

func mapButtons(buttons []Button, f func(Reply) Reply) []Button {
	buttons = slices.Clone(buttons)
	for i := range buttons {
		b := &buttons[i]
		if b.QuickReply != nil {
			q := f(*b.QuickReply)
			b.QuickReply = &q
			continue
		}
		b.Reply = f(b.Reply)
	}
	return buttons
}
