package whatsapp

import (
	"strings"
	"unicode"
)

// IsUserID reports whether an identity is a business-scoped user id, such as
// "US.13491208655302741918" or, of a parent portfolio, "US.ENT.11815799212886844830". Relays put
// one into `from`, `to` and `wa_id` too, where a phone number is expected.
func IsUserID(identity string) bool {
	country, rest, found := strings.Cut(identity, ".")
	rest = strings.TrimPrefix(rest, "ENT.")
	return found && len(country) == 2 && rest != "" &&
		!strings.ContainsFunc(country, notUpper) && !strings.ContainsFunc(rest, notAlphanumeric)
}

// Identities sorts what a webhook says of a person: a user id that stands where a phone number
// is expected is a user id. One that was named as such goes first. Spaces around them are nobody's.
func Identities(number, userID string) (waID, user string) {
	number, userID = strings.TrimSpace(number), strings.TrimSpace(userID)
	if !IsUserID(number) {
		return number, userID
	}
	if userID == "" {
		userID = number
	}
	return "", userID
}

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
