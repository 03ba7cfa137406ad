package definition

import (
	"strings"

	"github.com/chattigo/api-isv/bot/expr"
	"github.com/chattigo/api-isv/bot/tree"
)

// sampleText stands for a text that only an expression knows. It is as short as a text can be, so
// that what is too long with it is too long with any value.
const sampleText = "x"

// sampleValue is a value, as JSON, that an expression might give under a key: good enough to check
// everything around it against WhatsApp's rules.
func sampleValue(key string, t *expr.Template) string {
	if !t.Whole() {
		return tree.Quote(sampleMixed(t.Literal()))
	}
	switch t.Type() {
	case "int":
		return "1"
	case "double":
		return "0.5"
	case "bool":
		return "true"
	case "list":
		return sampleList(key)
	case "map":
		return "{}"
	case "dyn":
		return sampleUnknown(key)
	}
	return tree.Quote(sampleString(key))
}

// sampleMixed is the sample of a text of which only the literal part is known.
func sampleMixed(literal string) string {
	if strings.TrimSpace(literal) == "" {
		return sampleText
	}
	return strings.TrimSpace(literal)
}

// sampleUnknown picks a sample by the key alone. It is for values without a static type, such as
// those of a call's response.
func sampleUnknown(key string) string {
	switch key {
	case "latitude", "longitude":
		return "0.5"
	case "preview_url", "voice":
		return "true"
	case "rows", "buttons", "sections", "cards", "product_items", "contacts", "phones", "emails", "urls", "addresses":
		return sampleList(key)
	}
	return tree.Quote(sampleString(key))
}

// sampleString is the sample of a text under a key.
func sampleString(key string) string {
	if key == "link" || key == "url" {
		return "https://example.com/x"
	}
	return sampleText
}

// sampleList is the sample of a list under a key.
func sampleList(key string) string {
	const row = `{"id":"x","title":"x"}`
	switch key {
	case "rows":
		return "[" + row + "]"
	case "sections":
		return `[{"title":"x","rows":[` + row + `]}]`
	case "buttons":
		return `[{"type":"reply","reply":` + row + `}]`
	case "product_items":
		return `[{"product_retailer_id":"x"}]`
	case "contacts":
		return `[{"name":{"formatted_name":"x","first_name":"x"}}]`
	}
	return "[]"
}
