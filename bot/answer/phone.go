package answer

import (
	"regexp"
	"slices"
	"strings"
)

// readPhone reads a phone number as digits with the country code, without plus. A number with a
// plus or 00 before it is an international one of any country; those of the table of countries
// must have a length that the country has. Without them, it is a number of the contact's country,
// or else one of a country of the table with its code.
//
// Mexico's and Argentina's numbers have more than one form. The 1 that Mexico had after its code
// until 2019 is left out, as in +52 1 55…; WhatsApp's own ids still have it. Argentina's mobile
// numbers keep the 9 after the code, and one that is written with 15, as at home, gets it.
func readPhone(text, contact string) (string, bool) {
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
	if home, ok := countryOf(contact); ok {
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

// checked ends in a single digit behind a hyphen, as identity numbers do: 22.345.678-5.
var checked = regexp.MustCompile(`-[0-9]$`)

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
	if c.code == "54" {
		return argentina(strings.TrimPrefix(number, "0"))
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

// argentina brings an Argentinian number without its trunk 0 to ten digits, or, for a mobile phone,
// 9 and ten digits. At home a mobile number has 15 between the area's code, which is 11 or three or
// four digits that begin with 2 or 3, and the rest.
func argentina(number string) (string, bool) {
	mobile := ""
	if len(number) == 11 && number[0] == '9' {
		mobile, number = "9", number[1:]
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
