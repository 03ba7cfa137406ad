package definition

import "encoding/json"

// writtenSize is what JSON takes in a state, where <, > and & are written as six bytes.
func WrittenSize(raw json.RawMessage) int {
	n := len(raw)
	for _, c := range raw {
		if c == '<' || c == '>' || c == '&' {
			n += 5
		}
	}
	return n
}

// optionSize is what an option takes in a state at most.
func OptionSize(id, title string) int {
	return WrittenSize([]byte(quote(id))) + WrittenSize([]byte(quote(title))) + len(`{"id":,"title":,"full":"0123456789ab"},`)
}
