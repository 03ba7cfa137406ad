package fold

import "strings"

// latin are the letters of Spanish, Portuguese and their neighbours that are not ASCII, each with what is
// left of it without accent and case, and the marks that these languages put around a text. It is never
// written.
var latin = func() map[rune]byte {
	letters := map[rune]byte{}
	for base, all := range map[byte]string{
		'a': "ÀÁÂÃÄÅàáâãäå", 'c': "Çç", 'e': "ÈÉÊËèéêë", 'i': "ÌÍÎÏìíîï", 'n': "Ññ", 'o': "ÒÓÔÕÖòóôõö", 'u': "ÙÚÛÜùúûü", 'y': "Ýýÿ",
	} {
		for _, letter := range all {
			letters[letter] = base
		}
	}
	return letters
}()

// lowerLatin is lower for a text of ASCII, of the letters above and of marks like ¿ alone; ok is false for
// any other. Nearly all texts are of these, and the general way takes twenty times as long.
func lowerLatin(text string) (folded string, ok bool) {
	var b strings.Builder
	b.Grow(len(text))
	for _, r := range text {
		base, letter := latin[r]
		switch {
		case letter:
			b.WriteByte(base)
		case r >= 'A' && r <= 'Z':
			b.WriteRune(r + 'a' - 'A')
		case r < 0x80, r == '¿', r == '¡', r == '«', r == '»':
			b.WriteRune(r)
		default:
			return "", false
		}
	}
	return b.String(), true
}
