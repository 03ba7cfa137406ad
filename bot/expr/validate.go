package expr

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"time"
	"unicode/utf8"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"github.com/chattigo/api-isv/bot/hint"
	"github.com/chattigo/api-isv/bot/locale"
)

// validate reports what CEL accepts and what would fail, or take too long, in a conversation.
func (c *compilation) validate(checked *ast.AST) {
	ast.PreOrderVisit(checked.Expr(), ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.CallKind:
			c.validateCall(checked, e)
		case ast.MapKind:
			c.validateMap(checked, e.AsMap())
		}
	}))
	c.validateResult(checked)
}

func (c *compilation) validateMap(checked *ast.AST, m ast.MapExpr) {
	for _, entry := range m.Entries() {
		key := entry.AsMapEntry().Key()
		if kind := checked.GetType(key.ID()).Kind(); kind != types.StringKind && kind != types.DynKind {
			c.addAt(key.ID(), CodeExpression, "the keys of a map are strings")
		}
	}
}

// validateResult checks the type of the whole expression. A type that only shows when it is
// evaluated is accepted, and so is null, which unsets a variable.
func (c *compilation) validateResult(checked *ast.AST) {
	root := checked.Expr()
	is := checked.GetType(root.ID())
	kind := is.Kind()
	if kind == types.TypeKind {
		c.addAt(root.ID(), CodeExpression, "a type is not a value")
		return
	}
	switch {
	case c.want == Any, kind == types.DynKind, kind == types.NullTypeKind && c.want != Bool:
	case kind == types.IntKind && c.want == Number:
	case kind == c.want.cel().Kind():
		if text, ok := literal(root); ok && c.want == Date && text != "" {
			c.validateDate(root, text)
		}
	default:
		message := fmt.Sprintf("this has to be %s and is %s", c.want.article(), Type(typeNames(is.String())).article())
		if kind == types.DoubleKind && c.want == Int {
			message += "; round(…) makes one of it"
		}
		c.add(0, CodeExpression, message)
	}
}

func (c *compilation) validateDate(e ast.Expr, text string) {
	if _, err := time.Parse(time.DateOnly, text); err != nil {
		c.addAt(e.ID(), CodeExpression, "this has to be a date: yyyy-MM-dd")
	}
}

// literal is the content of an expression that is a text in quotes.
func literal(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	text, ok := e.AsLiteral().(types.String)
	return string(text), ok
}

func (c *compilation) validateCall(checked *ast.AST, e ast.Expr) {
	args := parts(e)
	switch name := e.AsCall().FunctionName(); name {
	case "t":
		c.checkKnown(args[0], c.env.names.Strings, CodeUnknownString, "there is no text %q under strings")
	case "open", "next_open":
		c.checkZone(e, name)
		c.checkKnown(args[0], c.env.names.Hours, CodeUnknownHours, "there are no opening hours %q under hours")
	case "fmt":
		c.validateFmt(checked, e, args)
	case "money":
		if currency, ok := literal(args[1]); ok {
			if _, err := locale.Money("es", 1, currency); err != nil {
				c.addAt(args[1].ID(), CodeExpression, "money: "+firstLine(err.Error()))
			}
		}
	case "bucket":
		if n, ok := args[1].AsLiteral().(types.Int); ok && n <= 0 {
			c.addAt(args[1].ID(), CodeExpression, "the number of groups is at least 1")
		}
	case overloads.Matches:
		c.validateRegexp(args[1])
	case operators.Equals, operators.NotEquals, operators.In:
		c.validateComparison(checked, e, args)
	case "sum":
		c.validateElements(checked, args[0], "sum adds up numbers", types.IntKind, types.DoubleKind)
	case "sort":
		c.validateElements(checked, args[0], "sort takes numbers, texts or times, and sort_by maps",
			types.IntKind, types.DoubleKind, types.StringKind, types.TimestampKind, types.DurationKind)
	case "get":
		if kind := checked.GetType(args[0].ID()).Kind(); kind != types.MapKind && kind != types.ListKind && kind != types.DynKind {
			c.addAt(args[0].ID(), CodeExpression, "get takes a map and a key, or a list and a position")
		}
	default:
		if isDateFunction(name) {
			c.validateDates(checked, e, args)
		}
	}
}

