package pick_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/bot/pick"
)

// A comma behind a no turns what is said into its contrary: "no cancelar" is not "No, cancelar".
func TestANoDeniesWhatFollowsUnlessACommaStandsBetween(t *testing.T) {
	for title, texts := range map[string][2][]string{
		"No, cancelar cita": {
			{"no", "no!", "no gracias", "no por favor", "No, cancelar cita", "no, cancelar la cita", "no. cancelar cita", "no,cancelar cita", "mejor no"},
			{"no quiero cancelar la cita", "no cancelar la cita", "por favor no cancelar cita", "no, quiero cancelar la cita", "no quiero", "no\ncancelar cita", "no 😡 cancelar cita", "no cancelar, cita"},
		},
		"No, eliminar":    {{"no", "no, eliminar"}, {"no eliminar", "NO ELIMINAR"}},
		"Não, cancelar":   {{"não", "nao, cancelar"}, {"não quero cancelar", "não cancelar", "nao, quero cancelar"}},
		"No, gracias":     {{"no gracias", "No,gracias", "no", "no muchas gracias", "no quiero"}, nil},
		"No gracias":      {{"no, gracias", "no"}, nil},
		"No quiero pagar": {{"no quiero pagar", "no pagar", "no quiero pagar, gracias"}, {"no, quiero pagar", "no; pagar", "no\nquiero pagar", "no! quiero pagar"}},
		"Sí, no cancelar": {{"sí", "sí, no cancelar", "no cancelar"}, {"sí no, cancelar", "no, cancelar"}},
		"Opción Nº 2":     {{"opción nº 2", "la n 2"}, nil},
	} {
		for _, text := range texts[0] {
			require.True(t, means(text, title), "%q means %q", text, title)
		}
		for _, text := range texts[1] {
			require.False(t, means(text, title), "%q does not mean %q", text, title)
		}
	}
}

// With and without the comma behind its no, a sentence says two things: it never means the other.
func TestACommaBehindANoIsNeverOverlooked(t *testing.T) {
	verbs := rapid.SampledFrom([]string{"cancelar", "pagar la cuenta", "eliminar todo", "seguir"})
	ahead := rapid.SampledFrom([]string{"", "quiero ", "deseo ", "prefiero ", "quero ", "la ", "mejor "})
	around := rapid.SampledFrom([]string{"", "por favor ", "hola ", "pues "})
	sign := rapid.SampledFrom([]string{", ", ",", ". ", "! ", "; ", " - ", ",\n"})
	rapid.Check(t, func(t *rapid.T) {
		no, verb := rapid.SampledFrom([]string{"no", "No", "não", "nao"}).Draw(t, "no"), verbs.Draw(t, "verb")
		with := no + sign.Draw(t, "sign")
		title, text := with+verb, around.Draw(t, "around")+no+" "+ahead.Draw(t, "ahead")+verb
		require.False(t, means(text, title), "%q does not mean %q", text, title)
		require.False(t, means(with+ahead.Draw(t, "ahead of the title's")+verb, no+" "+verb), "%q at %q", with, no+" "+verb)
		require.False(t, pick.NegatesAlike(text, title))
	})
}

func TestSymbolsThatRefuse(t *testing.T) {
	for _, symbol := range []string{"❌", "👎🏽", "🙅", "🙅‍♀️", "🙅🏿‍♂️", "🛑", "✋🏻", "🤚", "🖕🏽", "🚷", "🚳", "✖️", "✖", "✗", "✘", "✕", "❎", "🚫", "⛔"} {
		require.True(t, pick.Refuses(fold.Tokens("sí "+symbol)), symbol)
	}
	for _, symbol := range []string{"👍", "✅", "✔️", "🙋", "👌🏽", "❤️"} {
		require.False(t, pick.Refuses(fold.Tokens("sí "+symbol)), symbol)
	}
	for title, want := range map[string]bool{"No": true, "No, gracias": true, "❌ Cancelar": true, "🛑 Parar": true, "Não": true, "Pagar": false, "Sí": false} {
		require.Equal(t, want, pick.SaysNo(title), title)
	}
}

func TestTextsThatAreTakenBackOrAsk(t *testing.T) {
	for text, want := range map[string]bool{"~sí~": true, "~confirmar~ no": true, "s\u0336i\u0336": true, "sí": false, "~5": false} {
		require.Equal(t, want, pick.IsStruck(text), text)
	}
	for text, want := range map[string]bool{"¿Dónde?": true, "Cómo llegar": true, "Qué es": true, "Confirmar": false, "Sí": false} {
		require.Equal(t, want, pick.IsQuestion(text), text)
	}
}
