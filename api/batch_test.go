package api_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

// of is a change of any field with the fixture's metadata; parts are what its value holds.
func of(field, parts string) string {
	return `{"field":"` + field + `","value":{"metadata":{"phone_number_id":"100000000000001"},` + parts + `}}`
}

// said is a message of the contact at 11:00, an hour before the fixture's now.
func said(id, rest string) string {
	return `{"from":"56911112222","from_user_id":"CL.1","id":"` + id + `","timestamp":"1773140400",` + rest + `}`
}

func eleven() time.Time { return time.Date(2026, 3, 10, 11, 0, 0, 0, time.UTC) }

// TestEachFate has a row for every fate, and for every way to it that this package decides.
func TestEachFate(t *testing.T) {
	message := func(rest string) string { return webhook(of("messages", `"messages":[`+said("m", rest)+`]`)) }
	taken, none, ignored := `{"messages":1,"statuses":0,"ignored":0}`, emptyCounts, `{"messages":0,"statuses":0,"ignored":1}`
	for _, tt := range []struct {
		name, body, want string
		signalled        []string
		// contact is what is known afterwards of the person with these identities.
		contact *store.Contact
		status  *store.MessageStatus
	}{
		{name: "bot", body: message(`"type":"text","text":{"body":"x"}`), want: taken, signalled: []string{"m"}},
		{name: "unreadable", body: message(`"type":"hologram"`), want: taken, signalled: []string{"m"}},
		{name: "unreadable with its error", body: webhook(of("messages", `"messages":[`+said("m", `"type":"interactive"`)+`],"errors":[{"code":131000}]`)), want: taken, signalled: []string{"m"}},
		{name: "reaction", body: message(`"type":"reaction","reaction":{"message_id":"a","emoji":"x"}`), want: taken, signalled: []string{"m"}},
		{name: "transcript", body: message(`"type":"edit","edit":{"original_message_id":"a"}`), want: taken, signalled: []string{"m"}},
		{name: "system that says nothing of ours", body: message(`"type":"system","system":{"type":"user_identity_changed","wa_id":"56911112222"}`), want: taken, signalled: []string{"m"}},
		{
			name: "new number", body: message(`"type":"system","system":{"type":"user_changed_number","wa_id":"56944445555"}`), want: taken, signalled: []string{"m"},
			contact: &store.Contact{WaID: "56944445555", FormerWaID: contact, FormerWaIDAt: eleven(), UpdatedAt: eleven()},
		},
		{
			name: "new number in the old spelling", body: message(`"type":"system","system":{"type":"customer_changed_number","new_wa_id":"56944445555"}`), want: taken, signalled: []string{"m"},
			contact: &store.Contact{WaID: "56944445555", FormerWaID: contact, FormerWaIDAt: eleven(), UpdatedAt: eleven()},
		},
		{
			name: "new user id by a message", body: message(`"type":"system","system":{"type":"user_changed_user_id","user_id":"CL.2"}`), want: taken, signalled: []string{"m"},
			contact: &store.Contact{WaID: contact, UserID: "CL.2", UserIDAt: eleven(), FormerUserID: "CL.1", FormerUserIDAt: eleven(), UpdatedAt: eleven()},
		},
		{
			name: "new user id", body: webhook(of("user_id_update", `"user_id_update":[{"wa_id":"56911112222","user_id":{"previous":"CL.1","current":"CL.2"},"timestamp":"1773140400"}]`)), want: none,
			contact: &store.Contact{WaID: contact, UserID: "CL.2", UserIDAt: eleven(), FormerUserID: "CL.1", FormerUserIDAt: eleven(), UpdatedAt: eleven()},
		},
		{
			name: "new user id of a hidden number", body: webhook(of("user_id_update", `"user_id_update":[{"user_id":{"previous":"CL.1","current":"CL.2"},"timestamp":1773140400}]`)), want: none,
			contact: &store.Contact{UserID: "CL.2", UserIDAt: eleven(), FormerUserID: "CL.1", FormerUserIDAt: eleven(), UpdatedAt: eleven()},
		},
		{name: "new user id that is none", body: webhook(of("user_id_update", `"user_id_update":[{"wa_id":"56911112222"}]`)), want: ignored},
		{
			name: "opt-out", body: webhook(of("user_preferences", `"user_preferences":[{"wa_id":"56911112222","user_id":"CL.1","value":"stop","timestamp":1773140400}]`)), want: none,
			contact: &store.Contact{WaID: contact, UserID: "CL.1", UserIDAt: eleven(), OptedOut: true, OptedOutAt: eleven(), UpdatedAt: eleven()},
		},
		{
			name: "opt-out and back, the newer first", body: webhook(of("user_preferences", `"user_preferences":[{"wa_id":"56911112222","value":"resume","timestamp":1773140400},{"wa_id":"56911112222","value":"stop","timestamp":1773140399}]`)), want: none,
			contact: &store.Contact{WaID: contact, OptedOutAt: eleven(), UpdatedAt: eleven()},
		},
		{
			name: "opt-out from the future counts from now", body: webhook(of("user_preferences", `"user_preferences":[{"wa_id":"56911112222","value":"stop","timestamp":99999999999}]`)), want: none,
			contact: &store.Contact{WaID: contact, OptedOut: true, OptedOutAt: start().Truncate(time.Millisecond), UpdatedAt: start().Truncate(time.Millisecond)},
		},
		{name: "opt-out of nobody", body: webhook(of("user_preferences", `"user_preferences":[{"value":"stop"},{"wa_id":"a\u0000","value":"stop"}]`)), want: `{"messages":0,"statuses":0,"ignored":2}`},
		{name: "opt-out of an endless name", body: webhook(of("user_preferences", `"user_preferences":[{"wa_id":"`+strings.Repeat("9", 256)+`","value":"stop"}]`)), want: ignored},
		{name: "new user id that is endless", body: webhook(of("user_id_update", `"user_id_update":[{"wa_id":"56911112222","user_id":{"previous":"CL.1","current":"CL.`+strings.Repeat("9", 200)+`"}}]`)), want: ignored},
		{name: "call of an endless name", body: webhook(of("calls", `"calls":[{"id":"c","from":"`+strings.Repeat("9", 256)+`","direction":"USER_INITIATED"}]`)), want: ignored},
		{name: "opt-out of no channel", body: webhook(`{"field":"user_preferences","value":{"user_preferences":[{"wa_id":"56911112222","value":"stop"}]}}`), want: ignored},
		{name: "another preference", body: webhook(of("user_preferences", `"user_preferences":[{"wa_id":"56911112222","value":"whatever"}]`)), want: ignored},
		{name: "preferences that are none", body: webhook(of("user_preferences", `"user_preferences":[5]`)), want: ignored},
		{
			name: "window", body: webhook(of("calls", `"calls":[{"id":"c","from":"56911112222","from_user_id":"CL.1","direction":"USER_INITIATED","event":"connect","timestamp":"1773140400"}]`)), want: none,
			contact: &store.Contact{WaID: contact, UserID: "CL.1", UserIDAt: eleven(), VoiceCallAt: eleven(), UpdatedAt: eleven()},
		},
		{name: "call of the business", body: webhook(of("calls", `"calls":[{"from":"56900000001","direction":"BUSINESS_INITIATED"}]`)), want: ignored},
		{
			name: "status", body: webhook(of("messages", `"statuses":[{"id":"wamid.s","status":"failed","timestamp":"1773140400","errors":[{"code":131047},{"code":1}]}]`)), want: `{"messages":0,"statuses":1,"ignored":0}`,
			status: &store.MessageStatus{Channel: waID, WAMID: "wamid.s", Status: "failed", At: eleven(), ErrorCode: 131047},
		},
		{
			name: "status beside a message", body: webhook(of("messages", `"messages":[`+said("m", `"type":"text","text":{"body":"x"}`)+`],"statuses":[{"id":"wamid.s","status":"unheard-of","timestamp":"1773140400"}]`)), want: `{"messages":1,"statuses":1,"ignored":0}`,
			signalled: []string{"m"}, status: &store.MessageStatus{Channel: waID, WAMID: "wamid.s", Status: "unheard-of", At: eleven()},
		},
		{name: "status of a call", body: webhook(of("calls", `"statuses":[{"id":"wacid.1","type":"call","status":"RINGING"}]`)), want: ignored},
		{name: "status without a usable id", body: webhook(of("messages", `"statuses":[{"status":"sent"},{"id":"a\u0000","status":"sent"},{"id":"`+strings.Repeat("a", 2000)+`","status":"sent"}]`)), want: `{"messages":0,"statuses":0,"ignored":3}`},
		{name: "error", body: webhook(of("messages", `"errors":[{"code":130429,"title":"56911112222"}]`)), want: none},
		{name: "echo", body: webhook(of("smb_message_echoes", `"message_echoes":[{"from":"56900000001","to":"56911112222","id":"e","type":"text","text":{"body":"x"}}]`)), want: ignored, signalled: []string{"e"}},
		{name: "history", body: webhook(of("history", `"history":[{"threads":[{"id":"56911112222","messages":[`+said("h", `"type":"text","text":{"body":"x"}`)+`]}]}]`)), want: ignored},
		{name: "state sync", body: webhook(of("smb_app_state_sync", `"state_sync":[{"type":"contact"}]`)), want: ignored},
		{name: "groups", body: webhook(of("group_lifecycle_update", `"groups":[{"group_id":"g"}]`)), want: ignored},
		{name: "message in a group", body: message(`"group_id":"g","type":"text","text":{"body":"x"}`), want: ignored},
		{name: "message under another field", body: webhook(of("smb_message_echoes", `"messages":[`+said("m", `"type":"text","text":{"body":"x"}`)+`]`)), want: ignored},
		{name: "any other field", body: webhook(`{"field":"message_template_status_update","value":{"event":"APPROVED"}}`), want: ignored},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := setUp(t)
			for range 2 { // again: nothing more comes of it
				require.Equal(t, tt.want, f.post(t, tt.body).Body.String())
				require.Equal(t, tt.signalled, f.temporal.ids())
				requireContact(t, f, tt.contact)
				requireStatus(t, f, tt.status)
			}
			require.NotContains(t, f.log.String(), contact)
		})
	}
}

