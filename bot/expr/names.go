package expr

import "cel.dev/cel-go/common/types"

// Type is the type of a variable.
type Type string

// The types of variables. A Date is written yyyy-MM-dd and is a string to expressions.
const (
	String    Type = "string"
	Int       Type = "int"
	Number    Type = "number"
	Bool      Type = "bool"
	Date      Type = "date"
	Timestamp Type = "timestamp"
	List      Type = "list"
	Map       Type = "map"
	// Any is for values of every type.
	Any Type = ""
)

// article is the type with its article, for messages.
func (t Type) article() string {
	switch t {
	case Int:
		return "an int"
	case Date:
		return "a date (yyyy-MM-dd)"
	case Any:
		return "a value"
	}
	return "a " + string(t)
}

// Sized reports whether the values of a type have a size, which a definition may bound.
func (t Type) Sized() bool { return t == String || t == List || t == Map }

// cel is the type in CEL.
func (t Type) cel() *types.Type {
	switch t {
	case String, Date:
		return types.StringType
	case Int:
		return types.IntType
	case Number:
		return types.DoubleType
	case Bool:
		return types.BoolType
	case Timestamp:
		return types.TimestampType
	case List:
		return listOfAny
	case Map:
		return mapOfAny
	}
	return types.DynType
}

var (
	listOfAny = types.NewListType(types.DynType)
	mapOfAny  = types.NewMapType(types.StringType, types.DynType)
)

// Names are the names that the expressions of one definition may use.
type Names struct {
	// Vars are the declared variables. Most are how many characters, elements or keys those may have whose
	// declaration says so.
	Vars map[string]Type
	Most map[string]int
	// Data are the constants of the definition; nil when it has none.
	Data *Data
	// Strings reports whether there is a text of that key, for t('key').
	Strings func(key string) bool
	// Hours reports whether there are opening hours of that name, for open('name').
	Hours func(name string) bool
	// Timezone is set when the definition has one. Without it fmt of a time, open and
	// next_open are problems.
	Timezone bool
	// Unproven leaves constants that can only fail to the conversations in which they do.
	Unproven bool
}

// Scope is the set of names that an expression may use.
type Scope int

const (
	// Plain is everywhere: vars, data, contact, input, conv, now and bot.
	Plain Scope = iota
	// AnswerScope adds answer: the contact's answer to the question of a state.
	AnswerScope
	// ResultScope adds result: the result of a call.
	ResultScope
	// EachScope adds each: the element for which a message is said. A Site has it beside another one.
	EachScope
)

// Site is the place of an expression in a definition, as far as it matters to its names and its errors.
type Site struct {
	Scope Scope
	// Answer is the type of answer.value in AnswerScope; Any when the question does not say.
	Answer Type
	// Each is set in a message that is said for each element of a list.
	Each bool
	// Most is how many characters, elements or keys the value may have, as the variable declares that takes
	// it; 0 is any size.
	Most int
	// Line is that of the expression, for the errors of its evaluation; 0 when there is none.
	Line int
}

// has reports whether the names of a scope are there.
func (s Site) has(scope Scope) bool {
	return scope == Plain || scope == s.Scope || scope == EachScope && s.Each
}
