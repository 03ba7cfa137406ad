package whatsapp_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
)

// TestMessageFate has the rows of the table in the package's documentation.
func TestMessageFate(t *testing.T) {
	for _, tt := range []struct {
		name, message string
		want          whatsapp.Fate
	}{
		{"text", `{"type":"text","text":{"body":"a"}}`, whatsapp.FateBot},
		{"image", `{"type":"image","image":{"id":"1"}}`, whatsapp.FateBot},
		{"audio", `{"type":"audio","audio":{"id":"1"}}`, whatsapp.FateBot},
		{"the old voice", `{"type":"voice","voice":{"id":"1"}}`, whatsapp.FateBot},
		{"video", `{"type":"video","video":{"id":"1"}}`, whatsapp.FateBot},
		{"document", `{"type":"document","document":{"id":"1"}}`, whatsapp.FateBot},
		{"sticker", `{"type":"sticker","sticker":{"id":"1"}}`, whatsapp.FateBot},
		{"location", `{"type":"location","location":{"latitude":0,"longitude":0}}`, whatsapp.FateBot},
		{"contacts", `{"type":"contacts","contacts":[{}]}`, whatsapp.FateBot},
		{"button", `{"type":"button","button":{"text":"a"}}`, whatsapp.FateBot},
		{"order", `{"type":"order","order":{}}`, whatsapp.FateBot},
		{"button_reply", `{"type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"a"}}}`, whatsapp.FateBot},
		{"list_reply", `{"type":"interactive","interactive":{"list_reply":{"id":"a"}}}`, whatsapp.FateBot},
		{"nfm_reply", `{"type":"interactive","interactive":{"type":"nfm_reply","nfm_reply":{"response_json":"[1]"}}}`, whatsapp.FateBot},
		{"payment", `{"type":"interactive","interactive":{"type":"payment_method","payment_method":{}}}`, whatsapp.FateBot},
		{"call permission of the person", `{"type":"interactive","interactive":{"call_permission_reply":{"response":"accept","response_source":"user_action"}}}`, whatsapp.FateBot},
		{"call permission by itself", `{"type":"interactive","interactive":{"call_permission_reply":{"response":"accept","response_source":"automatic"}}}`, whatsapp.FateTranscript},
		{"text without its object", `{"type":"text"}`, whatsapp.FateUnreadable},
		{"interactive without its object", `{"type":"interactive"}`, whatsapp.FateUnreadable},
		{"a type that is not known", `{"type":"hologram","hologram":{}}`, whatsapp.FateUnreadable},
		{"unsupported, unavailable", `{"type":"unsupported","errors":[{"code":131060}]}`, whatsapp.FateUnreadable},
		{"unsupported, unavailable, as a string", `{"type":"unsupported","errors":[{"code":1},{"code":"131060"}]}`, whatsapp.FateUnreadable},
		{"unknown, unavailable", `{"type":"unknown","errors":[{"code":131060}]}`, whatsapp.FateUnreadable},
		{"unsupported", `{"type":"unsupported","errors":[{"code":131051}],"unsupported":{"type":"poll_creation"}}`, whatsapp.FateTranscript},
		{"unknown", `{"type":"unknown","errors":[{"code":130501}]}`, whatsapp.FateTranscript},
		{"reaction", `{"type":"reaction","reaction":{"message_id":"a","emoji":"👍"}}`, whatsapp.FateReaction},
		{"reaction taken back", `{"type":"reaction","reaction":{"message_id":"a"}}`, whatsapp.FateReaction},
		{"reaction taken back in the other shape", `{"type":"reaction","reaction":{"message_id":"a","emoji":""}}`, whatsapp.FateReaction},
		{"edit", `{"type":"edit","edit":{}}`, whatsapp.FateTranscript},
		{"revoke", `{"type":"revoke","revoke":{}}`, whatsapp.FateTranscript},
		{"request_welcome", `{"type":"request_welcome"}`, whatsapp.FateTranscript},
		{"media_placeholder", `{"type":"media_placeholder"}`, whatsapp.FateTranscript},
		{"no type", `{"id":"a"}`, whatsapp.FateTranscript},
		{"nothing", `null`, whatsapp.FateTranscript},
		{"system, new number", `{"type":"system","system":{"type":"user_changed_number","wa_id":"2"}}`, whatsapp.FateNewNumber},
		{"system, new number of old", `{"type":"system","system":{"type":"customer_changed_number","new_wa_id":"2"}}`, whatsapp.FateNewNumber},
		{"system, new user id", `{"type":"system","system":{"type":"user_changed_user_id","user_id":"CL.2","wa_id":"1"}}`, whatsapp.FateNewUserID},
		{"system, new security code", `{"type":"system","system":{"type":"user_identity_changed","wa_id":"1"}}`, whatsapp.FateTranscript},
		{"system, new security code of old", `{"type":"system","system":{"type":"customer_identity_changed","wa_id":"1"}}`, whatsapp.FateTranscript},
		{"system, without number", `{"type":"system","system":{"type":"user_changed_number"}}`, whatsapp.FateTranscript},
		{"system, without its object", `{"type":"system"}`, whatsapp.FateTranscript},
		{"group", `{"type":"text","text":{"body":"a"},"group_id":"g"}`, whatsapp.FateCount},
		{"reaction in a group", `{"type":"reaction","reaction":{},"group_id":"g"}`, whatsapp.FateCount},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := whatsapp.DecodeMessage(json.RawMessage(tt.message))
			require.Equal(t, tt.want, m.Fate())
			require.Equal(t, tt.want == whatsapp.FateBot || tt.want == whatsapp.FateUnreadable, m.UserMessage())
		})
	}
}

