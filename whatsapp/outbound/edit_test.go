package outbound_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp/outbound"
)

// eachText calls f with the path of every text of a JSON tree, and with a function that sets it.
func eachText(path string, v any, set func(any), f func(path string, set func(any))) {
	switch v := v.(type) {
	case string:
		f(path, set)
	case map[string]any:
		for key, inner := range v {
			eachText(strings.TrimPrefix(path+"."+key, "."), inner, func(x any) { v[key] = x }, f)
		}
	case []any:
		for i, inner := range v {
			eachText(fmt.Sprintf("%s[%d]", path, i), inner, func(x any) { v[i] = x }, f)
		}
	}
}

// insideRaw reports whether a path leads below the first keys of raw JSON, which no rule is about.
func insideRaw(path string) bool {
	for _, key := range []string{
		"pin.", ".flow_action_data", ".flow_action_payload.data", ".order_details", "parameters.values.",
		"parameters.payment_settings", "parameters.order.", "parameters.saved_addresses", "parameters.validation_errors",
	} {
		if strings.Contains(path, key) {
			return true
		}
	}
	return false
}

// TestEditTextChangesThatTextOnly edits each text of each kind of message.
func TestEditTextChangesThatTextOnly(t *testing.T) {
	edited := 0
	for name := range samples() {
		body := read(t, "testdata/messages/"+name+".json")
		var tree any
		require.NoError(t, json.Unmarshal(body, &tree))
		eachText("", tree, nil, func(path string, set func(any)) {
			if insideRaw(path) {
				return
			}
			before, found := "", false
			s, problems := outbound.Parse(body)
			require.Empty(t, problems)
			s.EditText(path, func(text string) string {
				before, found = text, true
				return text + "!"
			})
			require.True(t, found, "%s: %s", name, path)
			set(before + "!")
			want, err := json.Marshal(tree)
			require.NoError(t, err)
			set(before)
			got, err := json.Marshal(s)
			require.NoError(t, err)
			require.JSONEq(t, string(want), string(got), "%s: %s", name, path)
			edited++
		})
	}
	require.Greater(t, edited, 300)
}

func TestEditTextFillsWhatIsLeftOut(t *testing.T) {
	s := yesNo()
	s.Interactive.Header = &outbound.Header{Type: "text"}
	s.EditText("interactive.header.text", func(string) string { return "…" })
	require.Equal(t, "…", s.Interactive.Header.Text)
}

func TestEditTextOfNoText(t *testing.T) {
	for _, path := range []string{
		"", "x", "text", "text.body", "interactive", "interactive.footer.text", "interactive.action.buttons", "interactive.action.buttons[2].reply.title",
		"interactive.action.buttons[x].type", "interactive.action.buttons[-1].type", "interactive.type[0]", "interactive.type.x", "interactive.action.parameters.display_text",
	} {
		s := yesNo()
		s.EditText(path, func(string) string { return "!" })
		require.Equal(t, yesNo(), s, path)
	}
	s := yesNo()
	s.Interactive.Action.Parameters = outbound.RawParameters(`{"a":1}`)
	s.EditText("interactive.action.parameters.a", func(string) string { return "!" })
	s.EditText("interactive.action.parameters.b", func(string) string { return "!" })
	require.Equal(t, outbound.RawParameters(`{"a":1}`), s.Interactive.Action.Parameters)
}
