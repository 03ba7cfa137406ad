package config

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// fewSymbols is how many different bytes a key has at least. Of 32 random letters and digits as openssl rand -hex
// makes them, one in a million has less.
const fewSymbols = 8

// fewLetters is how many letters a text of words has at least: what is shorter is not a key.
const fewLetters = 16

// keyFindings judges keys that are long enough: whether somebody could guess them.
func (c Config) keyFindings() []Finding {
	const do = "make another one with: openssl rand -hex 32"
	var found []Finding
	judge := func(variable, key, do string) {
		if why, unsafe := weakness(key); why != "" {
			found = append(found, Finding{unsafe, variable, why, do})
		}
	}
	judge("CHATTIGO_TOKEN_KEY", string(c.TokenKey), do)
	judge("CHATTIGO_ID_KEY", string(c.IDKey), do)
	judge("CHATTIGO_SECRET_KEY", string(c.SecretKey), do)
	for _, key := range c.oldTokenKeys() {
		judge("CHATTIGO_TOKEN_KEYS_OLD", key, do)
	}
	for _, key := range c.oldSecretKeys() {
		judge("CHATTIGO_SECRET_KEYS_OLD", key, reseal)
	}
	return append(found, c.rotationFindings()...)
}

// reseal is how a change of CHATTIGO_SECRET_KEY ends.
const reseal = "run `chattigo channel secret reseal`, then empty it"

// rotationFindings judges former keys: whether they have been changed, and whether the change has been ended.
func (c Config) rotationFindings() []Finding {
	var found []Finding
	if c.SecretKey != "" && c.SecretKeysOld != "" {
		found = append(found, Finding{false, "CHATTIGO_SECRET_KEYS_OLD", "is set: a change of CHATTIGO_SECRET_KEY has not been ended", reseal})
	}
	if c.TokenKeysOld != "" {
		found = append(found, Finding{false, "CHATTIGO_TOKEN_KEYS_OLD", "is set: a change of CHATTIGO_TOKEN_KEY has not been ended", "empty it 8 hours after the change"})
	}
	if holdsKey(c.oldTokenKeys(), c.TokenKey) {
		found = append(found, Finding{true, "CHATTIGO_TOKEN_KEYS_OLD", "holds CHATTIGO_TOKEN_KEY itself, which has not been changed then", "put the former key there"})
	}
	switch old := c.oldSecretKeys(); {
	case holdsKey(old, c.SecretKey):
		found = append(found, Finding{true, "CHATTIGO_SECRET_KEYS_OLD", "holds CHATTIGO_SECRET_KEY itself, which has not been changed then", "put the former key there"})
	case holdsKey(old, c.TokenKey), holdsKey(old, c.IDKey):
		found = append(found, Finding{true, "CHATTIGO_SECRET_KEYS_OLD", "holds a key that is in use for something else", reseal})
	}
	return found
}

// weakness says why a key could be guessed, and whether that is certain; empty for one that looks random, or is
// missing. It judges the bytes that hex or base64 stand for too. It says nothing of the key.
func weakness(key string) (why string, unsafe bool) {
	plain := string(decoded(key))
	for _, text := range []string{key, plain} {
		if why := pattern(text); why != "" {
			return why, true
		}
	}
	switch {
	case isProse(plain):
		return "decodes to words: they can be guessed, and random bytes cannot", true
	case isReadable(plain):
		return "decodes to text, which is less random than as many random bytes", false
	case isProse(key):
		return "has letters alone, like words, which can be guessed", false
	}
	return "", false
}

// pattern says what is not random about a text; empty for nothing.
func pattern(text string) string {
	switch few := symbols(text); {
	case text == "":
		return ""
	case isExample(text):
		return "looks like an example out of a text"
	case few < fewSymbols:
		return fmt.Sprintf("has only %d different characters", few)
	case repeats(text):
		return "repeats itself"
	case counts(text):
		return "counts up or down"
	}
	return ""
}

// symbols is the number of different bytes of a text.
func symbols(text string) int {
	different := map[byte]bool{}
	for i := range len(text) {
		different[text[i]] = true
	}
	return len(different)
}

// repeats reports whether a text is one shorter text again and again, the last time perhaps cut.
func repeats(text string) bool {
	for period := 1; period <= len(text)/2; period++ {
		if text[period:] == text[:len(text)-period] {
			return true
		}
	}
	return false
}

// counts reports whether most bytes of a text follow each other by the same step, up or down, as in
// 0123456789abcdef.
func counts(text string) bool {
	steps := map[int8]int{}
	for i := 1; i < len(text); i++ {
		step := int8(text[i] - text[i-1]) //nolint:gosec // the difference modulo 256 is what is asked for
		steps[max(step, -step)]++
	}
	delete(steps, 0)
	for _, n := range steps {
		if n > len(text)/2 {
			return true
		}
	}
	return false
}

// isReadable reports whether a text has only characters that can be read. Of 16 random bytes, one in a million is.
func isReadable(text string) bool {
	readable := func(r rune) bool { return unicode.IsPrint(r) || unicode.IsSpace(r) }
	return text != "" && utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool { return !readable(r) }) < 0
}

// isProse reports whether a text looks like words, perhaps with digits before or after them: it has only letters, most
// of them of one case, and what separates words.
func isProse(text string) bool {
	letters, upper := 0, 0
	for _, r := range strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		switch {
		case unicode.IsLetter(r):
			letters++
			if unicode.IsUpper(r) {
				upper++
			}
		case !unicode.IsSpace(r) && !strings.ContainsRune("-_.,:;!?'\"", r):
			return false
		}
	}
	return letters >= fewLetters && min(upper, letters-upper) <= letters/4
}

// isExample reports whether a text has a word of examples. The words are long enough not to stand in a random key.
func isExample(text string) bool {
	text = strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(text))
	for _, word := range []string{
		"password", "passw0rd", "changeme", "changethis", "example", "secret", "postgres", "chattigo", "temporal",
		"tokenkey", "secretkey", "insecure", "letmein", "qwerty", "123456", "replaceme", "yourkey", "default", "contraseña",
		"quickbrownfox", "loremipsum", "correcthorse",
	} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return text == "admin" || text == "root" || text == "test"
}
