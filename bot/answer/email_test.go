package answer_test

import (
	"strings"
	"testing"

	"github.com/chattigo/api-isv/bot/answer"
)

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
