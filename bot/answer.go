package bot

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/answer"
	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/whatsapp"
)

// given is an answer that was read from a message, and the exit that it takes.
type given struct {
	expr.Answer
	exit definition.Exit
	// text is set for a typed text, of which more may follow.
	text bool
	// hour is a time without its half of the day, which is no answer yet.
	hour string
}

// reader interprets a message of the contact: which option it taps or names, which answer it
// gives, which trigger it fires.
type reader struct{ *core }

// accept reads an answer to the open question that is no tap: the title of an option, what the
// question asks for, or else a text that means an option without saying its title.
func (t *reader) accept(a *definition.Ask, in input) (given, bool) {
	if in.folded == "" {
		return t.acceptKind(a, in)
	}
	all := t.shown(a)
	if g, found, ok := t.matchTitle(a, in, all); found {
		return g, ok
	}
	g, ok := t.acceptKind(a, in)
	if ok || g.hour != "" { // 5 is an hour, though it is not known which
		return g, ok
	}
	return t.matchSpoken(a, in, all)
}

// acceptKind reads what the question asks for.
func (t *reader) acceptKind(a *definition.Ask, in input) (given, bool) {
	switch a.As {
	case definition.AsChoice:
		return t.acceptChoice(a, in)
	case definition.AsText:
		return acceptText(a, in)
	case definition.AsAny:
		return acceptAny(a, in)
	case definition.AsLocation, definition.AsContacts, definition.AsForm:
		return acceptStructured(a, in)
	case whatsapp.TypeImage, whatsapp.TypeDocument, whatsapp.TypeAudio, whatsapp.TypeVideo:
		return acceptMedia(a, in)
	}
	return t.acceptTyped(a, in)
}

// acceptChoice accepts what a message without options asks for.
func (t *reader) acceptChoice(a *definition.Ask, in input) (given, bool) {
	if !t.asksFor(in.answer) {
		return given{}, false
	}
	e := a.Free()
	return given{Answer: structuredAnswer(in), exit: e}, e.Leads()
}

// choiceAnswer is an answer by an option. Where texts were collected before, they are what
// was said with it.
func (t *reader) choiceAnswer(id, title string) given {
	if open := t.state.Ask; open != nil {
		for _, o := range open.Options {
			if o.ID == id {
				title = cmp.Or(o.Title, title) // as it was sent; that of a template's button is not known
			}
		}
	}
	g := given{Answer: expr.Answer{Text: title, ID: id, Title: title}}
	if a := t.openAsk(); a != nil && definition.ValueType(a.As) == expr.String {
		g.Value = textValue(id)
	}
	if open := t.state.Ask; open != nil && len(open.Buf) > 0 {
		g.Text = strings.Join(open.Buf, "\n")
		g.Value = textValue(g.Text)
	}
	return g
}

// asksFor reports whether the open question has a message that is answered in this way.
func (t *reader) asksFor(answer string) bool {
	if answer == "" {
		return false
	}
	say := t.bot.State(t.state.Ask.State).Say
	return slices.ContainsFunc(say, func(m *definition.Message) bool { return m.AnsweredBy() == answer })
}

func acceptText(a *definition.Ask, in input) (given, bool) {
	if in.typed == "" {
		return given{}, false
	}
	return textAnswer(a, in.typed), true
}

func textAnswer(a *definition.Ask, text string) given {
	return given{Answer: expr.Answer{Value: textValue(text), Text: text}, exit: a.Free(), text: true}
}

// acceptAny accepts everything that a person can send and a bot can read.
func acceptAny(a *definition.Ask, in input) (given, bool) {
	if in.kind == whatsapp.TypeUnsupported || in.kind == whatsapp.TypeText && in.typed == "" {
		return given{}, false
	}
	if in.typed != "" {
		return textAnswer(a, in.typed), true
	}
	g := given{Answer: structuredAnswer(in), exit: a.Free()}
	if g.Text == "" {
		g.Text = in.title
	}
	g.ID, g.Title = in.id, in.title
	g.Value = textValue(g.Text)
	return g, true
}

