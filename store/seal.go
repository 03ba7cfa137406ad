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

// SealKeyBytes is the length of a key: AES-256.
const SealKeyBytes = 32

var (
	// ErrNoKey says that there is no key to seal with, or not the one that something was sealed with.
	ErrNoKey = errors.New("the key is missing")
	// ErrBroken says that something sealed cannot be opened: it was changed, or moved here from
	// another row.
	ErrBroken = errors.New("the seal is broken")
)

// keyring seals with its first key and opens with all of them.
type keyring struct {
	current string
	ciphers map[string]cipher.AEAD
}

// newKeyring takes the current key first, then older ones; none is a ring that opens nothing.
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

// sealKeyID names a key without telling it.
func sealKeyID(key []byte) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:4])
}

// seal gives nonce and ciphertext, and the id of the key. Random nonces are safe for some
// billions of seals with one key.
func (r keyring) seal(text, place string) (sealed []byte, keyID string, err error) {
	aead, ok := r.ciphers[r.current]
	if !ok {
		return nil, "", ErrNoKey
	}
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(text)+aead.Overhead())
	_, _ = rand.Read(nonce) // never fails
	return aead.Seal(nonce, nonce, []byte(text), []byte(place)), r.current, nil
}

// open is the way back, for the same place only.
func (r keyring) open(sealed []byte, keyID, place string) (string, error) {
	aead, ok := r.ciphers[keyID]
	if !ok {
		return "", fmt.Errorf("%w: it was sealed with key %s", ErrNoKey, keyID)
	}
	if len(sealed) < aead.NonceSize() {
		return "", ErrBroken
	}
	text, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(place))
	if err != nil {
		return "", ErrBroken
	}
	return string(text), nil
}
