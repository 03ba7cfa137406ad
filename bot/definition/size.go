package definition

import (
	"encoding/json"

	"github.com/chattigo/api-isv/bot/tree"
)

// WrittenSize is how many bytes a JSON value takes in a written state, where <, > and & are escaped
// as six bytes.
func WrittenSize(raw json.RawMessage) int {
	n := len(raw)
	for _, c := range raw {
		if c == '<' || c == '>' || c == '&' {
			n += 5
		}
	}
	return n
}

// OptionSize is how many bytes an option of a question takes in a written state at most.
func OptionSize(id, title string) int {
	return WrittenSize([]byte(tree.Quote(id))) + WrittenSize([]byte(tree.Quote(title))) + len(`{"id":,"title":,"full":"0123456789ab"},`)
}
