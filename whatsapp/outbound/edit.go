package outbound

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
)

// EditText replaces the text at the path of a [Problem] by what edit makes of it. It changes the text
// where it stands, so the body must share nothing with another one; a path that leads to no text
// changes nothing.
func (s *Message) EditText(path string, edit func(string) string) {
	v := reflect.ValueOf(s).Elem()
	for rest := path; rest != ""; {
		var key string
		key, rest, _ = strings.Cut(rest, ".")
		if raw, ok := reflect.TypeAssert[RawParameters](v); ok {
			v.Set(reflect.ValueOf(editRaw(raw, key, edit)))
			return
		}
		if v = valueAt(v, key); !v.IsValid() {
			return
		}
	}
	if v.Kind() == reflect.String {
		v.SetString(edit(v.String()))
	}
}

// valueAt returns the field of a struct, or an element of it for a key such as "buttons[0]"; the zero
// Value if there is none.
func valueAt(v reflect.Value, key string) reflect.Value {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return reflect.Value{}
	}
	name, index, isItem := strings.Cut(strings.TrimSuffix(key, "]"), "[")
	field, _, ok := fieldOf(v, name)
	if !ok || !isItem {
		return field
	}
	i, err := strconv.Atoi(index)
	if err != nil || field.Kind() != reflect.Slice || i < 0 || i >= field.Len() {
		return reflect.Value{}
	}
	return field.Index(i)
}

// editRaw edits one text of raw parameters, such as the display_text of a call button.
func editRaw(raw RawParameters, key string, edit func(string) string) RawParameters {
	var fields map[string]json.RawMessage
	var text string
	if json.Unmarshal(raw, &fields) != nil || json.Unmarshal(fields[key], &text) != nil {
		return raw
	}
	edited, err := json.Marshal(edit(text))
	if err != nil {
		return raw
	}
	fields[key] = edited
	if edited, err = json.Marshal(fields); err != nil {
		return raw
	}
	return edited
}