// requireContact holds what is known of a person against want; nil wants the contact of the
// fixture to be unknown.
func requireContact(t *testing.T, f *fixture, want *store.Contact) {
	t.Helper()
	if want == nil {
		_, err := f.store.Contact(t.Context(), waID, contact, "CL.1")
		require.ErrorIs(t, err, store.ErrNotFound)
		return
	}
	got, err := f.store.Contact(t.Context(), waID, want.WaID, want.UserID)
	require.NoError(t, err)
	expected := *want
	expected.Channel = waID
	require.Equal(t, expected, got)
}

func requireStatus(t *testing.T, f *fixture, want *store.MessageStatus) {
	t.Helper()
	if want == nil {
		return
	}
	got, err := f.store.Statuses(t.Context(), want.Channel, []string{want.WAMID})
	require.NoError(t, err)
	require.Equal(t, *want, got[want.WAMID])
}

func TestErrorsAreLoggedByTheirCodesOnly(t *testing.T) {
	f := setUp(t)
	f.post(t, webhook(of("messages", `"errors":[{"code":131000,"title":"secret"},{"code":"130429"},{"code":131000}]`)))
	require.Contains(t, f.log.String(), `"codes":[131000,130429]`)
	require.NotContains(t, f.log.String(), "secret")
}

func TestAnOptOutOfAHiddenNumberBelongsToTheKnownOne(t *testing.T) {
	f := setUp(t)
	require.Equal(t, 200, f.post(t, webhook(
		of("user_preferences", `"contacts":[{"wa_id":"56911112222","user_id":"CL.1"}],"user_preferences":[{"user_id":"CL.1","value":"stop","timestamp":1773140400}]`),
		of("messages", `"messages":[`+said("m", `"type":"system","system":{"type":"user_changed_number","wa_id":"56944445555"}`)+`]`),
	)).Code)
	moved, err := f.store.Contact(t.Context(), waID, "56944445555", "")
	require.NoError(t, err)
	require.True(t, moved.OptedOut)
	require.Equal(t, contact, moved.FormerWaID)
}

