package whatsapp_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/internal/jsontest"
)

// pruned is JSON with everything left out that is empty, so that a golden file shows what
// was read and nothing else.
func pruned(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	var tree any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	require.NoError(t, dec.Decode(&tree))
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	require.NoError(t, enc.Encode(prune(tree)))
	return out.Bytes()
}

func prune(node any) any {
	switch v := node.(type) {
	case map[string]any:
		for key, child := range v {
			if child = prune(child); child == nil {
				delete(v, key)
				continue
			}
			v[key] = child
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = prune(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	case string:
		if v == "" {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	case json.Number:
		if v == "0" {
			return nil
		}
	}
	return node
}

// shown is what a golden file shows of a value: what was decoded, without the raw parts.
func shown(v *whatsapp.Value) map[string]any {
	var messages []any
	for i := range v.Messages {
		m := &v.Messages[i]
		id, title, _ := m.ReplyID()
		messages = append(messages, map[string]any{
			"message": m, "user_message": m.UserMessage(), "problem": m.Problem, "at": unix(m.Timestamp.Unix()),
			"typed": m.TypedText(), "reply_id": id, "reply_title": title,
		})
	}
	var statuses []any
	for i := range v.Statuses {
		s := &v.Statuses[i]
		statuses = append(statuses, map[string]any{"status": s, "problem": s.Problem, "at": unix(s.Timestamp.Unix())})
	}
	return map[string]any{
		"field": v.Field, "metadata": v.Metadata, "contacts": v.Contacts,
		"messages": messages, "statuses": statuses, "errors": v.Errors, "preferences": v.Preferences,
		"user_id_updates": v.UserIDUpdates, "echoes": v.Echoes, "history": v.History, "state_sync": v.StateSync,
		"calls": v.VoiceCalls, "groups": v.Groups, "time": unix(v.Time.Unix()), "fates": v.Fates(), "problem": v.Problem,
	}
}

// unix hides the zero time.
func unix(seconds int64) int64 { return max(seconds, 0) }

// inbound are the webhooks of testdata/inbound: <type>/<era>.json.
func inbound(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob("testdata/inbound/*/*.json")
	require.NoError(t, err)
	var bodies []string
	for _, name := range names {
		if filepath.Ext(name[:len(name)-len(".json")]) != ".golden" {
			bodies = append(bodies, name)
		}
	}
	require.Greater(t, len(bodies), 60)
	return bodies
}

// TestInboundGolden decodes each type in the shape of its era: that of v14.0, of 2024 and
// of 2026.
func TestInboundGolden(t *testing.T) {
	for _, name := range inbound(t) {
		t.Run(name, func(t *testing.T) {
			body, err := os.ReadFile(name)
			require.NoError(t, err)
			w := decode(t, body)
			require.Len(t, w.Values, 1)
			jsontest.Golden(t, name[:len(name)-len(".json")]+".golden.json", pruned(t, shown(&w.Values[0])))
		})
	}
}

// TestInboundHasEachTypeInEachEra: a shape without its webhook, or a webhook that stands in no
// row, fails.
func TestInboundHasEachTypeInEachEra(t *testing.T) {
	var want []string
	for _, row := range []struct {
		why         string
		eras, types []string
	}{
		{"what every version has", []string{"v14", "2024", "2026"}, []string{
			"audio", "button", "button_reply", "contacts", "context_forwarded", "context_product", "document",
			"errors_only", "identity", "image", "interactive_without_object", "list_reply", "location", "order",
			"reaction", "reaction_removed", "referral", "status_deleted", "status_failed", "status_read",
			"status_sent", "sticker", "system_identity", "system_number", "text", "unsupported",
			"unsupported_unavailable", "video",
		}},
		{"what came after v14.0", []string{"2024", "2026"}, []string{
			"address_reply", "history", "message_echoes", "nfm_reply", "payment", "request_welcome", "state_sync",
			"user_preferences",
		}},
		{"what is new in 2026, or made for one case", []string{"2026"}, []string{
			"call_permission_automatic", "call_permission_reply", "call_status", "calls", "edit", "group", "groups",
			"history_declined", "no_identity", "revoke", "status_group", "status_played", "system_user_id",
			"unknown_type", "unsupported_edit", "user_id_update", "username_only",
		}},
		{"what never had contacts, and so did not change between", []string{"v14", "2026"}, []string{
			"template_status",
		}},
		{"the old spelling of audio", []string{"v14"}, []string{
			"voice",
		}},
	} {
		for _, typ := range row.types {
			for _, era := range row.eras {
				want = append(want, "testdata/inbound/"+typ+"/"+era+".json")
			}
		}
	}
	require.ElementsMatch(t, want, inbound(t))
}
