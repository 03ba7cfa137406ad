package whatsapp_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
)

func benchmarkDecode(b *testing.B, body []byte) {
	b.Helper()
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := whatsapp.Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}

// compact is a webhook as it comes over the wire.
func compact(t testing.TB, name string) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, json.Compact(&out, read(t, name)))
	return out.Bytes()
}

func BenchmarkDecodeText(b *testing.B) { benchmarkDecode(b, fixture(b, "text")) }

func BenchmarkDecodeCompactText(b *testing.B) {
	benchmarkDecode(b, compact(b, "testdata/inbound/text/2026.json"))
}

func BenchmarkDecodeButtonReply(b *testing.B) {
	benchmarkDecode(b, compact(b, "testdata/inbound/button_reply/2026.json"))
}

func BenchmarkDecodeImage(b *testing.B) {
	benchmarkDecode(b, compact(b, "testdata/inbound/image/2026.json"))
}

func BenchmarkDecodeStatus(b *testing.B) {
	benchmarkDecode(b, compact(b, "testdata/inbound/status_sent/2024.json"))
}

// BenchmarkDecodeBatch is one POST with 1000 texts.
func BenchmarkDecodeBatch(b *testing.B) {
	var message bytes.Buffer
	m := decode(b, fixture(b, "text")).Values[0].Messages[0]
	require.NoError(b, json.Compact(&message, m.Raw))
	list := strings.Repeat(message.String()+",", 999) + message.String()
	benchmarkDecode(b, around(`{"messaging_product":"whatsapp","metadata":{"phone_number_id":"1"},"messages":[`+list+`]}`))
}

func BenchmarkDecodeMessage(b *testing.B) {
	raw := decode(b, compact(b, "testdata/inbound/text/2026.json")).Values[0].Messages[0].Raw
	b.ReportAllocs()
	for b.Loop() {
		whatsapp.DecodeMessage(raw)
	}
}
