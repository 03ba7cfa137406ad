package expr

import (
	"fmt"
	"maps"
	"slices"

	"cel.dev/cel-go/checker"
	"cel.dev/cel-go/common/containers"
	"cel.dev/cel-go/common/decls"

	"github.com/chattigo/api-isv/bot/hint"
)

// Env compiles the expressions and texts of one definition while it is loaded. It is used by one
// goroutine.
type Env struct {
	lang  *language
	names Names
	vars  map[string]Type
	// folded is the cost of the constant parts that were evaluated so far, in all expressions.
	folded uint64
	// checkers are the type checkers of the sites that were asked for.
	checkers map[Site]*checker.Env
	// likeVars and likeFunctions find what an unknown name was meant to be; nil before the first.
	likeVars, likeFunctions *hint.Names
}

// New makes the Env of a definition.
func New(n Names) (*Env, error) {
	lang, err := shared()
	if err != nil {
		return nil, fmt.Errorf("expr: %w", err)
	}
	return &Env{lang: lang, names: n, vars: maps.Clone(n.Vars), checkers: map[Site]*checker.Env{}}, nil
}

// checker is the type checker of a site, with all the names that are there.
func (e *Env) checker(at Site) (*checker.Env, error) {
	at.Line, at.Most = 0, 0 // neither has to do with names
	if known, ok := e.checkers[at]; ok {
		return known, nil
	}
	c, err := checker.NewEnv(containers.DefaultContainer, e.lang.registry,
		checker.ValidatedDeclarations(e.lang.functions), checker.CrossTypeNumericComparisons(true))
	if err != nil {
		return nil, err
	}
	var idents []*decls.VariableDecl
	for _, name := range slices.Sorted(maps.Keys(e.vars)) {
		idents = append(idents, decls.NewVariable("vars."+name, e.vars[name].cel()))
	}
	for _, name := range slices.Sorted(slices.Values(e.names.Data.names())) {
		idents = append(idents, decls.NewVariable("data."+name, celType(e.names.Data.values[name])))
	}
	for _, f := range fields {
		if at.has(f.scope) {
			idents = append(idents, decls.NewVariable(f.name, f.t))
		}
	}
	if at.Scope == AnswerScope {
		idents = append(idents, decls.NewVariable("answer.value", at.Answer.cel()))
	}
	if err := c.AddIdents(idents...); err != nil {
		return nil, err
	}
	e.checkers[at] = c
	return c, nil
}
