package expr

import (
	"strings"
	"unicode/utf8"
)

// piece is a part of a text: literal text, or the source of an expression.
type piece struct {
	text string
	// isExpr is set for the source of an expression; offset is then its position in the whole text,
	// in code points.
	isExpr bool
	offset int
}

// scan splits a text at its ${…}. The brace that ends an expression is the first that
// belongs to none of its maps and texts in quotes. $${ is a literal ${.
func scan(text string) ([]piece, *Problem) {
	var pieces []piece
	var words strings.Builder
	for i := 0; i < len(text); {
		switch rest := text[i:]; {
		case strings.HasPrefix(rest, "$${"):
			words.WriteString("${")
			i += len("$${")
		case strings.HasPrefix(rest, "${"):
			start := i + len("${")
			n, ok := expressionEnd(text[start:])
			if !ok {
				return nil, &Problem{
					Offset: utf8.RuneCountInString(text[:i]), Code: CodeExpression,
					Message: "the expression has no end: } is missing (for the characters ${ write $${)",
				}
			}
			if words.Len() > 0 {
				pieces = append(pieces, piece{text: words.String()})
				words.Reset()
			}
			pieces = append(pieces, piece{text: text[start : start+n], isExpr: true, offset: utf8.RuneCountInString(text[:start])})
			i = start + n + len("}")
		default:
			words.WriteByte(text[i])
			i++
		}
	}
	if words.Len() > 0 {
		pieces = append(pieces, piece{text: words.String()})
	}
	return pieces, nil
}

// expressionEnd is the position of the closing brace of an expression.
func expressionEnd(text string) (int, bool) {
	depth := 0
	for i := 0; i < len(text); {
		n, ok := quotedOrComment(text, i)
		if !ok {
			return 0, false
		}
		switch {
		case n > 0:
			i += n
			continue
		case text[i] == '{':
			depth++
		case text[i] == '}' && depth == 0:
			return i, true
		case text[i] == '}':
			depth--
		}
		i++
	}
	return 0, false
}

// quotedOrComment is the length of the text in quotes or the comment that begins at i, in which
// braces mean nothing; 0 when neither begins there. ok is false when it has no end.
func quotedOrComment(text string, i int) (n int, ok bool) {
	switch {
	case text[i] == '"' || text[i] == '\'':
		return quotedEnd(text[i:], isRaw(text[:i]))
	case strings.HasPrefix(text[i:], "//"):
		n = strings.IndexByte(text[i:], '\n')
		return n, n > 0
	}
	return 0, true
}

// isRaw reports whether the quote after before begins a raw text, as in r'\d': one in which a
// backslash means itself. An r or b that ends a longer name is no prefix.
func isRaw(before string) bool {
	prefix := before[len(strings.TrimRight(before, "rRbB")):]
	name := before[:len(before)-len(prefix)]
	if n := len(name); n > 0 && (name[n-1] == '_' || name[n-1] >= '0' && name[n-1] <= '9' || isLetter(name[n-1])) {
		return false
	}
	return len(prefix) <= 2 && strings.ContainsAny(prefix, "rR")
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// quotedEnd is the length of the text in quotes that begins here.
func quotedEnd(text string, raw bool) (int, bool) {
	quote := text[:1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(text, triple) {
		quote = triple
	}
	for i := len(quote); i < len(text); {
		switch {
		case text[i] == '\\' && !raw:
			i += 2
		case strings.HasPrefix(text[i:], quote):
			return i + len(quote), true
		default:
			i++
		}
	}
	return 0, false
}
