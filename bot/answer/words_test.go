package answer_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot/answer"
)

// speller writes numbers in words.
type speller struct {
	language                   string
	below20, tens, hundreds    []string
	tensJoint, hundredsJoint   string
	exactHundred, thousand     string
	oneThousand, thousandJoint string
}

var spellers = []speller{
	{
		language:  "es-CL",
		below20:   strings.Fields("cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve"),
		tens:      strings.Fields("- - veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"),
		hundreds:  strings.Fields("- ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"),
		tensJoint: " y ", hundredsJoint: " ", exactHundred: "cien", thousand: "mil", oneThousand: "mil", thousandJoint: " ",
	},
	{
		language:  "pt-BR",
		below20:   strings.Fields("zero um dois três quatro cinco seis sete oito nove dez onze doze treze quatorze quinze dezesseis dezessete dezoito dezenove"),
		tens:      strings.Fields("- - vinte trinta quarenta cinquenta sessenta setenta oitenta noventa"),
		hundreds:  strings.Fields("- cento duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos"),
		tensJoint: " e ", hundredsJoint: " e ", exactHundred: "cem", thousand: "mil", oneThousand: "mil", thousandJoint: " e ",
	},
	{
		language:  "en",
		below20:   strings.Fields("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"),
		tens:      strings.Fields("- - twenty thirty forty fifty sixty seventy eighty ninety"),
		tensJoint: "-", hundredsJoint: " and ", thousand: "thousand", oneThousand: "one thousand", thousandJoint: " ",
	},
}

func (s speller) spell(n int) string {
	switch {
	case n < 20:
		return s.below20[n]
	case n < 100:
		return s.joined(s.tens[n/10], s.tensJoint, n%10)
	case n < 1000:
		return s.joined(s.hundred(n), s.hundredsJoint, n%100)
	case n < 2000:
		return s.joined(s.oneThousand, s.thousandJoint, n%1000)
	}
	return s.joined(s.spell(n/1000)+" "+s.thousand, s.thousandJoint, n%1000)
}

func (s speller) hundred(n int) string {
	switch {
	case s.hundreds == nil:
		return s.below20[n/100] + " hundred"
	case n == 100:
		return s.exactHundred
	}
	return s.hundreds[n/100]
}

func (s speller) joined(head, joint string, rest int) string {
	if rest == 0 {
		return head
	}
	return head + joint + s.spell(rest)
}

func TestEveryNumberInWordsIsRead(t *testing.T) {
	for _, s := range spellers {
		for n := 0; n < 1_000_000; n += 1 + n/50 {
			got, ok := answer.Read(answer.Int, s.spell(n), answer.Context{Language: s.language})
			require.True(t, ok, s.spell(n))
			require.Equal(t, int64(n), got, s.spell(n))
		}
	}
}

// drawSpeller draws Spanish or Portuguese.
func drawSpeller(t *rapid.T) speller { return spellers[rapid.IntRange(0, 1).Draw(t, "language")] }

// draw draws a number of two or more and one form of it, in digits or words.
func (s speller) draw(t *rapid.T) (n int, text string) {
	n = rapid.IntRange(2, 999).Draw(t, "n")
	if rapid.Bool().Draw(t, "digits") {
		return n, fmt.Sprint(n)
	}
	return n, s.spell(n)
}

func TestTheOneNumberOfASentenceIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSpeller(t)
		n, text := s.draw(t)
		sentence := rapid.SampledFrom([]string{
			"quiero %s pizzas", "quero %s por favor", "mi nota es %s", "minha nota é %s", "le pongo un %s", "somos %s personas", "serían %s nomás", "hola, dame %s de queso 🙏",
		}).Draw(t, "sentence")
		c := answer.Context{Language: s.language}
		got, ok := answer.Read(answer.Int, fmt.Sprintf(sentence, text), c)
		require.True(t, ok, sentence, text)
		require.Equal(t, int64(n), got)
		number, ok := answer.Read(answer.Number, fmt.Sprintf(sentence, text), c)
		require.True(t, ok)
		require.InDelta(t, float64(n), number, 0)
	})
}

