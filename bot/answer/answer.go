// Package answer reads what people type as the kind of answer that was asked for. It imports
// package fold only. Start reading at Read.
package answer

import "time"

// Kind is a kind of typed answer: a value of `as`.
type Kind string

// Kinds of typed answers.
const (
	Int    Kind = "int"
	Number Kind = "number"
	Date   Kind = "date"
	Time   Kind = "time"
	Email  Kind = "email"
	Phone  Kind = "phone"
	RUT    Kind = "rut"
	DNI    Kind = "dni"
	CUIT   Kind = "cuit"
	CPF    Kind = "cpf"
	CNPJ   Kind = "cnpj"
	CURP   Kind = "curp"
	RFC    Kind = "rfc"
)

// Context is what the reading of an answer may depend on.
type Context struct {
	// Now is the time of the message in the bot's zone: "mañana" is the day after.
	Now time.Time
	// Language is the conversation's, Contact the contact's phone number, whose country a
	// number without a country code belongs to.
	Language string
	Contact  string
}

// Read gives the canonical value: an int64, a float64 or a string. ok is false when the text
// is no such answer.
func Read(k Kind, text string, c Context) (value any, ok bool) { return nil, false }
