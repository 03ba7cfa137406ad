package expr

import (
	"strings"
	"unicode/utf8"

	"cel.dev/cel-go/common/decls"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"github.com/chattigo/api-isv/bot/fold"
)

// textFunctions are ours over texts, and those of CEL's strings extension that authors know.
// They are written anew because CEL's make texts and lists of any size before anything is charged.
func textFunctions() ([]*decls.FunctionDecl, error) {
	text, whole, list := types.StringType, types.IntType, types.NewListType(types.StringType)
	return declareAll(
		ours("fold", fold.Text),
		ours("digits", digits),
		ours("plain", plain),
		members("lowerAscii", member("lower_ascii", text, onText(lowerASCII), text)),
		members("upperAscii", member("upper_ascii", text, onText(upperASCII), text)),
		members("trim", member("trim", text, onText(strings.TrimSpace), text)),
		members("charAt", member("char_at", text, charAt, text, whole)),
		members("indexOf", member("index_of", whole, indexOf, text, text),
			member("index_of_from", whole, indexOf, text, text, whole)),
		members("lastIndexOf", member("last_index_of", whole, lastIndexOf, text, text)),
		members("substring", member("substring", text, substring, text, whole),
			member("substring_to", text, substring, text, whole, whole)),
		members("replace", member("replace", text, replaceText, text, text, text),
			member("replace_n", text, replaceText, text, text, text, whole)),
		members("split", member("split", list, split, text, text),
			member("split_n", list, split, text, text, whole)),
		members("join", member("join", text, join, list), member("join_with", text, join, list, text)),
	)
}

type call func(args ...ref.Val) ref.Val

// ours declares a function of ours from text to text.
func ours(name string, f func(string) string) function {
	return function{name, []decls.FunctionOpt{
		decls.Overload(name+"_string", []*types.Type{types.StringType}, types.StringType, binding(onText(f), 1)),
	}}
}

func members(name string, opts ...decls.FunctionOpt) function { return function{name, opts} }

// member declares target.name(args) by the types of target and arguments.
func member(id string, result *types.Type, f call, args ...*types.Type) decls.FunctionOpt {
	return decls.MemberOverload("text_"+id, args, result, binding(f, len(args)))
}

// binding binds f as a function of n arguments, as CEL calls them.
func binding(f call, n int) decls.OverloadOpt {
	switch n {
	case 1:
		return decls.UnaryBinding(func(a ref.Val) ref.Val { return f(a) })
	case 2:
		return decls.BinaryBinding(func(a, b ref.Val) ref.Val { return f(a, b) })
	}
	return decls.FunctionBinding(func(args ...ref.Val) ref.Val { return f(args...) })
}

func onText(f func(string) string) call {
	return func(args ...ref.Val) ref.Val { return bounded(f(stringArg(args[0])), nil, "") }
}

func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, text)
}

func lowerASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

func upperASCII(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, text)
}

// intArg is an optional argument.
func intArg(args []ref.Val, i int, missing int) int {
	if i >= len(args) {
		return missing
	}
	n, _ := args[i].(types.Int)
	return int(max(min(n, 1<<30), -1<<30))
}

// byteOffset is where the n-th character of a text begins; its length for the one after the last.
func byteOffset(text string, n int) (int, bool) {
	if n < 0 {
		return 0, false
	}
	for i := range text {
		if n == 0 {
			return i, true
		}
		n--
	}
	return len(text), n == 0
}

const badIndex = "an index lies outside of the text"

func charAt(args ...ref.Val) ref.Val {
	text := stringArg(args[0])
	i, ok := byteOffset(text, intArg(args, 1, 0))
	if !ok {
		return fail(badIndex)
	}
	_, size := utf8.DecodeRuneInString(text[i:])
	return types.String(text[i : i+size])
}

func substring(args ...ref.Val) ref.Val {
	text := stringArg(args[0])
	from, ok := byteOffset(text, intArg(args, 1, 0))
	to, end := len(text), true
	if len(args) == 3 {
		to, end = byteOffset(text, intArg(args, 2, 0))
	}
	if !ok || !end || from > to {
		return fail(badIndex)
	}
	return types.String(text[from:to])
}

func indexOf(args ...ref.Val) ref.Val {
	text := stringArg(args[0])
	start := intArg(args, 2, 0)
	if start < 0 {
		return fail(badIndex)
	}
	from, ok := byteOffset(text, start)
	if !ok {
		return types.Int(-1)
	}
	i := strings.Index(text[from:], stringArg(args[1]))
	if i < 0 {
		return types.Int(-1)
	}
	return types.Int(start + utf8.RuneCountInString(text[from:from+i]))
}

func lastIndexOf(args ...ref.Val) ref.Val {
	text := stringArg(args[0])
	i := strings.LastIndex(text, stringArg(args[1]))
	if i < 0 {
		return types.Int(-1)
	}
	return types.Int(utf8.RuneCountInString(text[:i]))
}

// replaceText measures the result before it makes it.
func replaceText(args ...ref.Val) ref.Val {
	text, old, with := stringArg(args[0]), stringArg(args[1]), stringArg(args[2])
	limit := intArg(args, 3, -1)
	n := strings.Count(text, old)
	if limit >= 0 {
		n = min(n, limit)
	}
	if len(text)+n*(len(with)-len(old)) > maxText {
		return fail("a text becomes too long")
	}
	return types.String(strings.Replace(text, old, with, limit))
}

func split(args ...ref.Val) ref.Val {
	text, sep := stringArg(args[0]), stringArg(args[1])
	limit := intArg(args, 2, -1)
	if n := strings.Count(text, sep) + 1; n > maxElements && (limit < 0 || limit > maxElements) {
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
