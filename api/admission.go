package api

import (
	"crypto/sha256"
	"net/http"
	"time"

	"github.com/jellydator/ttlcache/v3"

	"github.com/chattigo/api-isv/store"
)

const (
	// admissionAge is for how long a process may not see that an account was shut out or has a new password, where
	// messages are forwarded.
	admissionAge  = time.Second
	maxAdmissions = 10_000
)

// admission is what a token stands for.
type admission struct {
	claims  claims
	account store.Account
}

// admissions keep what the tokens stand for that forward messages, most requests by far: for each of them neither is
// the signature checked nor the account read anew. What was refused is not kept.
type admissions struct {
	byToken *ttlcache.Cache[[sha256.Size]byte, admission]
	now     func() time.Time
}

func newAdmissions(now func() time.Time) *admissions {
	return &admissions{newValues[[sha256.Size]byte, admission](maxAdmissions, admissionAge), now}
}

// find returns what a token stood for lately; false if that is not known, or the token has ended since.
func (a *admissions) find(rt route, token string) (admission, bool) {
	if !rt.forwards() {
		return admission{}, false
	}
	item := a.byToken.Get(sha256.Sum256([]byte(token)))
	if item == nil || !a.now().Before(item.Value().claims.ExpiresAt.Time) {
		return admission{}, false
	}
	return item.Value(), true
}

// keep keeps what a token stands for, with an account that was read since a time, and without its password's hash.
func (a *admissions) keep(rt route, token string, of admission, since time.Time) {
	left := admissionAge - time.Since(since)
	if !rt.forwards() || left <= 0 {
		return
	}
	of.account.PasswordHash = ""
	a.byToken.Set(sha256.Sum256([]byte(token)), of, left)
}

// admit finds out what the token of a request stands for, and counts the request before it reads the account. What is
// left to the account goes into the header of the response.
func (s *server) admit(rt route, response http.Header, r *http.Request) (admission, error) {
	token, err := tokenOf(r)
	if err != nil {
		return admission{}, err
	}
	known, ok := s.admissions.find(rt, token)
	if !ok {
		if known.claims, err = s.tokens.read(token); err != nil {
			return admission{}, errInvalidToken(err)
		}
	}
	if err := s.limits.take(known.claims.owner(), rt, response); err != nil {
		recordOf(r.Context()).account = known.claims.Subject
		return admission{}, err
	}
	if ok {
		return known, nil
	}
	began := time.Now()
	if known.account, err = s.accountOf(r.Context(), known.claims); err != nil {
		return admission{}, err
	}
	s.admissions.keep(rt, token, known, began)
	return known, nil
}