func TestANewNumberThatCannotBeIsNotKept(t *testing.T) {
	f := setUp(t)
	endless := strings.Repeat("9", 256)
	body := webhook(of("messages", `"messages":[`+said("m", `"type":"system","system":{"type":"user_changed_number","wa_id":"`+endless+`"}`)+`]`))
	require.Equal(t, `{"messages":1,"statuses":0,"ignored":0}`, f.post(t, body).Body.String())
	_, err := f.store.Contact(t.Context(), waID, endless, "")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestAMessageUnderANewUserIDFindsItsConversation(t *testing.T) {
	f := setUp(t)
	hidden := func(id, user string) string {
		return webhook(of("messages", `"messages":[{"from_user_id":"`+user+`","id":"`+id+`","type":"text","text":{"body":"x"}}]`))
	}
	f.post(t, webhook(of("user_id_update", `"user_id_update":[{"wa_id":"56911112222","user_id":{"previous":"CL.1","current":"CL.2"},"timestamp":"1773140400"}]`)))
	f.post(t, hidden("a", "CL.2"))
	f.post(t, hidden("b", "CL.1"))
	for _, s := range f.temporal.all() {
		require.Equal(t, contact, s.input.WaID)
	}
	require.Equal(t, []string{"a", "b"}, f.temporal.ids())
}
