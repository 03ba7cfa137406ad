package bot

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// conditionsHold reports whether the conditions of a message hold.
func (t *speaker) conditionsHold(m *definition.Message) (bool, error) {
	for _, x := range m.When {
		if ok, err := x.Bool(t.values()); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// rendered is the body of a message, and its choices before their titles were cut and made distinct.
type rendered struct {
	body outbound.Message
	full []outbound.Choice
}

// render makes the body of a message; its reply ids have no tag yet. said are the options of the
// messages that were said before it.
func (t *speaker) render(m *definition.Message, said []Option) (rendered, error) {
	switch {
	case m.Builtin != nil:
		return rendered{body: outbound.NewText("", m.Builtin(t.sentences()))}, nil
	case m.Segments == nil:
		return rendered{body: m.Body}, nil
	}
	body, err := fillBody(m, t.values())
	if err != nil {
		return rendered{}, err
	}
	full := t.fitBody(m, &body)
	return rendered{t.distinct(body, full, said), full}, nil
}

// fillBody makes a body of a message's segments and the values of its expressions.
func fillBody(m *definition.Message, v *expr.Values) (outbound.Message, error) {
	edited := emptyBlankTexts
	if m.Body.Template != nil {
		edited = keepValue // what is empty there is an error
	}
	raw, err := fill(m.Segments, v, edited)
	if err != nil {
		return outbound.Message{}, err
	}
	if len(raw) > definition.MaxBody {
		return outbound.Message{}, errBody
	}
	body, problems := outbound.ParseFilled(raw)
	if len(problems) > 0 {
		return outbound.Message{}, &outbound.Invalid{Problems: problems}
	}
	return definition.WithRecipientType(body), nil
}

// fitBody changes texts of a filled body so that WhatsApp accepts them: placeholders where data left
// nothing to see, template parameters on one line, and everything within its limits. It returns the
// choices with their titles as they were before they were cut.
func (t *speaker) fitBody(m *definition.Message, body *outbound.Message) (full []outbound.Choice) {
	problems := problemsOf(*body)
	if addPlaceholders(body, problems) {
		t.trace("nothing to see: a text filled with a placeholder")
		problems = problemsOf(*body)
	}
	fitted := false
	if body.Template != nil {
		if flattenParameters(body.Template) {
			t.trace("template parameter put on one line")
			problems = problemsOf(*body)
		}
		if fitted = fitTemplate(m, body.Template, problems); fitted {
			problems = problemsOf(*body)
		}
	}
	full = definition.ChoicesOf(*body)
	if shorten(m, body, problems) || fitted {
		t.trace("text cut to WhatsApp's limit")
	}
	return full
}

// problemsOf lists the rules that a body without recipient breaks.
func problemsOf(body outbound.Message) []outbound.Problem {
	return outbound.Validate(definition.SampleBody(body))
}

// distinct makes titles distinct that data or a cut has made the same. Where they are numbered,
// it is with the numbers that can be typed.
func (t *speaker) distinct(body outbound.Message, full []outbound.Choice, said []Option) outbound.Message {
	choices := body.Choices()
	distinct := body.DistinctTitles(full, func(i int) int {
		before := len(said)
		if open := t.state.Ask; open != nil {
			known := slices.IndexFunc(open.Options, func(o Option) bool { return o.ID == choices[i].ID })
			if known >= 0 {
				return known + 1
			}
			before += len(open.Options)
		}
		return before + i + 1
	})
	if !slices.Equal(choices, distinct.Choices()) {
		t.trace("titles made distinct")
	}
	return distinct
}

// fill puts the values of expressions between the raw bytes, each as edited returns it.
func fill(segments []definition.Segment, v *expr.Values, edited func(key string, value json.RawMessage) (json.RawMessage, error)) (json.RawMessage, error) {
	var buf bytes.Buffer
	for _, s := range segments {
		if s.Value == nil {
			buf.Write(s.Raw)
			continue
		}
		value, err := s.JSON(v)
		if err != nil {
			return nil, err
		}
		if value, err = edited(s.Key, value); err != nil {
			return nil, err
		}
		buf.Write(value)
	}
	return buf.Bytes(), nil
}

// shorten cuts the texts that people read to WhatsApp's limits, however it counts, and reports whether
// it cut any. Ids and links are never cut: they would mean something else. What an author wrote
// out is above a limit only in UTF-16 units, of which the author was warned, and is left.
func shorten(m *definition.Message, body *outbound.Message, problems []outbound.Problem) (cut bool) {
	for _, p := range problems {
		tooLong := p.Rule == outbound.RuleMaxChars && !p.Warning || p.Rule == outbound.RuleMaxUnits && m.Guessed(p.Path)
		if tooLong && readByPeople(p.Path) {
			body.EditText(p.Path, func(text string) string { return outbound.Cut(text, p.Limit) })
			cut = true
		}
	}
	return cut
}

// readByPeople reports whether the text at a path is shown to the contact.
func readByPeople(path string) bool {
	switch path[strings.LastIndexByte(path, '.')+1:] {
	case "title", "description", "text", "body", "caption", "button", "display_text", "flow_cta", "name", "address",
		"formatted_name", "first_name":
		return true
	}
	return false
}
