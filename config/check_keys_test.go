package config_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/chattigo/api-isv/config"
)

// bytesOf is a key of 32 bytes, each the one before and a step more, as hex.
func bytesOf(first, step byte) string {
	key := make([]byte, 32)
	for i := range key {
		key[i] = first + byte(i)*step
	}
	return hex.EncodeToString(key)
}

func base64Of(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// decodedBase64 is a strong key as base64 instead of hex.
func decodedBase64(t *testing.T, name string) string {
	t.Helper()
	key, err := hex.DecodeString(strong(name))
	require.NoError(t, err)
	return base64.RawURLEncoding.EncodeToString(key)
}

func TestCheckJudgesWhatKeysStandFor(t *testing.T) {
	const tokenKey, idKey, sealKey, oldTokens, oldSeals = "CHATTIGO_TOKEN_KEY", "CHATTIGO_ID_KEY", "CHATTIGO_SECRET_KEY", "CHATTIGO_TOKEN_KEYS_OLD", "CHATTIGO_SECRET_KEYS_OLD"
	const unsafe, warning = true, false
	words := "we keep our keys under the doorma"[:32]
	for _, tc := range []struct {
		name, variable, value string
		unsafe                bool
		want                  string
	}{
		{"a run of bytes", sealKey, bytesOf(0, 1), unsafe, "counts up or down"},
		{"a run of bytes downwards", tokenKey, bytesOf(200, 255), unsafe, "counts up or down"},
		{"a run of bytes by sevens", sealKey, bytesOf(3, 7), unsafe, "counts up or down"},
		{"a run of bytes as base64", sealKey, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", unsafe, "counts up or down"},
		{"an example's word as base64", sealKey, base64Of(strings.Repeat("password", 4)), unsafe, "looks like an example"},
		{"a repeated word as base64", sealKey, base64Of(strings.Repeat("elephant", 4)), unsafe, "has only 7 different characters"},
		{"repeated words as base64", sealKey, base64Of(strings.Repeat("elephant.mosquito", 2)[:32]), unsafe, "decodes to words"},
		{"a repeated text as base64", sealKey, base64Of(strings.Repeat("x7Kd02nQa8Lm31pW", 2)), unsafe, "repeats itself"},
		{"words as base64", sealKey, base64Of(words), unsafe, "decodes to words"},
		{"words as hex", tokenKey, hex.EncodeToString([]byte(words)), unsafe, "decodes to words"},
		{"text as base64", sealKey, base64Of(strong("text")[:32]), warning, "decodes to text"},
		{"the words of an example", tokenKey, "thequickbrownfoxjumpsoverthelazydog", unsafe, "looks like an example"},
		{"words", tokenKey, "my dog has fleas, and so has my cat", warning, "has letters alone"},
		{"words without spaces", idKey, "mydoghasfleasandsohasmycatbutnotmyhorse2024", warning, "has letters alone"},
		{"a former key that is zeros", oldSeals, strings.Repeat("00", 32), unsafe, "has only 1 different"},
		{"a former key that is a run", oldSeals, strong("old") + "," + bytesOf(0, 1), unsafe, "counts up or down"},

		{"the key that seals, in capitals", tokenKey, strings.ToUpper(strong("seal")), unsafe, ""},
		{"the key of ids, in capitals", sealKey, strings.ToUpper(strong("id")), unsafe, "must not be the same as another key"},
		{"the key of tokens, as base64", sealKey, decodedBase64(t, "token"), unsafe, "must not be the same as another key"},
		{"the key of ids, as base64", tokenKey, decodedBase64(t, "id"), unsafe, ""},
		{"a former key of tokens that is the one of ids", oldTokens, decodedBase64(t, "id"), unsafe, "must not hold another key"},
		{"the key of tokens as a former one, in capitals", oldTokens, strings.ToUpper(strong("token")), unsafe, "holds CHATTIGO_TOKEN_KEY itself"},
		{"the key that seals as a former one", oldSeals, strong("seal"), unsafe, "holds CHATTIGO_SECRET_KEY itself"},
		{"the key that seals as a former one, as base64", oldSeals, strong("old") + ", " + decodedBase64(t, "seal"), unsafe, "holds CHATTIGO_SECRET_KEY itself"},
		{"the key of tokens as a former one that seals", oldSeals, strong("token"), unsafe, "in use for something else"},
		{"spaces between keys", oldTokens, strong("a") + " " + strong("b"), unsafe, "must have commas between its keys"},
		{"semicolons between keys", oldTokens, strong("a") + ";" + strong("b"), unsafe, "must have commas between its keys"},
		{"spaces between keys that seal", oldSeals, strong("a") + " " + strong("b"), unsafe, "must be 32 bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			environ := safe()
			environ[tc.variable] = tc.value
			found := config.Check(environ, cloud())
			if tc.want == "" { // two keys are the same: the other one is named
				require.Len(t, found, 1)
				require.True(t, found[0].Unsafe)
				require.Contains(t, found[0].Message, "must not be the same as")
				return
			}
			requireFinding(t, found, tc.variable, tc.want, tc.unsafe)
			require.NotContains(t, fmt.Sprint(found), tc.value, "no secret is repeated")
		})
	}
}

// requireFinding holds that a variable was found fault with, in these words.
func requireFinding(t *testing.T, found []config.Finding, variable, want string, unsafe bool) {
	t.Helper()
	for _, f := range found {
		if f.Variable == variable && strings.Contains(f.Message, want) {
			require.Equal(t, unsafe, f.Unsafe, f.Message)
			return
		}
	}
	require.Failf(t, "not found", "%s %s in %v", variable, want, found)
}

// A former key of tokens may be a sentence, in which white space is a part of it.
func TestAKeyMayHaveSpaces(t *testing.T) {
	cfg, err := config.Load(production("CHATTIGO_TOKEN_KEYS_OLD", "correct horse battery staple and more"))
	require.NoError(t, err)
	require.Len(t, cfg.OldTokenKeys(), 1)
}
