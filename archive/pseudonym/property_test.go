package pseudonym_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/archive/pseudonym"
	"github.com/chattigo/api-isv/bot/answer"
)

// identityNumber draws a valid number of a kind: any beginning, and the check digits that fit.
func identityNumber(t *rapid.T, k answer.Kind) string {
	form := map[answer.Kind]string{
		answer.RUT: `[1-9][0-9]{6,7}`, answer.DNI: `[1-9][0-9]{7}`, answer.CUIT: `(20|23|27|30)[0-9]{8}`, answer.CPF: `[0-9]{9}`, answer.CNPJ: `[0-9]{8}0001`,
		answer.CURP: `[A-Z]{4}[0-9]{2}0[1-9]1[0-9][HM]JC[A-Z]{3}[0-9]`, answer.RFC: `[A-Z]{3,4}[0-9]{2}0[1-9]1[0-9][A-Z0-9]{2}`,
	}[k]
	begin := rapid.StringMatching(form).Draw(t, "number")
	checks := map[answer.Kind][]string{answer.DNI: {""}}[k]
	if checks == nil {
		for _, c := range "0123456789AK" {
			checks = append(checks, string(c))
		}
		for n := range 100 {
			checks = append(checks, fmt.Sprintf("%02d", n))
		}
	}
	for _, check := range checks {
		if value, ok := answer.Read(k, begin+check, answer.Context{}); ok {
			text, _ := value.(string)
			return text
		}
	}
	t.Skip("no check digit fits")
	return ""
}

// spell writes a number with signs, as people do.
func spell(t *rapid.T, k answer.Kind, number string) string {
	digits := strings.ReplaceAll(number, "-", "")
	signs := map[answer.Kind][]int{answer.RUT: {3, 6}, answer.CPF: {3, 6}, answer.CUIT: {2, 10}, answer.CNPJ: {2, 5, 8, 12}}[k]
	if rapid.Bool().Draw(t, "plain") || signs == nil {
		return number
	}
	if k == answer.RUT {
		check := len(digits) - 1
		return digits[:check-6] + "." + digits[check-6:check-3] + "." + digits[check-3:check] + "-" + strings.ToLower(digits[check:])
	}
	for _, at := range slices.Backward(signs) {
		digits = digits[:at] + "-" + digits[at:]
	}
	return digits
}

func TestEqualStaysEqualDifferentStaysDifferentAndValidStaysValid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom([]answer.Kind{answer.RUT, answer.DNI, answer.CUIT, answer.CPF, answer.CNPJ, answer.CURP, answer.RFC}).Draw(t, "kind")
		b := newBook()
		originals := map[string]string{}
		for range rapid.IntRange(1, 12).Draw(t, "count") {
			number := identityNumber(t, k)
			originals[number] = spell(t, k, number)
			b.LearnText(number, k)
		}
		given := map[string]string{}
		for number, spelled := range originals {
			with := b.Text(number)
			value, ok := answer.Read(k, with, answer.Context{})
			require.True(t, ok, "%s became %s", number, with)
			require.Equal(t, with, value)
			require.NotContains(t, originals, with)
			require.NotContains(t, given, with)
			given[with] = number
			again := b.Text("es " + spelled + ", gracias")
			value, ok = answer.Read(k, again[len("es "):len(again)-len(", gracias")], answer.Context{})
			require.True(t, ok, "%s became %s", spelled, again)
			require.Equal(t, with, value)
			require.Len(t, again, len("es "+spelled+", gracias"))
		}
	})
}

func TestNamesOfAnyKindAreTakenApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfNDistinct(rapid.StringMatching(`[A-ZÑ][a-zéíñ]{3,9}( [A-Z][a-z]{3,9}){0,2}`), 1, 20, strings.ToLower).Draw(t, "names")
		b := pseudonym.New("", func(string) bool { return false })
		for _, name := range names {
			b.LearnContact("", "", name)
		}
		given := map[string]bool{}
		for _, name := range names {
			with := b.Name(name)
			require.False(t, given[with], "%v: %s became %s", names, name, with)
			given[with] = true
			require.Equal(t, strings.ToUpper(with), b.Text(strings.ToUpper(name)))
			require.Equal(t, "("+with+")", b.Text("("+name+")"))
			require.NotContains(t, strings.Fields(with), strings.Fields(name)[0])
		}
	})
}

// What is replaced depends on what was learned in which order, and on nothing else.
func TestTheSameConversationGetsTheSameReplacements(t *testing.T) {
	texts := rapid.SliceOfN(rapid.StringMatching(`(hola|soy|[A-Z][a-z]{2,8}|[0-9]{7,12}|[a-z]{3,6}@[a-z]{3,6}\.cl|[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-[0-9k])( [a-z0-9.-]{1,12}){0,5}`), 1, 10)
	rapid.Check(t, func(t *rapid.T) {
		all := texts.Draw(t, "texts")
		say := func() (out []string) {
			b := newBook()
			for _, text := range all {
				b.LearnText(text, "")
				b.LearnPrivate([]byte(fmt.Sprintf("%q", text)))
			}
			for _, text := range all {
				out = append(out, b.Text(text))
			}
			return out
		}
		first := say()
		require.Equal(t, first, say())
	})
}
