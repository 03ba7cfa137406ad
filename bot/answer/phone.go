package answer

import (
	"regexp"
	"slices"
	"strings"

	"github.com/chattigo/api-isv/bot/fold"
)

// beforePhone are the words that lead to a phone number, afterPhone those that follow it.
const (
	beforePhone = "telefono fono tel telf telef cel celu celular movil whatsapp whats wsp wasap wpp zap contacto telefone fone phone mobile cell este esse " +
		"llamame llameme llamenme llamar llamen pueden puedes puede al me a fijo casa numeros seria anota anote apunta mio aca aqui por " +
		"liga ligar ligue podem pode pra para meu contato chama chamar me call reach me at on you can"
	afterPhone = "ese este es mi mio numero celular whatsapp wsp fono telefono cel contacto si sim esse meu e o is mine"
)

// linkForm is a link that leads to a chat or a call with a number.
var linkForm = regexp.MustCompile(`(?i)(?:(?:https?://)?(?:www\.)?(?:wa\.me/|(?:api|web)\.whatsapp\.com/send/?\?(?:\S*&)?phone=)|whatsapp://send/?\?(?:\S*&)?phone=|tel:)(?:\+|%2B)?([0-9]{8,15})(?:[/?&#]\S*)?[.,;!]*(\s|$)`)

// callAt is "ligar no", where "no" is no refusal.
var callAt = regexp.MustCompile(`(?i)\b(lig(?:ar|a|ue)|cham(?:ar|a|e)|contato) no\s`)

// carrier is Brazil's "0xx11", where xx stands for the digits of a company.
var carrier = regexp.MustCompile(`(?i)\b0 ?xx ?`)

// numbersOfLinks replaces links by their numbers: "wa.me/56911112222".
func numbersOfLinks(text string) string {
	text = linkForm.ReplaceAllString(text, "+$1$2")
	text = carrier.ReplaceAllString(withoutLabelColons(text), "0")
	return callAt.ReplaceAllString(text, "$1 para ")
}

// readPhone reads a phone number as digits with the country code, without plus. A number with a
// plus or 00 before it is an international one of any country; those of the table of countries
// must have a length that the country has. Without them, it is a number of the contact's country,
// or else one of a country of the table with its code. "Este mismo" is the number of the contact.
//
// The numbers of some countries have more than one form. The 1 that Mexico had after its code
// until 2019 is left out, as in +52 1 55…; WhatsApp's own ids still have it. Argentina's mobile
// numbers keep the 9 after the code, and one that is written with 15, as at home, gets it. A mobile
// number of Brazil gets the 9 that it had not before 2016.
func readPhone(text string, c Context) (string, bool) {
	if meansOwnNumber(text) {
		return ownNumber(c.Contact)
	}
	text = strings.ReplaceAll(text, "(+", "+(")
	international := strings.HasPrefix(text, "+") || strings.HasPrefix(text, "00")
	if international {
		text = strings.TrimPrefix(strings.TrimPrefix(text, "+"), "00")
		text = strings.Replace(text, "(0)", "", 1) // +44 (0)20: dialled at home only
	}
	number := without(text, " .-()") // no slash: two numbers, or a date
	if !allDigits(number, 6, 18) || checked.MatchString(text) || dated.MatchString(text) {
		return "", false
	}
	if international {
		return readInternational(number)
	}
	if home, ok := homeOf(c); ok {
		if national, ok := home.normalize(number); ok {
			return home.code + national, true
		}
	}
	if c, ok := countryOf(number); ok {
		national, ok := c.normalize(number[len(c.code):])
		return c.code + national, ok
	}
	return "", false
}

// homeOf is the country of the contact's number or, where that is not known, of the language.
func homeOf(c Context) (country, bool) {
	if allDigits(c.Contact, 1, maxDigits) {
		return countryOf(c.Contact)
	}
	_, region, _ := strings.Cut(c.Language, "-")
	code, ok := regionCodes[strings.ToUpper(region)]
	if !ok {
		return country{}, false
	}
	return countryOf(code)
}

// ownWords are those of a text that means the number from which the contact writes, if one of thisWords and
// one of sameWords are among them. After "a este" alone the number may follow in another message.
var ownWords = setOf("a al en es el o do meu mi mismo mesmo numero por aca aqui de whatsapp whats wsp wasap zap celular telefono fono telefone contacto contato " +
	"desde donde te les escribo este esta neste nesse deste desse esse this one number que estoy escribiendo usando ahora puede ser seria pode to on the same")