// validateElements checks what a list of a function holds, where that is known.
func (c *compilation) validateElements(checked *ast.AST, list ast.Expr, does string, takes ...types.Kind) {
	inner := checked.GetType(list.ID()).Parameters()
	if len(inner) == 0 {
		return
	}
	kind := inner[0].Kind()
	if isOpen(inner[0]) || slices.Contains(takes, kind) {
		return
	}
	c.addAt(list.ID(), CodeExpression, fmt.Sprintf("%s; this is a list of %s", does, typeNames(inner[0].String())))
}

// validateDates checks the dates that are written out, and that times have a zone.
func (c *compilation) validateDates(checked *ast.AST, e ast.Expr, args []ast.Expr) {
	name := e.AsCall().FunctionName()
	zoned := name == "date" && len(args) == 1
	for _, arg := range args {
		zoned = zoned || checked.GetType(arg.ID()).Kind() == types.TimestampKind
		text, isText := literal(arg)
		if !isText {
			continue
		}
		_, isDate := parseDate(text)
		if _, isTime := (&scope{v: &Values{}}).parseTime(text); !isDate && (name != "date" || !isTime) {
			c.addAt(arg.ID(), CodeExpression, name+": a text is a date: yyyy-MM-dd")
		}
	}
	if zoned {
		c.checkZone(e, name+" of a time")
	}
}

// checkKnown checks a name that is written in quotes.
func (c *compilation) checkKnown(arg ast.Expr, has func(string) bool, code, message string) {
	name, ok := literal(arg)
	if ok && (has == nil || !has(name)) {
		c.addAt(arg.ID(), code, fmt.Sprintf(message, name))
	}
}

func (c *compilation) checkZone(e ast.Expr, name string) {
	if !c.env.names.Timezone {
		c.addAt(e.ID(), CodeTimezone, name+" needs the timezone of the bot")
	}
}

func (c *compilation) validateFmt(checked *ast.AST, e ast.Expr, args []ast.Expr) {
	times := false
	for _, id := range checked.GetOverloadIDs(e.ID()) {
		times = times || id == fmtTimestamp || id == fmtString
	}
	if times {
		c.checkZone(e, "fmt of a time")
	}
	if text, ok := literal(args[0]); ok && times {
		if _, ok := (&scope{v: &Values{}}).parseTime(text); !ok {
			c.addAt(args[0].ID(), CodeExpression, "fmt: a text is a date (yyyy-MM-dd) or a time with its offset")
		}
	}
	pattern, ok := literal(args[1])
	if !ok {
		return
	}
	var err error
	switch checked.GetType(args[0].ID()).Kind() {
	case types.TimestampKind, types.StringKind:
		_, err = locale.Time("es", time.Unix(0, 0).UTC(), pattern)
	case types.IntKind, types.DoubleKind:
		_, err = locale.Number("es", 1, pattern)
	}
	if err != nil {
		c.addAt(args[1].ID(), CodeExpression, "fmt: "+firstLine(err.Error()))
	}
}

func (c *compilation) validateRegexp(arg ast.Expr) {
	pattern, ok := literal(arg)
	if !ok {
		c.addAt(arg.ID(), CodeRegexp, "the pattern of matches is a text in quotes, not computed")
		return
	}
	if utf8.RuneCountInString(pattern) > maxRegexp {
		c.addAt(arg.ID(), CodeRegexp, fmt.Sprintf("the pattern of matches has at most %d characters", maxRegexp))
		return
	}
	if _, err := regexp.Compile(pattern); err != nil {
		c.addAt(arg.ID(), CodeRegexp, hint.Regexp(err))
		return
	}
	if n, err := instructions(pattern); err != nil || n > maxInstructions {
		c.addAt(arg.ID(), CodeRegexp, "the regular expression is too large; use fewer or smaller repetitions")
	}
}

// instructions counts the instructions that a regular expression compiles to.
func instructions(pattern string) (int, error) {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return 0, err
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return 0, err
	}
	return len(prog.Inst), nil
}