// The kinds are those of Meta's documentation of 20 March 2026, and others that have been seen.
func TestFateOfWhatWhatsAppDoesNotHandOver(t *testing.T) {
	kinds := map[whatsapp.Fate][]string{
		whatsapp.FateUnreadable: {
			"view_once", "VIEW_ONCE", "image", "video", "audio", "document", "sticker", "gif", "media_placeholder", "location", "live_location",
			"link_preview", "group_invite", "product", "order", "list", "button", "interactive", "hsm", "errors", "contacts", "a_new_kind",
		},
		whatsapp.FateTranscript: {
			"poll_creation", "poll_update", "poll_result", "pool", "edit", "revoke", "pin", "keep_in_chat", "reaction", "protocol", "", "unknown",
		},
	}
	for want, all := range kinds {
		for _, kind := range all {
			m := whatsapp.DecodeMessage(json.RawMessage(`{"type":"unsupported","errors":[{"code":131051}],"unsupported":{"type":"` + kind + `"}}`))
			require.Equal(t, want, m.Fate(), kind)
		}
	}
	for message, want := range map[string]whatsapp.Fate{
		`{"type":"unsupported","unsupported":{"type":"view_once"}}`:                            whatsapp.FateUnreadable,
		`{"type":"unsupported","errors":[{"code":131060}],"unsupported":{"type":"edit"}}`:      whatsapp.FateTranscript,
		`{"type":"unsupported","errors":[{"code":131060}],"unsupported":{"type":""}}`:          whatsapp.FateUnreadable,
		`{"type":"unsupported","errors":[{"code":131051}]}`:                                    whatsapp.FateTranscript,
		`{"type":"unsupported","errors":[{"code":131051}],"unsupported":"view_once"}`:          whatsapp.FateTranscript,
		`{"type":"unsupported","group_id":"g","unsupported":{"type":"view_once"}}`:             whatsapp.FateCount,
		`{"type":"unknown","errors":[{"code":131051}],"unsupported":{"type":"view_once"}}`:     whatsapp.FateUnreadable,
		`{"type":"unknown","errors":[{"code":131051}],"unsupported":{"type":"poll_creation"}}`: whatsapp.FateTranscript,
	} {
		m := whatsapp.DecodeMessage(json.RawMessage(message))
		require.Equal(t, want, m.Fate(), message)
	}
}

