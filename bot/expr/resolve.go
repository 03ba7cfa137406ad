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
}

func (c *compilation) resolve(e ast.Expr) { (&resolver{compilation: c}).visit(e) }

func (r *resolver) visit(e ast.Expr) {
	if len(r.problems) == maxProblems {
		return // no more are listed
	}
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
			r.addAt(e.ID(), CodeExpression, fmt.Sprintf("there is no function %q", name)+r.env.suggestFunction(name))
			return
		}
	}
	for _, part := range parts(e) {
		r.visit(part)
	}
}

func (r *resolver) visitComprehension(e ast.Expr) {
	loop := e.AsComprehension()
	r.visit(loop.IterRange())
	if name := loop.IterVar(); r.isTaken(name) {
		r.addAt(e.ID(), CodeExpression, fmt.Sprintf("%q has a meaning already; give the element another name", name))
		return
	}
	r.visit(loop.AccuInit())
	inner := &resolver{compilation: r.compilation, locals: append(slices.Clone(r.locals), loop.IterVar(), loop.AccuVar())}
	inner.visit(loop.LoopCondition())
	inner.visit(loop.LoopStep())
	after := &resolver{compilation: r.compilation, locals: append(slices.Clone(r.locals), loop.AccuVar())}
	after.visit(loop.Result())
}

// visitName checks a name without a dot.
func (r *resolver) visitName(e ast.Expr, name string) {
	switch {
	case slices.Contains(r.locals, name), name == "now", slices.Contains(typeIdents, name):
	case name == "secret":
		r.reportSecret(e)
	case r.isRoot(name):
		r.addAt(e.ID(), CodeExpression, fmt.Sprintf("%q is not a value by itself; write %s.%s", name, name, usualField(name)))
	default:
		r.reportUnknown(e, name)
	}
}

// usualField is the field of a root that is mostly meant by the root alone.
func usualField(root string) string {
	switch root {
	case "answer":
		return "value"
	case "input":
		return "text"
	case "each":
		return "item"
	case "result":
		return "json"
	case "conv":
		return "id"
	}
	return "name"
}

func (r *resolver) reportUnknown(e ast.Expr, name string) {
	_, isVar := r.env.vars[name]
	switch {
	case isVar:
		r.addAt(e.ID(), CodeExpression, fmt.Sprintf("there is no name %q; the variable is vars.%s", name, name))
		return
	case r.env.names.Data.has(name):
		r.addAt(e.ID(), CodeExpression, fmt.Sprintf("there is no name %q; the constant is data.%s", name, name))
		return
	case r.site.Each && (name == "item" || name == "it" || name == "element" || name == "elem"):
		r.addAt(e.ID(), CodeExpression, fmt.Sprintf("there is no name %q; the element is each.item", name))
		return
	case name == "data":
		r.addAt(e.ID(), CodeExpression, `there is no name "data": the bot has no key data, under which constants stand`)
		return
	}
	known := slices.Concat(roots, r.locals, []string{"true", "false", "null"})
	if r.env.names.Data != nil {
		known = append(known, "data")
	}
	meant := suggest(name, known)
	if whole := strings.TrimSpace(r.source) == name; meant == "" && whole && (r.want == String || r.want == Any) {
		meant = fmt.Sprintf(`; a text stands in quotes of its own: "'%s'"`, shortened(name))
	}
	r.addAt(e.ID(), CodeExpression, fmt.Sprintf("there is no name %q", strings.TrimPrefix(name, "."))+meant)
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
	case name == "" || slices.Contains(r.locals, name) || !r.isRoot(name) || name == "now":
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
	if root == "data" {
		r.addAt(e.ID(), CodeExpression, fmt.Sprintf("data.%s is always there: it stands under data", name))
		return
	}
	r.addAt(e.ID(), CodeExpression, fmt.Sprintf("%s.%s is never missing: what does not apply is empty; compare with that "+
		"instead of using has()", root, name))
}

// checkField checks that root.name is known, and in scope.
func (r *resolver) checkField(e ast.Expr, root, name string) bool {
	switch root {
	case "vars":
		return r.checkVariable(e, name)
	case "data":
		return r.checkConstant(e, name)
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
	message := fmt.Sprintf("there is no variable %q; declare it under vars", name)
	r.addAt(e.ID(), CodeUnknownVar, message+r.env.suggestVariable(name))
	return false
}

// checkConstant checks a name under data.
func (r *resolver) checkConstant(e ast.Expr, name string) bool {
	data := r.env.names.Data
	if data.has(name) {
		return true
	}
	r.addAt(e.ID(), CodeExpression, fmt.Sprintf("there is no %q under data", name)+suggest(name, data.names()))
	return false
}

// roots are the first parts of all names, before the dot; and data, where a definition has them.
var roots = []string{"vars", "contact", "input", "answer", "result", "each", "conv", "now", "bot", "secret"}

func (r *resolver) isRoot(name string) bool {
	return slices.Contains(roots, name) || name == "data" && r.env.names.Data != nil
}

// isTaken reports whether a name may not be that of an element. Outside of what is said for each, each may.
func (r *resolver) isTaken(name string) bool {
	return r.isRoot(name) && (name != "each" || r.site.Each)
}

// typeIdents are the types that can be named, as in type(x) == int.
var typeIdents = []string{"bool", "double", "int", "list", "map", "null_type", "string", "type"}

// authorFunctions are the functions without the operators.
func authorFunctions(all map[string]bool) []string {
	out := []string{"has", "all", "exists", "exists_one", "map", "filter"}
	for name := range all {
		if isLetter(name[0]) { // others are operators
			out = append(out, name)
		}
	}
	return out
}
