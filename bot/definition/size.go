package definition

import "encoding/json"

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
	return WrittenSize([]byte(quote(id))) + WrittenSize([]byte(quote(title))) + len(`{"id":,"title":,"full":"0123456789ab"},`)
}
