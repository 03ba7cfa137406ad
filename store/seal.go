package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
)

// SealKeyBytes is the length of a key in bytes: AES-256.
const SealKeyBytes = 32

var (
	// ErrNoKey is returned when there is no key to encrypt with, or not the one to decrypt with.
	ErrNoKey = errors.New("the key is missing")
	// ErrBroken is returned for a ciphertext that was changed, or copied from another row.
	ErrBroken = errors.New("the seal is broken")
)

// keyring encrypts with its first key and decrypts with all of them.
type keyring struct {
	current string
	ciphers map[string]cipher.AEAD
}

// newKeyring expects the current key first, then older ones. There may be none.
func newKeyring(keys [][]byte) (keyring, error) {
	ring := keyring{ciphers: map[string]cipher.AEAD{}}
	for i, key := range keys {
		if len(key) != SealKeyBytes {
			return keyring{}, fmt.Errorf("a key to seal with must have %d bytes, not %d", SealKeyBytes, len(key))
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return keyring{}, err
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return keyring{}, err
		}
		id := sealKeyID(key)
		ring.ciphers[id] = aead
		if i == 0 {
			ring.current = id
		}
	}
	return ring, nil
}

// sealKeyID identifies a key without revealing it.
func sealKeyID(key []byte) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:4])
}

// seal returns nonce and ciphertext, and the id of the key. The row id is authenticated, not
// encrypted. Random nonces are safe for some billions of encryptions with one key.
func (r keyring) seal(text, rowID string) (sealed []byte, keyID string, err error) {
	aead, ok := r.ciphers[r.current]
	if !ok {
		return nil, "", ErrNoKey
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(text)+aead.Overhead())
	_, _ = rand.Read(nonce) // never fails
	return aead.Seal(nonce, nonce, []byte(text), []byte(rowID)), r.current, nil
}

// open is the inverse of seal, for the same row id only.
func (r keyring) open(sealed []byte, keyID, rowID string) (string, error) {
	aead, ok := r.ciphers[keyID]
	if !ok {
		return "", fmt.Errorf("%w: it was sealed with key %s", ErrNoKey, keyID)
	}
	if len(sealed) < aead.NonceSize() {
		return "", ErrBroken
	}
	text, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(rowID))
	if err != nil {
		return "", ErrBroken
	}
	return string(text), nil
}
