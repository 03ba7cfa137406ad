package definition

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/tree"
)

// decoder turns the tree into a definition and collects what is wrong with it.
type decoder struct {
	problems Problems
	// key is the key whose value is being read.
	key *yaml.Node
	// refs are the references to states, checked when all states are known.
	refs []Ref
	// shared are the messages under `messages`, in the order of the text; used those that are said.
	shared []sharedMessage
	used   map[string]bool
	// triggered are the reply ids that triggers take.
	triggered map[string]bool
	// names are what expressions may name, env compiles them; nil when the names could not be
	// read. expressions counts them.
	names       expr.Names
	env         *expr.Env
	expressions int
	// instructions counts those of all regular expressions.
	instructions int
}

// field reads the value of one key.
type field func(n *yaml.Node)

// fields are the keys of an object.
type fields map[string]field

func place(n *yaml.Node) pos { return pos{n.Line, n.Column} }

func (d *decoder) add(at pos, code Code, format string, args ...any) {
	d.problems = append(d.problems, Problem{
		Line: max(1, at.line), Column: max(1, at.column), Code: code, Message: fmt.Sprintf(format, args...),
	})
}

func (d *decoder) warn(at pos, code Code, format string, args ...any) {
	d.add(at, code, format, args...)
	d.problems[len(d.problems)-1].Warning = true
}

// object reads a mapping with known keys; required ones are named by the caller.
func (d *decoder) object(n *yaml.Node, what string, known fields, required ...string) {
	if n.Kind != yaml.MappingNode {
		d.add(place(n), CodeType, "%s must be an object", what)
		return
	}
	seen := make(map[string]bool, len(known))
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		seen[key.Value] = true
		if read := known[key.Value]; read != nil {
			d.key = key
			read(n.Content[i+1])
			continue
		}
		d.add(place(key), CodeUnknownKey, "%s", tree.UnknownKey(what, key, keyList(known)))
	}
	for _, name := range required {
		if !seen[name] {
			d.add(place(n), CodeMissingKey, "%s needs the key %q", what, name)
		}
	}
}

func keyList(known fields) string {
	names := make([]string, 0, len(known))
	for name := range known {
		if !slices.Contains(laterKeys(), name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// entries calls read for each key of a mapping with free keys, in the order of the text.
func (d *decoder) entries(n *yaml.Node, what string, read func(key, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		d.add(place(n), CodeType, "%s must be an object with at least one key", what)
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		read(n.Content[i], n.Content[i+1])
	}
}

// list calls read for each item.
func (d *decoder) list(n *yaml.Node, what string, atMost int, read func(item *yaml.Node)) {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		d.add(place(n), CodeType, "%s must be a list with at least one item", what)
		return
	}
	if len(n.Content) > atMost {
		d.add(place(n.Content[atMost]), CodeTooLarge, "%s may have at most %d items", what, atMost)
		return
	}
	for _, item := range n.Content {
		read(item)
	}
}

func (d *decoder) text(n *yaml.Node, what string) (string, bool) {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!str" && n.Tag != "!!timestamp" {
		hint := ""
		if n.Kind == yaml.ScalarNode {
			hint = "; put it in quotes"
		}
		d.add(place(n), CodeType, "%s must be a text%s", what, hint)
		return "", false
	}
	return n.Value, true
}

// word reads a text of a given form.
func (d *decoder) word(n *yaml.Node, what, form string) string {
	text, ok := d.text(n, what)
	if ok && !regexp.MustCompile(form).MatchString(text) {
		d.add(place(n), CodeValue, "%s must look like %s", what, form)
	}
	return text
}

func (d *decoder) texts(n *yaml.Node, what string, atMost int) []string {
	var all []string
	d.list(n, what, atMost, func(item *yaml.Node) {
		if text, ok := d.text(item, what); ok {
			all = append(all, text)
		}
	})
	return all
}

// oneOf reads a text of a closed set; "" for any other, which is reported.
func (d *decoder) oneOf(n *yaml.Node, what string, allowed ...string) string {
	text, ok := d.text(n, what)
	if !ok {
		return ""
	}
	if !slices.Contains(allowed, text) {
		d.add(place(n), CodeValue, "%s must be one of %s", what, strings.Join(allowed, ", "))
		return ""
	}
	return text
}

func (d *decoder) boolean(n *yaml.Node, what string) bool {
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" {
		d.add(place(n), CodeType, "%s must be true or false", what)
		return false
	}
	return strings.EqualFold(n.Value, "true")
}

func (d *decoder) integer(n *yaml.Node, what string, least, most int) int {
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" || err != nil {
		d.add(place(n), CodeType, "%s must be a whole number", what)
		return least
	}
	if v < least || v > most {
		d.add(place(n), CodeValue, "%s must be from %d to %d", what, least, most)
	}
	return v
}

// duration reads "90s", "5m", "2h" or "1d".
func (d *decoder) duration(n *yaml.Node, what string) time.Duration {
	const most = 365 * 24 * 60 * 60 // seconds; more is a slip, and would overflow
	text, ok := d.text(n, what)
	if !ok {
		return 0
	}
	units := map[byte]int{'s': 1, 'm': 60, 'h': 60 * 60, 'd': 24 * 60 * 60}
	if text != "" && text[0] != '+' {
		unit := units[text[len(text)-1]]
		count, err := strconv.Atoi(text[:len(text)-1])
		if err == nil && unit > 0 && count > 0 && count <= most/unit {
			return time.Duration(count*unit) * time.Second
		}
	}
	d.add(place(n), CodeValue, `%s must be a time such as "90s", "5m", "2h" or "1d"`, what)
	return 0
}

// ref reads the name of a state, to be found when all are known.
func (d *decoder) ref(n *yaml.Node, what string) Ref {
	text, ok := d.text(n, what)
	if !ok {
		return Ref{}
	}
	r := Ref{Name: text, pos: place(n)}
	d.refs = append(d.refs, r)
	return r
}

// laterKeys are those of bot/v1 that are not supported yet, and not recommended therefore.
func laterKeys() []string { return []string{"keep", "llm", "migrate", "rollout"} }

// later refuses a key that bot/v1 has but that is not supported yet.
func (d *decoder) later(what string) field {
	return func(*yaml.Node) { d.unsupported(place(d.key), what) }
}

func (d *decoder) unsupported(at pos, what string) {
	d.add(at, CodeUnsupported, "not supported yet: %s", what)
}
