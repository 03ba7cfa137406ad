package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/store"
)

// notifications are changes without a message of a person, for the channel with a
// phone_number_id.
func notifications(numberID string) []string {
	change := func(field, parts string) string {
		return `{"field":"` + field + `","value":{"metadata":{"phone_number_id":"` + numberID + `"},` + parts + `}}`
	}
	return []string{
		change("messages", `"statuses":[{"id":"wamid.t","status":"read","timestamp":"1773140400","recipient_id":"56911113333"}]`),
		change("messages", `"errors":[{"code":131000}]`),
		change("messages", `"messages":[]`),
		change("messages", `"messages":[{"group_id":"g","from":"56911113333","id":"g1","type":"text","text":{"body":"x"}}]`),
		change("user_preferences", `"user_preferences":[{"wa_id":"56911113333","value":"stop"}]`),
		change("user_id_update", `"user_id_update":[{"wa_id":"56911113333","user_id":{"previous":"CL.8","current":"CL.9"}}]`),
		change("smb_message_echoes", `"message_echoes":[{"to":"56911113333","id":"e","type":"text","text":{"body":"x"}}]`),
		change("calls", `"calls":[{"id":"c","from":"56911113333","direction":"USER_INITIATED"}]`),
		change("history", `"history":[{"threads":[{"id":"56911113333","messages":[`+text("h", contact2, "x")+`]}]}]`),
	}
}

// requireNothingOf: nothing was kept of notifications, on any channel.
func requireNothingOf(t *testing.T, f *fixture) {
	t.Helper()
	for _, channel := range []string{"", waID, otherWaID} {
		_, err := f.store.Contact(t.Context(), channel, contact2, "CL.9")
		require.ErrorIs(t, err, store.ErrNotFound, channel)
		statuses, err := f.store.Statuses(t.Context(), channel, []string{"wamid.t"})
		require.NoError(t, err)
		require.Empty(t, statuses, channel)
	}
}

func TestWhatIsNoMessageOfAChannelThatIsNotTheAccountsIsIgnored(t *testing.T) {
	for name, numberID := range map[string]string{"an unknown one": "999", "another account's": otherNumberID, "none": ""} {
		t.Run(name, func(t *testing.T) {
			strange := notifications(numberID)
			for _, tt := range []struct {
				name    string
				changes []string
				want    string
				ids     []string
			}{
				{"behind a message", append([]string{value(phoneNumberID, text("m", contact, "x"))}, strange...), `{"messages":1,"statuses":0,"ignored":9}`, []string{"m"}},
				{"in front of a message", append(strange, value(phoneNumberID, text("m", contact, "x"))), `{"messages":1,"statuses":0,"ignored":9}`, []string{"m"}},
				{"beside a status", append(strange, of("messages", `"statuses":[{"id":"wamid.s","status":"sent"}]`)), `{"messages":0,"statuses":1,"ignored":9}`, nil},
				{"alone", strange, `{"messages":0,"statuses":0,"ignored":9}`, nil},
			} {
				t.Run(tt.name, func(t *testing.T) {
					f := setUp(t)
					response := f.post(t, webhook(tt.changes...))
					require.Equal(t, tt.want, response.Body.String())
					require.Equal(t, 200, response.Code)
					require.Equal(t, tt.ids, f.temporal.ids())
					requireNothingOf(t, f)
					require.Contains(t, f.log.String(), fmt.Sprintf(
						`"msg":"notifications of channels that are not the account's were ignored","notifications":9,"phone_number_ids":[%q],"account":"isv"`, numberID))
					require.NotContains(t, f.log.String(), contact2)
				})
			}
		})
	}
}

// The same notifications on the account's own channel leave something, so the test above can fail.
func TestTheSameNotificationsOfAnOwnChannelAreTaken(t *testing.T) {
	f := setUp(t)
	require.Equal(t, `{"messages":0,"statuses":1,"ignored":4}`, f.post(t, webhook(notifications(phoneNumberID)...)).Body.String())
	kept, err := f.store.Contact(t.Context(), waID, contact2, "CL.9")
	require.NoError(t, err)
	require.True(t, kept.OptedOut)
	require.NotContains(t, f.log.String(), "not the account's")
}

func TestStatusesWithoutMetadataAreIgnored(t *testing.T) {
	f := setUp(t)
	response := f.post(t, webhook(value(phoneNumberID, text("m", contact, "x")), `{"field":"messages","value":{"statuses":[{"id":"wamid.t","status":"read"}]}}`))
	require.Equal(t, `{"messages":1,"statuses":0,"ignored":1}`, response.Body.String())
	requireNothingOf(t, f)
}

// Each channel that nobody has is looked up in the database.
func TestThereIsABoundToChannelsThatNobodyHas(t *testing.T) {
	f := setUp(t)
	changes := func(unknown int) string {
		all := []string{value(phoneNumberID, text("m", contact, "x"))}
		for i := range unknown {
			for range 2 {
				all = append(all, notifications(fmt.Sprint(900 + i))[0])
			}
		}
		return webhook(all...)
	}
	require.Equal(t, `{"message":"unsupported get request. Object with ID '1000' does not exist"}`, f.post(t, changes(101)).Body.String())
	require.Empty(t, f.temporal.ids())
	require.Equal(t, `{"messages":1,"statuses":0,"ignored":200}`, f.post(t, changes(100)).Body.String())
	require.Less(t, strings.Count(f.log.String(), `"9`), 30, "the log names some of them")
}
