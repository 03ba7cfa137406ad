// Package answer reads what people type as the kind of answer that was asked for: a number, a
// date, a phone number, an identity number with its check digit. The result is canonical: the same
// answer is the same value, however it was typed.
//
// People type on phones. "RUT: 12.345.678-5.", "el rut es 12345678-5, gracias" and the same in
// full-width digits are all one answer; the words that may stand around it are listed in words.go.
// A text with anything else beside the answer is not read, so that "12 o 13" is not 12; only numbers are
// found in sentences, where nothing else can be meant. Neither is a text read that may mean something
// else, such as "9-11" where a time is asked for: to ask again is better than to store what nobody
// meant. The tables in testdata have examples of both.
//
// The words that people say are data: sentence_words.go, courtesy.go and the tables beside the readers.
//
// The package imports packages fold and locale only, and reads no clock: which day "mañana" is
// depends on [Context]. Start reading at Parse, then at kinds.go.
package answer

import (
	"time"
	"unicode/utf8"
)

// Kind is a kind of typed answer: a value of `as` in a definition.
type Kind string

// Kinds of typed answers, with what Read returns for each.
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

// Context is what the meaning of an answer may depend on.
type Context struct {
	// Now is when the person wrote, in the bot's zone: "mañana" is the day after.
	Now time.Time
	// Language is the conversation's, Contact the contact's phone number, whose country a
	// number without a country code belongs to.
	Language string
	Contact  string
	// Before is what the person typed before and was refused as HalfUnknown; empty otherwise. With it, "de
	// la tarde" is an answer.
	Before string
	// Alone: the text must be the answer and polite words, and no sentence with an answer in it.
	Alone bool
}

// Refusal is why a text is no answer.
type Refusal string

const (
	// Unreadable is a text that is no such answer, or that may mean something else.
	Unreadable Refusal = "unreadable"
	// HalfUnknown is a time of day of which nobody knows which half of the day is meant: "a las 5".
	HalfUnknown Refusal = "half unknown"
)

// maxRunes bounds a text that may be such an answer; the longest one is an email address with some
// words around it.
const maxRunes = 200

// Read returns the canonical value: an int64, a float64 or a string. ok is false when the text
// is no such answer, and for an unknown kind.
func Read(k Kind, text string, c Context) (value any, ok bool) {
	value, refusal := Parse(k, text, c)
	return value, refusal == ""
}

// Parse does what Read does, and tells why a text is no answer; the refusal is empty for one that is.
func Parse(k Kind, text string, c Context) (value any, refusal Refusal) {
	value, refusal = parse(k, text, c)
	if refusal == "" || k != Time || c.Before == "" || isLong(text) || isLong(c.Before) {
		return value, refusal
	}
	if hour, ok := completed(c.Before, text); ok {
		return parse(k, hour, c)
	}
	return value, refusal
}

func parse(k Kind, text string, c Context) (value any, refusal Refusal) {
	rules, ok := kinds[k]
	if !ok || isLong(text) {
		return nil, Unreadable
	}
	text, ok = plain(text)
	if !ok || rules.quantity && brokenDigits.MatchString(text) || (k == Int || k == Number) && isNoNumber(text) {
		return nil, Unreadable
	}
	return rules.readSpoken(text, c)
}

// isLong reports whether a text is too long to be such an answer. A rune has at most four bytes; megabytes
// need not be counted.
func isLong(text string) bool {
	return len(text) > maxRunes*utf8.UTFMax || utf8.RuneCountInString(text) > maxRunes
}
