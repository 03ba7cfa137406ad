package diff

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/bot/hours"
	"github.com/chattigo/api-isv/bot/tree"
)

// reader brings a definition into the form in which definitions are compared.
type reader struct {
	shared *yaml.Node // messages that are said by their names
}

// readers are how the keys of an object are read; all others are read as they stand.
type readers map[string]func(*yaml.Node) *value

func (r *reader) bot(n *yaml.Node) *value {
	b := r.object(n, readers{
		"states":   r.named(r.state),
		"triggers": r.listOf(inOrder, r.trigger),
		"optout":   r.with(readers{"words": folded, "optin": folded, "say": r.messages}),
		"hours":    r.named(r.schedule),
		"strings":  r.named(r.named(said)),
		"defaults": r.with(readers{
			"retry": r.retry, "idle": r.idle,
			"stale": r.with(readers{"say": r.messages}), "close": r.with(readers{"say": r.messages}),
		}),
		"limits": r.with(readers{"lifetime": duration}),
	})
	return byDefault(b, "reply_ids", "tagged")
}

func (r *reader) state(n *yaml.Node) *value {
	s := r.object(n, readers{
		"call": r.with(readers{"http": r.with(readers{"timeout": duration})}),
		"say":  r.messages, "ask": r.ask, "goto": r.target,
		"handoff": r.with(readers{"timeout": duration}),
		"close":   func(n *yaml.Node) *value { return byDefault(r.object(n, nil), "notice", "true") },
	})
	s.drop("about") // for authors
	return s
}

func (r *reader) ask(n *yaml.Node) *value {
	a := r.object(n, readers{
		"to": r.target, "retry": r.retry, "idle": r.idle, "collect": duration, "choices": r.named(r.choice),
		"reject": r.listOf(inOrder, r.with(readers{"say": r.messages})),
	})
	return byDefault(a, "as", "choice")
}

// choice reads a state, or an object; one that says nothing but the state is the state.
func (r *reader) choice(n *yaml.Node) *value {
	if n.Kind != yaml.MappingNode {
		return scalar(n)
	}
	c := byDefault(r.object(n, readers{"words": folded}), "old", "false")
	if to := c.field("to"); to != nil && len(c.fields) == 1 {
		return to
	}
	return c
}

func (r *reader) retry(n *yaml.Node) *value {
	return byDefault(r.object(n, readers{"say": r.messages}), "repeat", "true")
}

func (r *reader) idle(n *yaml.Node) *value {
	return r.listOf(inOrder, r.with(readers{"after": duration, "say": r.messages}))(n)
}

// target reads a state, or branches; one branch is the state to which it leads.
func (r *reader) target(n *yaml.Node) *value {
	if n.Kind == yaml.SequenceNode && len(n.Content) == 1 && tree.Child(n.Content[0], "if") == nil {
		if to := tree.Child(n.Content[0], "to"); to != nil {
			return scalar(to)
		}
	}
	return r.any(n)
}

func (r *reader) trigger(n *yaml.Node) *value {
	set := func(n *yaml.Node) *value { v := r.any(n); v.order = noOrder; return v }
	t := r.object(n, readers{"text": r.with(readers{"any": folded, "words": folded}), "choice": set, "type": set})
	return byDefault(byDefault(t, "interrupt", "false"), "resume", "false")
}

// schedule reads opening hours day by day.
func (r *reader) schedule(n *yaml.Node) *value {
	return r.object(n, readers{
		"weekly": func(n *yaml.Node) *value {
			week := &value{kind: anObject, line: n.Line}
			for i := 0; i+1 < len(n.Content); i += 2 {
				days, err := hours.ParseDays(n.Content[i].Value)
				if err != nil {
					continue // not reached: the definition was loaded
				}
				for _, day := range days {
					spans := r.any(n.Content[i+1])
					spans.order = noOrder
					week.set(strings.ToLower(day.String()), spans)
				}
			}
			return week
		},
		"closed": func(n *yaml.Node) *value { v := r.any(n); v.order = noOrder; return v },
	})
}

// messages reads what is said. A text is the body that is sent for it, and a shared message is that
// message.
func (r *reader) messages(n *yaml.Node) *value { return r.listOf(inOrder, r.message)(n) }

