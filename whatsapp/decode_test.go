package whatsapp_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
)

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile("testdata/" + name + ".json")
	require.NoError(t, err)
	return body
}

func decode(t testing.TB, body []byte) *whatsapp.Webhook {
	t.Helper()
	w, err := whatsapp.Decode(body)
	require.NoError(t, err)
	return w
}

// only is the one value of a fixture.
func only(t testing.TB, name string) whatsapp.Value {
	t.Helper()
	w := decode(t, fixture(t, name))
	require.Len(t, w.Values, 1)
	return w.Values[0]
}

var sent = time.Date(2026, 3, 10, 13, 0, 0, 0, time.UTC)

func TestDecodeMessages(t *testing.T) {
	media := whatsapp.Media{ID: "3001"}
	for _, tt := range []struct {
		fixture string
		typ     string
		user    bool // may be answered by a bot
		check   func(*testing.T, whatsapp.Message)
	}{
		{"text", "text", true, func(t *testing.T, m whatsapp.Message) {
			require.Equal(t, "Hola, ¿están abiertos? <b>&", m.TypedText())
			require.Equal(t, &whatsapp.Context{ID: "wamid.OUT"}, m.Context)
		}},
		{"image", "image", true, func(t *testing.T, m whatsapp.Message) {
			media.MimeType, media.Caption = "image/jpeg", "mi boleta"
			require.Equal(t, &media, m.Media())
		}},
		{"voice", "audio", true, func(t *testing.T, m whatsapp.Message) {
			require.Equal(t, "audio/ogg; codecs=opus", m.Media().MimeType)
		}},
		{"video", "video", true, func(t *testing.T, m whatsapp.Message) { require.Equal(t, "mira", m.Video.Caption) }},
		{"document", "document", true, func(t *testing.T, m whatsapp.Message) { require.Equal(t, "orden.pdf", m.Document.Filename) }},
		{"sticker", "sticker", true, func(t *testing.T, m whatsapp.Message) { require.Equal(t, "3001", m.Sticker.ID) }},
		{"location", "location", true, func(t *testing.T, m whatsapp.Message) {
			require.Equal(t, &whatsapp.Location{Latitude: -33.4372, Longitude: -70.6506, Name: "Plaza", Address: "Av. 1"}, m.Location)
		}},
		{"no_type", "location", true, func(t *testing.T, m whatsapp.Message) { require.Equal(t, &whatsapp.Location{}, m.Location) }},
		{"contacts", "contacts", true, func(t *testing.T, m whatsapp.Message) {
			require.Len(t, m.Contacts, 1)
			require.Equal(t, "Luis Rojas", m.Contacts[0].Name.FormattedName)
			require.Equal(t, []whatsapp.ContactPhone{{Phone: "+56 9 3333", WaID: "5693333", Type: "CELL"}}, m.Contacts[0].Phones)
			require.Equal(t, "Luz", m.Contacts[0].Org.Company)
		}},
		{"reaction", "reaction", false, func(t *testing.T, m whatsapp.Message) {
			require.Equal(t, &whatsapp.Reaction{MessageID: "wamid.OUT", Emoji: "👍"}, m.Reaction)
		}},
		{"reaction_removed", "reaction", false, func(t *testing.T, m whatsapp.Message) { require.Empty(t, m.Reaction.Emoji) }},
		{"button_reply", "interactive", true, tapped("horarios~a1b2c", "Horarios")},
		{"list_reply", "interactive", true, tapped("pediatria~a1b2c", "Pediatría")},
		{"template_button", "button", true, tapped("confirmar", "Confirmar hora")},
		{"nfm_reply", "interactive", true, func(t *testing.T, m whatsapp.Message) {
			require.Equal(t, &whatsapp.NFMReply{Name: "flow", Body: "Sent", ResponseJSON: `{"flow_token":"t","rut":"1-9"}`}, m.Interactive.NFMReply)
			_, _, ok := m.ReplyID()
			require.False(t, ok)
		}},
		{"call_permission", "interactive", false, func(t *testing.T, m whatsapp.Message) {
			require.Equal(t, "automatic", m.Interactive.CallPermissionReply.ResponseSource)
		}},
		{"order", "order", true, func(t *testing.T, m whatsapp.Message) {
			require.Equal(t, "4001", m.Order.CatalogID)
		}},
		{"system", "system", false, func(t *testing.T, m whatsapp.Message) { require.Equal(t, "56944445555", m.System.NewWaID) }},
		{"unsupported", "unsupported", false, func(t *testing.T, m whatsapp.Message) {
			require.Equal(t, "poll_creation", m.Unsupported.Type)
		}},
		{"unavailable", "unsupported", true, func(t *testing.T, m whatsapp.Message) {
			require.True(t, m.HasError(whatsapp.CodeUnavailable))
		}},
		{"request_welcome", "request_welcome", false, nil},
		{"edit", "edit", false, func(t *testing.T, m whatsapp.Message) { require.Empty(t, m.TypedText()) }},
		{"revoke", "revoke", false, nil},
		{"group", "text", false, nil},
		{"unknown_type", "hologram", true, nil},
		{"referral", "text", true, func(t *testing.T, m whatsapp.Message) { require.Equal(t, "ad", m.Referral.SourceType) }},
		{"number_timestamp", "text", true, nil},
	} {
		t.Run(tt.fixture, func(t *testing.T) {
			v := only(t, tt.fixture)
			require.Len(t, v.Messages, 1)
			m := v.Messages[0]
			require.Empty(t, m.Problem)
			require.Equal(t, tt.typ, m.Type)
			require.Equal(t, tt.user, m.UserMessage())
			require.Equal(t, "56911112222", m.From)
			require.Equal(t, "CL.100200300", m.FromUserID)
			require.Equal(t, "wamid.HBgLNTY5MTExMTIyMjIVAgA=", m.ID)
			require.Equal(t, sent, m.Timestamp)
			require.True(t, json.Valid(m.Raw))
			if tt.check != nil {
				tt.check(t, m)
			}
		})
	}
}

