package bot

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/definition"
	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/hours"
	"github.com/chattigo/api-isv/whatsapp"
)

// maxVarsSize bounds the variables of a conversation, in bytes as its state is written: with
// the options of a question and what is collected they have to fit into 64 KiB.
const maxVarsSize = 24 << 10

// values returns what expressions see in this step, made for the first one.
func (t *core) values() *expr.Values {
	if t.seen == nil {
		t.seen = &expr.Values{
			Vars:    t.state.Vars,
			Contact: t.contactForExpr(),
			Input:   t.input,
			Answer:  t.answer,
			Conv:    expr.Conv{ID: t.state.Conversation, Started: t.state.Started, Turns: t.state.Turns},
			Now:     t.now,
			Bot:     expr.BotInfo{Name: t.bot.Name, Version: t.bot.Hash[:min(8, len(t.bot.Hash))], Env: t.state.Env},
			Zone:    t.bot.Zone,
			Strings: t.lookUpString,
			Hours:   func(name string) *hours.Schedule { return t.bot.Hours[name] },
			Missing: t.traceMissing,
		}
		t.seen.Language = t.language()
	}
	return t.seen
}

// maxMissing bounds how many missing keys are traced in one event.
const maxMissing = 20

// traceMissing traces that a text has nothing where data lack what it asks for.
func (t *core) traceMissing(err error) {
	if t.missing++; t.missing <= maxMissing {
		t.trace("left empty: " + err.Error())
	}
}

// setAnswer lets expressions see an answer, from the first one on.
func (t *core) setAnswer(a expr.Answer) {
	t.answer = a
	if t.seen != nil {
		t.seen.Answer = a
	}
}

func (t *core) contactForExpr() expr.Contact {
	c := t.state.Contact
	name := c.Name
	if whatsapp.Blank(name) {
		name = "" // so that "Hola, ${contact.name}" can be told from a greeting without a name
	}
	return expr.Contact{Key: whatsapp.Identity{WaID: c.WaID, UserID: c.UserID}.Key(), WaID: c.WaID, UserID: c.UserID, Name: name}
}

// language is the conversation's: what the variable `lang` says, if the definition has one and
// speaks that language, else the definition's first.
func (t *core) language() string {
	var chosen string
	if t.bot.Vars["lang"] == expr.String {
		_ = json.Unmarshal(t.state.Vars["lang"], &chosen) // unset is none
	}
	if slices.Contains(t.bot.Languages, chosen) {
		return chosen
	}
	return t.bot.FirstLanguage()
}

func (t *core) lookUpString(key string) (string, bool) {
	text, ok := t.bot.Strings[key][t.language()]
	return text, ok
}

// assign gives variables new values; all expressions see the old ones.
func (t *core) assign(all []definition.Assignment) error {
	if len(all) == 0 {
		return nil
	}
	fresh := make(map[string]json.RawMessage, len(t.state.Vars)+len(all))
	maps.Copy(fresh, t.state.Vars)
	for _, a := range all {
		value, err := a.Value.AssignAtMost(t.values(), a.Kind, a.Most)
		if err != nil {
			return fmt.Errorf("%s: %w", a.Name, err)
		}
		if value == nil {
			delete(fresh, a.Name)
			continue
		}
		fresh[a.Name] = value
	}
	switch {
	case varsSize(fresh)+t.framesSize() > maxVarsSize:
		return errVars
	case len(t.bot.Kept) > 0 && varsSize(KeptOf(t.bot, fresh)) > definition.MaxKept:
		return errKept
	}
	t.replaceVars(fresh)
	return nil
}

// varsSize is what variables take in a written state, in bytes.
func varsSize(vars map[string]json.RawMessage) (size int) {
	for name, value := range vars {
		size += len(name) + 4 + definition.WrittenSize(value)
	}
	return size
}

// replaceVars lets expressions see other variables from now on.
func (t *core) replaceVars(vars map[string]json.RawMessage) {
	t.state.Vars = vars
	v := t.values()
	v.Vars = vars
	v.Language = t.language()
}

// pickBranch returns the first branch whose condition holds, and its number from 1; 0 when there is only
// one.
func (t *core) pickBranch(to definition.Target) (definition.Ref, int, error) {
	for i, b := range to {
		if b.When != nil {
			ok, err := b.When.Bool(t.values())
			if err != nil {
				return definition.Ref{}, 0, err
			}
			if !ok {
				continue
			}
		}
		if len(to) == 1 {
			return b.To, 0, nil
		}
		return b.To, i + 1, nil
	}
	return definition.Ref{}, 0, errBranches // the loader sees to it that the last has no condition
}

// inputOf returns a message as expressions see it.
func inputOf(m *whatsapp.Message, in input) expr.Input {
	v := expr.Input{Type: in.kind, Text: in.typed, ID: in.id, Title: in.title}
	if v.Text == "" {
		v.Text = in.title
	}
	if media := m.Media(); media != nil {
		v.MediaID, v.Caption = media.ID, media.Caption
	}
	if m.Type == whatsapp.TypeLocation && m.Location != nil {
		v.Latitude, v.Longitude = float64(m.Location.Latitude), float64(m.Location.Longitude)
		v.Name = m.Location.Name
	}
	v.Form = formOf(m)
	if m.Referral != nil {
		v.Referral, _ = json.Marshal(m.Referral) // texts can always be written
	}
	return v
}

// maxForm bounds what is read of a form's answer, in bytes.
const maxForm = 16 << 10

// formOf returns the answers of a form; nil unless they are a JSON object of an acceptable size.
func formOf(m *whatsapp.Message) json.RawMessage {
	if m.Type != whatsapp.TypeInteractive || m.Interactive == nil || m.Interactive.NFMReply == nil {
		return nil
	}
	raw := json.RawMessage(trimByteOrderMark(m.Interactive.NFMReply.ResponseJSON))
	var object map[string]json.RawMessage
	if len(raw) > maxForm || json.Unmarshal(raw, &object) != nil {
		return nil
	}
	return raw
}

// trimByteOrderMark removes the byte order mark that some programs put in front of a text: it says how
// the text is encoded, and is no part of it.
func trimByteOrderMark(text string) string { return strings.TrimPrefix(text, "\ufeff") }
