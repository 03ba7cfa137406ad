package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/workflows"
)

func TestAMessageIsSignalledWithAllThatItsConversationNeeds(t *testing.T) {
	f := setUp(t)
	message := `{"from":"56911112222","from_user_id":"CL.13491208655302741918","id":"wamid.1","timestamp":"1773144000","type":"text","text":{"body":"hola"}}`
	response := f.post(t, webhook(`{"field":"messages","value":{"metadata":{"phone_number_id":"100000000000001"},`+
		`"contacts":[{"profile":{"name":"Ana"},"wa_id":"56911112222"}],"messages":[`+message+`]}}`))
	require.Equal(t, `{"messages":1,"statuses":0,"ignored":0}`, response.Body.String())

	id := workflows.WorkflowID([]byte(idKey), waID, contact)
	require.Equal(t, []signal{{
		id: id,
		envelope: workflows.Envelope{
			At: start().Truncate(time.Millisecond), Bot: starter, WaID: contact, UserID: contactUserID,
			Messages: []workflows.Inbound{{ID: "wamid.1", Type: "text", Timestamp: 1773144000, Name: "Ana", Message: json.RawMessage(message)}},
		},
		options: client.StartWorkflowOptions{
			ID: id, TaskQueue: "chattigo",
			WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
			TypedSearchAttributes: temporal.NewSearchAttributes(
				workflows.AttributeWaID().ValueSet(waID), workflows.AttributeContact().ValueSet(contact),
				workflows.AttributeBot().ValueSet("starter@5ta77e70"), workflows.AttributeStatus().ValueSet("open"),
			),
			Priority:      temporal.Priority{FairnessKey: "isv"},
			StaticSummary: "WhatsApp 56900000001 with …2222",
		},
		input: workflows.ConversationInput{Channel: waID, WaID: contact, UserID: contactUserID},
	}}, f.temporal.all())
	for _, secret := range []string{contact, contactUserID, "hola", "Ana", "wamid", f.token("isv")} {
		require.NotContains(t, f.log.String(), secret)
	}
}

func TestTheChannelsOwnBotAnswers(t *testing.T) {
	f := setUp(t)
	require.NoError(t, f.store.PutBot(t.Context(), store.Bot{Hash: fancy, Account: "isv", Name: "ventas", Source: []byte("{}"), CreatedAt: start()}))
	require.NoError(t, f.store.AddChannel(t.Context(), store.Channel{
		WaID: "56900000003", PhoneNumberID: "3", Account: "isv", Bot: fancy, CreatedAt: start(), UpdatedAt: start(),
	}))
	require.Equal(t, 200, f.post(t, webhook(value("3", text("a", contact, "x")))).Code)
	got := f.temporal.all()[0]
	require.Equal(t, fancy, got.envelope.Bot)
	bot, _ := got.options.TypedSearchAttributes.GetKeyword(workflows.AttributeBot())
	require.Equal(t, "ventas@fa2c4000", bot)
}

func TestAChannelIsFoundByItsNumberWhenNoIDIsKnown(t *testing.T) {
	f := setUp(t)
	response := f.post(t, webhook(`{"field":"messages","value":{"metadata":{"display_phone_number":"+56 9 0000-0001","phone_number_id":"999"},"messages":[`+text("a", contact, "x")+`]}}`))
	require.Equal(t, `{"messages":1,"statuses":0,"ignored":0}`, response.Body.String())
	require.Equal(t, waID, f.temporal.all()[0].input.Channel)
}

