package answer_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/answer"
)

// phones are phone numbers of contacts, by the languages of the table.
var phones = map[string]string{
	"es-CL": "56911112222", "es-AR": "5491123456789", "es-MX": "5215512345678", "pt-BR": "5511912345678", "es-CO": "573001234567",
	"es-PE": "51987654321", "es-EC": "593991234567", "es-UY": "59899123456", "es-BO": "59171234567", "es-PY": "595981123456",
	"es-VE": "584141234567", "es-CR": "50688123456", "es-GT": "50251234567", "es-SV": "50371234567", "es-HN": "50491234567",
	"es-NI": "50581234567", "es-PA": "50761234567", "es-DO": "18095550123", "es-CU": "5351234567",
}

// said is a line of testdata/said.txt.
type said struct {
	kind answer.Kind
	text string
	want string
	c    answer.Context
}

func allSaid(t *testing.T) (all []said) {
	t.Helper()
	for _, cells := range rows(t, "said.txt", 5) {
		s := said{
			kind: answer.Kind(cells[0]), text: cells[3], want: cells[4],
			c: answer.Context{Now: now, Language: cells[1], Contact: phones[cells[1]]},
		}
		if cells[2] != "-" {
			var err error
			s.c.Now, err = time.ParseInLocation("2006-01-02T15:04:05", cells[2], now.Location())
			require.NoError(t, err)
		}
		all = append(all, s)
	}
	return all
}

// read is what a text is read as, in the words of the table.
func (s said) read(text string) string {
	value, refusal := answer.Parse(s.kind, text, s.c)
	switch refusal {
	case "":
		if number, ok := value.(float64); ok {
			return strconv.FormatFloat(number, 'f', -1, 64)
		}
		return fmt.Sprint(value)
	case answer.HalfUnknown:
		return "?"
	}
	return "!"
}

func TestWhatPeopleSayIsReadOrRefused(t *testing.T) {
	all := allSaid(t)
	require.Greater(t, len(all), 300)
	for _, s := range all {
		t.Run(fmt.Sprint(s.kind, " ", s.c.Language, " ", s.text), func(t *testing.T) {
			require.Equal(t, s.want, s.read(s.text))
		})
	}
}

// Politeness and emoji leave an answer what it is, and make none of what is none.
func TestCourtesyDoesNotChangeAnAnswer(t *testing.T) {
	for _, s := range allSaid(t) {
		for _, around := range []string{"%s 🙏", "%s, gracias", "%s por favor", "%s!! 😊", "  %s  ", "Hola, %s", "%s, muito obrigado", "👉 %s", "%s jajaja", "Buenas tardes %s muchas gracias"} {
			text := strings.Replace(around, "%s", s.text, 1)
			require.Equal(t, s.want, s.read(text), "%s %q", s.kind, text)
		}
	}
}