func tapped(id, title string) func(*testing.T, whatsapp.Message) {
	return func(t *testing.T, m whatsapp.Message) {
		gotID, gotTitle, ok := m.ReplyID()
		require.True(t, ok)
		require.Equal(t, id, gotID)
		require.Equal(t, title, gotTitle)
		require.Empty(t, m.TypedText())
	}
}

func TestDecodeValue(t *testing.T) {
	v := only(t, "text")
	require.Equal(t, "messages", v.Field)
	require.Equal(t, &whatsapp.Metadata{DisplayPhoneNumber: "56900000001", PhoneNumberID: "100000000000001"}, v.Metadata)
	require.Equal(t, []whatsapp.Contact{{Profile: whatsapp.ContactProfile{Name: "Ana"}, WaID: "56911112222", UserID: "CL.100200300"}}, v.Contacts)
	require.Empty(t, v.Problem)
}

func TestDecodeSenderWithoutPhone(t *testing.T) {
	v := only(t, "user_id_only")
	require.Empty(t, v.Messages[0].From)
	require.Equal(t, "CL.100200300", v.Messages[0].FromUserID)
	require.True(t, v.Messages[0].UserMessage())
	require.Empty(t, only(t, "no_identity").Messages[0].FromUserID)
}

func TestDecodeInteractiveWithoutItsObject(t *testing.T) {
	v := only(t, "interactive_without_object")
	require.Equal(t, "interactive: missing", v.Messages[0].Problem)
	require.True(t, v.Messages[0].UserMessage())
	_, _, ok := v.Messages[0].ReplyID()
	require.False(t, ok)
	require.Equal(t, whatsapp.FlexInt(131000), v.Errors[0].Code)
}

func TestDecodeTemplateButtonWithoutPayloadAnswersWithItsText(t *testing.T) {
	m := whatsapp.DecodeMessage(json.RawMessage(`{"type":"button","button":{"text":"Sí"}}`))
	tapped("Sí", "Sí")(t, m)
}

func TestDecodeTimestamps(t *testing.T) {
	require.Equal(t, sent.Add(123*time.Millisecond), only(t, "milli_timestamp").Messages[0].Timestamp)
	for raw, want := range map[string]time.Time{
		`"1773147600"`: sent, `1773147600`: sent, `1773147600.9`: sent, `"1773147600000"`: sent, `" 1773147600 "`: sent,
		`""`: {}, `null`: {}, `"soon"`: {}, `-1`: {}, `0`: {}, `1e300`: {}, `"NaN"`: {}, `[]`: {}, `{}`: {}, `true`: {}, `99999999999999999999`: {},
	} {
		m := whatsapp.DecodeMessage(json.RawMessage(`{"timestamp":` + raw + `,"type":"request_welcome"}`))
		require.Equal(t, want, m.Timestamp, raw)
	}
}

func TestDecodeOneBrokenMessageLosesNoOther(t *testing.T) {
	messages := only(t, "batch_with_a_broken_message").Messages
	require.Len(t, messages, 5)
	var problems, texts []string
	for _, m := range messages {
		problems = append(problems, m.Problem)
		texts = append(texts, m.TypedText())
	}
	require.Equal(t, []string{"uno", "", "", "", "cuatro"}, texts)
	require.Equal(t, []string{"", "id: unexpected JSON array", "unexpected JSON string", "type: missing", ""}, problems)
	require.Equal(t, "7", messages[1].Type)
}

func TestDecodeNumbersWhereTextsBelong(t *testing.T) {
	m := whatsapp.DecodeMessage(json.RawMessage(`{"from":56911112222,"id":12,"type":"text","text":{"body":-1.50e3},"a":"\"1\\","b":[2]}`))
	require.Empty(t, m.Problem)
	require.Equal(t, "56911112222", m.From)
	require.Equal(t, "12", m.ID)
	require.Equal(t, "-1.50e3", m.TypedText())
}

