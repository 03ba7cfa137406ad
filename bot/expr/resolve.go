package expr

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
)

// resolver looks up the names of an expression before CEL does: CEL's message for an unknown name
// does not help an author, who knows only our format.
type resolver struct {
	*compilation
	// locals are the names of elements in map, filter and the like.
	locals []string
	// inside is set in the part of a comprehension that is evaluated for each element.
	inside bool
}

func (c *compilation) resolve(e ast.Expr) { (&resolver{compilation: c}).visit(e) }

func (r *resolver) visit(e ast.Expr) {
	switch e.Kind() {
	case ast.IdentKind:
		r.visitName(e, e.AsIdent())
	case ast.SelectKind:
		r.visitSelection(e)
	case ast.ComprehensionKind:
		r.visitComprehension(e)
	case ast.StructKind:
		r.addAt(e.ID(), CodeExpression, fmt.Sprintf("%s{…} is not known here; a map is {'key': value}", e.AsStruct().TypeName()))
	case ast.LiteralKind:
		switch e.AsLiteral().(type) {
		case types.Bytes, types.Uint:
			r.addAt(e.ID(), CodeExpression, "bytes (b'…') and unsigned numbers (1u) are not known here")
		}
	default:
		r.visitParts(e)
	}
}

// visitParts checks a call, a list or a map.
func (r *resolver) visitParts(e ast.Expr) {
	if e.Kind() == ast.CallKind {
		if name := e.AsCall().FunctionName(); !r.env.lang.names[name] {
			r.addAt(e.ID(), CodeExpression, fmt.Sprintf("there is no function %q", name)+
				suggest(name, authorFunctions(r.env.lang.names)))
			return
		}
	}
	for _, part := range parts(e) {
		r.visit(part)
	}
}

func (r *resolver) visitComprehension(e ast.Expr) {
	loop := e.AsComprehension()
	if r.inside {
		r.addAt(e.ID(), CodeExpression, "map, filter, all, exists and exists_one cannot stand inside one another")
		return
	}
	r.visit(loop.IterRange())
	if name := loop.IterVar(); isRoot(name) {
		r.addAt(e.ID(), CodeExpression, fmt.Sprintf("%q has a meaning already; give the element another name", name))
		return
	}
	r.visit(loop.AccuInit())
	inner := &resolver{compilation: r.compilation, inside: true, locals: append(slices.Clone(r.locals), loop.IterVar(), loop.AccuVar())}
	inner.visit(loop.LoopCondition())
	inner.visit(loop.LoopStep())
	after := &resolver{compilation: r.compilation, inside: r.inside, locals: append(slices.Clone(r.locals), loop.AccuVar())}
	after.visit(loop.Result())
}

// visitName checks a name without a dot.
func (r *resolver) visitName(e ast.Expr, name string) {
	switch {
	case slices.Contains(r.locals, name), name == "now", slices.Contains(typeIdents, name):
	case name == "secret":
		r.reportSecret(e)
	case isRoot(name):
		r.addAt(e.ID(), CodeExpression, fmt.Sprintf("%q is not a value by itself; write %s.name", name, name))
	default:
		r.reportUnknown(e, name)
	}
}

func (r *resolver) reportUnknown(e ast.Expr, name string) {
	if _, ok := r.env.vars[name]; ok {
		r.addAt(e.ID(), CodeExpression, fmt.Sprintf("there is no name %q; the variable is vars.%s", name, name))
		return
	}
	r.addAt(e.ID(), CodeExpression, fmt.Sprintf("there is no name %q", strings.TrimPrefix(name, "."))+
		suggest(name, slices.Concat(roots, r.locals, []string{"true", "false", "null"})))
}

func (r *resolver) reportSecret(e ast.Expr) {
	r.addAt(e.ID(), CodeSecret, "secrets stand only in the headers of a call, by themselves: ${secret.name}")
}

// visitSelection checks a name with a dot, or a field of another value.
func (r *resolver) visitSelection(e ast.Expr) {
	sel := e.AsSelect()
	root := sel.Operand()
	name := ""
	if root.Kind() == ast.IdentKind {
		name = root.AsIdent()
	}
	switch {
	case name == "" || slices.Contains(r.locals, name) || !isRoot(name) || name == "now":
		r.visit(root)
	case name == "secret":
		r.reportSecret(root)
	case r.checkField(root, name, sel.FieldName()) && sel.IsTestOnly():
		r.reportPresent(root, name, sel.FieldName())
	}
}

// reportPresent reports has() of a name that is always there.
func (r *resolver) reportPresent(e ast.Expr, root, name string) {
	if root == "vars" {
		r.addAt(e.ID(), CodeExpression, fmt.Sprintf("a variable is never missing: before it is set, vars.%s is the empty value "+
			"of its type; compare with that instead of using has()", name))
		return
	}
	r.addAt(e.ID(), CodeExpression, fmt.Sprintf("%s.%s is never missing: what does not apply is empty; compare with that "+
		"instead of using has()", root, name))
}

// checkField checks that root.name is known, and in scope.
func (r *resolver) checkField(e ast.Expr, root, name string) bool {
	if root == "vars" {
		return r.checkVariable(e, name)
	}
	full := root + "." + name
	r.namesEach = r.namesEach || root == "each"
	if full == "answer.value" && r.site.Scope == AnswerScope {
		return true
	}
	var known []string
	for _, f := range fields {
		if prefix, rest, _ := strings.Cut(f.name, "."); prefix == root {
			if !r.site.has(f.scope) {
				r.reportOutOfScope(e, root)
				return false
			}
			if f.name == full {
				return true
			}
			known = append(known, rest)
		}
	}
	r.addAt(e.ID(), CodeExpression, fmt.Sprintf("there is no %s", full)+suggest(name, known))
	return false
}

func (r *resolver) reportOutOfScope(e ast.Expr, root string) {
	where := "where a question is answered (save, reject)"
	switch root {
	case "result":
		where = "in the save of a call"
	case "each":
		where = "in a message that has the key each"
	}
	r.addAt(e.ID(), CodeExpression, fmt.Sprintf("%s exists only %s", root, where))
}

func (r *resolver) checkVariable(e ast.Expr, name string) bool {
	if _, ok := r.env.vars[name]; ok {
		return true
	}
	var known []string
	for name := range r.env.vars {
		known = append(known, name)
	}
	message := fmt.Sprintf("there is no variable %q; declare it under vars", name)
	r.addAt(e.ID(), CodeUnknownVar, message+suggest(name, known))
	return false
}

// roots are the first parts of all names, before the dot.
var roots = []string{"vars", "contact", "input", "answer", "result", "each", "conv", "now", "bot", "secret"}

func isRoot(name string) bool { return slices.Contains(roots, name) }

// isField reports whether a name is one of ours, with its dot, as CEL knows it after checking.
func isField(name string) bool {
	root, _, _ := strings.Cut(name, ".")
	return isRoot(root)
}

// typeIdents are the types that can be named, as in type(x) == int.
var typeIdents = []string{"bool", "double", "int", "list", "map", "null_type", "string", "type"}

// authorFunctions are the functions without the operators.
func authorFunctions(all map[string]bool) []string {
	out := []string{"has", "all", "exists", "exists_one", "map", "filter"}
	for name := range all {
		if !strings.ContainsAny(name, "@_") || name == "next_open" {
			out = append(out, name)
		}
	}
	return out
}
