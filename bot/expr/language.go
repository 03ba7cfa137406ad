package expr

import (
	"fmt"
	"sync"

	"cel.dev/cel-go/checker"
	"cel.dev/cel-go/common/containers"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/decls"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/stdlib"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
	"cel.dev/cel-go/parser"
)

// language is what the expressions of all definitions share. It never changes.
type language struct {
	parser    *parser.Parser
	functions *checker.Env
	// names are the functions that an author can call by name.
	names  map[string]bool
	interp interpreter.Interpreter
	plan   []interpreter.PlannerOption
	// tracker counts the cost of an evaluation; each starts with a copy.
	tracker cost.Tracker
}

// shared makes the language once in a process: it takes as long as compiling some ten expressions.
var shared = sync.OnceValues(newLanguage)

func newLanguage() (*language, error) {
	// CEL keeps two errors in variables and writes into them where they were first met, which
	// would race. An error that has a place already is left alone.
	types.LabelErrNode(-1, types.NoSuchOverloadErr())
	types.LabelErrNode(-1, types.Int(1<<62).ConvertToType(types.TimestampType))

	tracker, err := newTracker()
	if err != nil {
		return nil, err
	}
	l := &language{tracker: *tracker}
	// CEL's other parser, the default, takes ten times as long.
	l.parser, err = parser.NewParser(parser.EnablePrattParser(true), parser.Macros(parser.AllMacros...),
		parser.ExpressionSizeCodePointLimit(maxSource), parser.MaxRecursionDepth(maxNesting),
		parser.ErrorReportingLimit(1), parser.ErrorRecoveryLimit(1))
	if err != nil {
		return nil, err
	}
	functions, err := library()
	if err != nil {
		return nil, err
	}
	if err := l.declare(functions); err != nil {
		return nil, err
	}
	return l, l.bind(functions)
}

// declare tells the type checker and the resolver of names about functions.
func (l *language) declare(functions []*decls.FunctionDecl) error {
	var err error
	if l.functions, err = checker.NewEnv(containers.DefaultContainer, provider{}); err != nil {
		return err
	}
	if err := l.functions.AddIdents(stdlib.Types()...); err != nil {
		return err
	}
	l.names = map[string]bool{}
	for _, f := range functions {
		l.names[f.Name()] = true
	}
	return l.functions.AddFunctions(functions...)
}

// bind gives functions to the planner.
func (l *language) bind(functions []*decls.FunctionDecl) error {
	dispatcher := interpreter.NewDispatcher()
	for _, f := range functions {
		bindings, err := f.Bindings()
		if err != nil {
			return err
		}
		if err := dispatcher.Add(bindings...); err != nil {
			return err
		}
	}
	l.interp = interpreter.NewInterpreter(dispatcher, containers.DefaultContainer, provider{}, adapter{},
		interpreter.NewAttributeFactory(containers.DefaultContainer, adapter{}, provider{}))
	l.plan = []interpreter.PlannerOption{interpreter.CustomDecoratorV2(replace)}
	return nil
}

// library are the functions of CEL that we keep, and ours.
func library() ([]*decls.FunctionDecl, error) {
	var all []*decls.FunctionDecl
	for _, f := range stdlib.Functions() {
		if f = kept(f); f != nil {
			all = append(all, f)
		}
	}
	for _, add := range []func() ([]*decls.FunctionDecl, error){lateFunctions, textFunctions, listFunctions} {
		more, err := add()
		if err != nil {
			return nil, fmt.Errorf("declare functions: %w", err)
		}
		all = append(all, more...)
	}
	return all, nil
}

// kept leaves out what has no use in a bot, and the parts of a timestamp in a named time zone:
// CEL would read the zone from the machine's files each time.
func kept(f *decls.FunctionDecl) *decls.FunctionDecl {
	switch f.Name() {
	case overloads.TypeConvertBytes, overloads.TypeConvertUint, overloads.DeprecatedIn,
		operators.OldIn:
		return nil
	}
	f = f.Subset(func(o *decls.OverloadDecl) bool {
		args := o.ArgTypes()
		zoned := len(args) == 2 && o.IsMemberFunction() && args[0].Kind() == types.TimestampKind
		return !zoned && o.ID() != overloads.DoubleToString
	})
	if f.Name() != overloads.TypeConvertString {
		return f
	}
	whole, err := f.Merge(doubleText())
	if err != nil {
		return f
	}
	return whole
}

// doubleText is string(double) as ${…} prints a number: CEL's own would write 1.5e+06, which
// nobody is to read in a chat.
func doubleText() *decls.FunctionDecl {
	text, err := decls.NewFunction(overloads.TypeConvertString,
		decls.Overload(overloads.DoubleToString, []*types.Type{types.DoubleType}, types.StringType,
			decls.UnaryBinding(func(val ref.Val) ref.Val {
				n, _ := val.(types.Double)
				text, err := printDouble(float64(n))
				if err != nil {
					return types.WrapErr(err)
				}
				return types.String(text)
			})))
	if err != nil {
		return nil // the declaration is always the same
	}
	return text
}

// adapter passes values of CEL on; there are no others but the booleans of has.
type adapter struct{}

func (adapter) NativeToValue(value any) ref.Val {
	if val, ok := value.(ref.Val); ok {
		return val
	}
	return types.DefaultTypeAdapter.NativeToValue(value)
}

// provider knows the names of CEL's own types, for type(x) == int, and no messages.
type provider struct{}

func (provider) FindIdent(name string) (ref.Val, bool) {
	for _, v := range stdlib.Types() {
		if v.Name() == name && v.Type().Kind() == types.TypeKind && len(v.Type().Parameters()) == 1 {
			return v.Type().Parameters()[0], true
		}
	}
	return nil, false
}

func (provider) EnumValue(string) ref.Val                                 { return fail("there are no enums") }
func (provider) FindStructType(string) (*types.Type, bool)                { return nil, false }
func (provider) FindStructFieldNames(string) ([]string, bool)             { return nil, false }
func (provider) NewValue(string, map[string]ref.Val) ref.Val              { return fail("there are no messages") }
func (provider) FindStructFieldType(_, _ string) (*types.FieldType, bool) { return nil, false }