func TestOneOfSeveralNumbersIsNone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSpeller(t)
		_, one := s.draw(t)
		_, other := s.draw(t)
		sentence := rapid.SampledFrom([]string{
			"%s o %s", "%s ou %s", "entre %s y %s", "entre %s e %s", "de %s a %s", "%s, %s", "quiero %s y otras %s", "quiero %s pizzas o %s", "%s de %s", "no %s sino %s", "%s, perdón, %s",
		}).Draw(t, "sentence")
		for _, k := range []answer.Kind{answer.Int, answer.Number} {
			got, ok := answer.Read(k, fmt.Sprintf(sentence, one, other), answer.Context{Language: s.language, Now: now})
			require.False(t, ok, "%s %v", fmt.Sprintf(sentence, one, other), got)
		}
	})
}

// drawNow draws a day of any year.
func drawNow(t *rapid.T) time.Time {
	days := rapid.IntRange(0, 10_000*365).Draw(t, "day")
	return time.Date(0, 1, 1, 23, 59, 59, 0, now.Location()).AddDate(0, 0, days)
}

// dayOf reads a day; ok is false where it is refused.
func dayOf(t *rapid.T, text string, at time.Time) (day time.Time, ok bool) {
	got, ok := answer.Read(answer.Date, text, answer.Context{Now: at, Language: rapid.SampledFrom([]string{"es-CL", "pt-BR"}).Draw(t, "language")})
	if !ok {
		return time.Time{}, false
	}
	text, isText := got.(string)
	require.True(t, isText)
	day, err := time.Parse(time.DateOnly, text)
	require.NoError(t, err)
	require.GreaterOrEqual(t, day.Year(), 1000)
	return day, true
}

func midnightOf(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
}

func TestADayOfTheMonthIsTheNextOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := drawNow(t)
		n := rapid.IntRange(1, 31).Draw(t, "n")
		form := rapid.SampledFrom([]string{"el %d", "dia %d", "para el día %d", "pago el %d por favor", "dia %d às 10", "el %d a las 5"}).Draw(t, "form")
		day, ok := dayOf(t, fmt.Sprintf(form, n), at)
		if !ok { // the month is too short, or the year has no four digits
			return
		}
		require.Equal(t, n, day.Day())
		require.False(t, day.Before(midnightOf(at)), "in the past")
		require.LessOrEqual(t, day.Sub(midnightOf(at)), 31*24*time.Hour)
	})
}

func TestAWeekdayWithANumberIsBothOrNone(t *testing.T) {
	names := strings.Fields("domingo lunes martes miércoles jueves viernes sábado")
	rapid.Check(t, func(t *rapid.T) {
		at := drawNow(t)
		weekday, n := rapid.IntRange(0, 6).Draw(t, "weekday"), rapid.IntRange(1, 31).Draw(t, "n")
		day, ok := dayOf(t, fmt.Sprintf("%s %d", names[weekday], n), at)
		if !ok {
			return
		}
		require.Equal(t, n, day.Day())
		require.Equal(t, time.Weekday(weekday), day.Weekday())
		require.False(t, day.Before(midnightOf(at)))
	})
}

func TestDaysAheadAreCounted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := drawNow(t)
		n := rapid.IntRange(1, 999).Draw(t, "n")
		form := rapid.SampledFrom([]string{"en %d días", "daqui a %d dias", "dentro de %d dias", "em %d dias por favor", "pago en %d días"}).Draw(t, "form")
		want := midnightOf(at).AddDate(0, 0, n)
		day, ok := dayOf(t, fmt.Sprintf(form, n), at)
		require.Equal(t, want.Year() >= 1000 && want.Year() <= 9999, ok)
		if ok {
			require.Equal(t, want, day)
		}
	})
}

func TestTheEndOfAMonthIsItsLastDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := drawNow(t)
		day, ok := dayOf(t, rapid.SampledFrom([]string{"fin de mes", "a fin de mes", "fim do mês", "final do mês"}).Draw(t, "form"), at)
		require.Equal(t, at.Year() >= 1000 && at.Year() <= 9999, ok)
		if ok {
			require.Equal(t, at.Month(), day.Month())
			require.Equal(t, 1, day.AddDate(0, 0, 1).Day())
		}
	})
}

