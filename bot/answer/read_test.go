package answer_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/answer"
)

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

func TestInt(t *testing.T) {
	for _, language := range []string{"es-CL", "en"} {
		readAll(t, answer.Int, answer.Context{Language: language}, []reading{
			{"3", int64(3)},
			{" 3. ", int64(3)},
			{"-3", int64(-3)},
			{"− 3", int64(-3)},
			{"+3", int64(3)},
			{"007", int64(7)},
			{"1.234", int64(1234)},
			{"1,234", int64(1234)},
			{"1 234", int64(1234)},
			{"1'234'567", int64(1234567)},
			{"1.234.567", int64(1234567)},
			{"$ 1.500", int64(1500)},
			{"$1.500.-", int64(1500)},
			{"-$1.500", int64(-1500)},
			{"US$ 1.500", int64(1500)},
			{"R$ 1.500,00", int64(1500)},
			{"1.500 pesos", int64(1500)},
			{"1500€", int64(1500)},
			{"5.0", int64(5)},
			{"dos", int64(2)},
			{"Doce", int64(12)},
			{"seis", int64(6)},
			{"somos 3", int64(3)},
			{"Somos 3 personas, gracias!", int64(3)},
			{"son 3 por favor", int64(3)},
			{"*3*", int64(3)},
			{"３", int64(3)},
			{"3️⃣", int64(3)},
			{"3 👍", int64(3)},
			{"\u200f3\u200e", int64(3)},
			{"1\u00a0234", int64(1234)},
			{"9223372036854775807", int64(9223372036854775807)},
			{"9223372036854775808", nil},
			{"3.5", nil},
			{"3,25", nil},
			{"3 4", nil},
			{"3 o 4", nil},
			{"3-4", nil},
			{"1.23.456", nil},
			{"1.234,567.8", nil},
			{"0.123", nil},
			{"1e5", nil},
			{"0x10", nil},
			{"50%", nil},
			{"5 mil", nil},
			{"5 mil pesos", nil},
			{"tres millones", nil},
			{"--3", nil},
			{"pesos", nil},
			{"$", nil},
			{"-", nil},
			{".", nil},
			{"no sé", nil},
			{"", nil},
			{"NaN", nil},
			{"Inf", nil},
		})
	}
}

func TestNumber(t *testing.T) {
	readAll(t, answer.Number, answer.Context{Language: "es-CL"}, []reading{
		{"1.234,5", 1234.5},
		{"1.234", 1234.0},
		{"1,234", 1.234},
		{"1,5", 1.5},
		{"1.5", 1.5},
		{"12.50", 12.5},
		{"0.500", 0.5},
		{",5", 0.5},
		{"1234.567", 1234.567},
		{"1234,567", 1234.567},
		{"1,234.5", 1234.5},
		{"1.234.567,89", 1234567.89},
		{"1 234 567,89", 1234567.89},
		{"$ 1.500", 1500.0},
		{"$1.500,50", 1500.5},
		{"-1,5", -1.5},
		{"-0", 0.0},
		{"US$ 12,50", 12.5},
		{"uf 2,5", 2.5},
		{"2,5 UF", 2.5},
		{"36,6°", nil},
		{"tres", 3.0},
		{"123456789012345", 123456789012345.0},
		{"1234567890123456", nil},
		{"1,5 o 2", nil},
		{"2 y medio", nil},
		{"1,2,3", nil},
		{"1..5", nil},
		{"NaN", nil},
		{"infinito", nil},
	})
	readAll(t, answer.Number, answer.Context{Language: "es-MX"}, []reading{
		{"1.234", 1.234}, {"1,234", 1234.0}, {"$1,234.50", 1234.5}, {"1,5", 1.5},
	})
	readAll(t, answer.Number, answer.Context{}, []reading{{"1.234", 1234.0}, {"1,234", 1.234}})
}

func TestEmail(t *testing.T) {
	long := strings.Repeat("a", 64)
	readAll(t, answer.Email, answer.Context{}, []reading{
		{"ana@ejemplo.cl", "ana@ejemplo.cl"},
		{"Ana.Soto@Ejemplo.CL", "Ana.Soto@ejemplo.cl"},
		{" ana+citas@mail.ejemplo.com.br. ", "ana+citas@mail.ejemplo.com.br"},
		{"mi correo es ana@ejemplo.cl, gracias", "ana@ejemplo.cl"},
		{"correo: ana@ejemplo.cl", "ana@ejemplo.cl"},
		{"mailto:ana@ejemplo.cl", "ana@ejemplo.cl"},
		{"<ana@ejemplo.cl>", "ana@ejemplo.cl"},
		{"_ana_@ejemplo.cl", "_ana_@ejemplo.cl"},
		{"ana＠ejemplo.cl", "ana@ejemplo.cl"},
		{"ana@xn--ejemplo-9za.cl", "ana@xn--ejemplo-9za.cl"},
		{long + "@ejemplo.cl", long + "@ejemplo.cl"},
		{long + "a@ejemplo.cl", nil},
		{"ana@" + strings.Repeat("a", 64) + ".cl", nil},
		{long + "@" + strings.Repeat(long[:43]+".", 3) + "cl", long + "@" + strings.Repeat(long[:43]+".", 3) + "cl"},
		{"Ana <ana@ejemplo.cl>", nil},
		{"ana@ejemplo", nil},
		{"ana@@ejemplo.cl", nil},
		{"ana@ejemplo@mail.cl", nil},
		{"ana@ejemplo..cl", nil},
		{"ana@-ejemplo.cl", nil},
		{"ana@ejemplo.c", nil},
		{"ana@127.0.0.1", nil},
		{"ana@ejem_plo.cl", nil},
		{"ana..soto@ejemplo.cl", nil},
		{".ana@ejemplo.cl", nil},
		{"ana.@ejemplo.cl", nil},
		{"@ejemplo.cl", nil},
		{"ana@", nil},
		{"ana soto@ejemplo.cl", nil},
		{"ana @ejemplo.cl", nil},
		{`"ana"@ejemplo.cl`, nil},
		{"añá@ejemplo.cl", nil},
		{"ana@ñandú.cl", nil},
		{"ana@ejemplo.cl\r\nBcc: x@y.cl", nil},
		{"ana@ejemplo.cl luis@ejemplo.cl", nil},
		{"no tengo", nil},
	})
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
