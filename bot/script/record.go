package script

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/chattigo/api-isv/bot"
	"github.com/chattigo/api-isv/bot/tree"
	"github.com/chattigo/api-isv/whatsapp"
)

// Record writes entries as a test file with one case, which passes when it is played. The HTTP
// calls of the bot become mocks with the answers that they got. Record returns nil if no entry
// makes a step. What led to a call that got no answer is left out, and all behind it: it could not be
// played.
func Record(botPath, name string, setup Setup, entries []Entry) []byte {
	entries = answered(entries)
	r := &recorder{entries: entries, names: map[int]string{}}
	r.nameTapped()
	r.linef("bot: %s", scalar(botPath))
	r.linef("now: %s", setup.Now.Format(time.RFC3339))
	r.linef("contact: %s", contactFlow(setup.Contact))
	if !setup.LoopGuard {
		r.linef("loop_guard: false")
	}
	if setup.OptedOut {
		r.linef("opted_out: true")
	}
	r.vars("vars", setup.Vars)
	r.vars("kept", setup.Kept)
	r.mocks()
	r.linef("\ncases:\n  - name: %s\n    steps:", scalar(name))
	noSteps := r.out.Len()
	for i := range entries {
		r.entry(i)
	}
	if r.out.Len() == noSteps {
		return nil
	}
	return r.out.Bytes()
}

// answered are the entries before the one that led to a call without an answer.
func answered(entries []Entry) []Entry {
	for i := range entries {
		if entries[i].Kind != EntryCall || len(entries[i].Answers) > 0 {
			continue
		}
		for i > 0 && !entries[i].acts() {
			i--
		}
		return entries[:i]
	}
	return entries
}

// acts reports whether an entry is something that happens to the bot by a step of its own.
func (e *Entry) acts() bool {
	return e.Kind == EntryUser || e.Kind == EntryWait || e.Kind == EntryPerson || e.Kind == EntryControl
}

type recorder struct {
	out     bytes.Buffer
	entries []Entry
	// names are the names ("as") of the bot messages that need one, by their index in entries.
	names map[int]string
}

func (r *recorder) linef(format string, args ...any) { fmt.Fprintf(&r.out, format+"\n", args...) }

func (r *recorder) step(kind StepKind, value string) { r.linef("      - %s: %s", kind, value) }

