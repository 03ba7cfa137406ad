package expr

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// extent is how large a value may be, as far as it is known before a conversation.
type extent struct {
	// size is the length of a text in characters, of a list or a map in elements; 0 for other values.
	size int
	// assumed is set when nothing bounds the size, and it is what values of that kind have as a rule.
	assumed bool
	// inner is what a list or a map holds; nil when nothing is known of it.
	inner *extent
	// fields are the values of a map whose keys are known, by key.
	fields map[string]extent
	// written is about how long a constant is as JSON, summed up once; 0 for other values.
	written int
}

// inside is the extent of a value as an element of another: of what is in lists and maps, texts of
// which nothing is known are assumed to be shorter than what a contact may write.
func (x extent) inside() extent {
	if x.assumed && x.inner == nil && x.fields == nil {
		x.size = min(x.size, hintDyn)
	}
	return x
}

// element is the extent of what a list or a map of a type holds.
func (s *estimator) element(x extent, t *types.Type) extent {
	if x.inner != nil {
		return *x.inner
	}
	inner := types.DynType
	if parts := t.Parameters(); len(parts) > 0 {
		inner = parts[len(parts)-1]
	}
	return unknown(inner).inside()
}

// field is the extent of the value of a key; e is the expression that selects it.
func (s *estimator) field(of extent, key string, e ast.Expr) extent {
	if of.fields != nil {
		return of.fields[key]
	}
	if of.inner != nil {
		return *of.inner
	}
	return unknown(s.typeOf(e))
}

// unknown is the extent of a value of a type of which nothing else is known.
func unknown(t *types.Type) extent {
	switch t.Kind() {
	case types.StringKind:
		return extent{size: hintText, assumed: true}
	case types.ListKind, types.MapKind:
		return extent{size: hintList, assumed: true}
	case types.DynKind:
		return extent{size: hintDyn, assumed: true}
	}
	return extent{}
}

// name is the extent of what a name stands for.
func (s *estimator) name(e ast.Expr) extent {
	name := e.AsIdent()
	for _, l := range slices.Backward(s.locals) {
		if l.name == name {
			return l.extent
		}
	}
	if variable, found := strings.CutPrefix(name, "vars."); found {
		return s.variable(variable)
	}
	if constant, found := strings.CutPrefix(name, "data."); found && s.env.names.Data.has(constant) {
		return s.env.names.Data.extents[constant]
	}
	if f, found := fieldsByName[name]; found && f.size > 0 {
		return extent{size: f.size, assumed: true}
	}
	return unknown(s.typeOf(e))
}

// lengthOfDate is the length of yyyy-MM-dd.
const lengthOfDate = len("2006-01-02")

// variable is the extent of a variable: what its declaration says, if it does.
func (s *estimator) variable(name string) extent {
	t := s.env.vars[name]
	most, tried := s.most[name]
	if !tried {
		most = s.env.names.Most[name]
	}
	switch {
	case t == Date:
		return extent{size: lengthOfDate}
	case most > 0:
		return extent{size: most}
	}
	return unknown(t.cel())
}
