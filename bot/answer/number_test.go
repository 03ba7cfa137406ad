package answer_test

import (
	"testing"

	"github.com/chattigo/api-isv/bot/answer"
)

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
			{"5 mil", int64(5000)},
			{"5 mil pesos", int64(5000)},
			{"tres millones", int64(3000000)},
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
		{"2 y medio", 2.5},
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
