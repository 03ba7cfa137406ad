package config

import (
	"fmt"
	"slices"
	"strings"
)

// fewSymbols is how many different bytes a key has at least. Of 32 random letters and digits as openssl rand -hex
// makes them, one in a million has less.
const fewSymbols = 8

// keyFindings judges keys that are long enough: whether somebody could guess them.
func (c Config) keyFindings() []Finding {
	var found []Finding
	judge := func(variable, key string) {
		if why := weakness(key); why != "" {
			found = append(found, Finding{true, variable, why, "make another one with: openssl rand -hex 32"})
		}
	}
	judge("CHATTIGO_TOKEN_KEY", string(c.TokenKey))
	judge("CHATTIGO_ID_KEY", string(c.IDKey))
	judge("CHATTIGO_SECRET_KEY", string(c.SecretKey))
	for _, key := range c.oldTokenKeys() {
		judge("CHATTIGO_TOKEN_KEYS_OLD", key)
	}
	if c.SecretKey != "" && c.SecretKeysOld != "" {
		found = append(found, Finding{false, "CHATTIGO_SECRET_KEYS_OLD", "is set: a change of CHATTIGO_SECRET_KEY has not been ended", "run `chattigo channel secret reseal`, then empty it"})
	}
	if c.TokenKeysOld != "" {
		found = append(found, Finding{false, "CHATTIGO_TOKEN_KEYS_OLD", "is set: a change of CHATTIGO_TOKEN_KEY has not been ended", "empty it 8 hours after the change"})
	}
	if slices.Contains(c.oldTokenKeys(), string(c.TokenKey)) {
		found = append(found, Finding{true, "CHATTIGO_TOKEN_KEYS_OLD", "holds CHATTIGO_TOKEN_KEY itself, which has not been changed then", "put the former key there"})
	}
	return found
}

// weakness says why a key could be guessed; empty for one that looks random, or is missing. It says nothing of the key.
func weakness(key string) string {
	different := map[byte]bool{}
	for i := range len(key) {
		different[key[i]] = true
	}
	switch {
	case key == "":
		return ""
	case isExample(key):
		return "looks like an example out of a text"
	case len(different) < fewSymbols:
		return fmt.Sprintf("has only %d different characters", len(different))
	case repeats(key):
		return "repeats itself"
	case counts(key):
		return "counts up or down"
	}
	return ""
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

// counts reports whether most bytes of a text are the next or the one before of those that they follow, as in
// 0123456789abcdef.
func counts(text string) bool {
	steps := 0
	for i := 1; i < len(text); i++ {
		if step := int(text[i]) - int(text[i-1]); step == 1 || step == -1 {
			steps++
		}
	}
	return steps > len(text)/2
}

// isExample reports whether a text has a word of examples. The words are long enough not to stand in a random key.
func isExample(text string) bool {
	text = strings.NewReplacer("-", "", "_", "", " ", "").Replace(strings.ToLower(text))
	for _, word := range []string{
		"password", "passw0rd", "changeme", "changethis", "example", "secret", "postgres", "chattigo", "temporal",
		"tokenkey", "secretkey", "insecure", "letmein", "qwerty", "123456", "replaceme", "yourkey", "default", "contraseña",
	} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return text == "admin" || text == "root" || text == "test"
}
