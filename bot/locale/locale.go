// Package locale writes times, numbers and amounts of money as people of a language do: Spanish
// and Portuguese with their regions, and English, which also stands in for every other language.
// No language at all is Spanish, as it is for the sentences of package bot. It imports nothing of
// ours.
//
// Its tables are its own. The module golang.org/x/text has those of every language, but it does not
// serve here: its data is of 2017, without Venezuela's VES; it has no names of days; it puts the
// symbol before the amount in every language; and it adds 500 KB to the binary. The tables here
// are small enough to be read, and no update of a dependency changes what bots say.
//
// Spaces are plain ones, also between symbol and amount: an author who compares a message with
// "R$ 12,50" in a test could not see why a no-break space differs.
//
// Start reading at Time, Number and Money.
package locale

import "strings"

// tongue is a language and its region, as far as this package distinguishes them.
type tongue struct {
	base   string // "es", "pt" or "en"
	region string // "CL", or latinAmerica; empty when the language tag has none
}

// parse reads a language tag such as "es-CL".
func parse(language string) tongue {
	parts := strings.FieldsFunc(language, func(r rune) bool { return r == '-' || r == '_' })
	if len(parts) == 0 {
		return tongue{base: "es"}
	}
	base := strings.ToLower(parts[0])
	if base != "es" && base != "pt" && base != "en" {
		return tongue{base: "en"}
	}
	for _, part := range parts[1:] {
		if len(part) == 2 {
			return tongue{base, strings.ToUpper(part)}
		}
		if part == "419" {
			return tongue{base, latinAmerica}
		}
	}
	return tongue{base: base}
}

// latinAmerica is the region of the language es-419.
const latinAmerica = "419"

// Separators are the characters between thousands and before decimals: a dot and a comma in some
// languages, a comma and a dot in the others.
func Separators(language string) (thousands, decimals string) { return parse(language).separators() }

// separators are those of the Unicode CLDR (release 46). Two regions that have a space between
// thousands, Costa Rica and Portugal, get the dot that is as common there.
func (t tongue) separators() (thousands, decimals string) {
	switch t.base {
	case "es":
		switch t.region {
		case "MX", "US", "PR", "GT", "HN", "NI", "SV", "PA", "DO", "PE", "CU", "BZ", latinAmerica:
			return ",", "."
		}
		return ".", ","
	case "pt":
		return ".", ","
	}
	return ",", "."
}
