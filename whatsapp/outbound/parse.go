package outbound

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/whatsapp/internal/jsonwalk"
)

const (
	// maxProblems bounds the problems of one body, which may be wrong in every place.
	maxProblems = 100
	// maxElements bounds the elements that are read of each list; WhatsApp allows at most 257.
	maxElements = 1000
)

// Parse reads a body of "send message" that somebody wrote. It is strict: a key that is
// not known, a value of the wrong type and a key that comes twice are problems, each with
// its path. What can be read is returned also beside problems. messaging_product and type
// may be left out: the second follows from the payload. What the values may be is checked
// by [Validate].
func Parse(data []byte) (Message, []Problem) { return parse(data, parser{}) }

// ParseFilled reads a body that was filled with data, as [Parse] does, but a number or a truth value
// where a text belongs becomes that text: a server often answers a number where people see a name.
func ParseFilled(data []byte) (Message, []Problem) { return parse(data, parser{printed: true}) }

func parse(data []byte, p parser) (Message, []Problem) {
	var s Message
	data = jsonwalk.ValidUTF8(data)
	if !json.Valid(data) {
		return s, []Problem{{Rule: RuleType, Want: "one JSON object"}}
	}
	p.c = jsonwalk.New(data)
	p.object("", reflect.ValueOf(&s).Elem())
	if s.MessagingProduct == "" {
		s.MessagingProduct = MessagingProduct
	}
	if s.Type == "" {
		s.Type = s.onlyPayload()
	}
	p.resolve(s.Interactive)
	return s, p.problems
}

// onlyPayload is the type of the one payload that is there; empty if there is none or more.
func (s *Message) onlyPayload() string {
	found := ""
	for t, set := range s.payloads() {
		if set && found != "" {
			return ""
		}
		if set {
			found = t
		}
	}
	return found
}

// parser reads one JSON value into the struct that its place in the body says.
type parser struct {
	c jsonwalk.Cursor
	// printed allows numbers and truth values for all texts.
	printed  bool
	problems []Problem
}

func (p *parser) add(problem Problem) {
	if len(p.problems) < maxProblems {
		p.problems = append(p.problems, problem)
	}
}

func (p *parser) wrong(path, want string) {
	p.c.Skip()
	p.add(Problem{Path: path, Rule: RuleType, Want: want})
}

// join makes the path of a key.
func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// value reads one value into v, whose type says how.
func (p *parser) value(path string, v reflect.Value, number bool) {
	if p.c.Peek() == 'n' { // null is the same as leaving it out
		p.c.Skip()
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		fresh := reflect.New(v.Type().Elem())
		p.value(path, fresh.Elem(), number)
		v.Set(fresh)
	case reflect.Struct:
		p.object(path, v)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes(compacted(p.c.Value()))
			return
		}
		p.list(path, v)
	case reflect.Interface:
		v.Set(reflect.ValueOf(RawParameters(compacted(p.c.Value()))))
	default:
		p.scalar(path, v, number)
	}
}

func compacted(raw json.RawMessage) []byte {
	var buf bytes.Buffer
	_ = json.Compact(&buf, raw) // what is read is valid
	return buf.Bytes()
}

func (p *parser) object(path string, v reflect.Value) {
	if p.c.Peek() != '{' {
		p.wrong(path, "an object")
		return
	}
	read := map[string]bool{}
	p.c.Object(func(key []byte) {
		name := string(key[:min(len(key), 64)])
		at := join(path, name)
		field, number, ok := fieldOf(v, string(key))
		switch {
		case !ok:
			p.c.Skip()
			p.add(Problem{Path: at, Rule: RuleUnknown, Want: strings.Join(keysOf(v), ", ")})
		case read[name]:
			p.c.Skip()
			p.add(Problem{Path: at, Rule: RuleUnique})
		default:
			read[name] = true
			p.value(at, field, number)
		}
	})
	for f := range v.Type().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Tag.Get("parse") == "required" && !read[name] {
			p.add(Problem{Path: join(path, name), Rule: RuleRequired})
		}
	}
}