// Nobody means the small hours by a mere number; what completes it is one half of the day.
func TestAHalfCompletesAnHour(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hour, minute := rapid.IntRange(1, 6).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute")
		typed := fmt.Sprintf(rapid.SampledFrom([]string{"%d:%02d", "a las %d:%02d", "tipo %d:%02d, gracias", "às %d:%02d"}).Draw(t, "form"), hour, minute)
		c := answer.Context{Language: "es-CL", Now: now}
		_, refusal := answer.Parse(answer.Time, typed, c)
		require.Equal(t, answer.HalfUnknown, refusal)
		c.Before = typed
		half := rapid.SampledFrom([]string{"de la tarde", "tarde", "pm", "p.m.", "en la tarde por favor 🙏", "da tarde"}).Draw(t, "half")
		got, ok := answer.Read(answer.Time, half, c)
		require.True(t, ok, "%q %q", typed, half)
		require.Equal(t, fmt.Sprintf("%02d:%02d", hour+12, minute), got)
	})
}

// What is expensive to read has a bound, which is counted in allocations because clocks differ.
func TestHostileTextsHaveABoundedCost(t *testing.T) {
	parts := []string{
		"una ", "mil ", "gracias ", "veinte y ", "en la ", "a las ", "el ", "1 ", "9", ".", "a.m ", "no dia ", "hola ", "jaja", "𝟗 ", "é", "€ ", "2 de ", "viernes ", "mañana ", "pasado ",
		"a las 5 y ", "wa.me/", "send?phone=&", "00", "(0)", "☕ ", "-", "menos ", "y medio ", ": ", "\u0301",
	}
	for _, k := range answer.Kinds() {
		for _, part := range parts {
			for _, runes := range []int{200, 4096} {
				text := strings.Repeat(part, runes)
				text = string([]rune(text)[:runes])
				cost := testing.AllocsPerRun(1, func() {
					answer.Parse(k, text, answer.Context{Now: now, Language: "es-CL", Contact: "56911112222", Before: text})
				})
				require.Less(t, cost, 30_000.0, "%s %q", k, part)
			}
		}
	}
}

// FuzzParse reads anything on any day and behind anything: what is read is a day of four digits and an
// hour of the clock, and a refusal has no value.
func FuzzParse(f *testing.F) {
	for _, seed := range []struct{ before, text, language string }{
		{"", "viernes 13 a las 5", "es-CL"},
		{"", "el 31 de este mes", "es"},
		{"", "en 999 meses", "es"},
		{"", "fin del próximo mes", "es"},
		{"", "no dia 15 do mês que vem", "pt-BR"},
		{"", "quiero un millón y medio de pizzas y nada más", "es-MX"},
		{"", "dois mil e quinhentos vírgula zero cinco", "pt"},
		{"", "2ª feira às 9h", "pt"},
		{"", "https://wa.me/56911112222?text=9", "en"},
		{"tipo 5", "de la tarde", "es"},
		{"a las 5 y media", "P. M.", "es"},
		{"\xff", "mañana", ""},
		{"", "menos menos una y media coma cero", "es"},
	} {
		f.Add(seed.before, seed.text, seed.language, 740_000)
		f.Add(seed.before, seed.text, seed.language, 0)
		f.Add(seed.before, seed.text, seed.language, 3_652_058)
	}
	f.Fuzz(func(t *testing.T, before, text, language string, days int) {
		at := time.Date(0, 1, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, max(0, days)%3_652_424)
		c := answer.Context{Now: at, Language: language, Contact: "56911112222", Before: before}
		for _, k := range answer.Kinds() {
			value, refusal := answer.Parse(k, text, c)
			again, why := answer.Parse(k, text, c)
			require.Equal(t, []any{value, refusal}, []any{again, why})
			if refusal != "" {
				require.Nil(t, value)
				require.True(t, refusal == answer.Unreadable || k == answer.Time && refusal == answer.HalfUnknown)
				continue
			}
			switch layout := map[answer.Kind]string{answer.Date: time.DateOnly, answer.Time: "15:04"}[k]; layout {
			case "":
				require.NotNil(t, value)
			default:
				_, err := time.Parse(layout, fmt.Sprint(value))
				require.NoError(t, err, "%s %q", k, text)
			}
		}
	})
}
