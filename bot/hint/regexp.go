package hint

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
)

// Regexp says what is wrong with a regular expression that package regexp does not take, and what to
// do about it.
func Regexp(err error) string {
	failed, ok := errors.AsType[*syntax.Error](err)
	if !ok {
		return "this is not a regular expression"
	}
	piece := failed.Expr
	if strings.HasPrefix(piece, "(?=") || strings.HasPrefix(piece, "(?!") || strings.HasPrefix(piece, "(?<") {
		return fmt.Sprintf("%s…) looks ahead or behind, which is not possible here; write what has to match, and use a second condition for what must not",
			piece[:len("(?=")])
	}
	return explain(failed.Code, first(piece))
}

// first is a piece of a regular expression, cut to what fits into a sentence.
func first(piece string) string {
	const most = 30 // characters
	if all := []rune(piece); len(all) > most {
		return string(all[:most]) + "…"
	}
	return piece
}

func explain(code syntax.ErrorCode, piece string) string {
	switch code {
	case syntax.ErrMissingBracket:
		return fmt.Sprintf(`a ] is missing behind %s; write \[ for a bracket that is part of the text`, piece)
	case syntax.ErrMissingParen:
		return `a ) is missing; write \( for a parenthesis that is part of the text`
	case syntax.ErrUnexpectedParen:
		return `a ) has no ( before it; write \) for a parenthesis that is part of the text`
	case syntax.ErrMissingRepeatArgument:
		return fmt.Sprintf(`%s repeats what stands before it, and nothing does; write \%s for the character itself`, piece, piece)
	case syntax.ErrInvalidRepeatOp:
		return fmt.Sprintf("%s: one repetition cannot follow another; leave one out", piece)
	case syntax.ErrInvalidRepeatSize, syntax.ErrLarge, syntax.ErrNestingDepth:
		return fmt.Sprintf("%s is too large; use fewer or smaller repetitions", piece)
	case syntax.ErrInvalidCharRange:
		return fmt.Sprintf("there is no range or class of characters %s; a range begins with the smaller character, as in a-z", piece)
	case syntax.ErrTrailingBackslash:
		return `a \ at the end means nothing; write \\ for a backslash`
	case syntax.ErrInvalidEscape:
		return escape(piece)
	}
	return fmt.Sprintf("%s is not possible in a regular expression here (RE2)", piece)
}

// escape is about a backslash and what follows it.
func escape(piece string) string {
	if len(piece) > 1 && piece[1] >= '1' && piece[1] <= '9' {
		return fmt.Sprintf("%s refers to an earlier group, which is not possible here", piece)
	}
	return fmt.Sprintf(`%s means nothing here; write the character without \, or \\ for a backslash`, piece)
}