func TestDecodeStatuses(t *testing.T) {
	v := only(t, "statuses")
	require.Empty(t, v.Messages)
	require.Len(t, v.Statuses, 3)
	delivered, failed, broken := v.Statuses[0], v.Statuses[1], v.Statuses[2]
	require.Equal(t, "delivered", delivered.Status)
	require.Equal(t, sent.Add(time.Second), delivered.Timestamp)
	require.Equal(t, "CL.100200300", failed.RecipientUserID)
	require.Equal(t, whatsapp.FlexInt(131047), failed.Errors[0].Code)
	require.Equal(t, "unexpected JSON string", broken.Problem)
}

func TestDecodeOtherFields(t *testing.T) {
	v := only(t, "template_status")
	require.Equal(t, "message_template_status_update", v.Field)
	require.Nil(t, v.Metadata)
	require.Equal(t, []whatsapp.Part{{Fate: whatsapp.FateCount}}, v.Fates())
}

func TestDecodeNothingIsNoError(t *testing.T) {
	require.Empty(t, decode(t, fixture(t, "empty_entry")).Values)
	require.Empty(t, decode(t, fixture(t, "empty_changes")).Values)
}

func TestDecodeSkipsWhatHasTheWrongShape(t *testing.T) {
	for _, tt := range []struct {
		name, body string
		values     int
		problem    string
	}{
		{"entry is a text", `{"object":"whatsapp_business_account","entry":"x"}`, 0, ""},
		{"entry is null", `{"object":"whatsapp_business_account","entry":null}`, 0, ""},
		{"entry holds a number", `{"object":"whatsapp_business_account","entry":[1,{"changes":[{"value":{}}]}]}`, 1, ""},
		{"changes is an object", `{"object":"whatsapp_business_account","entry":[{"changes":{}}]}`, 0, ""},
		{"value is missing", `{"object":"whatsapp_business_account","entry":[{"changes":[{}]}]}`, 1, ""},
		{"value is a list", `{"object":"whatsapp_business_account","entry":[{"changes":[{"value":[1]}]}]}`, 1, "unexpected JSON array"},
		{"messages is an object", `{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"messages":{}}}]}]}`, 1, "messages: unexpected JSON object"},
		{"metadata is a text", `{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"metadata":"x"}}]}]}`, 1, "metadata: unexpected JSON string"},
		{"contacts holds a text", `{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"contacts":["x"]}}]}]}`, 1, "contacts: unexpected JSON string"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := decode(t, []byte(tt.body))
			require.Len(t, w.Values, tt.values)
			for _, v := range w.Values {
				require.Equal(t, tt.problem, v.Problem)
			}
		})
	}
}

func TestDecodeRefusesWhatIsNoWebhook(t *testing.T) {
	const (
		twice   = "the body holds more than one JSON document; send one webhook at a time"
		missing = `the field "object" is missing; a WhatsApp webhook has "whatsapp_business_account" there`
		wrong   = `the field "object" must be "whatsapp_business_account"`
		notJSON = "the body is not valid JSON (at byte "
		noObj   = "the body is not a JSON object; a WhatsApp webhook is expected"
		good    = `{"object":"whatsapp_business_account","entry":[]}`
	)
	for _, tt := range []struct{ name, body, message string }{
		{"empty", "", "the body is empty; the JSON of a WhatsApp webhook is expected"},
		{"blank", " \r\n\t", "the body is empty; the JSON of a WhatsApp webhook is expected"},
		{"only a byte order mark", "\ufeff", "the body is empty; the JSON of a WhatsApp webhook is expected"},
		{"a form", "object=whatsapp_business_account&secret=hunter2", notJSON + "1)"},
		{"cut off", `{"object":"whatsapp_business_account","entry":[`, notJSON + "47)"},
		{"two documents", good + "\n" + good, twice},
		{"a document and rubbish", good + "}", twice},
		{"a list", "[" + good + "]", noObj},
		{"a text", `"whatsapp_business_account"`, noObj},
		{"null", "null", noObj},
		{"no object", `{"entry":[]}`, missing},
		{"object null", `{"object":null,"entry":[]}`, missing},
		{"another object", `{"object":"page","entry":[]}`, wrong},
		{"object is a number", `{"object":7,"entry":[]}`, wrong},
		{"nested beyond reason", `{"object":"whatsapp_business_account","entry":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + "}", notJSON + "10046)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w, err := whatsapp.Decode([]byte(tt.body))
			require.Nil(t, w)
			var refused *whatsapp.DecodeError
			require.ErrorAs(t, err, &refused)
			require.Equal(t, tt.message, refused.Message)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestDecodeTakesAByteOrderMarkAndBadUTF8(t *testing.T) {
	body := "\ufeff" + strings.Replace(string(fixture(t, "text")), "Hola", "Ho\xffla", 1)
	m := decode(t, []byte(body)).Values[0].Messages[0]
	require.Contains(t, m.TypedText(), "Ho\ufffdla")
	require.True(t, utf8.Valid(m.Raw))
}