func TestWhatIsNoMessageOfAContactIsCountedOnly(t *testing.T) {
	for _, tc := range []struct{ name, body, want string }{
		{"no entries", `{"object":"whatsapp_business_account"}`, emptyCounts},
		{"empty entries", `{"object":"whatsapp_business_account","entry":[]}`, emptyCounts},
		{"empty changes", webhook(), emptyCounts},
		{"statuses", webhook(`{"field":"messages","value":{"metadata":{"phone_number_id":"100000000000001"},"statuses":[{"id":"a","status":"sent"},{"id":"a","status":"read"}]}}`), `{"messages":0,"statuses":2,"ignored":0}`},
		{"errors only", webhook(`{"field":"messages","value":{"metadata":{"phone_number_id":"100000000000001"},"errors":[{"code":131000}]}}`), emptyCounts},
		{"foreign fields", webhook(`{"field":"account_update","value":{"event":"x"}}`, `{"field":"calls","value":{"metadata":{"phone_number_id":"100000000000001"},"messages":[`+text("a", contact, "x")+`]}}`), `{"messages":0,"statuses":0,"ignored":2}`},
		{"group message", inboundOf(`{"from":"56911112222","group_id":"g1","id":"a","type":"text","text":{"body":"x"}}`), `{"messages":0,"statuses":0,"ignored":1}`},
		{"message of nobody", inboundOf(`{"id":"a","type":"text","text":{"body":"x"}}`), `{"messages":0,"statuses":0,"ignored":1}`},
		{"message of somebody who cannot be", inboundOf(`{"from":"5\u00006","id":"a","type":"text","text":{"body":"x"}}`), `{"messages":0,"statuses":0,"ignored":1}`},
		{"message of somebody with an endless name", inboundOf(text("a", strings.Repeat("9", 256), "x")), `{"messages":0,"statuses":0,"ignored":1}`},
		{"message of somebody with an endless user id", inboundOf(`{"from_user_id":"CL.` + strings.Repeat("9", 256) + `","id":"a","type":"text","text":{"body":"x"}}`), `{"messages":0,"statuses":0,"ignored":1}`},
		{"echo to somebody with an endless name", webhook(of("smb_message_echoes", `"message_echoes":[{"from":"56900000001","to":"`+strings.Repeat("9", 256)+`","id":"e","type":"text","text":{"body":"x"}}]`)), `{"messages":0,"statuses":0,"ignored":1}`},
		{"message that is no object", inboundOf(`5`), `{"messages":0,"statuses":0,"ignored":1}`},
		{"messages that are no list", webhook(`{"field":"messages","value":{"metadata":{"phone_number_id":"100000000000001"},"messages":{}}}`), `{"messages":0,"statuses":0,"ignored":1}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := setUp(t)
			response := f.post(t, tc.body)
			require.Equal(t, tc.want, response.Body.String())
			require.Equal(t, 200, response.Code)
			require.Empty(t, f.temporal.all())
		})
	}
}

func TestAMessageOfSomebodyWhoCannotBeIsLoggedWithoutTheName(t *testing.T) {
	f := setUp(t)
	endless := strings.Repeat("9", 256)
	response := f.post(t, inboundOf(text("a", endless, "x"), text("b", contact, "y"), text("c", " ", "z")))
	require.Equal(t, `{"messages":1,"statuses":0,"ignored":2}`, response.Body.String())
	require.Equal(t, []string{"b"}, f.temporal.ids())
	require.Contains(t, f.log.String(), `"msg":"messages without a usable identity of their sender were ignored","messages":2,"account":"isv"`)
	require.NotContains(t, f.log.String(), endless)
}

// Whatever a contact is called, what is handed to Temporal fits its columns: 255 characters.
func TestASearchAttributeIsNeverLongerThanTemporalKeeps(t *testing.T) {
	identity := rapid.OneOf(
		rapid.StringOfN(rapid.RuneFrom([]rune("9a.ñ😀 ")), 1, 400, -1),
		rapid.SampledFrom([]string{"", contact, contactUserID, strings.Repeat("9", 255), strings.Repeat("9", 256), strings.Repeat("ñ", 128)}),
	)
	f := setUp(t)
	rapid.Check(t, func(rt *rapid.T) {
		encoded, err := json.Marshal(map[string]any{
			"from": identity.Draw(rt, "from"), "from_user_id": identity.Draw(rt, "user id"), "id": "a", "type": "text", "text": map[string]string{"body": "x"},
		})
		require.NoError(rt, err)
		require.Equal(rt, 200, f.post(t, inboundOf(string(encoded))).Code)
		for _, s := range f.temporal.all() {
			kept, ok := s.options.TypedSearchAttributes.GetKeyword(workflows.AttributeContact())
			require.True(rt, ok)
			require.LessOrEqual(rt, len(kept), 255)
			require.LessOrEqual(rt, max(len(s.input.WaID), len(s.input.UserID)), 255)
		}
	})
}

func TestABrokenMessageDoesNotLoseTheOthers(t *testing.T) {
	f := setUp(t)
	response := f.post(t, inboundOf(text("a", contact, "x"), `[]`, `{"from":"56911112222","id":"b","type":"hologram"}`, text("c", contact, "y")))
	require.Equal(t, `{"messages":3,"statuses":0,"ignored":1}`, response.Body.String())
	require.Equal(t, []string{"a", "b", "c"}, f.temporal.ids())
}

func TestMessagesOfOneContactTravelTogetherAndInOrder(t *testing.T) {
	f := setUp(t)
	response := f.post(t, webhook(
		value(phoneNumberID, text("1", contact, "x"), text("2", contact2, "x")),
		value(phoneNumberID, text("3", contact, "x"), text("4", contact, "x")),
	))
	require.Equal(t, `{"messages":4,"statuses":0,"ignored":0}`, response.Body.String())
	byContact := map[string][]string{}
	for _, s := range f.temporal.all() {
		for _, m := range s.envelope.Messages {
			byContact[s.input.WaID] = append(byContact[s.input.WaID], m.ID)
		}
	}
	require.Len(t, f.temporal.all(), 2)
	require.Equal(t, map[string][]string{contact: {"1", "3", "4"}, contact2: {"2"}}, byContact)
}

func TestAHiddenNumberIsFilledInWhereItIsKnown(t *testing.T) {
	hidden := `{"from_user_id":"CL.13491208655302741918","id":"h","type":"text","text":{"body":"x"}}`
	open := `{"from":"56911112222","from_user_id":"CL.13491208655302741918","id":"o","type":"text","text":{"body":"x"}}`
	known := workflows.ConversationInput{Channel: waID, WaID: contact, UserID: contactUserID}
	for _, tc := range []struct {
		name, body string
		stored     bool
		want       workflows.ConversationInput
	}{
		{"nowhere", inboundOf(hidden), false, workflows.ConversationInput{Channel: waID, UserID: contactUserID}},
		{"from an earlier POST", inboundOf(hidden), true, known},
		{"from another message of the POST", inboundOf(hidden, open), false, known},
		{"from the contacts", webhook(`{"field":"messages","value":{"metadata":{"phone_number_id":"100000000000001"},"contacts":[{"wa_id":"56911112222","user_id":"CL.13491208655302741918"}],"messages":[` + hidden + `]}}`), false, known},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := setUp(t)
			if tc.stored {
				require.NoError(t, f.store.LinkContacts(t.Context(), []store.ContactLink{
					{Channel: waID, Identity: contact, Contact: contact, WaID: contact}, {Channel: waID, Identity: contactUserID, Contact: contact},
				}))
			}
			require.Equal(t, 200, f.post(t, tc.body).Code)
			require.Len(t, f.temporal.all(), 1)
			got := f.temporal.all()[0]
			require.Equal(t, tc.want, got.input)
			require.Equal(t, workflows.WorkflowID([]byte(idKey), waID, tc.want.Contact()), got.id)
		})
	}
}

func TestAMessageWithoutAUsableIDIsNamedAfterItsBytes(t *testing.T) {
	f := setUp(t)
	f.post(t, inboundOf(
		`{"from":"56911112222","type":"text","text":{"body":"x"}}`,
		`{"from":"56911112222","id":"a\u0000b","type":"text","text":{"body":"x"}}`,
		`{"from":"56911112222","id":"`+strings.Repeat("a", 2000)+`","type":"text","text":{"body":"x"}}`,
		`{"from":"56911112222","id":" ","type":"text","text":{"body":"x"}}`,
		`{"from":"56911112222","id":"wamid.`+"\xff"+`","type":"text","text":{"body":"x"}}`,
		`{"from":"56911112222","id":"wamid.`+"\xfe"+`","type":"text","text":{"body":"y"}}`,
	))
	ids := f.temporal.ids()
	sum := sha256.Sum256([]byte(`{"from":"56911112222","type":"text","text":{"body":"x"}}`))
	require.Equal(t, "raw:"+hex.EncodeToString(sum[:16]), ids[0])
	require.Len(t, ids, 6)
	for _, id := range ids[1:] {
		require.Regexp(t, `^raw:[0-9a-f]{32}$`, id)
	}
	require.NotEqual(t, ids[4], ids[5], "broken bytes make no duplicates")
}

func TestTheSamePOSTThriceSignalsOnce(t *testing.T) {
	f := setUp(t)
	for range 3 {
		response := f.post(t, inboundOf(text("a", contact, "x"), text("b", contact, "y")))
		require.Equal(t, `{"messages":2,"statuses":0,"ignored":0}`, response.Body.String())
	}
	require.Equal(t, []string{"a", "b"}, f.temporal.ids())
}

func TestTheSameIDOfAnotherContactIsAnotherMessage(t *testing.T) {
	f := setUp(t)
	f.post(t, inboundOf(text("a", contact, "x")))
	f.post(t, inboundOf(text("a", contact2, "x")))
	require.Equal(t, []string{"a", "a"}, f.temporal.ids())
}

func TestARepeatedPOSTMakesProgress(t *testing.T) {
	f := setUp(t)
	body := inboundOf(text("a", contact, "x"), text("b", contact2, "y"))
	f.temporal.fail = func(s signal) error {
		if s.input.WaID == contact2 {
			return errTemporal
		}
		return nil
	}
	response := f.post(t, body)
	require.Equal(t, 503, response.Code)
	require.Equal(t, "2", response.Header().Get("Retry-After"))
	require.Equal(t, `{"message":"the service cannot take this request right now; please send it again"}`, response.Body.String())
	require.Equal(t, 1, strings.Count(f.log.String(), "\n"), "one log line")
	require.Contains(t, f.log.String(), "1 of 2 conversations were not signalled")
	require.NotContains(t, f.log.String(), contact)

	f.temporal.fail = nil
	require.Equal(t, 200, f.post(t, body).Code)
	require.Equal(t, []string{"a", "b"}, f.temporal.ids())
}

func TestTwoHundredContactsAreTwoHundredConversations(t *testing.T) {
	f := setUp(t)
	// Calls wait until 32 are in flight at once; none may be when there are 32 already.
	var inFlight, most atomic.Int64
	var once sync.Once
	full := make(chan struct{})
	f.temporal.inside = func() {
		n := inFlight.Add(1)
		defer inFlight.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		if n == 32 {
			once.Do(func() { close(full) })
		}
		<-full
	}
	var messages []string
	for i := range 200 {
		messages = append(messages, text(fmt.Sprintf("wamid.%d", i), fmt.Sprintf("567%08d", i), "hola"))
	}
	response := f.post(t, inboundOf(messages...))
	require.Equal(t, `{"messages":200,"statuses":0,"ignored":0}`, response.Body.String())
	ids := map[string]bool{}
	for _, s := range f.temporal.all() {
		ids[s.id] = true
	}
	require.Len(t, ids, 200)
	require.Equal(t, int64(32), most.Load())
}

func TestManyMessagesAreSplitInOrderAndStopAtTheFirstFailure(t *testing.T) {
	f := setUp(t)
	var messages []string
	for i := range 12 {
		messages = append(messages, text(fmt.Sprintf("m%02d", i), contact, strings.Repeat("x", 60<<10)))
	}
	body := inboundOf(messages...)
	calls := 0
	f.temporal.fail = func(signal) error {
		if calls++; calls == 2 {
			return errTemporal
		}
		return nil
	}
	require.Equal(t, 503, f.post(t, body).Code)
	require.Equal(t, 2, calls, "nothing follows a failure")
	require.Equal(t, 200, f.post(t, body).Code)
	require.Equal(t, []string{"m00", "m01", "m02", "m03", "m04", "m05", "m06", "m07", "m08", "m09", "m10", "m11"}, f.temporal.ids())
	require.Len(t, f.temporal.all(), 3)
}

func TestAHugeMessageIsCutToWhatABotUnderstands(t *testing.T) {
	f := setUp(t)
	filler := `,"junk":"` + strings.Repeat("<", 100<<10) + `"`
	head := `{"from":"56911112222","id":%q,"timestamp":"1773144000","context":{"id":"wamid.0"},"type":%q,%s` + filler + `}`
	f.post(t, inboundOf(
		fmt.Sprintf(head, "t", "text", `"text":{"body":"`+strings.Repeat("ñ", 100<<10)+`"}`),
		fmt.Sprintf(head, "b", "interactive", `"interactive":{"type":"button_reply","button_reply":{"id":"yes","title":"Sí"}}`),
		fmt.Sprintf(head, "q", "button", `"button":{"payload":"p","text":"Sí"}`),
		fmt.Sprintf(head, "i", "image", `"image":{"id":"1","caption":"c"}`),
		text("small", contact, "x"),
	))
	var got []workflows.Inbound
	for _, s := range f.temporal.all() {
		got = append(got, s.envelope.Messages...)
	}
	require.Len(t, got, 5)
	for _, m := range got[:4] {
		require.True(t, m.Cut)
		require.Less(t, len(m.Message), 128<<10)
	}
	require.False(t, got[4].Cut)
	require.JSONEq(t, `{"from":"56911112222","id":"t","timestamp":"1773144000","context":{"id":"wamid.0"},"type":"text","text":{"body":"`+strings.Repeat("ñ", 6<<10)+`"}}`, string(got[0].Message))
	require.JSONEq(t, `{"from":"56911112222","id":"b","timestamp":"1773144000","context":{"id":"wamid.0"},"type":"interactive","interactive":{"type":"button_reply","button_reply":{"id":"yes","title":"Sí"}}}`, string(got[1].Message))
	require.JSONEq(t, `{"from":"56911112222","id":"q","timestamp":"1773144000","context":{"id":"wamid.0"},"type":"button","button":{"payload":"p","text":"Sí"}}`, string(got[2].Message))
	require.JSONEq(t, `{"from":"56911112222","id":"i","timestamp":"1773144000","context":{"id":"wamid.0"},"type":"image","image":{"id":"1","caption":"c"}}`, string(got[3].Message))
	require.Contains(t, f.log.String(), `"messages":4`)
}

// TestNothingIsLostOrReorderedOnTheWay posts random batches while Temporal fails at
// random, as ISVs do: again and again until the answer is 200.
func TestNothingIsLostOrReorderedOnTheWay(t *testing.T) {
	f := setUp(t)
	run := 0
	rapid.Check(t, func(rt *rapid.T) {
		run++
		f.temporal.signals = nil
		if rapid.Bool().Draw(rt, "conversations ended") {
			f.temporal.endAll()
		}
		want := map[string][]string{}
		var messages []string
		for i := range rapid.IntRange(1, 10).Draw(rt, "messages") {
			from := fmt.Sprintf("56900%d", rapid.IntRange(0, 1).Draw(rt, "contact"))
			id := fmt.Sprintf("r%d-%d", run, i)
			want[from] = append(want[from], id)
			messages = append(messages, text(id, from, strings.Repeat("<", rapid.IntRange(0, 30<<10).Draw(rt, "size"))))
		}
		failures := rapid.IntRange(0, 3).Draw(rt, "failures")
		f.temporal.fail = func(signal) error {
			if failures--; failures >= 0 {
				return errTemporal
			}
			return nil
		}
		for range 5 {
			if f.post(t, inboundOf(messages...)).Code == 200 {
				break
			}
		}
		got := map[string][]string{}
		for _, s := range f.temporal.all() {
			encoded, err := json.Marshal(s.envelope)
			require.NoError(rt, err)
			require.LessOrEqual(rt, len(encoded), 256<<10)
			for _, m := range s.envelope.Messages {
				got[s.input.WaID] = append(got[s.input.WaID], m.ID)
			}
		}
		require.Equal(rt, want, got)
	})
}

// Of many contacts: one alone is signalled no faster than its conversation takes messages.
func BenchmarkInboundOneText(b *testing.B) {
	f := setUp(b)
	token := f.token("isv")
	bodies := make([]string, b.N)
	for i := range bodies {
		bodies[i] = inboundOf(text(fmt.Sprintf("wamid.%d", i), fmt.Sprintf("567%08d", i%1000), "hola"))
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		response := f.do(b, http.MethodPost, "/webhooks/inbound", headers{"Authorization": token}, strings.NewReader(bodies[i]))
		if response.Code != http.StatusOK {
			b.Fatal(response.Body)
		}
	}
}
