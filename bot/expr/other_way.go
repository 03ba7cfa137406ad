package expr

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
)

// functionsOfOne are functions of one value, which other languages have behind the value and a dot.
var functionsOfOne = []string{"upper", "lower", "size", "fold", "digits", "plain", "string", "int", "double", "round"}

// otherWay says how a part of the expression is written here that was written as in other languages, such
// as vars.name.upper(); "" for anything else.
func (c *compilation) otherWay(e ast.Expr, id int64, message string) string {
	wrong := find(e, id)
	switch {
	case wrong == nil:
	case wrong.Kind() == ast.SelectKind && isSize(wrong.AsSelect().FieldName()):
		return fmt.Sprintf("this has no field %s; write size(%s)", wrong.AsSelect().FieldName(), c.shown(wrong.AsSelect().Operand()))
	case wrong.Kind() == ast.CallKind && wrong.AsCall().IsMemberFunction():
		return c.otherCall(wrong.AsCall(), strings.Contains(message, "applied to 'list("))
	}
	return ""
}

// otherCall is otherWay of a call behind a value and a dot; ofList is set where that is a list.
func (c *compilation) otherCall(call ast.CallExpr, ofList bool) string {
	name, args := call.FunctionName(), call.Args()
	switch {
	case len(args) == 0 && slices.Contains(functionsOfOne, name):
		return fmt.Sprintf("%s stands before its value; write %[1]s(%s)", name, c.shown(call.Target()))
	case len(args) == 1 && name == "contains" && ofList:
		return fmt.Sprintf("contains is for texts; whether a list has an element is %s in %s", c.shown(args[0]), c.shown(call.Target()))
	}
	return ""
}

// isSize reports whether a field is how other languages name the size of a value.
func isSize(field string) bool {
	return field == "length" || field == "size" || field == "len" || field == "count"
}

// find is the part of an expression with an id; nil where there is none.
func find(e ast.Expr, id int64) ast.Expr {
	if e.ID() == id {
		return e
	}
	for _, part := range parts(e) {
		if found := find(part, id); found != nil {
			return found
		}
	}
	return nil
}
