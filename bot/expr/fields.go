package expr

import (
	"encoding/json"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// field is a name that an expression can use without declaring it.
type field struct {
	name string
	t    *types.Type
	// scope is where the name exists; Plain is everywhere.
	scope Scope
	value func(*Values) ref.Val
	// size is how long a text is as a rule, for the estimate.
	size int
}

// Lengths of texts that WhatsApp bounds.
const (
	sizeOfID      = 256
	sizeOfCaption = 1024
)

// fields are all names but the variables and answer.value.
var fields = []field{
	timeField("now", func(v *Values) time.Time { return v.Now }),

	textField("contact.key", sizeOfID, Plain, func(v *Values) string { return v.Contact.Key }),
	textField("contact.wa_id", sizeOfID, Plain, func(v *Values) string { return v.Contact.WaID }),
	textField("contact.user_id", sizeOfID, Plain, func(v *Values) string { return v.Contact.UserID }),
	textField("contact.name", hintDyn, Plain, func(v *Values) string { return v.Contact.Name }),

	textField("input.type", sizeOfID, Plain, func(v *Values) string { return v.Input.Type }),
	textField("input.text", hintText, Plain, func(v *Values) string { return v.Input.Text }),
	textField("input.id", sizeOfID, Plain, func(v *Values) string { return v.Input.ID }),
	textField("input.title", hintDyn, Plain, func(v *Values) string { return v.Input.Title }),
	textField("input.media_id", sizeOfID, Plain, func(v *Values) string { return v.Input.MediaID }),
	textField("input.caption", sizeOfCaption, Plain, func(v *Values) string { return v.Input.Caption }),
	numberField("input.latitude", Plain, func(v *Values) float64 { return v.Input.Latitude }),
	numberField("input.longitude", Plain, func(v *Values) float64 { return v.Input.Longitude }),
	textField("input.name", hintDyn, Plain, func(v *Values) string { return v.Input.Name }),
	mapField("input.form", Plain, func(v *Values) json.RawMessage { return v.Input.Form }),
	mapField("input.referral", Plain, func(v *Values) json.RawMessage { return v.Input.Referral }),

	textField("conv.id", sizeOfID, Plain, func(v *Values) string { return v.Conv.ID }),
	timeField("conv.started", func(v *Values) time.Time { return v.Conv.Started }),
	intField("conv.turns", Plain, func(v *Values) int { return v.Conv.Turns }),

	textField("bot.name", sizeOfID, Plain, func(v *Values) string { return v.Bot.Name }),
	textField("bot.version", sizeOfID, Plain, func(v *Values) string { return v.Bot.Version }),
	textField("bot.env", sizeOfID, Plain, func(v *Values) string { return v.Bot.Env }),

	textField("answer.text", hintText, AnswerScope, func(v *Values) string { return v.Answer.Text }),
	textField("answer.id", sizeOfID, AnswerScope, func(v *Values) string { return v.Answer.ID }),
	textField("answer.title", hintDyn, AnswerScope, func(v *Values) string { return v.Answer.Title }),
	textField("answer.media_id", sizeOfID, AnswerScope, func(v *Values) string { return v.Answer.MediaID }),
	numberField("answer.latitude", AnswerScope, func(v *Values) float64 { return v.Answer.Latitude }),
	numberField("answer.longitude", AnswerScope, func(v *Values) float64 { return v.Answer.Longitude }),
	mapField("answer.form", AnswerScope, func(v *Values) json.RawMessage { return v.Answer.Form }),

	intField("result.status", ResultScope, func(v *Values) int { return v.Result.Status }),
	jsonField("result.json", Any, ResultScope, func(v *Values) json.RawMessage { return v.Result.JSON }),
	textField("result.text", hintText, ResultScope, func(v *Values) string { return v.Result.Text }),

	{name: "each.item", t: types.DynType, scope: EachScope, value: func(v *Values) ref.Val { return v.Each.item() }},
	intField("each.no", EachScope, func(v *Values) int { return v.Each.No }),
}

// fieldsByName finds a field when an expression is evaluated.
var fieldsByName = func() map[string]field {
	all := make(map[string]field, len(fields))
	for _, f := range fields {
		all[f.name] = f
	}
	return all
}()

func textField(name string, size int, at Scope, get func(*Values) string) field {
	return field{name, types.StringType, at, func(v *Values) ref.Val { return types.String(get(v)) }, size}
}

func intField(name string, at Scope, get func(*Values) int) field {
	return field{name, types.IntType, at, func(v *Values) ref.Val { return types.Int(get(v)) }, 0}
}

func numberField(name string, at Scope, get func(*Values) float64) field {
	return field{name, types.DoubleType, at, func(v *Values) ref.Val { return types.Double(get(v)) }, 0}
}

func timeField(name string, get func(*Values) time.Time) field {
	return field{name, types.TimestampType, Plain, func(v *Values) ref.Val { return timestamp(get(v)) }, 0}
}

func mapField(name string, at Scope, get func(*Values) json.RawMessage) field {
	return jsonField(name, Map, at, get)
}

// jsonField is JSON of a type; where there is none, and where it is null, the field is the zero
// value of the type.
func jsonField(name string, t Type, at Scope, get func(*Values) json.RawMessage) field {
	return field{name, t.cel(), at, func(v *Values) ref.Val { return v.decoded(name, get(v), t) }, 0}
}
