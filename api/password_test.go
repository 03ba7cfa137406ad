package api_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/argon2"

	"github.com/chattigo/api-isv/api"
)

func TestPasswords(t *testing.T) {
	hash, err := api.HashPassword("correct horse")
	require.NoError(t, err)
	require.Regexp(t, `^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$`, hash)

	again, err := api.HashPassword("correct horse")
	require.NoError(t, err)
	require.NotEqual(t, hash, again, "salted")

	for password, want := range map[string]bool{"correct horse": true, "correct horsf": false, "": false, strings.Repeat("a", 2000): false} {
		ok, err := api.VerifyPassword(hash, password)
		require.NoError(t, err)
		require.Equal(t, want, ok)
	}
}

func TestAHashKeepsItsOwnParameters(t *testing.T) {
	salt := []byte("somesaltsomesalt")
	key := argon2.IDKey([]byte("x"), salt, 1, 64, 2, 24)
	phc := "$argon2id$v=19$m=64,t=1,p=2$" + base64.RawStdEncoding.EncodeToString(salt) + "$" + base64.RawStdEncoding.EncodeToString(key)
	for password, want := range map[string]bool{"x": true, "y": false} {
		ok, err := api.VerifyPassword(phc, password)
		require.NoError(t, err)
		require.Equal(t, want, ok)
	}
}

func TestPasswordsOfUnreasonableLengthAreRefused(t *testing.T) {
	_, err := api.HashPassword("too short")
	require.EqualError(t, err, "the password must have at least 10 bytes")
	_, err = api.HashPassword(strings.Repeat("a", 1025))
	require.EqualError(t, err, "the password must have at most 1024 bytes")
}

func TestHashesThatWouldCostTooMuchAreRefused(t *testing.T) {
	const salt, key = "c29tZXNhbHRzb21lc2FsdA", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	for name, phc := range map[string]string{
		"empty":            "",
		"plain text":       "hunter2",
		"bcrypt":           "$2a$10$N9qo8uLOickgx2ZMRZoMye",
		"argon2i":          "$argon2i$v=19$m=19456,t=2,p=1$" + salt + "$" + key,
		"old version":      "$argon2id$v=16$m=19456,t=2,p=1$" + salt + "$" + key,
		"4 GiB":            "$argon2id$v=19$m=4194304,t=2,p=1$" + salt + "$" + key,
		"1000 passes":      "$argon2id$v=19$m=19456,t=1000,p=1$" + salt + "$" + key,
		"255 lanes":        "$argon2id$v=19$m=19456,t=2,p=255$" + salt + "$" + key,
		"no lanes":         "$argon2id$v=19$m=19456,t=2,p=0$" + salt + "$" + key,
		"no passes":        "$argon2id$v=19$m=19456,t=0,p=1$" + salt + "$" + key,
		"negative":         "$argon2id$v=19$m=-1,t=2,p=1$" + salt + "$" + key,
		"short salt":       "$argon2id$v=19$m=19456,t=2,p=1$YQ$" + key,
		"short key":        "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$YQ",
		"bad base64":       "$argon2id$v=19$m=19456,t=2,p=1$" + salt + "$!!!",
		"one part too few": "$argon2id$v=19$m=19456,t=2,p=1$" + salt,
	} {
		t.Run(name, func(t *testing.T) {
			ok, err := api.VerifyPassword(phc, "x")
			require.Error(t, err)
			require.False(t, ok)
		})
	}
}

func TestPasswordsThatAreTriedFirstAreRefused(t *testing.T) {
	for _, common := range []string{
		"password123", "PassWord123", "contraseña", "1234567890", "0987654321", "qwertyuiop", "abcdefghij", "aaaaaaaaaa", "abcabcabcabc", "12121212121", "1q2w3e4r5t",
	} {
		_, err := api.HashPassword(common)
		require.EqualError(t, err, "the password is among the first that are tried: choose another", common)
	}
	for _, good := range []string{"correct horse", "demo-password", "password123 of mine", "ñandú en el tejado", "JBSWY3DPEHPK3PXPJBSWY3DPEH"} {
		_, err := api.HashPassword(good)
		require.NoError(t, err, good)
	}
}
