package answer_test

import (
	"testing"

	"github.com/chattigo/api-isv/bot/answer"
	"github.com/stretchr/testify/require"
)

// TestPublishedIdentityNumbers holds the check digits against examples that others have published.
func TestPublishedIdentityNumbers(t *testing.T) {
	const stdnum = "python-stdnum, documentation and tests"
	for _, tt := range []struct {
		kind       answer.Kind
		text, want string
		source     string
	}{
		{answer.RUT, "76086428-5", "76086428-5", stdnum},
		{answer.RUT, "12531909-2", "12531909-2", stdnum},
		{answer.RUT, "9.868.503-0", "9868503-0", "rut-chile on PyPI"},
		{answer.RUT, "12.667.869-k", "12667869-K", "rut-chile on PyPI"},
		{answer.RUT, "6265837-1", "6265837-1", "rut-chile on PyPI"},
		{answer.RUT, "17.317.684-8", "17317684-8", "chilean-rut on PyPI"},
		{answer.RUT, "12345678-5", "12345678-5", "chile-rut on npm"},
		{answer.RUT, "10626628-K", "10626628-K", "Servicio de Impuestos Internos, list of electronic issuers"},
		{answer.RUT, "96919970-K", "96919970-K", "Servicio de Impuestos Internos, list of electronic issuers"},
		{answer.RUT, "14232760-0", "14232760-0", "Servicio de Impuestos Internos, list of electronic issuers"},

		{answer.CUIT, "20-05536168-2", "20055361682", stdnum},
		{answer.CUIT, "20-26756539-3", "20267565393", stdnum},
		{answer.CUIT, "23000052264", "23000052264", stdnum},
		{answer.CUIT, "24117166062", "24117166062", stdnum},
		{answer.CUIT, "27-10345678-4", "27103456784", stdnum},
		{answer.CUIT, "27107931738", "27107931738", stdnum},
		{answer.CUIT, "30670349760", "30670349760", stdnum},
		{answer.CUIT, "33500001599", "33500001599", stdnum},
		{answer.CUIT, "34546198105", "34546198105", stdnum},

		{answer.CPF, "390.533.447-05", "39053344705", stdnum},
		{answer.CPF, "111.444.777-35", "11144477735", "Receita Federal's worked example, as repeated on trabalhosfeitos.com"},
		{answer.CPF, "123.456.789-09", "12345678909", "a worked example on ragfica.pages.dev"},

		{answer.CNPJ, "16.727.230/0001-97", "16727230000197", stdnum},
		{answer.CNPJ, "07.195.358/0001-66", "07195358000166", stdnum},
		{answer.CNPJ, "44.038.188/0001-32", "44038188000132", "a worked example on masterdaweb.com"},
		{answer.CNPJ, "12.345.678/0001-95", "12345678000195", "a worked example in CNPJ-QA-Training on GitHub"},
		{answer.CNPJ, "98.765.432/0002-79", "98765432000279", "a worked example in CNPJ-QA-Training on GitHub"},
		{answer.CNPJ, "12.ABC.345/01DE-35", "12ABC34501DE35", "Serpro, Cálculo dos dígitos verificadores de CNPJ alfanumérico"},

		{answer.CURP, "BOXW310820HNERXN09", "BOXW310820HNERXN09", stdnum},
		{answer.CURP, "HEGG560427MVZRRL04", "HEGG560427MVZRRL04", "RENAPO, specimen, as in " + stdnum},
		{answer.CURP, "BEML920313HMCLNS09", "BEML920313HMCLNS09", stdnum},
		{answer.CURP, "PEGL890909MJCRMS08", "PEGL890909MJCRMS08", stdnum},
		{answer.CURP, "MESJ890928HMNZNS00", "MESJ890928HMNZNS00", stdnum},
		{answer.CURP, "TOMA880125HMNRRN02", "TOMA880125HMNRRN02", stdnum},

		{answer.RFC, "GODE561231GR8", "GODE561231GR8", "SAT, algorithm published under 0610100135506 (2006)"},
		{answer.RFC, "&&&030828PX7", "&&&030828PX7", stdnum},
		{answer.RFC, "MUÑ110218LJ6", "MUÑ110218LJ6", stdnum},
		{answer.RFC, "AAAA791128D63", "AAAA791128D63", stdnum},
		{answer.RFC, "GOAJ7101257MA", "GOAJ7101257MA", stdnum},
		{answer.RFC, "AEL7407151YA", "AEL7407151YA", stdnum},
		{answer.RFC, "DPU070904692", "DPU070904692", stdnum},
		{answer.RFC, "IET040122JP4", "IET040122JP4", stdnum},
		{answer.RFC, "GMO030628DI0", "GMO030628DI0", stdnum},
		{answer.RFC, "XAXX010101000", "XAXX010101000", "SAT, Código Fiscal, for anybody"},
		{answer.RFC, "XEXX010101000", "XEXX010101000", "SAT, Código Fiscal, for foreigners"},
	} {
		t.Run(string(tt.kind)+" "+tt.text, func(t *testing.T) {
			got, ok := answer.Read(tt.kind, tt.text, answer.Context{})
			require.True(t, ok, tt.source)
			require.Equal(t, tt.want, got, tt.source)
		})
	}
}

