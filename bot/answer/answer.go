// Package answer reads what people type as the kind of answer that was asked for: a number, a
// date, a phone number, an identity number with its check digit. What it gives back is canonical:
// the same answer is the same text, however it was typed.
//
// People type on phones. "RUT: 12.345.678-5.", "el rut es 12345678-5, gracias" and the same in
// full-width digits are all one answer; the words that may stand around it are listed in words.go.
// Anything else beside the answer makes it none, so that "12 o 13" is not 12. So does what may mean
// something else, such as "9-11" where a time is asked for: to ask again is better than to write down
// what nobody said. The tables in testdata hold both sides.
//
// The package imports packages fold and locale only, and reads no clock: what is meant by
// "mañana" depends on [Context]. Start reading at Read.
package answer

import (
	"time"
	"unicode/utf8"
)

// Kind is a kind of typed answer: a value of `as`.
type Kind string

// Kinds of typed answers, with what Read gives for each.
const (
	// Int is a whole number: an int64.
	Int Kind = "int"
	// Number may have decimals: a float64.
	Number Kind = "number"
	// Date is "2026-09-18", Time "08:30".
	Date Kind = "date"
	Time Kind = "time"
	// Email has its host in lower case.
	Email Kind = "email"
	// Phone is digits with the country code: "56911112222".
	Phone Kind = "phone"
	// RUT is Chile's, of persons (also called RUN) and companies: "12345678-5", "10626628-K".
	RUT Kind = "rut"
	// DNI is the one of Argentina (7 or 8 digits) or Peru (8): digits only.
	DNI Kind = "dni"
	// CUIT is Argentina's, also called CUIL: 11 digits.
	CUIT Kind = "cuit"
	// CPF and CNPJ are Brazil's: 11 digits; and 14 digits, or 12 digits and capitals with 2 digits.
	CPF  Kind = "cpf"
	CNPJ Kind = "cnpj"
	// CURP and RFC are Mexico's, in capitals.
	CURP Kind = "curp"
	RFC  Kind = "rfc"
)

// Context is what the reading of an answer may depend on.
type Context struct {
	// Now is when the person wrote, in the bot's zone: "mañana" is the day after.
	Now time.Time
	// Language is the conversation's, Contact the contact's phone number, whose country a
	// number without a country code belongs to.
	Language string
	Contact  string
}

// maxRunes bounds a text that may be such an answer; the longest one is an email address with some
// words around it. What is longer is a story.
const maxRunes = 200

// Read gives the canonical value: an int64, a float64 or a string. ok is false when the text
// is no such answer, and for an unknown kind.
func Read(k Kind, text string, c Context) (value any, ok bool) {
	// A rune has at most four bytes; megabytes need not be counted.
	if len(text) > maxRunes*utf8.UTFMax || utf8.RuneCountInString(text) > maxRunes {
		return nil, false
	}
	read := reader(k, c)
	if read == nil {
		return nil, false
	}
	text, ok = plain(text)
	if !ok || measures(k) && brokenDigits.MatchString(text) {
		return nil, false
	}
	return spoken(k, text, read)
}

// measures says that the digits of an answer are one number or a few, not a row of digits.
func measures(k Kind) bool { return k == Int || k == Number || k == Date || k == Time }

// reads reads an answer without what stands around it: lead are the words before it, folded.
type reads func(lead []string, text string) (any, bool)

// reader is what reads a kind of answer; nil for an unknown kind.
func reader(k Kind, c Context) reads {
	switch k {
	case Int:
		return func(lead []string, s string) (any, bool) { return some(readInt(lead, s)) }
	case Number:
		return func(lead []string, s string) (any, bool) { return some(readNumber(lead, s, c.Language)) }
	case Date:
		return func(lead []string, s string) (any, bool) { return some(readDate(lead, s, c)) }
	case Time:
		return func(lead []string, s string) (any, bool) { return some(readTime(lead, s, c.Language)) }
	case Email:
		return text(readEmail)
	case Phone:
		return func(_ []string, s string) (any, bool) { return some(readPhone(s, c.Contact)) }
	case RUT:
		return text(readRUT)
	case DNI:
		return text(readDNI)
	case CUIT:
		return text(readCUIT)
	case CPF:
		return text(readCPF)
	case CNPJ:
		return text(readCNPJ)
	case CURP:
		return text(readCURP)
	case RFC:
		return text(readRFC)
	}
	return nil
}

func text(read func(string) (string, bool)) reads {
	return func(_ []string, s string) (any, bool) { return some(read(s)) }
}

// some leaves out a value that is none.
func some[T any](value T, ok bool) (any, bool) {
	if !ok {
		return nil, false
	}
	return value, true
}
