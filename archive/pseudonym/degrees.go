package pseudonym

import (
	"math"
	"regexp"
	"strconv"
)

// kindDegrees counts the replacements of latitudes and longitudes.
const kindDegrees kind = "degrees"

// degreesForm finds what may be a latitude or a longitude in a text: one that is written without a second
// decimal may be anything.
var degreesForm = regexp.MustCompile(`-?\d{1,3}\.\d{2,}`)

// learnDegrees learns a latitude or a longitude. Each becomes another near 0, in the sea: the same place
// always the same one, and different places different ones, as far as there are any.
func (b *Book) learnDegrees(text string) {
	const most = 180
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(value) || math.Abs(value) > most {
		return
	}
	if _, known := b.degrees[value]; known || b.Full() {
		return
	}
	b.degrees[value] = text
	b.order = append(b.order, func() { b.degrees[value] = b.otherDegrees() })
}

// otherDegrees are the next hundredths of a degree, which may be a latitude as well as a longitude.
func (b *Book) otherDegrees() string {
	const hundredths, most = 100, 89
	for {
		value := float64(b.next(kindDegrees)) / hundredths
		if _, real := b.degrees[value]; !real || value > most {
			return strconv.FormatFloat(math.Min(value, most), 'f', 2, 64)
		}
	}
}

// degree is what stands for a latitude or a longitude.
func (b *Book) degree(text string) string {
	if value, err := strconv.ParseFloat(text, 64); err == nil && b.degrees[value] != "" {
		return b.degrees[value]
	}
	return text
}

// isDegrees reports whether a number was learned as a latitude or a longitude, and is found in texts.
func (b *Book) isDegrees(literal string) bool {
	value, err := strconv.ParseFloat(literal, 64)
	return err == nil && b.degrees[value] != "" && degreesForm.FindString(literal) == literal
}

// degreesSpans finds the latitudes and longitudes that were learned.
func (b *Book) degreesSpans(text string) []span {
	if len(b.degrees) == 0 {
		return nil
	}
	var all []span
	for _, at := range degreesForm.FindAllStringIndex(text, -1) {
		start, end := at[0], at[1]
		if start > 0 && (isDigit(text[start-1]) || text[start-1] == '.') || end+1 < len(text) && text[end] == '.' && isDigit(text[end+1]) {
			continue
		}
		if with := b.degree(text[start:end]); with != text[start:end] {
			all = append(all, span{start, end, with})
		}
	}
	return all
}
