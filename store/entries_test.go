package store

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// requireAsJSON requires that a valid text is read as json.Unmarshal reads it.
func requireAsJSON(t require.TestingT, text []byte) {
	var want []Entry
	wanted := json.Unmarshal(text, &want)
	got, err := decodeEntries(text)
	if json.Valid(text) {
		require.Equal(t, wanted == nil, err == nil, "%s", text)
	}
	if wanted == nil {
		require.Equal(t, want, got, "%s", text)
	}
}

func TestEntriesAreReadAsEncodingJSONReadsThem(t *testing.T) {
	for _, text := range []string{
		`[]`, ` [ ] `, `null`, `{}`, `[`, ``, `[{}]`, `[{},{}]`, `[{},]`, `[null]`, `[{}`, `[{}]]`, `[{}] `, `[{"at":"2026-03-10T13:00:00Z"}]`,
		`[{"at":"2026-03-10T13:00:00.123-03:00"}]`, `[{"at":"yesterday"}]`, `[{"at":null}]`, `[{"at":"2026-03-10T13:00:00\u005a"}]`,
		`[{"ID":"upper case"}]`, `[{"unknown":[1]}]`, `[{"id":"a","id":"b","body":{"a":1},"body":[2]}]`, `[{"id":7}]`, `[{"id":null}]`,
		`[{"id":"ñ🦩\ud83e\udda9\"\\\/\u0000"}]`, "[{\"id\":\"\xff\"}]", "[{\"id\":\"\n\"}]", `[{"i\u0064":"escaped key"}]`, `[{"id":"a\\"}]`, `[{"id":"a\\\""}]`,
		`[{"timestamp":0}]`, `[{"timestamp":1760000000,"sequence":12}]`, `[{"timestamp":-1}]`, `[{"timestamp":01}]`, `[{"timestamp":1.5}]`, `[{"timestamp":1e3}]`,
		`[{"timestamp":99999999999999999999}]`, `[{"timestamp":}]`, `[{"timestamp":"1"}]`,
		`[{"body":{"a":"}\"]","b":[{"c":"\\"}]}}]`, `[{"body":[]}]`, `[{"body":{}}]`, `[{"body":"text"}]`, `[{"body":7}]`, `[{"body":null}]`, `[{"body":true}]`,
		`[{"body": {"a" : 1} , "id" : "spaces"}]`, `[{"body":{"a" : [ 1 ]}}]`, `[{"body":}]`, `[{"body":{]}]`, `[{"body":{`, `[{"body":"`, `[{"id":"a" "b"}]`,
	} {
		requireAsJSON(t, []byte(text))
	}
}

func TestAnyEntriesAreReadAsTheyWereWritten(t *testing.T) {
	bodies := []json.RawMessage{nil, json.RawMessage(`{}`), json.RawMessage(`[{"a":"\"}"},null,1e3]`), json.RawMessage(`"text"`), json.RawMessage(`{"\\":{"ñ\u2028<&>":""}}`)}
	entry := rapid.Custom(func(t *rapid.T) Entry {
		return Entry{
			At:        time.UnixMilli(rapid.Int64Range(-62_135_596_800_000, 253_402_300_799_999).Draw(t, "at")).UTC(),
			Direction: rapid.SampledFrom([]Direction{In, Out, Human, Note, Turn, ""}).Draw(t, "direction"),
			ID:        rapid.String().Draw(t, "id"), Type: rapid.String().Draw(t, "type"), Timestamp: rapid.Int64().Draw(t, "timestamp"),
			Sequence: rapid.Int().Draw(t, "sequence"), InReplyTo: rapid.String().Draw(t, "in reply to"), Delivery: rapid.String().Draw(t, "delivery"),
			WAMID: rapid.String().Draw(t, "wamid"), Made: rapid.String().Draw(t, "made"), Note: rapid.String().Draw(t, "note"), Body: rapid.SampledFrom(bodies).Draw(t, "body"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		page := Page{Entries: rapid.SliceOfN(entry, 0, 40).Draw(t, "entries")}
		text, err := page.encode()
		require.NoError(t, err)
		requireAsJSON(t, text)

		spoiled := append([]byte(nil), text...)
		spoiled[rapid.IntRange(0, len(text)-1).Draw(t, "place")] = rapid.SampledFrom([]byte("\"\\{}[]:,0- a\x00\xff")).Draw(t, "byte")
		requireAsJSON(t, spoiled)
	})
}

func TestEntriesOfTheUsualFormAreReadWithoutEncodingJSON(t *testing.T) {
	page := Page{Entries: []Entry{
		{At: time.UnixMilli(1_760_000_000_123), Direction: In, ID: "wamid.1", Type: "text", Timestamp: 1_760_000_000, Body: json.RawMessage(`{"text":{"body":"¿Qué?"}}`)},
		{At: time.UnixMilli(1_760_000_000_123), Direction: Out, ID: "msg_1", Sequence: 2, InReplyTo: "wamid.1", Delivery: InLedger, Made: "msg_0", WAMID: "wamid.2"},
		{Direction: Note, Note: "¡ñ!"},
		{Direction: Turn, Body: json.RawMessage(`{"sends":3}`)},
	}}
	text, err := page.encode()
	require.NoError(t, err)
	r := entryReader{text: text}
	_, ok := r.entries()
	require.True(t, ok)
}

func FuzzEntries(f *testing.F) {
	f.Add([]byte(`[{"at":"2026-03-10T13:00:00Z","direction":"in","id":"m1","timestamp":1,"body":{"a":[1,"\""]}},{"note":"ñ"}]`))
	f.Fuzz(func(t *testing.T, text []byte) { requireAsJSON(t, text) })
}
