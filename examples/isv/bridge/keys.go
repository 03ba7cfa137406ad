package bridge

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

const (
	secretPrefix = "whsec_"
	publicPrefix = "whpk_"
	// minSecret is the least that Standard Webhooks demands of a secret, in bytes. An empty one would
	// let everybody sign.
	minSecret = 24
	// tolerance is how old, or how far in the future, an attempt may be.
	tolerance = 5 * time.Minute
	// maxSignatures and maxID bound what is looked at, in bytes: 24 signatures have 2,000.
	maxSignatures = 4 << 10
	maxID         = 256
	// keyIDFile holds the id of the newest key that was seen, so that a restart after several rotations
	// begins with one that still signs.
	keyIDFile = "key-id"
)

var keyID = regexp.MustCompile(`^whk_[0-9A-Za-z_-]{8,64}$`)

var (
	// errUnsigned is for what Chattigo did not sign, or not just now.
	errUnsigned = errors.New("there is no valid signature of Chattigo's")
	// errNoKeys is for a key set that cannot be loaded, or not for so long that the last one holds no more.
	errNoKeys = errors.New("the keys of Chattigo cannot be loaded")
)

// verifier checks one kind of signature with one key.
type verifier func(id, timestamp string, body []byte, header http.Header) bool

// keyring verifies what Chattigo sends, with keys that were set and with those of a key set.
type keyring struct {
	fixed []verifier
	load  func(ctx context.Context, kid string) (status int, body []byte, err error)
	now   func() time.Time
	state *folder
	log   *slog.Logger

	mu     sync.Mutex
	loaded loadedSet

	// loading has a value while the set is loaded, so that one request loads it for all. What it guards
	// are the ids by which the set is asked for, when the next loading may be, and whether the last one
	// failed.
	loading chan struct{}
	kids    []string
	next    time.Time
	failed  bool
}

// parseKeys makes verifiers of whsec_… and whpk_….
func parseKeys(texts []string) ([]verifier, error) {
	var found []verifier
	for _, text := range texts {
		v, err := parseKey(text)
		if err != nil {
			return nil, err
		}
		found = append(found, v)
	}
	return found, nil
}

func parseKey(text string) (verifier, error) {
	if raw, ok := strings.CutPrefix(text, publicPrefix); ok {
		key, err := base64.StdEncoding.DecodeString(raw)
		if err != nil || len(key) != ed25519.PublicKeySize {
			return nil, errors.New("holds a whpk_ key that is none")
		}
		return publicVerifier(key), nil
	}
	raw, ok := strings.CutPrefix(text, secretPrefix)
	secret, err := base64.StdEncoding.DecodeString(raw)
	if !ok || err != nil || len(secret) < minSecret {
		return nil, errors.New("holds something that is neither a whsec_ nor a whpk_ key")
	}
	library, err := standardwebhooks.NewWebhookRaw(secret)
	if err != nil {
		return nil, errors.New("holds a whsec_ key that is none")
	}
	return func(_, _ string, body []byte, header http.Header) bool { return library.Verify(body, header) == nil }, nil
}

// publicVerifier checks v1a: the public library for Go has only v1.
func publicVerifier(key ed25519.PublicKey) verifier {
	return func(id, timestamp string, body []byte, header http.Header) bool {
		signed := append([]byte(id+"."+timestamp+"."), body...)
		for signature := range strings.FieldsSeq(header.Get(standardwebhooks.HeaderWebhookSignature)) {
			raw, ok := strings.CutPrefix(signature, "v1a,")
			decoded, err := base64.StdEncoding.DecodeString(raw)
			if ok && err == nil && len(decoded) == ed25519.SignatureSize && ed25519.Verify(key, signed, decoded) {
				return true
			}
		}
		return false
	}
}

// newKeyring begins with the key set's id that was seen last.
func newKeyring(s Settings, state *folder, now func() time.Time, log *slog.Logger) (*keyring, error) {
	fixed, err := parseKeys(s.Keys)
	if err != nil {
		return nil, err
	}
	k := &keyring{fixed: fixed, now: now, state: state, log: log, loading: make(chan struct{}, 1)}
	if s.KeyID == "" {
		return k, nil
	}
	if newest, err := state.read(keyIDFile, maxID); err == nil && keyID.Match(newest) {
		k.kids = append(k.kids, string(newest))
	}
	k.kids = append(k.kids, s.KeyID)
	return k, nil
}

// verify returns the id of a message that Chattigo signed within the last minutes, or errUnsigned, or
// errNoKeys.
func (k *keyring) verify(ctx context.Context, header http.Header, body []byte) (id string, err error) {
	id = header.Get(standardwebhooks.HeaderWebhookID)
	timestamp := header.Get(standardwebhooks.HeaderWebhookTimestamp)
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || id == "" || len(id) > maxID || len(header.Get(standardwebhooks.HeaderWebhookSignature)) > maxSignatures {
		return "", errUnsigned
	}
	if age := k.now().Sub(time.Unix(seconds, 0)); age > tolerance || age < -tolerance {
		return "", errUnsigned
	}
	matches := func(all []verifier) bool {
		for _, v := range all {
			if v(id, timestamp, body, header) {
				return true
			}
		}
		return false
	}
	if matches(k.fixed) {
		return id, nil
	}
	if len(k.kids) == 0 {
		return "", errUnsigned
	}
	return id, k.verifyWithSet(ctx, matches)
}
