package api

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/chattigo/api-isv/whatsapp"
)

const (
	// maxCutText is how many bytes each string of a message that is cut may keep at first: enough for a
	// long text, which takes six times as much where every byte is escaped.
	maxCutText = 12 << 10
	// maxCutList is how many elements each list keeps.
	maxCutList = 4
)

// cutMessage encodes the fields of a message that a bot understands, as a message of the same shape
// and the same fate. Strings keep limit bytes.
func cutMessage(m *whatsapp.Message, limit int) (json.RawMessage, error) {
	decoded := *m
	decoded.Errors = slices.Clone(m.Errors)
	slices.SortStableFunc(decoded.Errors, func(a, b whatsapp.Error) int { return decisive(b) - decisive(a) })
	all := cutObject(reflect.ValueOf(decoded), limit)
	kept := map[string]any{}
	for _, name := range []string{"id", "from", "from_user_id", "group_id", "type", "context", "errors", m.Type} {
		if value, ok := all[name]; ok {
			kept[name] = value
		}
	}
	if !m.Timestamp.IsZero() {
		kept["timestamp"] = strconv.FormatInt(m.Timestamp.Unix(), 10)
	}
	return json.Marshal(kept)
}

// decisive is 1 for the error that decides about a message's fate.
func decisive(e whatsapp.Error) int {
	if e.Code == whatsapp.CodeUnavailable {
		return 1
	}
	return 0
}

// cutValue returns a decoded value as a JSON tree, cut; nil where it is empty. Numbers are never
// empty: a place may lie at zero degrees.
func cutValue(v reflect.Value, limit int) any {
	if raw, ok := reflect.TypeAssert[json.RawMessage](v); ok {
		return cutEdited(raw, limit)
	}
	switch kind := v.Kind(); {
	case kind == reflect.Struct:
		return cutObject(v, limit)
	case kind == reflect.Float64, kind == reflect.Int64:
		return v.Interface()
	case v.IsZero():
		return nil
	case kind == reflect.Pointer:
		return cutValue(v.Elem(), limit)
	case kind == reflect.String:
		return cutAt(v.String(), limit)
	case kind == reflect.Slice:
		return cutList(v, limit)
	}
	return v.Interface()
}

func cutList(v reflect.Value, limit int) any {
	if v.Len() == 0 {
		return nil
	}
	list := make([]any, min(v.Len(), maxCutList))
	for i := range list {
		list[i] = cutValue(v.Index(i), limit)
	}
	return list
}

func cutObject(v reflect.Value, limit int) map[string]any {
	object := map[string]any{}
	for field, value := range v.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case name == "" || name == "-", value.Kind() == reflect.Struct && value.IsZero():
		case name == "response_json" && value.Len() > limit: // half a JSON text is none
		default:
			if kept := cutValue(value, limit); kept != nil {
				object[name] = kept
			}
		}
	}
	return object
}

// cutEdited keeps what a message says after an edit, if it is a text.
func cutEdited(raw json.RawMessage, limit int) any {
	edited := whatsapp.DecodeMessage(raw)
	typed := edited.TypedText()
	if typed == "" {
		return nil
	}
	return map[string]any{"type": whatsapp.TypeText, "text": map[string]any{"body": cutAt(typed, limit)}}
}
