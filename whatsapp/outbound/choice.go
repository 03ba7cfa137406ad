package outbound

import "slices"

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
	var all []Choice
	s.eachChoice(func(path string, r Reply) Reply {
		all = append(all, Choice{path, r.ID, r.Title})
		return r
	})
	return all
}

// MapChoices is a copy of the body whose ids are those that f makes of them. The parts that
// hold none are shared with s.
func (s Message) MapChoices(f func(id string) string) Message {
	return s.eachChoice(func(_ string, r Reply) Reply { return Reply{f(r.ID), r.Title} })
}

// eachChoice copies what it changes.
func (s Message) eachChoice(f func(path string, r Reply) Reply) Message {
	if s.Interactive == nil || s.Interactive.Action == nil {
		return s
	}
	in := *s.Interactive
	a := *in.Action
	a.Buttons = mapButtons(actionPath+".buttons", a.Buttons, f)
	a.Sections = slices.Clone(a.Sections)
	for i := range a.Sections {
		section := &a.Sections[i]
		section.Rows = slices.Clone(section.Rows)
		for j := range section.Rows {
			r := &section.Rows[j]
			reply := f(item(item(actionPath+".sections", i)+".rows", j), Reply{r.ID, r.Title})
			r.ID, r.Title = reply.ID, reply.Title
		}
	}
	a.Cards = slices.Clone(a.Cards)
	for i := range a.Cards {
		if card := &a.Cards[i]; card.Action != nil {
			inner := *card.Action
			inner.Buttons = mapButtons(item(actionPath+".cards", i)+".action.buttons", inner.Buttons, f)
			card.Action = &inner
		}
	}
	in.Action = &a
	s.Interactive = &in
	return s
}

func mapButtons(path string, buttons []Button, f func(path string, r Reply) Reply) []Button {
	buttons = slices.Clone(buttons)
	for i := range buttons {
		b, at := &buttons[i], item(path, i)
		if b.QuickReply != nil {
			q := f(at+".quick_reply", *b.QuickReply)
			b.QuickReply = &q
			continue
		}
		b.Reply = f(at+".reply", b.Reply)
	}
	return buttons
}
