package outbound_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/whatsapp"
	"github.com/chattigo/api-isv/whatsapp/outbound"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(name)
	require.NoError(t, err)
	return body
}

func benchmarkEncode(b *testing.B, s outbound.Message) {
	b.Helper()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := outbound.Encode(s); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncodeText(b *testing.B) {
	benchmarkEncode(b, outbound.NewText("56911112222", "Atendemos de lunes a viernes, de 9:00 a 18:00 h."))
}

func BenchmarkEncodeButtons(b *testing.B) { benchmarkEncode(b, yesNo()) }

func BenchmarkEncodeList(b *testing.B) { benchmarkEncode(b, samples()["interactive_list"]) }

func BenchmarkEncodeTemplate(b *testing.B) { benchmarkEncode(b, samples()["template_image"]) }

func BenchmarkValidateList(b *testing.B) {
	s := samples()["interactive_list"]
	b.ReportAllocs()
	for b.Loop() {
		outbound.Validate(s)
	}
}

func BenchmarkCheck(b *testing.B) {
	s, p := samples()["interactive_list"], whatsapp.NewestVersion()
	b.ReportAllocs()
	for b.Loop() {
		outbound.Check(p, s)
	}
}

func BenchmarkParse(b *testing.B) {
	body := read(b, "testdata/messages/interactive_list.json")
	b.ReportAllocs()
	for b.Loop() {
		outbound.Parse(body)
	}
}
