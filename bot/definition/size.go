package definition

import "github.com/chattigo/api-isv/bot/tree"

// WrittenSize is how many bytes a JSON value takes in a written state, where <, > and & are escaped
// as six bytes.
func WrittenSize[T ~[]byte | ~string](raw T) int {
	n := len(raw)
	for i := range len(raw) {
		if c := raw[i]; c == '<' || c == '>' || c == '&' {
			n += 5
		}
	}
	return n
}

// OptionSize is how many bytes an option of a question takes in a written state at most.
func OptionSize(id, title string) int {
	return quotedSize(id) + quotedSize(title) + len(`{"id":,"title":,"full":"0123456789ab"},`)
}

// quotedSize is how many bytes a text takes in a written state.
func quotedSize(text string) int {
	if tree.Plain(text) {
		return len(`""`) + WrittenSize(text)
	}
	return WrittenSize(tree.Quote(text))
}
