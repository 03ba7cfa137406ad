package config

import (
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"unicode"
)

// minDecodedBytes is the least length of what a key is taken to stand for. Hex of minKeyBytes characters has as many.
const minDecodedBytes = 16

// decoded returns the bytes that a key stands for as hex, else as base64; none if it is neither, or too short.
func decoded(key string) []byte {
	plain, err := hex.DecodeString(strings.TrimSpace(key))
	if err != nil {
		plain, err = decodeBase64(strings.TrimSpace(key))
	}
	if err != nil || len(plain) < minDecodedBytes {
		return nil
	}
	return plain
}

// decodeBase64 reads base64 in any of its alphabets, padded or not.
func decodeBase64(text string) ([]byte, error) {
	return base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "=")))
}

// sameKey reports whether two keys are one, in whatever form each is written.
func sameKey(a, b Secret) bool {
	if a == "" || b == "" {
		return false
	}
	return slices.ContainsFunc(keyForms(a), func(form string) bool { return slices.Contains(keyForms(b), form) })
}

// keyForms returns a key as it is written and the bytes that it may stand for.
func keyForms(key Secret) []string {
	forms := []string{strings.TrimSpace(string(key))}
	if plain := decoded(string(key)); plain != nil {
		forms = append(forms, string(plain))
	}
	return forms
}

// holdsKey reports whether a list of keys has one in any form.
func holdsKey(list []string, key Secret) bool {
	return slices.ContainsFunc(list, func(other string) bool { return sameKey(Secret(other), key) })
}

// isJoined reports whether a key is several, separated by something other than a comma.
func isJoined(key string) bool {
	parts := strings.FieldsFunc(key, func(r rune) bool { return unicode.IsSpace(r) || r == ';' })
	return len(parts) > 1 && !slices.ContainsFunc(parts, func(part string) bool { return len(part) < minKeyBytes })
}
