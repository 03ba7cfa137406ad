package expr

import (
	"encoding/json"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// scope shows Values to CEL, as the expression that is evaluated knows them.
type scope struct {
	v *Values
	// types are those of the variables, answer is that of answer.value.
	types  map[string]Type
	answer Type
}

var _ interpreter.FunctionActivation = (*scope)(nil)

// Parent implements interpreter.Activation.
func (s *scope) Parent() interpreter.Activation { return nil }

// ResolveName implements interpreter.Activation.
func (s *scope) ResolveName(name string) (any, bool) {
	root, rest, _ := strings.Cut(name, ".")
	var val ref.Val
	switch root {
	case "vars":
		val = s.variable(name, rest)
	case "input":
		val = s.input(name, rest)
	case "answer":
		val = s.answered(name, rest)
	case "result":
		val = s.result(name, rest)
	case "contact":
		val = s.contact(rest)
	case "conv":
		val = s.conv(rest)
	case "bot":
		val = s.bot(rest)
	case "now":
		val = moment(s.v.Now)
	}
	return val, val != nil
}

// moment is a time as CEL has it: in UTC, so that it is written the same wherever it came from.
func moment(at time.Time) ref.Val { return types.Timestamp{Time: at.UTC()} }

// variable is a variable, or the zero value of its type when it is not set.
func (s *scope) variable(name, rest string) ref.Val {
	t := s.types[rest]
	if val := s.v.value(name, s.v.Vars[rest], t); val != nil && val != types.NullValue {
		return val
	}
	return zero(t)
}

// zero is the value of a variable that is not set. A timestamp is then the beginning of 1970.
func zero(t Type) ref.Val {
	switch t {
	case String, Date:
		return types.String("")
	case Int:
		return types.IntZero
	case Number:
		return types.Double(0)
	case Bool:
		return types.False
	case Timestamp:
		return moment(time.Unix(0, 0))
	case List:
		return newList(nil)
	case Map:
		return &object{}
	}
	return types.NullValue
}

// object is JSON that is an object; nothing and null are an empty one.
func (s *scope) object(name string, raw json.RawMessage) ref.Val {
	if val := s.v.value(name, raw, Map); val != nil && val != types.NullValue {
		return val
	}
	return zero(Map)
}

func (s *scope) input(name, rest string) ref.Val {
	in := &s.v.Input
	switch rest {
	case "type":
		return types.String(in.Type)
	case "text":
		return types.String(in.Text)
	case "id":
		return types.String(in.ID)
	case "title":
		return types.String(in.Title)
	case "media_id":
		return types.String(in.MediaID)
	case "caption":
		return types.String(in.Caption)
	case "latitude":
		return types.Double(in.Latitude)
	case "longitude":
		return types.Double(in.Longitude)
	case "name":
		return types.String(in.Name)
	case "form":
		return s.object(name, in.Form)
	case "referral":
		return s.object(name, in.Referral)
	}
	return nil
}

func (s *scope) answered(name, rest string) ref.Val {
	a := &s.v.Answer
	switch rest {
	case "value":
		if val := s.v.value(name, a.Value, s.answer); val != nil && val != types.NullValue {
			return val
		}
		return zero(s.answer)
	case "text":
		return types.String(a.Text)
	case "id":
		return types.String(a.ID)
	case "title":
		return types.String(a.Title)
	case "media_id":
		return types.String(a.MediaID)
	case "latitude":
		return types.Double(a.Latitude)
	case "longitude":
		return types.Double(a.Longitude)
	case "form":
		return s.object(name, a.Form)
	}
	return nil
}

func (s *scope) result(name, rest string) ref.Val {
	switch rest {
	case "status":
		return types.Int(s.v.Result.Status)
	case "json":
		if val := s.v.value(name, s.v.Result.JSON, Any); val != nil {
			return val
		}
		return types.NullValue
	case "text":
		return types.String(s.v.Result.Text)
	}
	return nil
}

func (s *scope) contact(rest string) ref.Val {
	c := &s.v.Contact
	switch rest {
	case "key":
		return types.String(c.Key)
	case "wa_id":
		return types.String(c.WaID)
	case "user_id":
		return types.String(c.UserID)
	case "name":
		return types.String(c.Name)
	}
	return nil
}

func (s *scope) conv(rest string) ref.Val {
	switch rest {
	case "id":
		return types.String(s.v.Conv.ID)
	case "started":
		return moment(s.v.Conv.Started)
	case "turns":
		return types.Int(s.v.Conv.Turns)
	}
	return nil
}

func (s *scope) bot(rest string) ref.Val {
	switch rest {
	case "name":
		return types.String(s.v.Bot.Name)
	case "version":
		return types.String(s.v.Bot.Version)
	case "env":
		return types.String(s.v.Bot.Env)
	}
	return nil
}
