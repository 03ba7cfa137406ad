package bot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// placeholder stands where WhatsApp wants a text and an expression gives nothing that can be seen.
const placeholder = "…"

// emptyBlankTexts empties the texts of a rendered value that people read and that are blank, such as
// spaces or invisible characters: WhatsApp refuses them or shows an empty bubble. key is the one that holds the
// value, or the list that it is in.
func emptyBlankTexts(key string, value json.RawMessage) (json.RawMessage, error) {
	if !mayHoldBlankText(value) {
		return value, nil
	}
	dec := json.NewDecoder(bytes.NewReader(value))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, fmt.Errorf("read a value of the message: %w", err)
	}
	emptied, changed := emptyBlankTextsIn(key, tree)
	if !changed {
		return value, nil
	}
	return json.Marshal(emptied)
}

// mayHoldBlankText reports whether any text of compact JSON may begin with an invisible character. It
// saves decoding the lists of a response.
func mayHoldBlankText(value json.RawMessage) bool {
	for i := range len(value) - 1 {
		if next := value[i+1]; value[i] == '"' && (next == ' ' || next == '\\' || next >= utf8.RuneSelf) {
			return true
		}
	}
	return false
}

// keepValue returns a rendered value as it is.
func keepValue(_ string, value json.RawMessage) (json.RawMessage, error) { return value, nil }

func emptyBlankTextsIn(key string, v any) (emptied any, changed bool) {
	switch v := v.(type) {
	case string:
		if v != "" && readByPeople(key) && whatsapp.Blank(v) {
			return "", true
		}
	case []any:
		for i, item := range v {
			fresh, did := emptyBlankTextsIn(key, item)
			v[i], changed = fresh, changed || did
		}
	case map[string]any:
		for name, item := range v { // in any order: each is judged for itself
			fresh, did := emptyBlankTextsIn(name, item)
			v[name], changed = fresh, changed || did
		}
	}
	return v, changed
}

// addPlaceholders fills the texts that WhatsApp wants and data left empty, so that the question can
// still be answered, and reports whether there were any. A text message with nothing in it is not said
// at all.
func addPlaceholders(body *outbound.Message, problems []outbound.Problem) (added bool) {
	for _, p := range problems {
		if !p.Warning && p.Rule == outbound.RuleRequired && takesPlaceholder(p.Path) {
			body.EditText(p.Path, func(string) string { return placeholder })
			added = true
		}
	}
	return added
}

// takesPlaceholder reports whether the text at a path is only shown. A template with a placeholder
// would lack what it was sent for.
func takesPlaceholder(path string) bool {
	switch path[strings.LastIndexByte(path, '.')+1:] {
	case "body", "name", "address": // of a text message or an object; of a template, an action or a place
		return false
	}
	return readByPeople(path) && !strings.HasPrefix(path, "template.")
}

// saysNothing reports whether a body is a text message that is blank.
func saysNothing(body outbound.Message) bool {
	return body.Text != nil && whatsapp.Blank(body.Text.Body)
}
