package pick_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot/fold"
	"github.com/chattigo/api-isv/bot/pick"
)

func read(text string) pick.Said {
	folded := fold.Text(text)
	return pick.Menu{}.Read(text, fold.Words(folded), fold.Tokens(text))
}

func means(text, title string) bool { return read(text).Means(title, fold.Text(title)) }

func TestATextMeansATitleWhateverPeoplePutAroundIt(t *testing.T) {
	for title, texts := range map[string][]string{
		"No, gracias":            {"no gracias", "No,gracias", "no", "no muchas gracias", "no, porfa", "NO!!", "no quiero", "no, thank you"},
		"No":                     {"no gracias", "no, por favor", "mejor no", "hola, no", "no no", "nop", "que no", "pues no", "nope!"},
		"Sí":                     {"sí, por favor", "si porfa", "si quiero", "claro que sí", "ok, sí", "sí 😀", "si si", "sip", "que sí", "pues sí"},
		"Sí, confirmar":          {"sí", "si por favor", "si confirmar", "sí, confirmar por favor", "sí, quiero confirmar"},
		"Sí, pagar ahora":        {"pagar ahora", "sí pagar ahora", "quiero pagar ahora", "sí"},
		"Tarjeta":                {"con tarjeta", "tarjeta", "con la tarjeta"},
		"En efectivo":            {"en efectivo", "en efectivo por favor"},
		"Transferencia":          {"por transferencia", "con transferencia"},
		"Não, obrigado":          {"nao obrigado", "não", "não, muito obrigada", "eu não quero"},
		"Hablar con una persona": {"hablar con persona", "quiero hablar con una persona por favor", "HABLAR CON LA PERSONA"},
		"Ver el horario":         {"ver horario", "quisiera ver el horario"},
		"Soporte":                {"el soporte", "soporte por favor", "hola, quiero soporte", "la opción soporte"},
		"Opción B":               {"la b", "opción b", "b"},
		"A":                      {"la a", "a", "opcion a", "la letra a"},
		"2 personas":             {"dos personas", "2 personas por favor", "las 2 personas"},
		"👍 Sí":                   {"👍", "👍🏿", "👍 por favor", "si"},
		"👍":                      {"👍 gracias", "por favor 👍🏽"},
		"❤️ Me gusta":            {"❤", "❤️"},
		"⭐⭐ Regular":             {"⭐⭐", "⭐ ⭐", "regular"},
		"Pagar ahora 💳":          {"💳", "pagar ahora", "quiero pagar ahora"},
		"สอบถาม":                 {"สอบถาม"},
		"是的":                     {"是的!", "「是的」"},
		"Quero agendar":          {"agendar", "eu quero agendar, por favor"},
		"I'd like to pay":        {"to pay please"},
	} {
		for _, text := range texts {
			require.True(t, means(text, title), "%q means %q", text, title)
		}
	}
}

func TestATextDoesNotMeanATitleWithOtherWords(t *testing.T) {
	for title, texts := range map[string][]string{
		"Pagar":       {"no quiero pagar", "pagar no", "no pagar", "nunca voy a pagar", "no, pagar no", "sin pagar", "pagar mañana", "não pagar", "¿cuándo pagar?"},
		"Sí":          {"no", "sí no", "si pero no", "casi", "👍", ""},
		"No":          {"no sé", "no quiero pagar", "no sí", "no no sé", "nopal"},
		"No sé":       {"no", "no gracias"},
		"Sí confirmo": {"sí"},
		"Sí, gracias": {"gracias"},
		"Sí, pagar":   {"no pagar", "no, pagar", "pagar no", "sin pagar"},
		"Tarjeta":     {"sin tarjeta", "no con tarjeta", "con tarjeta no", "con"},
		"2":           {"con 2", "por 2"},
		"No, pagar":   {"pagar"},
		"No, gracias": {"gracias", "por favor", "muchas gracias"},
		"👍 Sí":        {"👍👍", "👎", "👍👎"},
		"⭐⭐ Regular":  {"⭐", "⭐⭐⭐"},
		"Gracias":     {"por favor"},
		"Pagar ahora": {"ahora", "pagar"},
		"ใช่":         {"ใช"},
		"がっこう":        {"かっこう"},
		"हाँ":         {"ह"},
		"Soporte":     {strings.Repeat("por favor ", 100) + "soporte", "👍"},
		"...":         {"...", "", "por favor"},
	} {
		for _, text := range texts {
			require.False(t, means(text, title), "%q does not mean %q", text, title)
		}
	}
}

func TestNumbersOfOptions(t *testing.T) {
	for n, texts := range map[int][]string{
		1:  {"1", "uno", "el primero", "la primera", "1ra", "1º", "primera opción", "o primeiro", "um", "first", "the first one please"},
		2:  {"2", "(2)", "2.", "#2", "la 2", "el 2", "opción 2", "opcion numero 2", "número 2", "nro. 2", "N° 2", "Nº 2", "n 2", "dos", "el segundo", "a segunda", "a 2", "opção 2", "duas", "2da", "2ª", "quiero la 2", "la 2 por favor", "me quedo con la 2", "2️⃣", "option two", "la segunda opción", "botón 2", "me voy con la 2", "la 2 está bien", "ponme el segundo"},
		10: {"10", "diez", "la décima", "dez"},
		12: {"doce", "12"},
	} {
		for _, text := range texts {
			found, ok := read(text).Number()
			require.True(t, ok, text)
			require.Equal(t, n, found.N, text)
		}
	}
	for _, text := range []string{
		"", "no 2", "No. 2", "la no 2", "2 no", "a las 2", "las 2", "a la 1", "2 o 3", "1, 2", "2,5", "1.000", "2:00", "una", "la una", "dos tres", "segundos", "2x", "dos pizzas", "número", "la", "opción",
	} {
		_, ok := read(text).Number()
		require.False(t, ok, text)
	}
}

