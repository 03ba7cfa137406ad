package api

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/jellydator/ttlcache/v3"

	"github.com/chattigo/api-isv/store"
)

const (
	// wrongAge and maxWrong are for how long, and how many, wrong passwords are remembered.
	wrongAge = time.Hour
	maxWrong = 10_000
)

// wrongPasswords remembers which passwords were wrong, as hashes under a key that dies with the process. The
// same one again is no guess: it is a program that nobody told of the new password, and it must not keep those that know
// it from logging in.
type wrongPasswords struct {
	key   []byte
	known *ttlcache.Cache[[sha256.Size]byte, struct{}]
}

func newWrongPasswords() *wrongPasswords {
	w := &wrongPasswords{make([]byte, sha256.Size), newValues[[sha256.Size]byte, struct{}](maxWrong, wrongAge)}
	_, _ = rand.Read(w.key) // never fails
	return w
}

// has reports whether a password of an account was wrong before.
func (w *wrongPasswords) has(account store.Account, password string) bool {
	return w.known.Has(w.nameOf(account, password))
}

func (w *wrongPasswords) add(account store.Account, password string) {
	w.known.Set(w.nameOf(account, password), struct{}{}, ttlcache.DefaultTTL)
}

// nameOf names a password until the account gets another one.
func (w *wrongPasswords) nameOf(account store.Account, password string) (name [sha256.Size]byte) {
	sum := hmac.New(sha256.New, w.key)
	_, _ = fmt.Fprintf(sum, "%q %d %s", account.Name, account.Generation, password) // never fails
	sum.Sum(name[:0])
	return name
}
