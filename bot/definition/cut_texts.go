package definition

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/chattigo/api-isv/bot/tree"
)

// cutByComment warns of a text of which YAML takes the end for a comment.
func (d *decoder) cutByComment(n *yaml.Node) {
	if n.LineComment != "" {
		d.WarnAt(tree.PlaceOf(n), CodeQuote, "what stands behind the # is left out: a space and # begin a comment; put the text in quotes")
	}
}

// cutByCommas warns of a list between brackets in which a comma seems to have cut a text without quotes in
// two. One of them is reported.
func (d *decoder) cutByCommas(list *yaml.Node) {
	if list.Kind != yaml.SequenceNode || list.Style&yaml.FlowStyle == 0 {
		return
	}
	for i, n := range list.Content {
		if isPlain(n) && (halfQuoted(n.Value) || i > 0 && isPlain(list.Content[i-1]) && goesOn(list.Content[i-1], n)) {
			d.WarnAt(tree.PlaceOf(n), CodeQuote, "between brackets, a comma ends a text: here another message begins; put a text that holds a comma in quotes")
			return
		}
	}
}

// isPlain reports whether a node is a text or a number without quotes.
func isPlain(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Style == 0 }

// halfQuoted reports whether a text has only the first or the last of two quotation marks of a word
// processor.
func halfQuoted(text string) bool {
	for _, pair := range []string{"“”", "«»", "„“"} {
		first, size := utf8.DecodeRuneInString(pair)
		last, _ := utf8.DecodeRuneInString(pair[size:])
		begins, ends := strings.HasPrefix(text, string(first)), strings.HasSuffix(text, string(last))
		if begins && !strings.ContainsRune(text[size:], last) || ends && !strings.ContainsRune(text, first) && !strings.HasPrefix(text, "„") {
			return true
		}
	}
	return false
}

// goesOn reports whether a text seems to be the rest of the one before it: it goes on in lower case where
// that one began with a capital, or with a digit right behind the comma that a digit precedes.
func goesOn(before, n *yaml.Node) bool {
	start, _ := utf8.DecodeRuneInString(opened(before.Value))
	next, _ := utf8.DecodeRuneInString(opened(n.Value))
	end, _ := utf8.DecodeLastRuneInString(before.Value)
	adjacent := tree.IsText(before) && before.Line == n.Line && before.Column+utf8.RuneCountInString(before.Value)+len(",") == n.Column
	isWord := utf8.RuneCountInString(n.Value) > 1
	return unicode.IsUpper(start) && unicode.IsLower(next) && isWord || adjacent && unicode.IsDigit(end) && unicode.IsDigit(next)
}

// opened is a text without the marks with which a question, an exclamation or a quotation begins.
func opened(text string) string { return strings.TrimLeft(text, "¿¡“«„") }
