package api

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"time"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

// keySetAge is for how long a key set may be cached. A verifier that finds no matching signature loads
// it again.
const keySetAge = 5 * time.Minute

// jwk is a public key in the form of RFC 7517 and RFC 8037.
type jwk struct {
	Type  string `json:"kty"`
	Curve string `json:"crv"`
	X     string `json:"x"`
	ID    string `json:"kid"`
	Alg   string `json:"alg"`
	Use   string `json:"use"`
}

func newJWK(id string, key webhook.SigningKey) jwk {
	return jwk{"OKP", "Ed25519", base64.RawURLEncoding.EncodeToString(key.Public()), id, "EdDSA", "sig"}
}

type keySet struct {
	Keys []jwk `json:"keys"`
}

// getKeySet handles GET /.well-known/jwks.json?kid=…: the live public keys of the channel that has a
// live key with that id.
//
// There is no set of all channels' keys, and not only because it would have no bound and would tell how
// many channels there are. A verifier must accept the keys of its own channel only: every ISV can
// point its webhook at the URL of another, and would be believed there. So a verifier begins with the id
// of its own key, from GET /webhooks/outbound/secret, and gets that one and its neighbours: it follows
// rotations without a token, as long as it knows a key that still signs. An id has 130 random bits, and
// nothing here says to which number or account it belongs, so that nobody can list either.
func (s *server) getKeySet(ctx context.Context, req *request, _ struct{}) (cacheable, error) {
	q, err := parseQuery(req.query, "kid")
	if err != nil {
		return cacheable{}, err
	}
	if q["kid"] == "" {
		return cacheable{}, errBadRequest("kid is missing in the query: the id of a key, as GET /webhooks/outbound/secret gives it")
	}
	if !store.IsWebhookKeyID(q["kid"]) {
		return cacheable{}, errUnknownKey()
	}
	rows, err := s.keys.WebhookKeySet(ctx, q["kid"], s.now())
	if errors.Is(err, store.ErrNotFound) {
		return cacheable{}, errUnknownKey()
	}
	if err != nil {
		return cacheable{}, errUnavailable(err)
	}
	keys, err := signingKeys(rows)
	if err != nil {
		return cacheable{}, err
	}
	set := keySet{Keys: make([]jwk, len(rows))}
	for i, row := range rows {
		set.Keys[i] = newJWK(row.ID, keys[i])
	}
	return cacheable{keySetAge, set}, nil
}

func errUnknownKey() error {
	return &apiError{Status: http.StatusNotFound, Message: "no key that signs has this kid"}
}
