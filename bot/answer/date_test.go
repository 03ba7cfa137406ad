package answer_test

import (
	"testing"
	"time"

	"github.com/chattigo/api-isv/bot/answer"
)

func TestDate(t *testing.T) {
	readAll(t, answer.Date, answer.Context{Now: now, Language: "es-CL"}, []reading{
		{"2026-12-25", "2026-12-25"},
		{"2026/12/25", "2026-12-25"},
		{"25/12", "2026-12-25"},
		{"25-12-2026", "2026-12-25"},
		{"25.12.2026", "2026-12-25"},
		{"25 12 2026", "2026-12-25"},
		{"5/3", "2027-03-05"},
		{"10/3", "2026-03-10"},
		{"25/12/26", "2026-12-25"},
		{"25/12/46", "2046-12-25"},
		{"25/12/47", "1947-12-25"},
		{"25/12/85", "1985-12-25"},
		{"25/12/1925", "1925-12-25"},
		{"25 de diciembre", "2026-12-25"},
		{"el 25 de Diciembre del 2027.", "2027-12-25"},
		{"1º de mayo", "2026-05-01"},
		{"1ro de mayo", "2026-05-01"},
		{"primero de mayo", "2026-05-01"},
		{"18 sept", "2026-09-18"},
		{"18 de setiembre", "2026-09-18"},
		{"3 mar", "2027-03-03"},
		{"nací el 3 de marzo de 1990", "1990-03-03"},
		{"hoy", "2026-03-10"},
		{"¡Mañana!", "2026-03-11"},
		{"pasado mañana", "2026-03-12"},
		{"ayer", "2026-03-09"},
		{"lunes", "2026-03-16"},
		{"martes", "2026-03-17"},
		{"el próximo miércoles", "2026-03-11"},
		{"el viernes que viene", "2026-03-13"},
		{"para este sábado por favor", "2026-03-14"},
		{"dom", "2026-03-15"},
		{"mar", "2026-03-17"},
		{"viernes 25 de diciembre", "2026-12-25"},
		{"viernes 25/12/2026", "2026-12-25"},
		{"jueves 25 de diciembre", nil},
		{"２５／１２", "2026-12-25"},
		{"25 de dezembro de 2026", "2026-12-25"},
		{"hoje", "2026-03-10"},
		{"amanhã", "2026-03-11"},
		{"depois de amanhã", "2026-03-12"},
		{"terça-feira", "2026-03-17"},
		{"na sexta", "2026-03-13"},
		{"tomorrow", "2026-03-11"},
		{"the day after tomorrow", "2026-03-12"},
		{"next friday", "2026-03-13"},
		{"December 25th, 2026", "2026-12-25"},
		{"25 dec", "2026-12-25"},
		{"29/2/2028", "2028-02-29"},
		{"29/2", nil},
		{"29/2/2026", nil},
		{"31/4", nil},
		{"32/1", nil},
		{"0/1", nil},
		{"1/0", nil},
		{"12/25", nil},
		{"25/13/2026", nil},
		{"25/12/126", nil},
		{"25/12/20266", nil},
		{"25/12/0999", nil},
		{"2026-12", nil},
		{"25", nil},
		{"diciembre", nil},
		{"25 de", nil},
		{"25/12 o 26/12", nil},
		{"mañana a las 9", "2026-03-11"},
		{"25/12/2026 10:00", "2026-12-25"},
		{"marzo abril", nil},
		{"nunca", nil},
		{"", nil},
	})
	readAll(t, answer.Date, answer.Context{Now: now, Language: "en-US"}, []reading{
		{"12/25", "2026-12-25"},
		{"12/25/2026", "2026-12-25"},
		{"2026-12-25", "2026-12-25"},
		{"25/12", nil},
		{"December 25", "2026-12-25"},
		{"25 December", "2026-12-25"},
	})
	readAll(t, answer.Date, answer.Context{Now: now, Language: "en"}, []reading{{"25/12", "2026-12-25"}})
	// In Santiago it is still the last day of the year, in UTC it is not.
	late := time.Date(2026, time.December, 31, 23, 30, 0, 0, now.Location())
	readAll(t, answer.Date, answer.Context{Now: late}, []reading{{"hoy", "2026-12-31"}, {"mañana", "2027-01-01"}, {"29/2", nil}})
	readAll(t, answer.Date, answer.Context{Now: time.Date(2085, time.June, 1, 0, 0, 0, 0, time.UTC)}, []reading{
		{"1/1/04", "2104-01-01"}, {"1/1/05", "2105-01-01"}, {"1/1/06", "2006-01-01"}, {"1/1/85", "2085-01-01"},
	})
	leap := time.Date(2027, time.June, 1, 0, 0, 0, 0, time.UTC)
	readAll(t, answer.Date, answer.Context{Now: leap}, []reading{{"29/2", "2028-02-29"}})
}
