package api

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/chattigo/api-isv/store"
)

const (
	// tokenLife is the document's "vigencia de 8 horas".
	tokenLife     = 8 * time.Hour
	tokenIssuer   = "chattigo"
	tokenAudience = "chattigo-api-isv"
	// maxToken bounds, in bytes, a token that is parsed; ours have about 300.
	maxToken = 4096
	// keyIDBytes is how much of a hash is the id of a key.
	keyIDBytes = 9
)

// claims are the content of a token. A token is valid while its account is enabled and has the same
// generation.
type claims struct {
	jwt.RegisteredClaims

	Generation int `json:"gen"`
}

// owner names the tokens of an account that end together: those that a new password has ended are counted
// apart, so that whoever still has one takes nothing from the account.
func (c claims) owner() string { return c.Subject + " " + strconv.Itoa(c.Generation) }

// tokens issues and reads tokens: HS256, for one user.
type tokens struct {
	// keys are those by which a token is accepted; the first one signs.
	keys []tokenKey
	now  func() time.Time
}

// tokenKey is a key with the id that stands in the header kid of its tokens.
type tokenKey struct {
	id  string
	key []byte
}

func newTokens(deps Deps) tokens {
	keys := []tokenKey{newTokenKey(deps.TokenKey)}
	for _, old := range deps.TokenKeysOld {
		keys = append(keys, newTokenKey(old))
	}
	return tokens{keys, deps.Now}
}

// newTokenKey derives the id from the key, so that all processes have the same one; nothing of the key can be
// derived from the id.
func newTokenKey(key []byte) tokenKey {
	sum := hmac.New(sha256.New, key)
	_, _ = sum.Write([]byte("the id of a key of tokens")) // never fails
	return tokenKey{base64.RawURLEncoding.EncodeToString(sum.Sum(nil)[:keyIDBytes]), key}
}

// keyOf returns the key of a token. One without an id is of a process that gave none: the key that signs
// now is its.
func (t tokens) keyOf(token *jwt.Token) (any, error) {
	id, given := token.Header["kid"]
	if !given {
		return t.keys[0].key, nil
	}
	for _, known := range t.keys {
		if id == known.id {
			return known.key, nil
		}
	}
	return nil, errors.New("token of an unknown key")
}

func (t tokens) issue(account store.Account) (string, error) {
	now := t.now()
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    tokenIssuer,
			Audience:  jwt.ClaimStrings{tokenAudience},
			Subject:   account.Name,
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(tokenLife)),
		},
		Generation: account.Generation,
	})
	token.Header["kid"] = t.keys[0].id
	return token.SignedString(t.keys[0].key)
}

// read parses a token and checks everything but its account.
func (t tokens) read(raw string) (claims, error) {
	if len(raw) > maxToken {
		return claims{}, errors.New("token is too long")
	}
	var c claims
	_, err := jwt.ParseWithClaims(raw, &c, t.keyOf,
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithIssuer(tokenIssuer),
		jwt.WithAudience(tokenAudience),
		jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(t.now),
	)
	if err == nil && c.Subject == "" {
		err = errors.New("token without a subject")
	}
	return c, err
}

// bearer returns the token of a request: in the document it is the bare header; "Bearer" before it is
// accepted too.
func bearer(header http.Header) string {
	value := strings.TrimSpace(header.Get("Authorization"))
	scheme, rest, _ := strings.Cut(value, " ")
	if strings.EqualFold(scheme, "bearer") {
		return strings.TrimSpace(rest)
	}
	return value
}

// tokenOf returns the token of a request. Of two tokens a proxy might check one and this service the other.
func tokenOf(r *http.Request) (string, error) {
	raw := bearer(r.Header)
	switch {
	case len(r.Header.Values("Authorization")) > 1:
		return "", errInvalidToken(errors.New("more than one Authorization header"))
	case raw == "":
		return "", errNoToken()
	}
	return raw, nil
}

// accountOf reads the account of a token, which is invalid once the account is disabled or its password changes.
func (s *server) accountOf(ctx context.Context, c claims) (store.Account, error) {
	account, err := s.store.Account(ctx, c.Subject)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return store.Account{}, errInvalidToken(err)
	case err != nil:
		return store.Account{}, errUnavailable(err)
	case account.Disabled || account.Generation != c.Generation:
		return store.Account{}, errInvalidToken(nil)
	}
	return account, nil
}