func acceptMedia(a *definition.Ask, in input) (given, bool) {
	if in.kind != a.As {
		return given{}, false
	}
	g := given{Answer: structuredAnswer(in), exit: a.Free()}
	g.Value = textValue(g.MediaID)
	return g, true
}

func acceptStructured(a *definition.Ask, in input) (given, bool) {
	if in.answer != a.As {
		return given{}, false
	}
	g := given{Answer: structuredAnswer(in), exit: a.Free()}
	switch a.As {
	case definition.AsForm:
		if g.Value = g.Form; g.Value == nil {
			return given{}, false // a form that cannot be read was not filled in
		}
	case definition.AsLocation:
		g.Value = locationValue(in.message.Location)
	default:
		g.Value = contactsValue(in.message.Contacts)
	}
	return g, g.Value != nil
}

// structuredAnswer is the answer by a medium, a location or a form.
func structuredAnswer(in input) expr.Answer {
	m := in.message
	a := expr.Answer{Form: formOf(m)}
	if media := m.Media(); media != nil {
		a.MediaID, a.Text = media.ID, fold.First(media.Caption, fold.MaxRunes)
	}
	if m.Type == whatsapp.TypeLocation && m.Location != nil {
		a.Latitude, a.Longitude = float64(m.Location.Latitude), float64(m.Location.Longitude)
		a.Text = m.Location.Name
	}
	return a
}

func locationValue(l *whatsapp.Location) json.RawMessage {
	if l == nil {
		return nil
	}
	return toJSON(struct {
		Latitude  float64 `json:"latitude"`
		Longitude float64 `json:"longitude"`
		Name      string  `json:"name"`
		Address   string  `json:"address"`
	}{float64(l.Latitude), float64(l.Longitude), l.Name, l.Address})
}

// maxContacts bounds what is kept of a message with contacts.
const maxContacts = 10

func contactsValue(cards []whatsapp.ContactCard) json.RawMessage {
	type contact struct {
		Name  string `json:"name"`
		Phone string `json:"phone"`
		WaID  string `json:"wa_id"`
	}
	all := []contact{}
	for _, c := range cards[:min(len(cards), maxContacts)] {
		one := contact{Name: c.Name.FormattedName}
		if len(c.Phones) > 0 {
			one.Phone, one.WaID = c.Phones[0].Phone, c.Phones[0].WaID
		}
		all = append(all, one)
	}
	if len(all) == 0 {
		return nil
	}
	return toJSON(all)
}

// acceptTyped reads what was typed as a number, a date, an identity number and so on.
func (t *reader) acceptTyped(a *definition.Ask, in input) (given, bool) {
	written := t.writtenAt(in.message)
	if t.bot.Zone != nil {
		written = written.In(t.bot.Zone)
	}
	value, refusal := answer.Parse(answer.Kind(a.As), in.typed, answer.Context{
		Now: written, Language: t.language(), Contact: t.state.Contact.WaID, Before: t.state.Ask.Hour,
	})
	switch refusal {
	case "":
	case answer.HalfUnknown:
		return given{hour: in.typed}, false
	default:
		return given{}, false
	}
	g := textAnswer(a, in.typed)
	g.Value, g.text = toJSON(value), false
	return g, true
}

func textValue(text string) json.RawMessage { return toJSON(text) }

// toJSON writes a value whose type can always be written.
func toJSON(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return raw
}

// findRejection returns the rule of the question that refuses an answer; nil when none does.
func (t *reader) findRejection(a *definition.Ask, g given) (*definition.Rejection, error) {
	if len(a.Reject) == 0 {
		return nil, nil
	}
	t.values().Answer = g.Answer
	for i := range a.Reject {
		if no, err := a.Reject[i].When.Bool(t.values()); err != nil || no {
			return &a.Reject[i], err
		}
	}
	return nil, nil
}
