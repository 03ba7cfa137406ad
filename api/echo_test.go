package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/serviceerror"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

func echo(id, rest string) string {
	return `{"from":"56900000001",` + rest + `,"id":"` + id + `","timestamp":"1773144000","type":"text","text":{"body":"yo sigo"}}`
}

func echoes(messages ...string) string {
	return of("smb_message_echoes", `"message_echoes":[`+strings.Join(messages, ",")+`]`)
}

const toContact = `"to":"56911112222"`

// sent writes down what Temporal got, in order: "start" or "signal", the contact's workflow,
// and the messages; echoes have a star.
func sent(f *fixture) []string {
	var all []string
	for _, s := range f.temporal.all() {
		line := "signal"
		if s.options.ID != "" {
			line = "start"
		}
		for who, id := range map[string]string{"contact": contact, "contact2": contact2, "user": contactUserID} {
			if s.id == workflows.WorkflowID([]byte(idKey), waID, id) {
				line += " " + who
			}
		}
		for _, m := range s.envelope.Messages {
			line += " " + m.ID
			if m.Echo {
				line += "*"
			}
		}
		all = append(all, line)
	}
	return all
}

func TestAnEchoGoesToTheConversationOfItsContactAndStartsNone(t *testing.T) {
	hidden := `"to_user_id":"CL.13491208655302741918"`
	for _, tt := range []struct {
		name, body, want string
		sent             []string
	}{
		{"alone", webhook(echoes(echo("e1", toContact), echo("e2", toContact))), `{"messages":0,"statuses":0,"ignored":2}`, []string{"signal contact e1* e2*"}},
		{
			"behind the messages before it", webhook(value(phoneNumberID, text("m1", contact, "x")), echoes(echo("e1", toContact)), value(phoneNumberID, text("m2", contact, "x"))),
			`{"messages":2,"statuses":0,"ignored":1}`,
			[]string{"start contact m1 e1* m2"},
		},
		{
			"behind the messages of its value", webhook(of("messages", `"message_echoes":[`+echo("e1", toContact)+`],"messages":[`+text("m1", contact, "x")+`]`)),
			`{"messages":1,"statuses":0,"ignored":1}`,
			[]string{"start contact m1 e1*"},
		},
		{"to a hidden number", webhook(echoes(echo("e1", hidden))), `{"messages":0,"statuses":0,"ignored":1}`, []string{"signal user e1*"}},
		{
			"to a hidden number that another one names", webhook(echoes(echo("e1", hidden), echo("e2", toContact+`,`+hidden))),
			`{"messages":0,"statuses":0,"ignored":2}`,
			[]string{"signal contact e1* e2*"},
		},
		{"to nobody", webhook(echoes(echo("e1", `"to":""`), echo("e2", `"to":"a\u0000"`))), `{"messages":0,"statuses":0,"ignored":2}`, nil},
		{"to a group", webhook(echoes(echo("e1", toContact+`,"group_id":"g"`))), `{"messages":0,"statuses":0,"ignored":1}`, nil},
		{"of no channel", webhook(`{"field":"smb_message_echoes","value":{"message_echoes":[` + echo("e1", toContact) + `]}}`), `{"messages":0,"statuses":0,"ignored":1}`, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := setUp(t)
			for range 2 { // again: nothing more is signalled
				require.Equal(t, tt.want, f.post(t, tt.body).Body.String())
				require.Equal(t, tt.sent, sent(f))
			}
			require.NotContains(t, f.log.String(), contact)
		})
	}
}

func TestAnEchoTravelsAsItCame(t *testing.T) {
	f := setUp(t)
	message := echo("e1", toContact)
	f.post(t, webhook(echoes(message)))
	require.Equal(t, []signal{{
		id: workflows.WorkflowID([]byte(idKey), waID, contact),
		envelope: workflows.Envelope{
			At: start().Truncate(time.Millisecond), Bot: starter, WaID: contact,
			Messages: []workflows.Inbound{{ID: "e1", Type: "text", Timestamp: 1773144000, Message: json.RawMessage(message), Echo: true}},
		},
	}}, f.temporal.all())
}

func TestAnEchoToAHiddenNumberThatIsKnownFindsItsConversation(t *testing.T) {
	f := setUp(t)
	require.NoError(t, f.store.LinkContacts(t.Context(), []store.ContactLink{
		{Channel: waID, Identity: contact, Contact: contact, WaID: contact}, {Channel: waID, Identity: contactUserID, Contact: contact},
	}))
	f.post(t, webhook(echoes(echo("e1", `"to_user_id":"CL.13491208655302741918"`))))
	require.Equal(t, []string{"signal contact e1*"}, sent(f))
}

func TestAnEchoWithoutAnOpenConversationIsNoFailureAndComesNotBack(t *testing.T) {
	f := setUp(t)
	calls := 0
	f.temporal.fail = func(signal) error {
		calls++
		return serviceerror.NewNotFound("workflow execution already completed")
	}
	for range 2 {
		require.Equal(t, `{"messages":0,"statuses":0,"ignored":1}`, f.post(t, webhook(echoes(echo("e1", toContact)))).Body.String())
	}
	// The contact writes after the echo: what was said before it mutes no bot.
	require.Equal(t, 1, calls)
	f.temporal.fail = nil
	f.post(t, inboundOf(text("m1", contact, "x")))
	f.post(t, webhook(echoes(echo("e1", toContact))))
	require.Equal(t, []string{"start contact m1"}, sent(f))
}

func TestAnEchoThatTemporalDoesNotTakeIsAskedForAgain(t *testing.T) {
	f := setUp(t)
	f.temporal.fail = func(signal) error { return errTemporal }
	require.Equal(t, 503, f.post(t, webhook(echoes(echo("e1", toContact)))).Code)
	f.temporal.fail = nil
	require.Equal(t, 200, f.post(t, webhook(echoes(echo("e1", toContact)))).Code)
	require.Equal(t, []string{"signal contact e1*"}, sent(f))
}

func TestEnvelopesWithEchoesKeepTheirLimit(t *testing.T) {
	f := setUp(t)
	var all []string
	for i := range 1500 {
		all = append(all, echo(fmt.Sprintf("e%04d", i), toContact))
	}
	require.Equal(t, 200, f.post(t, webhook(echoes(all...))).Code)
	require.Len(t, f.temporal.ids(), 1500)
	require.Greater(t, len(f.temporal.all()), 1)
	for _, s := range f.temporal.all() {
		encoded, err := json.Marshal(s.envelope)
		require.NoError(t, err)
		require.LessOrEqual(t, len(encoded), 256<<10)
	}
}
