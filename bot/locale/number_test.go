package locale_test

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/chattigo/api-isv/bot/locale"
)

func TestNumber(t *testing.T) {
	for _, tt := range []struct {
		language string
		n        float64
		pattern  string
		want     string
	}{
		{"es-CL", 1234.5, "#,##0.00", "1.234,50"},
		{"es-MX", 1234.5, "#,##0.00", "1,234.50"},
		{"es-PE", 1234.5, "#,##0.00", "1,234.50"},
		{"es-419", 1234.5, "#,##0.00", "1,234.50"},
		{"es", 1234.5, "#,##0.00", "1.234,50"},
		{"en", 1234.5, "#,##0.00", "1,234.50"},
		{"pt-BR", 1234.5, "#,##0.00", "1.234,50"},
		{"fr", 1234.5, "#,##0.00", "1,234.50"},
		{"es-Latn-MX", 1234.5, "#,##0.00", "1,234.50"},
		{"es", 1234.5, "0", "1235"},
		{"es", 1234.5, "0.00", "1234,50"},
		{"es", 1234.5, "#,##0", "1.235"},
		{"es", 0, "#,##0", "0"},
		{"es", 0, "0.00", "0,00"},
		{"es", 999, "#,##0", "999"},
		{"es", 1000, "#,##0", "1.000"},
		{"es", 999999.995, "#,##0.00", "1.000.000,00"},
		{"es", 123456789012345, "#,##0", "123.456.789.012.345"},
		{"es", -1234.5, "#,##0.00", "-1.234,50"},
		{"es", -0.004, "0.00", "0,00"},
		{"es", math.Copysign(0, -1), "0", "0"},
		{"es", -0.005, "0.00", "-0,01"},
		{"en", 2.675, "0.00", "2.68"}, // in binary a bit less
		{"en", 1.005, "0.00", "1.01"},
		{"en", 0.5, "0", "1"},
		{"en", 1.5, "0", "2"},
		{"en", 2.5, "0", "3"},
		{"en", -2.5, "0", "-3"},
		{"en", 0.49999999999999994, "0", "0"},
		{"en", 9.999, "0.00", "10.00"},
		{"en", 5e-324, "0.00", "0.00"},
		{"en", 2.5, "0.##", "2.5"},
		{"en", 2, "0.##", "2"},
		{"en", 2.005, "0.0##", "2.005"},
		{"en", 2.0004, "0.0##", "2.0"},
		{"es", -33.43721234, "0.00000000", "-33,43721234"},
		{"es", 999999999999999, "#,##0.##", "999.999.999.999.999"},
	} {
		got, err := locale.Number(tt.language, tt.n, tt.pattern)
		require.NoError(t, err)
		require.Equal(t, tt.want, got, "%s %v %s", tt.language, tt.n, tt.pattern)
	}
}

func TestSeparators(t *testing.T) {
	for language, want := range map[string]string{"": ".,", "es-CL": ".,", "es-MX": ",.", "pt-BR": ".,", "en": ",.", "de": ",."} {
		thousands, decimals := locale.Separators(language)
		require.Equal(t, want, thousands+decimals, language)
	}
}

func TestNumbersThatCannotBeWritten(t *testing.T) {
	for _, n := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		_, err := locale.Number("es", n, "0")
		require.EqualError(t, err, "what should be written is not a number")
		_, err = locale.Money("es", n, "COP")
		require.EqualError(t, err, "what should be written is not a number")
	}
	for _, n := range []float64{1e15, -1e15, math.MaxFloat64} {
		_, err := locale.Number("es", n, "0")
		require.EqualError(t, err, "the number is too large to be written; it must be below a quadrillion")
		_, err = locale.Money("es", n, "CLP")
		require.EqualError(t, err, "the number is too large to be written; it must be below a quadrillion")
	}
}

func TestNumberPatternsThatAreRefused(t *testing.T) {
	for _, pattern := range []string{"", "0,0", "00", "#", "#.##0", "#,##0,00", "0.", ".0", "0.0.0", "0.#0", "0 %", "#,##0.00 €", "yyyy", strings.Repeat("0", 300)} {
		_, err := locale.Number("es", 1, pattern)
		require.ErrorContains(t, err, `is no pattern for numbers; write "0", "0.00"`, pattern)
		require.Less(t, len(err.Error()), 200)
	}
	_, err := locale.Number("es", 1, "0.000000000")
	require.EqualError(t, err, "a number may have at most 8 decimals")
	for _, pattern := range []string{"0", "0.0", "0.00", "#,##0", "#,##0.00", "#,##0.##", "0.0#"} {
		_, err := locale.Number("es", 1, pattern)
		require.NoError(t, err)
	}
}

// TestNumbersReadBackAsTheNearest checks that a written number is never off by more than half a unit
// of its last place, whatever the number.
func TestNumbersReadBackAsTheNearest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.Float64Range(-1e14, 1e14), rapid.Float64Range(-10, 10)).Draw(t, "n")
		decimals := rapid.IntRange(1, 8).Draw(t, "decimals")
		got, err := locale.Number("es-CL", n, "#,##0."+strings.Repeat("0", decimals))
		require.NoError(t, err)
		require.Regexp(t, `^-?[0-9]{1,3}(\.[0-9]{3})*,[0-9]+$`, got)
		plain := strings.NewReplacer(".", "", ",", ".").Replace(got)
		written, ok := new(big.Rat).SetString(plain)
		require.True(t, ok)
		meant, ok := new(big.Rat).SetString(strconv.FormatFloat(n, 'f', -1, 64))
		require.True(t, ok)
		off := new(big.Rat).Sub(written, meant)
		half, _ := new(big.Rat).SetString("0." + strings.Repeat("0", decimals) + "5")
		require.LessOrEqual(t, off.Abs(off).Cmp(half), 0)
	})
}