func TestValueFates(t *testing.T) {
	part := func(list string, fates ...whatsapp.Fate) (parts []whatsapp.Part) {
		for i, f := range fates {
			parts = append(parts, whatsapp.Part{List: list, Index: i, Fate: f})
		}
		return parts
	}
	for _, tt := range []struct {
		name, field, value string
		want               []whatsapp.Part
	}{
		{
			"messages", "messages", `{"messages":[{"from":"1","type":"text","text":{"body":"a"}},{"from_user_id":"CL.1","type":"text","text":{"body":"a"}}]}`,
			part("messages", whatsapp.FateBot, whatsapp.FateBot),
		},
		{"no identity", "messages", `{"messages":[{"type":"text","text":{"body":"a"}}]}`, part("messages", whatsapp.FateCount)},
		{"an identity that can be none", "messages", `{"messages":[{"from":"5\u00006","type":"text","text":{"body":"a"}}]}`, part("messages", whatsapp.FateCount)},
		{"an identity that can be none beside one that can", "messages", `{"messages":[{"from":" ","from_user_id":"CL.1","type":"text","text":{"body":"a"}}]}`, part("messages", whatsapp.FateBot)},
		{"another field", "history", `{"messages":[{"from":"1","type":"text","text":{"body":"a"}}]}`, part("messages", whatsapp.FateCount)},
		{"no field", "", `{"messages":[{"from":"1","type":"text","text":{"body":"a"}}]}`, part("messages", whatsapp.FateBot)},
		{
			"statuses", "messages", `{"statuses":[{"id":"wamid.1","status":"read"},{"id":"wacid.1","status":"RINGING","type":"call"},{"status":"sent"}]}`,
			part("statuses", whatsapp.FateStatus, whatsapp.FateCount, whatsapp.FateCount),
		},
		{"errors", "messages", `{"errors":[{"code":131000}]}`, part("errors", whatsapp.FateError)},
		{
			"preferences", "user_preferences", `{"user_preferences":[{"value":"stop"},{"value":"resume"},{"value":"signup"},{"value":"later"}]}`,
			part("user_preferences", whatsapp.FatePreference, whatsapp.FatePreference, whatsapp.FatePreference, whatsapp.FateCount),
		},
		{"user id", "user_id_update", `{"user_id_update":[{"user_id":{"previous":"CL.1","current":"CL.2"}}]}`, part("user_id_update", whatsapp.FateNewUserID)},
		{
			"echoes", "smb_message_echoes", `{"message_echoes":[{"from":"569","to":"1","type":"text","text":{"body":"a"}},{"type":"revoke"}]}`,
			part("message_echoes", whatsapp.FateEcho, whatsapp.FateEcho),
		},
		{"history", "history", `{"history":[{"threads":[]},{"errors":[{"code":2593109}]}]}`, part("history", whatsapp.FateCount, whatsapp.FateCount)},
		{"address book", "smb_app_state_sync", `{"state_sync":[{}]}`, part("state_sync", whatsapp.FateCount)},
		{
			"calls", "calls", `{"calls":[{"direction":"USER_INITIATED"},{"direction":"BUSINESS_INITIATED"}]}`,
			part("calls", whatsapp.FateWindow, whatsapp.FateCount),
		},
		{"groups", "group_settings_update", `{"groups":[{"group_id":"g"}]}`, part("groups", whatsapp.FateCount)},
		{"another field", "account_update", `{"event":"VERIFIED_ACCOUNT"}`, part("", whatsapp.FateCount)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := decode(t, []byte(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"`+tt.field+`","value":`+tt.value+`}]}]}`))
			require.Len(t, w.Values, 1)
			require.Empty(t, w.Values[0].Problem)
			require.Equal(t, tt.want, w.Values[0].Fates())
		})
	}
}

func TestStatusRank(t *testing.T) {
	before := -1
	for _, status := range []string{"warning", "sent", "failed", "delivered", "read", "played"} {
		rank := whatsapp.StatusRank(status)
		require.Greater(t, rank, before, status)
		before = rank
	}
	require.Zero(t, whatsapp.StatusRank("deleted"))
}

func TestErrorsKeepTheirCodeInEveryShape(t *testing.T) {
	for _, raw := range []string{
		`{"code":131047,"title":"t","message":"m","error_data":{"details":"d"},"href":"https://example.com"}`, // from v16.0 on
		`{"code":"131047","title":"t","details":"d"}`,                                                         // before
		`{"code":131047,"title":"t","error_data":"d"}`,
		`{"code":131047.0,"title":"t","message":"m","error_data":[1]}`,
		`{"code":131047,"title":["t"]}`,
	} {
		m := whatsapp.DecodeMessage(json.RawMessage(`{"type":"unsupported","errors":["x",` + raw + `]}`))
		require.Equal(t, []whatsapp.Error{{}, {Code: 131047}}, m.Errors)
	}
}

func TestEditContent(t *testing.T) {
	m := decode(t, read(t, "testdata/inbound/edit/2026.json")).Values[0].Messages[0]
	content := m.Edit.Content()
	require.Equal(t, "salir", content.TypedText())
	require.Equal(t, "wamid.OUT", content.Context.ID)
	require.Equal(t, "not readable", (&whatsapp.Edit{}).Content().Problem)
}

func TestFlexIntTime(t *testing.T) {
	require.Equal(t, sent, whatsapp.FlexInt(1773147600).Time())
	require.Equal(t, sent, whatsapp.FlexInt(1773147600000).Time())
	require.True(t, whatsapp.FlexInt(-1).Time().IsZero())
}

func TestSystemNumber(t *testing.T) {
	require.Equal(t, "2", (&whatsapp.System{NewWaID: "2"}).Number())
	require.Equal(t, "3", (&whatsapp.System{WaID: "3", NewWaID: "2"}).Number())
}
