package bot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// said says whether the conditions of a message hold.
func (t *speaker) said(m *definition.Message) (bool, error) {
	for _, x := range m.When {
		if ok, err := x.Bool(t.values()); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// rendered is the body of a message, and the same before its texts were cut and its titles made
// distinct.
type rendered struct {
	body, full outbound.Message
}

// render makes the body of a message: its ids without tags, its texts within WhatsApp's limits
// where an expression made them longer, those of a template's parameters on one line. said are
// the options that were said before it.
func (t *speaker) render(m *definition.Message, said []Option) (rendered, error) {
	switch {
	case m.Builtin != nil:
		body := outbound.NewText("", m.Builtin(t.words()))
		return rendered{body, body}, nil
	case m.Segments == nil:
		return rendered{m.Body, m.Body}, nil
	}
	seen := withoutUnseen
	if m.Body.Template != nil {
		seen = asItIs // what is empty there is an error
	}
	raw, err := fill(m.Segments, t.values(), seen)
	if err != nil {
		return rendered{}, err
	}
	if len(raw) > definition.MaxBody {
		return rendered{}, errBody
	}
	full, err := parseRendered(raw)
	if err != nil {
		return rendered{}, err
	}
	full = definition.WithRecipientType(full)
	filled, err := withPlaceholders(full)
	if err != nil {
		return rendered{}, err
	}
	if filled != nil {
		t.trace("nothing to see: a text filled with a placeholder")
		full = *filled
	}
	if full.Template != nil && flatten(full.Template) {
		t.trace("template parameter put on one line")
	}
	fitted := full.Template != nil && fit(m, full)
	body := full
	cut, err := shorten(m, full)
	if err != nil {
		return rendered{}, err
	}
	if cut != nil {
		body = *cut
	}
	if fitted || cut != nil {
		t.trace("text cut to WhatsApp's limit")
	}
	return rendered{t.distinct(body, full, said), full}, nil
}

// distinct makes titles distinct that data or a cut has made the same. Where they are numbered,
// it is with the numbers that can be typed.
func (t *speaker) distinct(body, full outbound.Message, said []Option) outbound.Message {
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

// fill puts the values of expressions between the raw bytes, each as edited.
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

// parseRendered reads a rendered body. A number where WhatsApp wants a text becomes one: what
// a call answered is often a number where people see a name.
func parseRendered(raw json.RawMessage) (outbound.Message, error) {
	body, problems := outbound.Parse(raw)
	if len(problems) == 0 {
		return body, nil
	}
	tree, err := decodeTree(raw)
	if err != nil {
		return outbound.Message{}, err
	}
	for _, p := range problems {
		if p.Rule == outbound.RuleType && p.Want == "a text" {
			change(tree, p.Path, printed)
		}
	}
	mended, err := json.Marshal(tree)
	if err != nil {
		return outbound.Message{}, err
	}
	body, problems = outbound.Parse(mended)
	if len(problems) > 0 {
		return outbound.Message{}, &outbound.Invalid{Problems: problems}
	}
	return body, nil
}

// shorten cuts the texts that people read to WhatsApp's limits, however it counts; nil when there is
// nothing to cut. Ids and links are never cut: they would mean something else. What an author wrote
// out is above a limit only in UTF-16 units, of which the author was warned, and is left.
func shorten(m *definition.Message, body outbound.Message) (*outbound.Message, error) {
	problems := slices.DeleteFunc(outbound.Validate(definition.SampleBody(body)), func(p outbound.Problem) bool {
		tooLong := p.Rule == outbound.RuleMaxChars && !p.Warning || p.Rule == outbound.RuleMaxUnits && m.Guessed(p.Path)
		return !tooLong || !readByPeople(p.Path)
	})
	return edit(body, problems, func(p outbound.Problem, text string) string { return outbound.Cut(text, p.Limit) })
}

// edit changes the texts of a body that have problems; nil when there are none.
func edit(body outbound.Message, problems []outbound.Problem, f func(outbound.Problem, string) string) (*outbound.Message, error) {
	if len(problems) == 0 {
		return nil, nil
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	tree, err := decodeTree(raw)
	if err != nil {
		return nil, err
	}
	for _, p := range problems {
		change(tree, p.Path, func(v any) any {
			text, _ := v.(string)
			return f(p, text)
		})
	}
	if raw, err = json.Marshal(tree); err != nil {
		return nil, err
	}
	edited, broken := outbound.Parse(raw)
	if len(broken) > 0 {
		return nil, &outbound.Invalid{Problems: broken}
	}
	return &edited, nil
}

func readByPeople(path string) bool {
	switch path[strings.LastIndexByte(path, '.')+1:] {
	case "title", "description", "text", "body", "caption", "button", "display_text", "flow_cta", "name", "address",
		"formatted_name", "first_name":
		return true
	}
	return false
}

func decodeTree(raw json.RawMessage) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, fmt.Errorf("read the rendered message: %w", err)
	}
	return tree, nil
}

func printed(v any) any {
	switch v := v.(type) {
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return v
}

// change replaces what stands at a path such as "interactive.action.buttons[0].reply.title".
func change(tree any, path string, f func(any) any) {
	step, rest, more := strings.Cut(path, ".")
	name, index, isItem := strings.Cut(strings.TrimSuffix(step, "]"), "[")
	object, ok := tree.(map[string]any)
	if !ok {
		return
	}
	if !isItem {
		if !more {
			object[name] = f(object[name])
			return
		}
		change(object[name], rest, f)
		return
	}
	list, _ := object[name].([]any)
	i, err := strconv.Atoi(index)
	switch {
	case err != nil || i < 0 || i >= len(list):
	case more:
		change(list[i], rest, f)
	default:
		list[i] = f(list[i])
	}
}