var (
	thisWords = setOf("este esse neste nesse deste desse this")
	sameWords = setOf("mismo mesmo numero whatsapp whats wsp wasap zap celular telefono fono telefone same number")
)

// meansOwnNumber reports whether a text means the number from which the contact writes: "a este mismo
// número".
func meansOwnNumber(text string) bool {
	if len(text) > maxOwn {
		return false
	}
	words := fold.Words(fold.Text(text))
	return thisWords.hasAny(words) && sameWords.hasAny(words) && ownWords.hasAll(words)
}

// maxOwn bounds a text that means the contact's own number, in bytes.
const maxOwn = 60

// ownNumber is the contact's number in the form of an answer.
func ownNumber(contact string) (string, bool) {
	if !allDigits(contact, 6, 18) {
		return "", false
	}
	return readInternational(contact)
}

// checked has the form of an identity number, with a single digit behind a hyphen or Brazil's two:
// 22.345.678-5, 529.982.247-25.
var checked = regexp.MustCompile(`-[0-9]$|^[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}$`)

// readInternational checks a number with its country code. Those of countries that are not in the table are
// as long as the ITU allows (E.164: 15 digits), and not shorter than the shortest there are.
func readInternational(number string) (string, bool) {
	if c, ok := countryOf(number); ok {
		national, ok := c.normalize(number[len(c.code):])
		return c.code + national, ok
	}
	return number, allDigits(number, 8, 15) && number[0] != '0'
}

// country is the numbering plan of a country.
type country struct {
	// code is the country code; trunk are the prefixes that are dialled at home only.
	code  string
	trunk []string
	// lengths are those of a national number, first the digits that it may begin with.
	lengths []int
	first   string
}

// countryOf finds the country whose code a number begins with.
func countryOf(number string) (country, bool) {
	for _, c := range countries {
		if strings.HasPrefix(number, c.code) {
			return c, true
		}
	}
	return country{}, false
}

// normalize brings a national number to the form that follows the country code.
func (c country) normalize(number string) (string, bool) {
	switch c.code {
	case "54":
		return argentina(number)
	case "55":
		return brazil(number)
	}
	if c.fits(number) {
		return number, true
	}
	for _, trunk := range c.trunk {
		if rest, ok := strings.CutPrefix(number, trunk); ok && c.fits(rest) {
			return rest, true
		}
	}
	return "", false
}

func (c country) fits(number string) bool {
	return number != "" && strings.Contains(c.first, number[:1]) && slices.Contains(c.lengths, len(number))
}

// argentina brings an Argentinian number to ten digits, or, for a mobile phone, 9 and ten digits. At home
// there is a trunk 0, and a mobile number has 15 between the area's code, which is 11 or three or
// four digits that begin with 2 or 3, and the rest. People mix both forms.
func argentina(number string) (string, bool) {
	number = strings.TrimPrefix(number, "0")
	mobile := ""
	if len(number) >= 11 && number[0] == '9' {
		mobile, number = "9", strings.TrimPrefix(number[1:], "0")
	}
	if len(number) == 12 {
		for area := 2; area <= 4; area++ {
			if number[area:area+2] == "15" && (area > 2 || number[:2] == "11") {
				mobile, number = "9", number[:area]+number[area+2:]
				break
			}
		}
	}
	inArea := strings.HasPrefix(number, "11") || strings.HasPrefix(number, "2") || strings.HasPrefix(number, "3")
	return mobile + number, len(number) == 10 && inArea
}

// brazil brings a Brazilian number to an area's code of two digits and 8 digits or, for a mobile phone, 9 and
// 8 digits. At home a trunk 0 stands before it, often with two digits of a company that carries the call.
func brazil(number string) (string, bool) {
	if rest, ok := strings.CutPrefix(number, "0"); ok {
		number = rest
		if len(number) >= 12 {
			number = number[2:] // "0 15 11 91234-5678"
		}
	}
	if len(number) < 10 || number[0] == '0' || number[1] == '0' {
		return "", false
	}
	area, rest := number[:2], number[2:]
	switch first := rest[0]; {
	case len(rest) == 9:
		return number, first == '9'
	case len(rest) == 8 && first >= '6': // a mobile number without its 9
		return area + "9" + rest, true
	}
	return number, len(rest) == 8 && rest[0] >= '2'
}
