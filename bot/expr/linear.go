package expr

import (
	"maps"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/parser"
)

// linear is an int as a sum: of a number, and of other values by what they are multiplied with. Other
// values are known by how they are written, which is enough to see that two are the same.
type linear struct {
	number int64
	terms  map[string]int64
}

// maxFactor bounds the numbers of a linear; others are not worth looking at.
const maxFactor = 1 << 20

// distance is how much an int is above another at most; ok is false where the source does not show it: 8
// for 8 * vars.page and 8 * vars.page + 8.
func (c *compilation) distance(from, to ast.Expr) (n int, ok bool) {
	low, ok := c.linear(from)
	high, alsoOK := c.linear(to)
	if !ok || !alsoOK || !maps.Equal(low.terms, high.terms) {
		return 0, false
	}
	return int(max(high.number-low.number, 0)), true
}

func (c *compilation) linear(e ast.Expr) (sum linear, ok bool) {
	if e.Kind() == ast.LiteralKind {
		n, isInt := e.AsLiteral().(types.Int)
		return linear{number: int64(n)}, isInt && int64(n) > -maxFactor && int64(n) < maxFactor
	}
	if e.Kind() == ast.CallKind && !e.AsCall().IsMemberFunction() && len(e.AsCall().Args()) == 2 {
		args := e.AsCall().Args()
		switch e.AsCall().FunctionName() {
		case operators.Add:
			return c.combined(args, 1)
		case operators.Subtract:
			return c.combined(args, -1)
		case operators.Multiply:
			return c.multiplied(args)
		}
	}
	text, err := parser.Unparse(e, c.info, parser.WrapOnColumn(maxSource*4))
	return linear{terms: map[string]int64{text: 1}}, err == nil
}

// combined is the first and the second, by a factor.
func (c *compilation) combined(args []ast.Expr, factor int64) (linear, bool) {
	a, ok := c.linear(args[0])
	b, alsoOK := c.linear(args[1])
	if !ok || !alsoOK {
		return linear{}, false
	}
	sum := linear{number: a.number + factor*b.number, terms: maps.Clone(a.terms)}
	if sum.terms == nil {
		sum.terms = map[string]int64{}
	}
	for name, n := range b.terms {
		if sum.terms[name] += factor * n; sum.terms[name] == 0 {
			delete(sum.terms, name)
		}
	}
	return sum, sum.isSmall()
}

// multiplied is a product, one side of which is a number.
func (c *compilation) multiplied(args []ast.Expr) (linear, bool) {
	a, ok := c.linear(args[0])
	b, alsoOK := c.linear(args[1])
	if len(a.terms) > 0 {
		a, b = b, a
	}
	if !ok || !alsoOK || len(a.terms) > 0 {
		return linear{}, false
	}
	product := linear{number: a.number * b.number, terms: make(map[string]int64, len(b.terms))}
	for name, n := range b.terms {
		if a.number != 0 {
			product.terms[name] = a.number * n
		}
	}
	return product, product.isSmall()
}

func (l linear) isSmall() bool {
	for _, n := range l.terms {
		if n <= -maxFactor || n >= maxFactor {
			return false
		}
	}
	return l.number > -maxFactor && l.number < maxFactor
}
