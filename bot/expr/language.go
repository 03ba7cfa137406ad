package expr

import (
	"slices"
	"sync"

	"cel.dev/cel-go/checker"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/containers"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/decls"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/stdlib"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/interpreter"
	"cel.dev/cel-go/parser"
)

// language is what the expressions of all definitions share. It is made once and never changes.
//
// It is put together from the packages below CEL's package cel, because that one always parses
// with ANTLR and cannot check or plan what another parser gives. Compiling a usual condition
// would take four times as long (parsing 180 µs for 18, checking and planning about the same)
// and six times with its estimate of the cost (170 µs for 1).
type language struct {
	parser    *parser.Parser
	registry  *types.Registry
	functions *checker.Env
	// names are the functions that an author can call by name.
	names       map[string]bool
	interpreter interpreter.Interpreter
	// tracker counts the cost of an evaluation; each starts with a copy.
	tracker *cost.Tracker
}

// shared makes the language once in a process: it takes as long as compiling some ten expressions.
var shared = sync.OnceValues(newLanguage)

func newLanguage() (*language, error) {
	// CEL keeps two errors in variables and writes into them where they were first met, which
	// would race. An error that has a place already is left alone.
	types.LabelErrNode(-1, types.NoSuchOverloadErr())
	types.LabelErrNode(-1, types.Int(1<<62).ConvertToType(types.TimestampType))

	l := &language{names: map[string]bool{}}
	var err error
	if l.tracker, err = cost.NewTracker(nil); err != nil {
		return nil, err
	}
	if l.registry, err = types.NewRegistry(); err != nil {
		return nil, err
	}
	l.parser, err = parser.NewParser(parser.EnablePrattParser(true), parser.Macros(parser.AllMacros...),
		parser.PopulateMacroCalls(true), // so that a problem can show map and filter as they were written
		parser.ExpressionSizeCodePointLimit(maxSource), parser.MaxRecursionDepth(maxNesting),
		parser.ErrorReportingLimit(1), parser.ErrorRecoveryLimit(1))
	if err != nil {
		return nil, err
	}
	functions, err := library()
	if err != nil {
		return nil, err
	}
	return l, l.add(functions)
}

// add makes functions known to the type checker, the planner and the resolver of names.
func (l *language) add(functions []*decls.FunctionDecl) error {
	var err error
	l.functions, err = checker.NewEnv(containers.DefaultContainer, l.registry, checker.CrossTypeNumericComparisons(true))
	if err != nil {
		return err
	}
	if err := l.functions.AddIdents(stdlib.Types()...); err != nil {
		return err
	}
	if err := l.functions.AddFunctions(functions...); err != nil {
		return err
	}
	dispatcher := interpreter.NewDispatcher()
	for _, f := range functions {
		l.names[f.Name()] = true
		bindings, err := f.Bindings()
		if err != nil {
			return err
		}
		if err := dispatcher.Add(bindings...); err != nil {
			return err
		}
	}
	l.interpreter = interpreter.NewInterpreter(dispatcher, containers.DefaultContainer, l.registry, l.registry,
		interpreter.NewAttributeFactory(containers.DefaultContainer, l.registry, l.registry))
	return nil
}

// plan makes a checked expression ready for evaluation.
func (l *language) plan(checked *ast.AST) (node, error) {
	return l.interpreter.NewInterpretable(checked, interpreter.CustomDecoratorV2(replace))
}

// library are the functions of CEL that we keep, and ours.
func library() ([]*decls.FunctionDecl, error) {
	var all []*decls.FunctionDecl
	for _, f := range stdlib.Functions() {
		if f = kept(f); f != nil {
			all = append(all, f)
		}
	}
	for _, d := range slices.Concat(lateFunctions, dateFunctions, textFunctions, numberFunctions, listFunctions, comparisons, arithmetic) {
		f, err := decls.NewFunction(d.name, d.overloads...)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(all, func(f *decls.FunctionDecl) bool { return f.Name() == d.name })
		if i < 0 {
			all = append(all, f)
			continue
		}
		if all[i], err = all[i].Merge(f); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// kept leaves out what has no use in a bot, the parts of a timestamp in a named time zone, which
// CEL would read from the machine's files each time, and what is ours: comparisons and the text of a double.
func kept(f *decls.FunctionDecl) *decls.FunctionDecl {
	switch f.Name() {
	case overloads.TypeConvertBytes, overloads.TypeConvertUint, overloads.DeprecatedIn, operators.OldIn,
		operators.Equals, operators.NotEquals, operators.In: // ours take values of any two types
		return nil
	}
	return f.Subset(func(o *decls.OverloadDecl) bool {
		args := o.ArgTypes()
		zoned := len(args) == 2 && o.IsMemberFunction() && args[0].Kind() == types.TimestampKind
		return !zoned && o.ID() != overloads.DoubleToString
	})
}
