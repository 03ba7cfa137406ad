package answer_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chattigo/api-isv/bot/answer"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// rows are the lines of a table in testdata, without comments.
func rows(t *testing.T, name string, columns int) [][]string {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	var all [][]string
	for line := range strings.Lines(string(raw)) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			continue
		}
		cells := strings.Split(line, "\t")
		require.Len(t, cells, columns, line)
		for i, cell := range cells {
			if strings.Contains(cell, `\`) {
				cells[i], err = strconv.Unquote(cell)
				require.NoError(t, err, line)
			}
		}
		all = append(all, cells)
	}
	return all
}

func readRow(cells []string) (any, bool) {
	c := answer.Context{Now: now, Language: cells[1], Contact: "56911112222"}
	return answer.Read(answer.Kind(cells[0]), cells[2], c)
}

// Ranges, durations, shares, prices, powers and the like: it is better to ask again.
func TestWhatMayMeanSomethingElseIsRefused(t *testing.T) {
	for _, cells := range rows(t, "refused.txt", 3) {
		t.Run(strings.Join(cells, " "), func(t *testing.T) {
			got, ok := readRow(cells)
			require.False(t, ok, "%v", got)
		})
	}
}

func TestWhatMeansOneThingIsRead(t *testing.T) {
	for _, cells := range rows(t, "read.txt", 4) {
		t.Run(strings.Join(cells, " "), func(t *testing.T) {
			got, ok := readRow(cells)
			require.True(t, ok)
			require.Equal(t, cells[3], fmt.Sprint(got))
		})
	}
}

// What looks like an answer and means something else is none: to ask again is better than to
// write down what nobody said.
func TestWhatMeansSomethingElseIsNoAnswer(t *testing.T) {
	c := answer.Context{Now: time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC), Language: "es-CL", Contact: "56911112222"}
	for _, tt := range []struct {
		kind answer.Kind
		text string
	}{
		{answer.Date, "no hoy"},
		{answer.Date, "no mañana"},
		{answer.Date, "no el lunes"},
		{answer.Time, "no a las 5"},
		{answer.Int, "no tengo uno"},
		{answer.Int, "12:500"},
		{answer.Number, "12:500"},
		{answer.DNI, "10/03/1980"},
	} {
		t.Run(string(tt.kind)+" "+tt.text, func(t *testing.T) {
			got, ok := answer.Read(tt.kind, tt.text, c)
			require.False(t, ok, "%v", got)
		})
	}
}

// now is a Tuesday.
var now = time.Date(2026, time.March, 10, 10, 0, 0, 0, time.FixedZone("", -3*60*60))

// reading is one text and what it is read as; nil where it is no such answer.
type reading struct {
	text string
	want any
}

func readAll(t *testing.T, k answer.Kind, c answer.Context, readings []reading) {
	t.Helper()
	for _, r := range readings {
		got, ok := answer.Read(k, r.text, c)
		require.Equal(t, r.want, got, "%s %q", k, r.text)
		require.Equal(t, r.want != nil, ok, "%s %q", k, r.text)
	}
}

func TestTextsThatAreNoAnswers(t *testing.T) {
	kinds := []answer.Kind{
		answer.Int, answer.Number, answer.Date, answer.Time, answer.Email, answer.Phone, answer.RUT, answer.DNI,
		answer.CUIT, answer.CPF, answer.CNPJ, answer.CURP, answer.RFC,
	}
	for _, k := range kinds {
		readAll(t, k, answer.Context{Now: now, Contact: "56911112222"}, []reading{
			{"", nil},
			{" ", nil},
			{"\x00", nil},
			{"\xff\xfe", nil},
			{"hola", nil},
			{"👋", nil},
			{":", nil},
			{"-", nil},
			{".", nil},
			{"*", nil},
			{"**", nil},
			{strings.Repeat("a ", 100), nil},
			{strings.Repeat("€ ", 100), nil},
		})
	}
	readAll(t, "color", answer.Context{}, []reading{{"3", nil}})
	readAll(t, answer.Int, answer.Context{}, []reading{
		{"3" + strings.Repeat(" ", 199), int64(3)},
		{"3" + strings.Repeat(" ", 200), nil},
		{"3" + strings.Repeat("\u3000", 199), int64(3)},
	})
}

// drawAnswer draws a canonical answer of a kind. There are numbers of which no check digit is
// right; those are drawn again.
func drawAnswer(t *rapid.T, k answer.Kind) string {
	drawn := rapid.Custom(func(t *rapid.T) string { return tryAnswer(t, k) })
	return drawn.Filter(func(text string) bool { return text != "" }).Draw(t, string(k))
}

// tryAnswer tries the check digits of a number until they fit; empty when none does.
func tryAnswer(t *rapid.T, k answer.Kind) string {
	number := func(form string, from, to int) string {
		return fmt.Sprintf(form, rapid.IntRange(from, to).Draw(t, "number"))
	}
	fitting := func(stem string, endings ...string) string {
		for _, ending := range endings {
			if value, ok := answer.Read(k, stem+ending, answer.Context{}); ok {
				text, isText := value.(string)
				require.True(t, isText)
				return text
			}
		}
		return ""
	}
	switch k {
	case answer.RUT:
		return fitting(number("%d", 1_000_000, 99_999_999), "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "K")
	case answer.CUIT:
		prefix := rapid.SampledFrom([]string{"20", "23", "24", "27", "30", "33", "34"}).Draw(t, "prefix")
		return fitting(prefix+number("%08d", 0, 99_999_999), twoDigits()[:10]...)
	case answer.CPF:
		return fitting(number("%09d", 1, 999_999_999), twoDigits()...)
	case answer.CNPJ:
		return fitting(strings.ToUpper(rapid.StringMatching(`[0-9A-Z]{12}`).Draw(t, "stem")), twoDigits()...)
	}
	return ""
}

// twoDigits are "0" to "9" and then "00" to "99".
func twoDigits() []string {
	var all []string
	for n := range 10 {
		all = append(all, strconv.Itoa(n))
	}
	for n := range 100 {
		all = append(all, fmt.Sprintf("%02d", n))
	}
	return all
}

// TestOneWrongDigitIsFound changes one digit of an identity number. The exceptions are those that
// the check digits of Brazil have by their construction.
func TestOneWrongDigitIsFound(t *testing.T) {
	for _, k := range []answer.Kind{answer.RUT, answer.CUIT, answer.CPF} {
		t.Run(string(k), rapid.MakeCheck(func(t *rapid.T) {
			number := drawAnswer(t, k)
			for i, right := range number {
				for wrong := '0'; wrong <= '9'; wrong++ {
					if wrong == right || right == '-' {
						continue
					}
					changed := number[:i] + string(wrong) + number[i+1:]
					if _, ok := answer.Read(k, changed, answer.Context{}); ok {
						require.True(t, k == answer.CPF && excused(number, i, int(wrong-right)), "%s is not told from %s", changed, number)
					}
				}
			}
		}))
	}
}

// excused are the wrong digits of a CPF that its check digits cannot show.
func excused(cpf string, i, off int) bool {
	switch i {
	case 0:
		return cpf[9] == '0' && (off == 1 || off == -1)
	case 5:
		return cpf[9:] == "00" && (off == 2 || off == -2 || off == 9 || off == -9)
	}
	return false
}

// TestCanonicalAnswersReadAsThemselves reads what was read once more.
func TestCanonicalAnswersReadAsThemselves(t *testing.T) {
	c := answer.Context{Now: now, Language: "es-CL", Contact: "56911112222"}
	for _, tt := range []struct {
		kind answer.Kind
		draw func(t *rapid.T) string
	}{
		{answer.RUT, func(t *rapid.T) string { return drawAnswer(t, answer.RUT) }},
		{answer.CUIT, func(t *rapid.T) string { return drawAnswer(t, answer.CUIT) }},
		{answer.CPF, func(t *rapid.T) string { return drawAnswer(t, answer.CPF) }},
		{answer.CNPJ, func(t *rapid.T) string { return drawAnswer(t, answer.CNPJ) }},
		{answer.DNI, func(t *rapid.T) string { return rapid.StringMatching(`[1-9][0-9]{6,7}`).Draw(t, "dni") }},
		{answer.Date, func(t *rapid.T) string {
			return time.Unix(rapid.Int64Range(-30_000_000_000, 250_000_000_000).Draw(t, "at"), 0).UTC().Format(time.DateOnly)
		}},
		{answer.Time, func(t *rapid.T) string {
			return fmt.Sprintf("%02d:%02d", rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"))
		}},
		{answer.Phone, func(t *rapid.T) string { return "56" + rapid.StringMatching(`[2-9][0-9]{8}`).Draw(t, "phone") }},
		{answer.Email, func(t *rapid.T) string {
			return rapid.StringMatching(`[a-zA-Z0-9+_-]{1,20}(\.[a-z]{1,5}){0,2}@[a-z0-9]{1,10}(\.[a-z0-9]{1,5}){0,2}\.[a-z]{2,6}`).Draw(t, "email")
		}},
	} {
		t.Run(string(tt.kind), rapid.MakeCheck(func(t *rapid.T) {
			canonical := tt.draw(t)
			got, ok := answer.Read(tt.kind, canonical, c)
			require.True(t, ok, canonical)
			require.Equal(t, canonical, got)
			// And so it does when people put something around it.
			got, ok = answer.Read(tt.kind, "  Es "+canonical+". Gracias 🙏", c)
			require.True(t, ok, canonical)
			require.Equal(t, canonical, got)
		}))
	}
	t.Run("int", rapid.MakeCheck(func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "n")
		got, ok := answer.Read(answer.Int, strconv.FormatInt(n, 10), c)
		require.True(t, ok)
		require.Equal(t, n, got)
	}))
	t.Run("number", rapid.MakeCheck(func(t *rapid.T) {
		n := float64(rapid.Int64Range(-1e12, 1e12).Draw(t, "cents")) / 100
		got, ok := answer.Read(answer.Number, strings.ReplaceAll(strconv.FormatFloat(n, 'f', -1, 64), ".", ","), c)
		require.True(t, ok)
		require.Equal(t, any(n), got)
	}))
}

// FuzzRead reads anything as everything: nothing panics, and what is read once reads as itself.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"9-11 hs", "en 3 horas", "15%", "5²", "10e20", "de la mañana", "mañana por la mañana", "segunda-feira", "9 y 10", "5\n234", "➖5", "10-03-1980",
		"1.234,5", "$ 1.500", "25 de diciembre", "pasado mañana", "9:30 pm", "cuarto para las 9", "ana@ejemplo.cl", "+56 9 1111 2222", "011 15-2345-6789",
		"RUT: 12.345.678-5", "20-26756539-3", "12.ABC.345/01DE-35", "HEGG560427MVZRRL04", "muñ110218lj6", "\xff", "١٢٣", "²", "½", "ⅷ", "🄰",
	} {
		f.Add(seed, "56911112222", "es-CL")
	}
	f.Fuzz(func(t *testing.T, text, contact, language string) {
		c := answer.Context{Now: now, Contact: contact, Language: language}
		for _, k := range []answer.Kind{
			answer.Int, answer.Number, answer.Date, answer.Time, answer.Email, answer.Phone, answer.RUT, answer.DNI,
			answer.CUIT, answer.CPF, answer.CNPJ, answer.CURP, answer.RFC, "",
		} {
			value, ok := answer.Read(k, text, c)
			if !ok {
				require.Nil(t, value)
				continue
			}
			if k == answer.Number { // a float64 has no one canonical text
				continue
			}
			canonical := fmt.Sprint(value)
			if k == answer.Phone {
				canonical = "+" + canonical
			}
			again, ok := answer.Read(k, canonical, c)
			require.True(t, ok, "%s %q was read as %q", k, text, canonical)
			require.Equal(t, value, again, "%s %q", k, text)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	c := answer.Context{Now: now, Contact: "56911112222", Language: "es-CL"}
	for _, bb := range []struct {
		name string
		kind answer.Kind
		text string
	}{
		{"rut", answer.RUT, "mi rut es 12.345.678-5, gracias"},
		{"date", answer.Date, "el viernes 25 de diciembre"},
		{"hostile", answer.Int, strings.Repeat("€ ", 100)},
	} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				answer.Read(bb.kind, bb.text, c)
			}
		})
	}
}
