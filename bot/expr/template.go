package expr

import "encoding/json"

// Template is a compiled text with ${…} in it, safe for concurrent use.
type Template struct{}

// Part is a piece of a rendered header: a text, or the name of a secret to put there.
type Part struct {
	Text   string `json:"text,omitempty"`
	Secret string `json:"secret,omitempty"`
}

// Static is the text itself when there is no expression in it.
func (t *Template) Static() (string, bool) { return "", false }

// Whole says whether the text is exactly one ${…}, whose value keeps its type.
func (t *Template) Whole() bool { return false }

// Type is what a Whole gives: "string", "int", "double", "bool", "list", "map",
// "timestamp", or "dyn" when only evaluation shows it.
func (t *Template) Type() string { return "" }

// Literal is the text without its expressions: the least that it will hold.
func (t *Template) Literal() string { return "" }

// JSON renders the text: a Whole as its value, anything else as a string.
func (t *Template) JSON(_ *Values) (json.RawMessage, error) { return nil, nil }

// Text renders the text as a text.
func (t *Template) Text(_ *Values) (string, error) { return "", nil }

// Parts renders a header, with its secrets still named.
func (t *Template) Parts(_ *Values) ([]Part, error) { return nil, nil }

// Secrets are the names of the secrets, in order, each once.
func (t *Template) Secrets() []string { return nil }
