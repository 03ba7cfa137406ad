package whatsapp_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
)

// elements are the bytes of each element by the name of its list, and how many there are of
// those that are not kept as bytes.
type elements struct {
	raw    map[string][]string
	counts map[string]int
}

// elementsOf reads, with the standard library alone, what stands in the lists of a body after
// the clean-up that Decode documents. A key that comes twice counts twice.
func elementsOf(t testing.TB, body []byte) elements {
	t.Helper()
	found := elements{map[string][]string{}, map[string]int{}}
	body = bytes.ToValidUTF8(bytes.TrimPrefix(body, []byte("\ufeff")), []byte("\ufffd"))
	for _, entry := range listsUnder(t, bytes.TrimSpace(body), "entry") {
		for _, change := range listsUnder(t, entry, "changes") {
			eachKey(t, change, func(key string, value json.RawMessage) {
				if key == "value" {
					eachKey(t, value, func(list string, raw json.RawMessage) { found.addList(t, list, raw) })
				}
			})
		}
	}
	return found
}

// addList adds what stands in a list of which nothing may be lost.
func (e elements) addList(t testing.TB, list string, raw json.RawMessage) {
	t.Helper()
	switch list {
	case "messages", "statuses", "errors", "user_preferences", "user_id_update", "message_echoes",
		"history", "state_sync", "calls", "groups":
		for _, element := range listOfRaw(t, raw) {
			e.add(list, element)
		}
	}
}

func (e elements) add(list string, element json.RawMessage) {
	e.counts[list]++
	switch list {
	case "messages", "message_echoes":
		e.raw[list] = append(e.raw[list], string(element))
	}
}

// eachKey visits what may be an object, key by key, also those that come twice.
func eachKey(t testing.TB, raw json.RawMessage, visit func(key string, value json.RawMessage)) {
	t.Helper()
	if raw[0] != '{' {
		return
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	_, err := dec.Token()
	require.NoError(t, err)
	for dec.More() {
		key, err := dec.Token()
		require.NoError(t, err)
		var value json.RawMessage
		require.NoError(t, dec.Decode(&value))
		name, isText := key.(string)
		require.True(t, isText)
		visit(name, value)
	}
}

// listsUnder are the elements of the lists of one key.
func listsUnder(t testing.TB, raw json.RawMessage, key string) (found []json.RawMessage) {
	t.Helper()
	eachKey(t, raw, func(name string, value json.RawMessage) {
		if name == key {
			found = append(found, listOfRaw(t, value)...)
		}
	})
	return found
}

// listOfRaw are the elements of what may be a list.
func listOfRaw(t testing.TB, raw json.RawMessage) (list []json.RawMessage) {
	t.Helper()
	if raw[0] == '[' {
		require.NoError(t, json.Unmarshal(raw, &list))
	}
	return list
}

func decodedElements(w *whatsapp.Webhook) elements {
	found := elements{map[string][]string{}, map[string]int{}}
	for i := range w.Values {
		v := &w.Values[i]
		for list, n := range map[string]int{
			"errors": len(v.Errors), "user_preferences": len(v.Preferences), "user_id_update": len(v.UserIDUpdates),
			"history": v.History, "state_sync": v.StateSync, "calls": len(v.VoiceCalls), "groups": v.Groups,
			"statuses": len(v.Statuses),
		} {
			if n > 0 {
				found.counts[list] += n
			}
		}
		for j := range v.Messages {
			found.add("messages", v.Messages[j].Raw)
		}
		for j := range v.Echoes {
			found.add("message_echoes", v.Echoes[j].Raw)
		}
	}
	return found
}
