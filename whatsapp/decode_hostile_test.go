package whatsapp_test

import (
	"encoding/json"
	"os"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/internal/jsontest"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(name)
	require.NoError(t, err)
	return body
}

// around puts a value into a webhook.
func around(value string) []byte {
	return []byte(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":` + value + `}]}]}`)
}

// use calls everything that reads a decoded webhook.
func use(t testing.TB, w *whatsapp.Webhook) {
	t.Helper()
	for i := range w.Values {
		v := &w.Values[i]
		v.Fates()
		for _, list := range [][]whatsapp.Message{v.Messages, v.Echoes} {
			for j := range list {
				m := &list[j]
				require.Equal(t, m.Fate().Conversation(), m.UserMessage())
				m.ReplyID()
				m.TypedText()
				m.Media()
				if m.Edit != nil {
					m.Edit.Content()
				}
				require.True(t, json.Valid(m.Raw))
				require.True(t, utf8.Valid(m.Raw))
				again := whatsapp.DecodeMessage(m.Raw)
				require.Equal(t, *m, again)
			}
		}
		for j := range v.Statuses {
			v.Statuses[j].Fate()
		}
	}
}

// TestDecodeGoldenMutations changes every place of every golden webhook, one at a time:
// left out, null, another type, an unknown key, an empty list. None is refused, and no
// element of any list is lost unless the list itself is gone; messages, statuses and echoes
// keep their bytes.
func TestDecodeGoldenMutations(t *testing.T) {
	count := 0
	for _, name := range inbound(t) {
		var tree map[string]any
		require.NoError(t, json.Unmarshal(read(t, name), &tree))
		jsontest.Mutate(tree, func() {
			if tree["object"] != whatsapp.Object {
				return
			}
			count++
			mutated, err := json.Marshal(tree)
			require.NoError(t, err)
			w := decode(t, mutated)
			use(t, w)
			require.Equal(t, elementsOf(t, mutated), decodedElements(w), "%s: %s", name, mutated)
		})
	}
	require.Greater(t, count, 30_000)
}

func TestDecodeTakesHostileParts(t *testing.T) {
	deep := strings.Repeat("[", 9000) + strings.Repeat("]", 9000)
	digits := strings.Repeat("9", 400)
	for _, tt := range []struct {
		name, value string
		messages    int
	}{
		{"null everywhere", `{"metadata":null,"contacts":null,"messages":[null,{"type":null,"text":null,"context":null,"errors":null,"image":null,"contacts":null}],"statuses":[null],"errors":null,"calls":[null],"history":[null]}`, 2},
		{"lists for objects", `{"metadata":[],"contacts":[[]],"messages":[[],{"text":[],"context":[],"image":[],"interactive":[],"system":[],"identity":[]}],"statuses":[[]],"history":[[]]}`, 2},
		{"objects for lists", `{"contacts":{},"messages":[{"contacts":{},"errors":{}}],"statuses":{},"errors":{},"history":[{"threads":{}}]}`, 1},
		{"texts for all", `{"metadata":"x","contacts":"x","messages":["x",{"text":"x","context":"x","image":"x","contacts":"x","errors":"x","order":"x"}],"statuses":["x"],"errors":"x"}`, 2},
		{"deep nesting", `{"messages":[{"type":"text","text":{"body":` + deep + `}},{"x":` + deep + `}],"x":` + deep + `}`, 2},
		{"long numbers", `{"messages":[{"timestamp":` + digits + `,"from":` + digits + `,"type":"location","location":{"latitude":` + digits + `,"longitude":"` + digits + `"}},{"type":"order","order":{"product_items":[{"quantity":` + digits + `,"item_price":-` + digits + `.5e400}]}}],"statuses":[{"timestamp":"` + digits + `"}]}`, 2},
		{"escapes", `{"mess\u0061ges":[{"ty\u0070e":"text","text":{"body":"\u0000\ud800 \udfff\ud83d\ude00\\\""}}]}`, 1},
		{"keys twice", `{"messages":[{"type":"text"}],"messages":[{"type":"text"}],"metadata":{"phone_number_id":"1"},"metadata":{}}`, 2},
		{"odd keys", `{"":{},"messages":[{"":1,"text":{"":2}}],"\ud800":3}`, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := decode(t, around(tt.value))
			require.Len(t, w.Values, 1)
			require.Len(t, w.Values[0].Messages, tt.messages)
			require.Equal(t, elementsOf(t, around(tt.value)), decodedElements(w))
			use(t, w)
			require.NotContains(t, w.Values[0].Problem, "99999")
			for _, m := range w.Values[0].Messages {
				require.NotContains(t, m.Problem, "99999")
			}
		})
	}
}

