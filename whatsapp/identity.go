package whatsapp

import (
	"cmp"
	"strings"
	"unicode"
)

// IsUserID reports whether a text is a business-scoped user id, such as
// "US.13491208655302741918" or, of a parent portfolio, "US.ENT.11815799212886844830". Relays put
// one into `from`, `to` and `wa_id` too, where a phone number is expected.
func IsUserID(text string) bool {
	country, rest, found := strings.Cut(text, ".")
	rest = strings.TrimPrefix(rest, "ENT.")
	return found && len(country) == 2 && rest != "" &&
		!strings.ContainsFunc(country, notUpper) && !strings.ContainsFunc(rest, notAlphanumeric)
}

// Identity names a contact by a phone number, by a business-scoped user id, or by both.
type Identity struct {
	WaID, UserID string
}

// NewIdentity reads what a webhook says of a person: a user id in the place of a phone number is a user
// id, unless another one stands in its own place. Spaces around them are dropped.
func NewIdentity(number, userID string) Identity {
	number, userID = strings.TrimSpace(number), strings.TrimSpace(userID)
	if IsUserID(number) {
		return Identity{UserID: cmp.Or(userID, number)}
	}
	return Identity{WaID: number, UserID: userID}
}

// Key is the name under which a contact is stored and its conversation runs: the phone number if there
// is one, else the user id.
func (i Identity) Key() string { return cmp.Or(i.WaID, i.UserID) }

// NumberKey is the form in which phone numbers are compared: two numbers with the same key are
// two written forms of one number. Beside punctuation, these forms are in use for mobile numbers:
//   - Brazil: 55, area code, and 8 digits or, since 2012 to 2016, 9 and the same 8. They begin
//     with 5 (São Paulo only) to 9: below there have been landlines only;
//   - Mexico: 52 or, until 2019, 521, and 10 digits;
//   - Argentina: 54 or 549, and 10 digits.
//
// WhatsApp keeps the form in which an account was registered, and webhooks of one person may
// hold either. What is no number is its own key.
func NumberKey(number string) string {
	digits := withoutPrefix(strings.Map(withoutPunctuation, withoutScheme(number)))
	if digits == "" || strings.ContainsFunc(digits, notDigit) {
		return number
	}
	switch {
	case len(digits) == 13 && digits[:2] == "55" && digits[4] == '9' && digits[5] >= '5':
		return digits[:4] + digits[5:]
	case len(digits) == 13 && (digits[:3] == "521" || digits[:3] == "549"):
		return digits[:2] + digits[3:]
	}
	return digits
}

// withoutScheme drops what relays put around a number: Twilio's "whatsapp:", a telephone link's
// "tel:", and the server in the addresses of WhatsApp's own network.
func withoutScheme(number string) string {
	for _, scheme := range []string{"whatsapp:", "tel:"} {
		number = strings.TrimPrefix(number, scheme)
	}
	for _, server := range []string{"@s.whatsapp.net", "@c.us"} {
		number = strings.TrimSuffix(number, server)
	}
	return number
}

// withoutPrefix drops what stands before the code of the country, which begins with no zero.
func withoutPrefix(number string) string {
	if rest, found := strings.CutPrefix(number, "00"); found {
		return rest
	}
	return strings.TrimLeft(number, "+\uff0b")
}

// withoutPunctuation drops what people write between the digits of a number.
func withoutPunctuation(r rune) rune {
	if unicode.In(r, unicode.Zs, unicode.Pd) || strings.ContainsRune("./()", r) {
		return -1
	}
	return r
}

func notUpper(r rune) bool { return r < 'A' || r > 'Z' }
func notDigit(r rune) bool { return r < '0' || r > '9' }

func notAlphanumeric(r rune) bool { return notDigit(r) && notUpper(r) && (r < 'a' || r > 'z') }
