package expr

import (
	"strings"

	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"github.com/chattigo/api-isv/bot/fold"
)

var listOfTexts = types.NewListType(types.StringType)

// textFunctions are ours over texts, and trim, split and join as in CEL's strings extension.
// They are written anew because CEL's make texts and lists of any size before anything is charged.
var textFunctions = []declaration{
	declare("fold", overload("fold_string", onText(fold.Text), types.StringType, types.StringType)),
	declare("digits", overload("digits_string", onText(digits), types.StringType, types.StringType)),
	declare("plain", overload("plain_string", onText(plain), types.StringType, types.StringType)),
	declare("upper", overload("upper_string", onText(strings.ToUpper), types.StringType, types.StringType)),
	declare("lower", overload("lower_string", onText(strings.ToLower), types.StringType, types.StringType)),
	declare("trim", member("text_trim", onText(strings.TrimSpace), types.StringType, types.StringType)),
	declare("string", overload(overloads.DoubleToString, doubleText, types.StringType, types.DoubleType)),
	declare("split",
		member("text_split", split, listOfTexts, types.StringType, types.StringType),
		member("text_split_n", split, listOfTexts, types.StringType, types.StringType, types.IntType)),
	declare("join",
		member("text_join", join, types.StringType, listOfTexts),
		member("text_join_with", join, types.StringType, listOfTexts, types.StringType)),
}

// foldPaid is fold of a text, paid for before the work is done: a character may cost 150 units.
func foldPaid(f *frame, args []ref.Val) ref.Val {
	text, ok := args[0].(types.String)
	if !ok {
		return types.NoSuchOverloadErr()
	}
	charge(f, 1+foldCost(string(text)))
	return bounded(fold.Text(string(text)), nil, "")
}

func onText(f func(string) string) functions.FunctionOp {
	return func(args ...ref.Val) ref.Val { return bounded(f(stringArg(args[0])), nil, "") }
}

// doubleText is string(double) as ${…} prints a number: CEL's own would write 1.5e+06, which
// nobody is to read in a chat.
func doubleText(args ...ref.Val) ref.Val {
	text, err := printDouble(numberArg(args[0]))
	if err != nil {
		return types.WrapErr(err)
	}
	return types.String(text)
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}

// split takes at most as many pieces as its third argument says, if there is one.
func split(args ...ref.Val) ref.Val {
	text, sep := stringArg(args[0]), stringArg(args[1])
	limit := -1
	if len(args) == 3 {
		n, _ := args[2].(types.Int)
		limit = int(max(min(n, MaxElements+1), -1))
	}
	if n := strings.Count(text, sep) + 1; n > MaxElements && (limit < 0 || limit > MaxElements) {
		return fail("a list becomes too long")
	}
	parts := strings.SplitN(text, sep, limit)
	elems := make([]ref.Val, len(parts))
	for i, part := range parts {
		elems[i] = types.String(part)
	}
	return newList(elems)
}

func join(args ...ref.Val) ref.Val {
	list, _ := args[0].(traits.Lister)
	sep := ""
	if len(args) == 2 {
		sep = stringArg(args[1])
	}
	var b strings.Builder
	for i, elem := range elements(list) {
		text, ok := elem.(types.String)
		if !ok {
			return fail("join: an element of the list is not a string")
		}
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(string(text))
		if b.Len() > maxText {
			return fail("a text becomes too long")
		}
	}
	return types.String(b.String())
}
