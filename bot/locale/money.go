package locale

import (
	"fmt"
	"strings"
)

// Money writes an amount of a currency, which is a code of ISO 4217, as people of the region
// do: "$12.990" of pesos in Chile, "US$ 12,50" there, "R$ 12,50", "S/ 12.50", "12,50 €" in Spain.
//
// A language without a region is taken as that of the currency's home, where it is spoken there:
// "es" writes MXN as in Mexico. Where the sign $ would be taken for another money, the code stands
// instead, or US$. Decimals are those of the currency by ISO 4217, but for the CLF (the UF), which
// is written with two at least, and currencies whose cents are out of use (COP, CRC), which have
// none when the amount is whole. A code that does not exist is an error, and so is an
// amount that Number cannot write.
func Money(language string, amount float64, currency string) (string, error) {
	currency = strings.ToUpper(currency)
	if err := checkCurrency(currency); err != nil {
		return "", err
	}
	t := parse(language).at(home(currency))
	digits, err := t.number(amount, decimalsOf(currency, amount))
	if err != nil {
		return "", err
	}
	sign := ""
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		sign, digits = "-", rest
	}
	s := t.symbol(currency)
	if currency == "EUR" && (t.base == "es" && t.region == "ES" || t.base == "pt" && t.region == "PT") {
		return sign + digits + " " + s.text, nil
	}
	if s.apart {
		s.text += " "
	}
	return sign + s.text + digits, nil
}

// codes are the active codes of ISO 4217 (list one of 2026) for moneys and for units of account,
// without those for metals, bonds and tests.
const codes = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD " +
	"CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP " +
	"GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP " +
	"LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN " +
	"PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT " +
	"TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"

// checkCurrency returns an error, a sentence for authors, if a code is not one of ISO 4217.
func checkCurrency(code string) error {
	if code = strings.ToUpper(code); len(code) != 3 || !strings.Contains(" "+codes+" ", " "+code+" ") {
		return fmt.Errorf("%.20q is no currency; write a code of ISO 4217 such as CLP or USD", code)
	}
	return nil
}

// decimalsOf is the shape in which an amount of a currency is written.
func decimalsOf(currency string, amount float64) shape {
	fixed := func(n int) shape { return shape{grouped: true, least: n, most: n} }
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return fixed(0)
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return fixed(3)
	case "UYW":
		return fixed(4)
	case "CLF":
		return shape{grouped: true, least: 2, most: 4}
	case "COP", "CRC":
		if digits, err := round(amount, fixed(2)); err == nil && strings.HasSuffix(digits, ".00") {
			return fixed(0)
		}
	}
	return fixed(2)
}

// home is the region of a currency and the language that is written there. It is zero for
// currencies of several regions and those that no bot has needed.
func home(currency string) tongue {
	switch currency {
	case "ARS", "BOB", "CLF", "CLP", "COP", "CRC", "CUP", "DOP", "GTQ", "HNL", "MXN", "NIO", "PAB", "PEN", "PYG", "UYU", "VES", "VED":
		return tongue{"es", currency[:2]}
	case "EUR":
		return tongue{"", "EU"}
	case "BRL":
		return tongue{"pt", "BR"}
	case "USD", "GBP", "CAD", "AUD", "NZD":
		return tongue{"en", currency[:2]}
	}
	return tongue{}
}

// at gives a language without a region the region of a currency's home, if it is spoken there.
func (t tongue) at(home tongue) tongue {
	switch {
	case t.region != "" && t.region != latinAmerica:
	case home.region == "EU" && t.region == "" && t.base != "en":
		t.region = strings.ToUpper(t.base) // "es" in Spain, "pt" in Portugal
	case home.base == t.base:
		t.region = home.region
	}
	return t
}

// symbol is how a currency is written beside an amount.
type symbol struct {
	text  string
	apart bool // with a space between symbol and amount
}

func (t tongue) symbol(currency string) symbol {
	if t.isDollar(currency) {
		// With a space in the south and in Colombia, without elsewhere (CLDR).
		return symbol{"$", t.region == "AR" || t.region == "CO" || t.region == "UY"}
	}
	switch currency {
	case "USD":
		return symbol{"US$", true}
	case "EUR":
		return symbol{"€", t.base != "en"}
	case "BRL":
		return symbol{"R$", true}
	case "PEN":
		return symbol{"S/", true}
	case "PYG":
		return symbol{"Gs.", true}
	case "BOB":
		return symbol{"Bs", true}
	case "VES":
		return symbol{"Bs.", true}
	case "CLF":
		return symbol{"UF", true}
	case "PAB":
		return symbol{"B/.", true}
	case "CRC":
		return symbol{"₡", false}
	case "GTQ":
		return symbol{"Q", false}
	case "HNL":
		return symbol{"L", true}
	case "NIO":
		return symbol{"C$", false}
	case "DOP":
		return symbol{"RD$", false}
	case "GBP":
		return symbol{"£", t.base != "en"}
	}
	return symbol{currency, true}
}

// isDollar reports whether $ means this currency to people of the region.
func (t tongue) isDollar(currency string) bool {
	switch currency {
	case "ARS", "CLP", "COP", "CUP", "MXN", "UYU", "CAD", "AUD", "NZD":
		return t.region == currency[:2]
	case "USD":
		switch t.region {
		case "US", "PR", "EC", "SV":
			return true
		}
		return t.base == "en" && t.region == ""
	}
	return false
}
