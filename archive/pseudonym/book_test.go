package pseudonym_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/archive/pseudonym"
	"github.com/chattigo/api-isv/bot/answer"
)

// contact is the number of whom a book is about.
const contact = "56911112222"

func newBook() *pseudonym.Book {
	return pseudonym.New(contact, func(string) bool { return false })
}

func TestAnIdOfOneCharacterIsReplaced(t *testing.T) {
	b := newBook()
	b.LearnContact("", "x", "")
	require.Equal(t, "b, US.1", b.Text("x, US.1"))
}

func TestPersonalValuesAreReplaced(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"a RUT", "mi rut es 12.345.678-5, gracias", "mi rut es 10.000.007-5, gracias"},
		{"its digits only", "12345678-5 y 123456785", "10000007-5 y 100000075"},
		{"K stays as it was written", "10.626.628-k", "?"},
		{"a phone", "+56 9 8765 4321", "+56 9 8555 0001"},
		{"a phone as at home", "987654321 o 9 8765 4321", "985550001 o 9 8555 0001"},
		{"an address", "Juan.Perez@Example.org", "persona1@example.com"},
		{"a CPF", "529.982.247-25", "?"},
		{"a CUIT", "20-12345678-6", "?"},
		{"a CNPJ", "11.222.333/0001-81", "?"},
		{"a CURP", "HEGG560427MVZRRL04", "?"},
		{"an RFC", "GODE561231GR8", "?"},
		{"a DNI", "dni 30.123.456", "?"},
		{"a slip of the pen", "12.345.678-9", "12.000.000-1"},
		{"an address without its end", "juan@correo", "persona1@example"},
		{"an ISO date", "2026-03-10", "2026-03-10"},
		{"an ISO time", "2026-03-10T10:00:00-03:00", "2026-03-10T10:00:00-03:00"},
		{"a date and a time", "el 10-03-2026 a las 10:30", "el 10-03-2026 a las 10:30"},
		{"a compact date", "20260310", "20260310"},
		{"a price", "$ 12.345.678 o $12345678", "$ 12.345.678 o $12345678"},
		{"an amount", "son 150000", "son 150000"},
		{"a place", "-33.4372456, -70.6506123", "-33.4372456, -70.6506123"},
		{"a UUID", "550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"},
		{"an address of the web", "https://example.com/p/9876543/x?q=2026-03-10", "https://example.com/p/9876543/x?q=2026-03-10"},
		{"one with an e-mail address", "https://example.com/?m=juan%40example.org&n=1", "https://example.com/?m=persona1%40example.com&n=1"},
		{"one with a RUT", "https://example.com/p/12345678-5/x", "https://example.com/p/10000007-5/x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBook()
			b.LearnText(tt.text, "")
			got := b.Text(tt.text)
			if tt.want == "?" {
				require.NotEqual(t, tt.text, got)
				require.Len(t, got, len(tt.text))
				t.Log(got)
				return
			}
			require.Equal(t, tt.want, got)
		})
	}
}

func TestTheContactIsReplacedInEverySpelling(t *testing.T) {
	b := newBook()
	b.LearnContact("56911112222", "CL.1349120865530274", "María José Pérez de la Cruz")
	for _, tt := range []struct{ text, want string }{
		{"56911112222", "56915550001"},
		{"+56 9 1111 2222", "+56 9 1555 0001"},
		{"mi número: 911112222.", "mi número: 915550001."},
		{"CL.1349120865530274", "CL.0000000000000001"},
		{"María José Pérez de la Cruz", "Bruno Alba Celia de la Cora"},
		{"soy MARIA", "soy BRUNO"},
		{"maria.perez", "bruno.celia"},
		{"PÉREZ, maría josé", "CELIA, bruno alba"},
		{"Ju\u0301nio", "Ju\u0301nio"},
		{"mari\u0301a", "bruno"},
		{"mariajoseperezdelacruz", "brunoalbaceliadelacora"},
		{"https://maria.example.com/maria", "https://maria.example.com/bruno"},
		{"x=Mar%C3%ADa%20Jos%C3%A9", "x=Bruno%20Alba"},
		{"56911112222@c.us", "56915550001@c.us"},
	} {
		require.Equal(t, tt.want, b.Text(tt.text), tt.text)
	}
}

func TestPrivateValuesAreReplaced(t *testing.T) {
	b := newBook()
	b.At(time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC), "es")
	for _, value := range []string{`"Juan Soto"`, `"1980-03-10"`, `34`, `10`, `["Av. Siempre Viva 742, depto 3", {"x": 12345.5}]`, `true`, `null`, `"08:30"`, `"30123456"`} {
		b.LearnPrivate(json.RawMessage(value))
	}
	for _, tt := range []struct{ text, want string }{
		{"soy juan soto", "soy alba cora"},
		{"nací el 10/03/1980", "nací el 03/03/1980"},
		{"nací el 10 de marzo de 1980", "nací el 1980-03-03"},
		{"tengo 34 años", "tengo 31 años"},
		{"tengo diez años", "tengo 12 años"},
		{"av siempre viva 742 depto 3", "?"},
		{"a las 10:34", "a las 10:34"},
		{"a las 08:30", "a las 08:01"},
		{"30.123.456", "30.000.001"},
		{"$ 34", "$ 34"},
	} {
		got := b.Text(tt.text)
		if tt.want == "?" {
			require.NotEqual(t, tt.text, got)
			t.Log(got)
			continue
		}
		require.Equal(t, tt.want, got, tt.text)
	}
	require.Equal(t, `{"edad":31,"otro":340,"x":12000.5,"v":true}`, b.Body(`{"edad": 34, "otro": 340, "x": 12345.5, "v": true}`))
	_ = answer.RUT
}

func TestASlipOfThePenStaysOne(t *testing.T) {
	for asked, texts := range map[answer.Kind][]string{
		answer.RUT: {"12345678-9", "12.345.678-k", "123456789", "es el 12345678 9 gracias"}, answer.CPF: {"529.982.247-26", "52998224726"},
		answer.DNI: {"123456", "301234567"}, answer.Phone: {"911112", "+56 9 1111 22223333 44445555"}, answer.CUIT: {"20-12345678-5"},
	} {
		for _, text := range texts {
			b := newBook()
			b.LearnText(text, asked)
			with := b.Text(text)
			require.NotEqual(t, text, with)
			require.Len(t, with, len(text))
			_, ok := answer.Read(asked, with, answer.Context{Contact: contact})
			require.False(t, ok, "%s became %s", text, with)
		}
	}
}