func TestRUT(t *testing.T) {
	readAll(t, answer.RUT, answer.Context{}, []reading{
		{"12.345.678-5", "12345678-5"},
		{"123456785", "12345678-5"},
		{"12 345 678 5", "12345678-5"},
		{"12,345,678-5", "12345678-5"},
		{"12.345.678 - 5", "12345678-5"},
		{"12.345.678‐5", "12345678-5"},
		{"12.345.678–5.", "12345678-5"},
		{"012.345.678-5", "12345678-5"},
		{"RUT: 12.345.678-5", "12345678-5"},
		{"RUT:12.345.678-5", "12345678-5"},
		{"rut 12345678-5", "12345678-5"},
		{"R.U.T. 12345678-5", "12345678-5"},
		{"Hola, mi RUT es el 12.345.678-5, gracias!", "12345678-5"},
		{"es 12345678-5 por favor", "12345678-5"},
		{"(12345678-5)", nil},
		{"*12.345.678-5*", "12345678-5"},
		{"12.345.678-5 👍🏽", "12345678-5"},
		{"\u202b12.345.678-5\u202c", "12345678-5"},
		{"12.345.678\u00a0-\u00a05", "12345678-5"},
		{"１２．３４５．６７８－５", "12345678-5"},
		{"10626628-k", "10626628-K"},
		{"10626628k", "10626628-K"},
		{"11.111.111-1", "11111111-1"},
		{"11.111.111-2", nil},
		{"12.345.678-K", nil},
		{"10626628-0", nil},
		{"12.345.678", nil},
		{"1-9", nil},
		{"123.456-0", nil},
		{"112.345.678-5", nil},
		{"12.345.678-5 y 9.868.503-0", nil},
		{"12345678-5 9868503-0", nil},
		{"1234K678-5", nil},
		{"el de mi hija, 12.345.678-5", nil},
		{"no lo sé", nil},
	})
}

func TestDNI(t *testing.T) {
	readAll(t, answer.DNI, answer.Context{}, []reading{
		{"12.345.678", "12345678"},
		{"7.123.456", "7123456"},
		{"06234567", "06234567"},
		{"DNI 12345678", "12345678"},
		{"mi documento es 12345678.", "12345678"},
		{"123456", nil},
		{"123456789", nil},
		{"12345678-9", nil},
		{"12345678Z", nil},
		{"00000000", nil},
		{"12345678 pesos", nil},
	})
}

func TestCUIT(t *testing.T) {
	readAll(t, answer.CUIT, answer.Context{}, []reading{
		{"CUIT 20-26756539-3", "20267565393"},
		{"cuil: 20 26756539 3", "20267565393"},
		{"20.26756539.3", "20267565393"},
		{"20-26756539-2", nil},
		{"2026756539", nil},
		{"99-05536168-8", nil},
		{"202675653933", nil},
		{"2026756A393", nil},
	})
}

func TestCPFAndCNPJ(t *testing.T) {
	readAll(t, answer.CPF, answer.Context{}, []reading{
		{"CPF 390.533.447-05", "39053344705"},
		{"meu cpf é 39053344705, obrigada", "39053344705"},
		{"390 533 447 05", "39053344705"},
		{"390.533.447-06", nil},
		{"231.002.999-01", nil},
		{"111.111.111-11", nil},
		{"000.000.000-00", nil},
		{"3905334470", nil},
	})
	readAll(t, answer.CNPJ, answer.Context{}, []reading{
		{"cnpj: 16.727.230/0001-97", "16727230000197"},
		{"16727230000197", "16727230000197"},
		{"12.abc.345/01de-35", "12ABC34501DE35"},
		{"o CNPJ é 12ABC34501DE35.", "12ABC34501DE35"},
		{"16.727.230/0001-98", nil},
		{"12.ABC.345/01DE-36", nil},
		{"12.ABC.345/01DE-3A", nil},
		{"12.ÁBC.345/01DE-35", nil},
		{"11.111.111/1111-11", nil},
		{"00.000.000/0000-00", nil},
		{"1672723000019", nil},
	})
}