func TestANumberWithATitle(t *testing.T) {
	for _, text := range []string{"2. Soporte", "2 soporte", "2) soporte", "opción 2: soporte", "la 2, soporte por favor", "dos soporte", "2️⃣ Soporte", "el segundo, soporte"} {
		n, behind, ok := read(text).Numbered()
		require.True(t, ok, text)
		require.Equal(t, 2, n.N, text)
		require.True(t, behind.Means("Soporte", "soporte"), text)
	}
	for _, text := range []string{"2", "soporte", "soporte 2", "no 2 soporte", ""} {
		_, _, ok := read(text).Numbered()
		require.False(t, ok, text)
	}
}

func TestNumbersThatMayMeanATitle(t *testing.T) {
	for title, want := range map[string]int{
		"2 personas": 2, "Mesa 2": 2, "2:00": 2, "Dos": 2, "2. Soporte": 2, "10:30 Dra. Soto": 10, "Plan 5": 5, "(3)": 3,
	} {
		n, ok := pick.NumberOf(title)
		require.True(t, ok, title)
		require.Equal(t, want, n, title)
	}
	for _, title := range []string{"2.000 pesos", "mié 11 09:10", "Plan 2 GB", "Segunda visita", "", "👍"} {
		_, ok := pick.NumberOf(title)
		require.False(t, ok, title)
	}
	second, _ := read("el segundo").Number()
	require.True(t, second.IsOf("Segundo piso"))
	two, _ := read("2").Number()
	require.False(t, two.IsOf("Segundo piso"))
}

func TestTitlesThatTheirAuthorHasNumbered(t *testing.T) {
	for title, rest := range map[string]string{"2. Soporte": "soporte", "2) Soporte": "soporte", "2️⃣ Soporte": "soporte", "2- Soporte": "soporte", "*2.* Soporte": "soporte", "2.Soporte": "soporte"} {
		n, found, ok := pick.Listed(title)
		require.True(t, ok, title)
		require.Equal(t, 2, n)
		require.Equal(t, rest, fold.Text(found), title)
	}
	for _, title := range []string{"2 personas", "2.000", "2:00", "2", "2.", "Soporte", "", "1-2 personas"} {
		_, _, ok := pick.Listed(title)
		require.False(t, ok, title)
	}
}

// A text with a negation that a title does not have never means it, whatever stands around.
func TestANegationNeverMeansTheAffirmative(t *testing.T) {
	words := rapid.SampledFrom(strings.Fields("quiero pagar por favor gracias la el si opcion 2 dos segundo ok mejor claro que eu quero soporte , . ! 👍 un persona con"))
	negation := rapid.SampledFrom(strings.Fields("no nao não NO nunca jamás tampoco ni sin never not"))
	rapid.Check(t, func(t *rapid.T) {
		said := rapid.SliceOfN(words, 0, 6).Draw(t, "said")
		at := rapid.IntRange(0, len(said)).Draw(t, "at")
		text := strings.Join(append(append(append([]string{}, said[:at]...), negation.Draw(t, "negation")), said[at:]...), " ")
		title := strings.Join(rapid.SliceOfN(words, 1, 4).Draw(t, "title"), " ")
		require.False(t, means(text, title), "%q does not mean %q", text, title)
		_, isNumber := read(text).Number()
		require.False(t, isNumber, text)
	})
}

func TestAnyTextIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, title := rapid.String().Draw(t, "text"), rapid.String().Draw(t, "title")
		said := read(text)
		said.Number()
		said.Numbered()
		said.Means(title, fold.Text(title))
		pick.Listed(title)
		pick.NumberOf(title)
		pick.SaysNo(title)
		pick.NegatesAlike(text, title)
		if rest, ok := pick.Counted(title); ok {
			require.NotEqual(t, title, rest)
		}
		menu := pick.MenuOf([]string{title, text}, []string{text})
		require.Len(t, menu.Numbers, 2)
		menu.Read(text, fold.Words(fold.Text(text)), fold.Tokens(text))
		if n := len(fold.Words(fold.Text(title))); n > 0 && n < 20 {
			require.True(t, means(title, title), "a title means itself: %q", title)
		}
	})
}

// FuzzRead reads any text and any title. Nothing panics, and no time is spent on a text that is too
// long to mean a title.
func FuzzRead(f *testing.F) {
	for _, seed := range [][2]string{{"no gracias", "No, gracias"}, {"la 2", "2. Soporte"}, {"👍🏽", "👍 Sí"}, {"Nº 2", ""}, {"por favor", "por favor"}, {"no cancelar", "No, cancelar"}, {"9", "9. Salir"}, {"สวัสดี", "สวัสดี"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, title string) {
		said := read(text)
		means := said.Means(title, fold.Text(title))
		if n, ok := said.Number(); ok {
			require.GreaterOrEqual(t, n.N, 0)
			n.IsOf(title)
			pick.MenuOf([]string{title}, []string{text}).Called(n, []string{title})(0)
		}
		if _, behind, ok := said.Numbered(); ok {
			behind.Means(title, fold.Text(title))
		}
		pick.Listed(title)
		require.False(t, means && said.Text() == "" && len(fold.Tokens(text)) == 0, "nothing means nothing")
	})
}