// keysOf are the keys that an object may have, in the order of its fields.
func keysOf(v reflect.Value) []string {
	var all []string
	for f := range v.Type().Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			all = append(all, name)
		}
	}
	return all
}

// fieldOf finds the field of a key; number says that its text may be written as a number.
func fieldOf(v reflect.Value, key string) (field reflect.Value, number, ok bool) {
	for f, field := range v.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == key {
			return field, f.Tag.Get("parse") == "number", true
		}
	}
	return reflect.Value{}, false, false
}

func (p *parser) list(path string, v reflect.Value) {
	if p.c.Peek() != '[' {
		p.wrong(path, "a list")
		return
	}
	n := 0
	p.c.Array(func() {
		n++
		if n > maxElements {
			p.c.Skip()
			return
		}
		element := reflect.New(v.Type().Elem()).Elem()
		at := path + "[" + strconv.Itoa(n-1) + "]"
		if p.c.Peek() == 'n' {
			p.wrong(at, "there, not null")
			return
		}
		p.value(at, element, false)
		v.Set(reflect.Append(v, element))
	})
	if n > maxElements {
		p.add(Problem{Path: path, Rule: RuleMaxItems, Limit: maxElements, Found: n})
	}
}

func (p *parser) scalar(path string, v reflect.Value, number bool) {
	b := p.c.Peek()
	switch v.Kind() {
	case reflect.String:
		switch {
		case b == '"':
			v.SetString(p.c.String())
		case (number || p.printed) && jsonwalk.IsNumber(b), p.printed && (b == 't' || b == 'f'):
			v.SetString(string(p.c.Value()))
		default:
			p.wrong(path, "a text")
		}
	case reflect.Bool:
		if b != 't' && b != 'f' {
			p.wrong(path, "true or false")
			return
		}
		p.c.Skip()
		v.SetBool(b == 't')
	default:
		p.number(path, v)
	}
}

// number takes a number also as a text: WhatsApp does so for most of them.
func (p *parser) number(path string, v reflect.Value) {
	digits := string(jsonwalk.Unquote(p.c.Value()))
	if v.Kind() == reflect.Float64 {
		f, err := strconv.ParseFloat(digits, 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			p.add(Problem{Path: path, Rule: RuleType, Want: "a number"})
			return
		}
		v.SetFloat(f)
		return
	}
	n, err := strconv.ParseInt(digits, 10, v.Type().Bits())
	if err != nil {
		p.add(Problem{Path: path, Rule: RuleType, Want: "a whole number"})
		return
	}
	v.SetInt(n)
}

// resolve reads the parameters of the actions, whose fields depend on the type of the message: the type
// may stand behind them.
func (p *parser) resolve(in *Interactive) {
	if in == nil || in.Action == nil {
		return
	}
	p.parameters("interactive.action.parameters", in.Type, in.Action)
	for i := range in.Action.Cards {
		card := &in.Action.Cards[i]
		if card.Action != nil {
			p.parameters(fmt.Sprintf("interactive.action.cards[%d].action.parameters", i), InteractiveCTAURL, card.Action)
		}
	}
}

func (p *parser) parameters(path, kind string, a *Action) {
	raw, ok := a.Parameters.(RawParameters)
	if !ok {
		return
	}
	var typed Parameters
	switch kind {
	case InteractiveCTAURL:
		typed = &CTAParameters{}
	case InteractiveFlow:
		typed = &FlowParameters{}
	case InteractiveCatalog:
		typed = &CatalogParameters{}
	default:
		return // raw, and Validate says whether it may be there
	}
	inner := &parser{c: jsonwalk.New(raw), printed: p.printed}
	inner.object(path, reflect.ValueOf(typed).Elem())
	for _, problem := range inner.problems {
		p.add(problem)
	}
	a.Parameters = typed
}
