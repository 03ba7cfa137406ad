package api

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

const (
	// minPassword is a password's least length in bytes.
	minPassword = 10
	// MaxPassword is its greatest.
	MaxPassword = 1024

	// Argon2id with 19 MiB, 2 passes and 1 lane is what OWASP's password storage cheat
	// sheet recommends as its second choice: about 30 ms of one core.
	hashMemory = 19 << 10 // KiB
	hashPasses = 2
	hashLanes  = 1
	saltLength = 16
	hashLength = 32

	// These bound the parameters of a stored hash, and so the work that one login can cause.
	maxHashMemory = 256 << 10 // KiB
	maxHashPasses = 10
	maxHashLanes  = 8
	maxHashBytes  = 64

	// unknownHash is of no password: to check one against it takes as long as against a hash of ours.
	unknownHash = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)

// HashPassword returns an argon2id hash of a password as a PHC string, which carries its
// own parameters and salt.
func HashPassword(password string) (string, error) {
	switch {
	case len(password) < minPassword:
		return "", fmt.Errorf("the password must have at least %d bytes", minPassword)
	case len(password) > MaxPassword:
		return "", fmt.Errorf("the password must have at most %d bytes", MaxPassword)
	case isCommon(password):
		return "", errors.New("the password is among the first that are tried: choose another")
	}
	h := passwordHash{memory: hashMemory, passes: hashPasses, lanes: hashLanes, salt: make([]byte, saltLength)}
	if _, err := rand.Read(h.salt); err != nil {
		return "", err
	}
	h.key = h.derive(password, hashLength)
	return h.String(), nil
}

// VerifyPassword reports whether a password has a PHC string of [HashPassword]. It takes as much memory
// and time as the string's own parameters say, within bounds.
func VerifyPassword(phc, password string) (bool, error) {
	h, err := parsePasswordHash(phc)
	if err != nil {
		return false, err
	}
	if len(password) > MaxPassword {
		return false, nil
	}
	derived := h.derive(password, uint32(len(h.key))) //nolint:gosec // parsed as at most maxHashBytes
	return subtle.ConstantTimeCompare(derived, h.key) == 1, nil
}

// passwordHash is a parsed PHC string.
type passwordHash struct {
	memory, passes uint32
	lanes          uint8
	salt, key      []byte
}

func (h passwordHash) derive(password string, length uint32) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.passes, h.memory, h.lanes, length)
}

func (h passwordHash) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, h.lanes,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.key))
}

func parsePasswordHash(phc string) (passwordHash, error) {
	bad := errors.New("not an argon2id hash")
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return passwordHash{}, bad
	}
	var h passwordHash
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); err != nil || n != 3 {
		return passwordHash{}, bad
	}
	var saltErr, keyErr error
	h.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	h.key, keyErr = base64.RawStdEncoding.DecodeString(parts[5])
	if saltErr != nil || keyErr != nil || !h.bounded() {
		return passwordHash{}, bad
	}
	return h, nil
}

func (h passwordHash) bounded() bool {
	return h.memory >= 8*uint32(h.lanes) && h.memory <= maxHashMemory &&
		h.passes >= 1 && h.passes <= maxHashPasses &&
		h.lanes >= 1 && h.lanes <= maxHashLanes &&
		len(h.salt) >= 8 && len(h.salt) <= maxHashBytes &&
		len(h.key) >= 16 && len(h.key) <= maxHashBytes
}
