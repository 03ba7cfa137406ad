package locale_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/bot/locale"
)

func TestMoney(t *testing.T) {
	for _, tt := range []struct {
		language string
		amount   float64
		currency string
		want     string
	}{
		{"es-CL", 12990, "CLP", "$12.990"},
		{"es", 12990, "CLP", "$12.990"},
		{"es-CL", 12990.5, "CLP", "$12.991"},
		{"es-CL", -12990, "CLP", "-$12.990"},
		{"es-CL", 12.5, "USD", "US$ 12,50"},
		{"es-CL", 37450.1, "CLF", "UF 37.450,10"},
		{"es", 0.0125, "CLF", "UF 0,0125"},
		{"es-AR", 12990, "CLP", "CLP 12.990"},
		{"es-AR", 12990, "ARS", "$ 12.990,00"},
		{"es-UY", 1500, "UYU", "$ 1.500,00"},
		{"es-CO", 25000, "COP", "$ 25.000"},
		{"es-CO", 25000.5, "COP", "$ 25.000,50"},
		{"es", 25000.001, "COP", "$ 25.000"},
		{"es-MX", 1234.5, "MXN", "$1,234.50"},
		{"es", 1234.5, "MXN", "$1,234.50"},
		{"es-419", 1234.5, "MXN", "$1,234.50"},
		{"es-MX", 12.5, "USD", "US$ 12.50"},
		{"es-EC", 12.5, "USD", "$12,50"},
		{"es-SV", 12.5, "USD", "$12.50"},
		{"es", 12.5, "USD", "US$ 12,50"},
		{"es-PE", 12.5, "PEN", "S/ 12.50"},
		{"es", 1250, "PEN", "S/ 1,250.00"},
		{"es-PY", 12000, "PYG", "Gs. 12.000"},
		{"es-BO", 12.5, "BOB", "Bs 12,50"},
		{"es-VE", 12.5, "VES", "Bs. 12,50"},
		{"es-CR", 12500, "CRC", "₡12.500"},
		{"es-GT", 12.5, "GTQ", "Q12.50"},
		{"es-HN", 12.5, "HNL", "L 12.50"},
		{"es-NI", 12.5, "NIO", "C$12.50"},
		{"es-DO", 1250, "DOP", "RD$1,250.00"},
		{"es-PA", 12.5, "PAB", "B/. 12.50"},
		{"es-CU", 12.5, "CUP", "$12.50"},
		{"pt-BR", 12.5, "BRL", "R$ 12,50"},
		{"pt", 1234.5, "BRL", "R$ 1.234,50"},
		{"es-CL", 12.5, "BRL", "R$ 12,50"},
		{"es-ES", 1234.5, "EUR", "1.234,50 €"},
		{"es", -12.5, "EUR", "-12,50 €"},
		{"pt-PT", 12.5, "EUR", "12,50 €"},
		{"pt-BR", 12.5, "EUR", "€ 12,50"},
		{"es-CL", 12.5, "EUR", "€ 12,50"},
		{"es-419", 12.5, "EUR", "€ 12.50"},
		{"en", 12.5, "EUR", "€12.50"},
		{"en-US", 1234.5, "USD", "$1,234.50"},
		{"en", -1234.5, "USD", "-$1,234.50"},
		{"en-GB", 12.5, "USD", "US$ 12.50"},
		{"en", 12.5, "GBP", "£12.50"},
		{"en-GB", 12.5, "GBP", "£12.50"},
		{"en", 12990, "CLP", "CLP 12,990"},
		{"en-CA", 12.5, "CAD", "$12.50"},
		{"es-CL", 1500.4, "JPY", "JPY 1.500"},
		{"es-CL", 1.5, "KWD", "KWD 1,500"},
		{"es-UY", 1.5, "UYW", "UYW 1,5000"},
		{"es-CL", 12.5, "CHF", "CHF 12,50"},
		{"fr", 12.5, "CHF", "CHF 12.50"},
		{"es-CL", 12990, "clp", "$12.990"},
		{"es-CL", -0.4, "CLP", "$0"},
		{"en", 1.005, "USD", "$1.01"},
	} {
		got, err := locale.Money(tt.language, tt.amount, tt.currency)
		require.NoError(t, err)
		require.Equal(t, tt.want, got, "%s %v %s", tt.language, tt.amount, tt.currency)
	}
}

func TestCurrenciesThatDoNotExist(t *testing.T) {
	for _, code := range []string{"", " ", "$", "UF", "PESO", "XXX", "XAU", "VEF", "AED AFN", "ED ", "CL"} {
		_, err := locale.Money("es", 1, code)
		require.ErrorContains(t, err, "is no currency; write a code of ISO 4217 such as CLP or USD", code)
	}
	_, err := locale.Money("es", 1, "CLF")
	require.NoError(t, err)
}