// contactFlow writes the fields of the contact that are set.
func contactFlow(c bot.Contact) string {
	var fields []string
	for _, f := range []struct{ key, value string }{{"wa_id", c.WaID}, {"user_id", c.UserID}, {"name", c.Name}} {
		if f.value != "" {
			fields = append(fields, f.key+": "+scalar(f.value))
		}
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

func (r *recorder) vars(key string, vars map[string]json.RawMessage) {
	if len(vars) == 0 {
		return
	}
	r.linef("%s:", key)
	for _, name := range sortedKeys(vars) {
		r.linef("  %s: %s", scalar(name), flow(vars[name]))
	}
}

// mocks writes one mock for each method and URL that the bot called, with its answers in order.
func (r *recorder) mocks() {
	answers := map[string][]Answer{}
	var order []string
	for _, e := range r.entries {
		if e.Kind != EntryCall {
			continue
		}
		target := e.Call.Method + " " + e.Call.URL
		if answers[target] == nil {
			order = append(order, target)
		}
		answers[target] = append(answers[target], e.Answers...)
	}
	if len(order) > 0 {
		r.linef("http:")
	}
	for _, target := range order {
		r.linef("  - match: %s\n    answers:", scalar(target))
		for _, a := range answers[target] {
			r.linef("      - %s", a.flow())
		}
	}
}

func (a Answer) flow() string {
	if a.Error != "" {
		return "{error: " + a.Error + "}"
	}
	text := fmt.Sprintf("{status: %d", a.Status)
	switch {
	case a.Body == "":
	case isCompact(a.Body) && isPlain(a.Body):
		text += ", json: " + flow(json.RawMessage(a.Body))
	default:
		text += ", text: " + quoted(a.Body)
	}
	return text + "}"
}

// isCompact reports whether a text is JSON without white space: the loader writes it so again.
func isCompact(text string) bool {
	var out bytes.Buffer
	return json.Compact(&out, []byte(text)) == nil && out.String() == text
}

// isPlain reports whether the loader takes JSON for what it is, where a mock's answer stands: it refuses
// keys that come twice, and lists in lists in lists.
func isPlain(text string) bool {
	const deep = 8 // how deep in the file the answer stands
	root, _ := tree.Parse(object{{"v", json.RawMessage(text)}}.JSON(), tree.Kind{Name: "value", Bytes: maxSource, Depth: maxDepth - deep})
	return root != nil && string(tree.JSON(tree.Child(root, "v"))) == text
}

// flow writes JSON as YAML on one line.
func flow(raw json.RawMessage) string {
	wrapped := object{{"v", raw}}.JSON() // tree.Parse accepts objects only
	root, _ := tree.Parse(wrapped, tree.Kind{Name: "value", Bytes: maxSource, Depth: maxDepth})
	if root == nil {
		return string(raw)
	}
	var b strings.Builder
	writeFlow(&b, tree.Child(root, "v"))
	return b.String()
}

// entry writes the step for entry i, if there is one.
func (r *recorder) entry(i int) {
	e := &r.entries[i]
	switch e.Kind {
	case EntryUser:
		r.user(i)
	case EntryBot:
		r.said(i)
	case EntryPerson:
		r.step(StepEcho, scalar(e.Text))
	case EntryWait:
		r.step(StepWait, FormatDuration(e.Wait))
	case EntryControl:
		if e.Control == bot.ControlResume {
			r.step(StepResume, "true")
			return
		}
		r.step(StepClose, scalar(e.Text))
	case EntryCall:
		r.step(StepCall, scalar(e.Call.Method+" "+e.Call.URL))
		if len(e.Call.Body) > 0 {
			r.linef("        json: %s", flow(e.Call.Body))
		}
	case EntryHandoff:
		r.step(StepHandoff, fmt.Sprintf("{to: %s, note: %s}", literal(e.Handoff.To), literal(e.Handoff.Note)))
	case EntryTrace:
		if e.Failed {
			r.step(StepError, literal(e.failure()))
		}
	case EntryClosed:
		r.step(StepClosed, fmt.Sprintf("{reason: %s, notice: %t}", literal(e.Close.Reason), e.Close.Notice))
	}
}

// literal writes a text that has to match as it stands, also if it looks like a regular expression.
func literal(text string) string {
	if w, err := parseWords(text); err != nil || w.re != nil {
		text = "/^" + regexp.QuoteMeta(text) + "$/"
	}
	return scalar(text)
}

// said writes the step that expects message i of the bot.
func (r *recorder) said(i int) {
	e := &r.entries[i]
	var fields []string
	add := func(key, value string) { fields = append(fields, key+": "+value) }
	if e.State != "" {
		add("state", scalar(e.State))
	}
	text, choices := Visible(e.Body), Choices(e.Body)
	if text != "" {
		add("text", literal(text))
	}
	if len(choices) > 0 {
		ids := plainIDs(choices)
		for i := range ids {
			ids[i] = scalar(ids[i])
		}
		add("choices", "["+strings.Join(ids, ", ")+"]")
	}
	if text == "" {
		add("type", scalar(typeOf(e.Body)))
	}
	if name := r.names[i]; name != "" {
		add("as", name)
	}
	r.step(StepBot, "{"+strings.Join(fields, ", ")+"}")
}

// user writes message i of the contact in the shortest form that gives the same message.
func (r *recorder) user(i int) {
	raw := r.entries[i].Body
	m := whatsapp.DecodeMessage(raw)
	if id, _, ok := m.ReplyID(); ok {
		if from := r.tapped(i, id); from >= 0 {
			value := scalar(PlainID(id))
			if name := r.names[from]; name != "" {
				value = fmt.Sprintf("{id: %s, from: %s}", value, name)
			}
			r.step(StepTap, value)
			return
		}
	}
	bare := unstamped(raw, r.entries[i].At)
	if bytes.Equal(bare, NewText(m.TypedText())) {
		r.step(StepUser, scalar(m.TypedText()))
		return
	}
	r.step(StepUser, shortest(bare))
}

// shortest is a message as a step `user` has it: without its type if the loader finds the type by
// the payload, else raw.
func shortest(bare json.RawMessage) string {
	var typed struct{ Type string }
	_ = json.Unmarshal(bare, &typed) // an unreadable message is written raw
	short := without(bare, "type")
	if again, err := ParseMessage(short); err == nil && typed.Type != "" && same(again, bare) {
		return flow(short)
	}
	return "{raw: " + flow(bare) + "}"
}

// same reports whether two texts are the same JSON, in any order of keys.
func same(a, b json.RawMessage) bool { return bytes.Equal(encode(decode(a)), encode(decode(b))) }

// newest is the index of the newest message before an entry with a choice that fits; -1 if there is
// none, as for a button of a template that another system sent.
func (r *recorder) newest(before int, fits func(Choice) bool) int {
	for i := before - 1; i >= 0; i-- {
		if r.entries[i].Kind == EntryBot && slices.ContainsFunc(Choices(r.entries[i].Body), fits) {
			return i
		}
	}
	return -1
}

// tapped is the index of the message with this very id, tag included.
func (r *recorder) tapped(before int, sent string) int {
	return r.newest(before, func(c Choice) bool { return c.Sent == sent })
}

// nameTapped names the messages that are tapped although a newer one has a choice with the same id
// but for the tag: a tap goes to the newest one unless it names its message.
func (r *recorder) nameTapped() {
	for i := range r.entries {
		if r.entries[i].Kind != EntryUser {
			continue
		}
		m := whatsapp.DecodeMessage(r.entries[i].Body)
		id, _, ok := m.ReplyID()
		if !ok {
			continue
		}
		from := r.tapped(i, id)
		if from >= 0 && from != r.newest(i, func(c Choice) bool { return c.ID == PlainID(id) }) && r.names[from] == "" {
			r.names[from] = fmt.Sprintf("m%d", len(r.names)+1)
		}
	}
}

// unstamped removes what Stamp added. A timestamp of the message's own stays: it says when the person
// wrote, and words such as "tomorrow" depend on it.
func unstamped(raw json.RawMessage, stamped time.Time) json.RawMessage {
	bare := without(raw, "from", "from_user_id", "id")
	if whatsapp.DecodeMessage(raw).Timestamp.Unix() == stamped.Unix() {
		return without(bare, "timestamp")
	}
	return bare
}

// without is an object without some of its keys.
func without(raw json.RawMessage, keys ...string) json.RawMessage {
	root, _ := tree.Parse(raw, tree.Kind{Name: "message", Bytes: maxSource, Depth: maxDepth})
	if root == nil {
		return raw
	}
	rest := object{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if key := root.Content[i].Value; !slices.Contains(keys, key) {
			rest.set(key, tree.JSON(root.Content[i+1]))
		}
	}
	return rest.JSON()
}