func TestDecodeAddsUpAListThatComesTwice(t *testing.T) {
	v := decode(t, around(`{"messages":[{"id":"1"}],"messages":[{"id":"2"},{"id":"3"}]}`)).Values[0]
	require.Len(t, v.Messages, 3)
}

func TestDecodeBoundsNesting(t *testing.T) {
	// The standard library's own bound is 10,000 levels, five of which are ours.
	good := strings.Repeat("[", 9990) + strings.Repeat("]", 9990)
	use(t, decode(t, around(`{"x":`+good+`}`)))
	_, err := whatsapp.Decode(around(`{"x":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`))
	var refused *whatsapp.DecodeError
	require.ErrorAs(t, err, &refused)
}

// TestDecodeBoundsMemory: a few megabytes of nothing must not become gigabytes.
func TestDecodeBoundsMemory(t *testing.T) {
	const body = 4 << 20
	fill := func(start, piece, end string) []byte {
		return []byte(start + strings.Repeat(piece, (body-len(start)-len(end))/len(piece)) + strings.TrimSuffix(piece, ",") + end)
	}
	for _, tt := range []struct {
		name    string
		body    []byte
		refused bool
	}{
		{"empty messages", fill(`{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"messages":[`, `{},`, `]}}]}]}`), true},
		{"empty cards", fill(`{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"messages":[{"contacts":[`, `0,`, `]}]}}]}]}`), true},
		{"empty changes", fill(`{"object":"whatsapp_business_account","entry":[{"changes":[`, `{},`, `]}]}`), true},
		{"addresses", fill(`{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"messages":[{"contacts":[{"addresses":[`, `{"a": 1 },`+strings.Repeat(" ", 8), `{}]}]}]}}]}]}`), false},
		{"edits in edits", fill(`{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"messages":[`, strings.Repeat(`{"edit":{"message":`, 2000)+`{}`+strings.Repeat(`}}`, 2000)+`,`, `]}}]}]}`), false},
		{"commas in a text", fill(`{"object":"whatsapp_business_account","entry":[{"changes":[{"value":{"messages":[{"type":"text","text":{"body":"`, `,,,`, `"}}]}}]}]}`), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := whatsapp.Decode(tt.body)
			runtime.ReadMemStats(&after)
			require.Equal(t, tt.refused, err != nil, "%v", err)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(160<<20))
		})
	}
}

func TestDecodeBoundsUpdates(t *testing.T) {
	const most = 20_000 - 1 // the change counts too
	list := strings.Repeat(`{"id":"1"},`, most-1) + `{"id":"1"}`
	require.Len(t, decode(t, around(`{"messages":[`+list+`]}`)).Values[0].Messages, most)
	_, err := whatsapp.Decode(around(`{"messages":[` + list + `,{"id":"1"}]}`))
	require.EqualError(t, err, "the body holds more than 20000 updates")
}

func TestDecodeMessageTakesAnything(t *testing.T) {
	for _, text := range []string{"", " ", "{", `{"id":"1"} {}`, "\x00", "nul", `{"type":"edit","edit":{"message":{"type":"edit","edit":{}}}}`} {
		m := whatsapp.DecodeMessage(json.RawMessage(text))
		require.Equal(t, json.RawMessage(text), m.Raw)
		m.Fate()
	}
}

func FuzzDecode(f *testing.F) {
	for _, name := range inbound(f) {
		f.Add(read(f, name))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		w, err := whatsapp.Decode(body)
		if err != nil {
			var refused *whatsapp.DecodeError
			require.ErrorAs(t, err, &refused)
			return
		}
		use(t, w)
		require.Equal(t, elementsOf(t, body), decodedElements(w))
	})
}

func FuzzDecodeMessage(f *testing.F) {
	for _, name := range inbound(f) {
		for _, v := range decode(f, read(f, name)).Values {
			for _, m := range v.Messages {
				f.Add([]byte(m.Raw))
			}
		}
	}
	f.Fuzz(func(_ *testing.T, raw []byte) {
		m := whatsapp.DecodeMessage(raw)
		m.Fate()
		m.ReplyID()
		m.Media()
	})
}