func (r *reader) message(n *yaml.Node) *value {
	if tree.IsText(n) {
		body := said(n)
		text, m := &value{kind: anObject, line: n.Line}, &value{kind: anObject, line: n.Line}
		text.set("body", body)
		m.set("text", text)
		return m
	}
	if name := tree.Child(n, "use"); name != nil {
		return r.use(n, tree.Child(r.shared, name.Value))
	}
	m := r.any(n)
	m.drop("type")
	byDefault(m, "recipient_type", "individual")
	byDefault(m.field("text"), "preview_url", "false")
	markWords(m)
	return m
}

// use reads a message that is said by its name. Both may have a condition, and one of them a list.
func (r *reader) use(n, shared *yaml.Node) *value {
	if shared == nil {
		return r.any(n) // not reached: the definition was loaded
	}
	m := r.message(shared)
	m.line = n.Line
	if condition := tree.Child(n, "if"); condition != nil {
		own := scalar(condition)
		if first := m.field("if"); first != nil {
			own.text = "(" + first.text + ") && (" + own.text + ")"
			own.raw = quote(own.text)
		}
		m.set("if", own)
	}
	if list := tree.Child(n, "each"); list != nil {
		m.set("each", scalar(list))
	}
	return m
}

// markWords marks the texts of a message that the contact reads. Its buttons and rows are told apart
// by their ids.
func markWords(v *value) {
	for key, part := range v.fields {
		part.words = part.words || part.kind == aScalar && slices.Contains([]string{"body", "text", "caption", "title", "description", "display_text"}, key)
		if part.kind == aList && slices.Contains([]string{"buttons", "rows", "sections"}, key) {
			part.order = byID
		}
		markWords(part)
	}
	for _, item := range v.items {
		markWords(item)
	}
}

// any reads a part as it stands.
func (r *reader) any(n *yaml.Node) *value {
	switch n.Kind {
	case yaml.MappingNode:
		return r.object(n, nil)
	case yaml.SequenceNode:
		return r.listOf(inOrder, r.any)(n)
	}
	return scalar(n)
}

func (r *reader) object(n *yaml.Node, known readers) *value {
	if n == nil || n.Kind != yaml.MappingNode {
		return &value{kind: anObject}
	}
	v := &value{kind: anObject, line: n.Line}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, part := n.Content[i], n.Content[i+1]
		read := known[key.Value]
		if read == nil {
			read = r.any
		}
		field := read(part)
		field.line = key.Line
		v.set(key.Value, field)
	}
	return v
}

func (r *reader) with(known readers) func(*yaml.Node) *value {
	return func(n *yaml.Node) *value { return r.object(n, known) }
}

// named reads an object with free keys, all of whose values are read alike.
func (r *reader) named(read func(*yaml.Node) *value) func(*yaml.Node) *value {
	return func(n *yaml.Node) *value {
		known := readers{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			known[n.Content[i].Value] = read
		}
		return r.object(n, known)
	}
}

func (r *reader) listOf(o order, read func(*yaml.Node) *value) func(*yaml.Node) *value {
	return func(n *yaml.Node) *value {
		if n.Kind != yaml.SequenceNode {
			return r.any(n)
		}
		v := &value{kind: aList, line: n.Line, order: o}
		for _, item := range n.Content {
			v.items = append(v.items, read(item))
		}
		return v
	}
}

// scalar reads a text, a number or a truth value; numbers have one spelling.
func scalar(n *yaml.Node) *value {
	v := &value{line: n.Line, text: n.Value, raw: string(tree.JSON(n))}
	var number json.Number
	if n.Tag == "!!int" || n.Tag == "!!float" {
		number = json.Number(v.raw)
	}
	if f, err := number.Float64(); err == nil && math.Abs(f) < 1<<53 {
		v.raw = strconv.FormatFloat(f, 'g', -1, 64)
	}
	return v
}

// said reads a text that the contact reads.
func said(n *yaml.Node) *value {
	v := scalar(n)
	v.words = true
	return v
}

// duration reads a time; 60s and 1m are the same.
func duration(n *yaml.Node) *value {
	v := scalar(n)
	if d, ok := tree.ParseDuration(n.Value); ok {
		v.raw = strconv.Itoa(int(d / time.Second))
	}
	return v
}

// folded reads texts that are compared folded, in any order.
func folded(n *yaml.Node) *value {
	v := &value{kind: aList, line: n.Line, order: noOrder}
	for _, item := range n.Content {
		text := scalar(item)
		text.raw = quote(fold.Text(item.Value))
		v.items = append(v.items, text)
	}
	return v
}

// byDefault drops what says what holds anyway.
func byDefault(v *value, key, otherwise string) *value {
	if part := v.field(key); part != nil && strings.EqualFold(part.text, otherwise) {
		v.drop(key)
	}
	return v
}
