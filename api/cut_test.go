package api

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
)

// TestACutMessageKeepsItsFate pads every message of the inbound fixtures beyond the limit.
func TestACutMessageKeepsItsFate(t *testing.T) {
	files, err := filepath.Glob("../whatsapp/testdata/inbound/*/*.json")
	require.NoError(t, err)
	padding := `{"padding":"` + strings.Repeat("<", maxMessage/6) + `",`
	cut := map[whatsapp.Fate]int{}
	for _, file := range files {
		if strings.HasSuffix(file, ".golden.json") {
			continue
		}
		body, err := os.ReadFile(file)
		require.NoError(t, err)
		webhook, err := whatsapp.Decode(body)
		require.NoError(t, err)
		for _, value := range webhook.Values {
			for _, m := range value.Messages {
				large := whatsapp.DecodeMessage([]byte(strings.Replace(string(m.Raw), "{", padding, 1)))
				require.Equal(t, m.Fate(), large.Fate(), file)
				in, err := newInbound(&large, "Ana")
				require.NoError(t, err)
				require.True(t, in.Cut, file)
				small := whatsapp.DecodeMessage(in.Message)
				require.Equal(t, m.Fate(), small.Fate(), file)
				require.Equal(t, large.Type, small.Type, file)
				require.Equal(t, large.TypedText(), small.TypedText(), file)
				require.Equal(t, large.Timestamp, small.Timestamp, file)
				cut[m.Fate()]++
			}
		}
	}
	for _, fate := range []whatsapp.Fate{
		whatsapp.FateBot, whatsapp.FateUnreadable, whatsapp.FateReaction, whatsapp.FateTranscript,
		whatsapp.FateNewNumber, whatsapp.FateNewUserID, whatsapp.FateCount,
	} {
		require.NotZero(t, cut[fate], "no fixture has the fate %s", fate)
	}
}

// TestACutMessageStaysSmallAndKeepsWhatMatters has what a fixture does not: too much of it.
func TestACutMessageStaysSmallAndKeepsWhatMatters(t *testing.T) {
	worst := `"` + strings.Repeat(`\u0001`, 30<<10) + `"`
	head := `{"id":` + worst + `,"from":` + worst + `,"from_user_id":` + worst + `,"context":{"id":` + worst + `},`
	card := `{"name":{"formatted_name":` + worst + `},"phones":[{"phone":` + worst + `,"wa_id":` + worst + `},{}]}`
	for _, tt := range []struct{ name, message, want string }{
		{"text", head + `"type":"text","text":{"body":` + worst + `}}`, ""},
		{"form", head + `"type":"interactive","interactive":{"type":` + worst + `,"button_reply":{"id":` + worst + `,"title":` + worst + `},"nfm_reply":{"name":` + worst + `,"response_json":` + worst + `}}}`, ""},
		{"cards", head + `"type":"contacts","contacts":[` + strings.Repeat(card+",", 9) + card + `]}`, ""},
		{"edit", head + `"type":"edit","edit":{"original_message_id":"o","message":{"type":"text","text":{"body":` + worst + `}}}}`, ""},
		{"system", head + `"type":"system","system":{"type":` + worst + `,"body":` + worst + `,"wa_id":` + worst + `}}`, ""},
		{"image", head + `"type":"image","image":{"id":` + worst + `,"caption":` + worst + `,"filename":` + worst + `}}`, ""},
		{"unknown type", head + `"type":` + worst + `}`, ""},
		{
			"location of zeros", `{"type":"location","location":{"latitude":0,"longitude":"0","name":"a"},"junk":` + worst + `}`,
			`{"type":"location","location":{"latitude":0,"longitude":0,"name":"a"}}`,
		},
		{
			"the code that opens a conversation stands behind many", `{"type":"unsupported","errors":[` + strings.Repeat(`{"code":1,"title":"a"},`, 50) + `{"code":"131060"}],"junk":` + worst + `}`,
			`{"type":"unsupported","errors":[{"code":131060},{"code":1},{"code":1},{"code":1}]}`,
		},
		{
			"edit of a picture", `{"type":"edit","edit":{"original_message_id":"o","message":{"type":"image","image":{"id":"1"}}},"junk":` + worst + `}`,
			`{"type":"edit","edit":{"original_message_id":"o"}}`,
		},
		{
			"flow", `{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","body":"Sent","response_json":"{}"}},"junk":` + worst + `}`,
			`{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"name":"flow","body":"Sent","response_json":"{}"}}}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := whatsapp.DecodeMessage([]byte(tt.message))
			in, err := newInbound(&m, "")
			require.NoError(t, err)
			require.True(t, in.Cut)
			require.LessOrEqual(t, in.size, maxMessage)
			small := whatsapp.DecodeMessage(in.Message)
			require.Equal(t, m.Fate(), small.Fate())
			if tt.want != "" {
				require.JSONEq(t, tt.want, string(in.Message))
			}
		})
	}
}
