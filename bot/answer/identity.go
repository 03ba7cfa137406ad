package answer

import (
	"regexp"
	"strconv"
	"strings"
)

// readRUT reads a Chilean RUT or RUN, "12345678-5". The check digit is what is missing to a
// multiple of 11, with K for 10 (Servicio de Impuestos Internos). The number has 7 or 8 digits
// without zeros before it; who had one below a million was born in the 19th century. Any single
// wrong digit is found, because all weights are coprime to 11.
func readRUT(text string) (string, bool) {
	s := strings.TrimLeft(compact(text), "0")
	if len(s) < 8 || dated.MatchString(text) {
		return "", false
	}
	number, check := s[:len(s)-1], s[len(s)-1:]
	if !allDigits(number, 7, 8) {
		return "", false
	}
	want := strconv.Itoa(mod11(weighted(number, digit, 7)))
	if want == "10" {
		want = "K"
	}
	return number + "-" + check, check == want
}

// readDNI reads a DNI of Argentina, 7 or 8 digits, or of Peru, 8 digits that may begin with 0.
// There is nothing to check: Argentina's has no check digit, and Peru's stands beside the number.
// Spain's, which ends in a letter, is not read. A date of birth has as many digits, so that signs
// have to part them in threes.
func readDNI(text string) (string, bool) {
	if dated.MatchString(text) || !inThrees.MatchString(without(text, " ")) {
		return "", false
	}
	s := compact(text)
	return s, allDigits(s, 7, 8) && strings.Trim(s, "0") != ""
}

// inThrees are digits in one row, or parted by signs in groups of three.
var inThrees = regexp.MustCompile(`^[0-9]+$|^[0-9]{1,2}(?:[.,-][0-9]{3}){2}$`)

// dated has the form of a date: 10-03-1980.
var dated = regexp.MustCompile(`^[0-9]{1,2}[-./ ][0-9]{1,2}[-./ ][0-9]{4}$|^[0-9]{4}[-./ ][0-9]{1,2}[-./ ][0-9]{1,2}$`)

// readCUIT reads an Argentinian CUIT or CUIL. The first two digits say whose it is: a person's,
// a company's or a foreigner's. A number for which 10 is missing to a multiple of 11 is given
// other first digits instead (AFIP), so there is none with such a check digit. Any single wrong
// digit is found.
func readCUIT(text string) (string, bool) {
	s := compact(text)
	if !allDigits(s, 11, 11) {
		return "", false
	}
	switch s[:2] {
	case "20", "23", "24", "25", "26", "27", "30", "33", "34", "50", "51", "55":
		return s, mod11(weighted(s[:10], digit, 7)) == digit(s[10])
	}
	return "", false
}

// readCPF reads a Brazilian CPF: nine digits and two check digits, the second of which covers the
// first; 10 is written as 0 (Receita Federal). Because of that 0 a few wrong digits are not found:
// the first one off by one while the first check digit is 0, and the sixth one off by two or nine
// while both are.
func readCPF(text string) (string, bool) {
	s := compact(text)
	if !allDigits(s, 11, 11) || allEqual(s) {
		return "", false
	}
	return s, mod11(weighted(s[:9], digit, 10))%10 == digit(s[9]) &&
		mod11(weighted(s[:10], digit, 11))%10 == digit(s[10])
}

// readCNPJ reads a Brazilian CNPJ: twelve characters and two check digits. Since July 2026 new
// ones have capitals among the twelve, whose value is that of their ASCII code less 48, as it
// is for digits (Receita Federal, Nota Técnica COCAD 49/2024). A is worth 17, which is the same
// modulo 11 as 6: characters eleven apart are not told apart, and what was said of the CPF's 0
// holds too.
func readCNPJ(text string) (string, bool) {
	s := compact(text)
	if len(s) != 14 || !allDigits(s[12:], 2, 2) || allEqual(s) {
		return "", false
	}
	for i := range 12 {
		if !isDigit(s[i]) && !isCapital(s[i]) {
			return "", false
		}
	}
	// The value of a digit is its ASCII code less 48 too.
	return s, mod11(weighted(s[:12], digit, 9))%10 == digit(s[12]) &&
		mod11(weighted(s[:13], digit, 9))%10 == digit(s[13])
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isCapital(c byte) bool { return 'A' <= c && c <= 'Z' }
