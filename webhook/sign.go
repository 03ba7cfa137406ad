package webhook

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// KeyBytes is the length of a signing key: the HMAC secret, then the ed25519 seed.
	KeyBytes = hmacBytes + ed25519.SeedSize
	// hmacBytes is within the 24 to 64 bytes that Standard Webhooks demands of a secret.
	hmacBytes = 32
	// Prefixes of Standard Webhooks: what a text is shows in its first letters.
	secretPrefix    = "whsec_"
	publicKeyPrefix = "whpk_"
	// masked stands for a key wherever one would be printed.
	masked = "••••••••"
)

// SigningKey signs deliveries, in both ways of Standard Webhooks: v1 (HMAC-SHA256, with a secret that
// the ISV has too) and v1a (ed25519, whose public key is no secret). It prints, logs and encodes as
// dots. The zero value is no key; [NewSigningKey] makes one.
type SigningKey struct {
	// A function, because fmt does not ask a value in an unexported field for its String method and
	// follows pointers there; of a function it prints only the address.
	material func() keyMaterial
}

type keyMaterial struct {
	secret  []byte
	private ed25519.PrivateKey
}

// NewSigningKey makes a key of KeyBytes random bytes, which it copies.
func NewSigningKey(material []byte) (SigningKey, error) {
	if len(material) != KeyBytes {
		return SigningKey{}, fmt.Errorf("a signing key has %d bytes, not %d", KeyBytes, len(material))
	}
	return newSigningKey(material[:hmacBytes], material[hmacBytes:]), nil
}

func newSigningKey(secret, seed []byte) SigningKey {
	material := keyMaterial{secret: bytes.Clone(secret), private: ed25519.NewKeyFromSeed(seed)}
	return SigningKey{func() keyMaterial { return material }}
}

// IsZero reports whether it is no key.
func (k SigningKey) IsZero() bool { return k.material == nil }

// Secret returns the HMAC secret as libraries of Standard Webhooks take it (whsec_…). It is for the
// owner of the channel only.
func (k SigningKey) Secret() string {
	return secretPrefix + base64.StdEncoding.EncodeToString(k.material().secret)
}

// Public returns the key that verifies v1a signatures.
func (k SigningKey) Public() ed25519.PublicKey {
	return ed25519.PublicKey(k.material().private[ed25519.SeedSize:])
}

// PublicKey returns the same in the form of Standard Webhooks (whpk_…).
func (k SigningKey) PublicKey() string {
	return publicKeyPrefix + base64.StdEncoding.EncodeToString(k.Public())
}

// String hides the key from fmt.
func (k SigningKey) String() string { return masked }

// GoString hides the key from %#v.
func (k SigningKey) GoString() string { return masked }

// LogValue hides the key from slog.
func (k SigningKey) LogValue() slog.Value { return slog.StringValue(masked) }

// MarshalText hides the key from encoders, also those of JSON and YAML.
func (k SigningKey) MarshalText() ([]byte, error) { return []byte(masked), nil }

// MarshalJSON hides the key from JSON.
func (k SigningKey) MarshalJSON() ([]byte, error) { return []byte(`"` + masked + `"`), nil }

// errNoKey is returned for a zero SigningKey: a delivery must not leave with fewer signatures than
// its verifier counts on.
var errNoKey = errors.New("a signing key is missing")

// sign sets the headers by which an ISV recognises a delivery as ours, after Standard Webhooks: the
// message's id, the time of this attempt, and two signatures of each key (v1 and v1a) over
// "id.timestamp.body", separated by spaces, in the order of the keys. Without keys there is no
// signature.
func sign(h http.Header, keys []SigningKey, id string, at time.Time, body []byte) error {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	h.Set("Webhook-Id", id)
	h.Set("Webhook-Timestamp", timestamp)
	if len(keys) == 0 {
		return nil
	}
	content := append([]byte(id+"."+timestamp+"."), body...)
	signatures := make([]string, 0, 2*len(keys))
	for _, key := range keys {
		if key.IsZero() {
			return errNoKey
		}
		signatures = append(signatures, key.v1(content), key.v1a(content))
	}
	h.Set("Webhook-Signature", strings.Join(signatures, " "))
	return nil
}

func (k SigningKey) v1(content []byte) string {
	mac := hmac.New(sha256.New, k.material().secret)
	_, _ = mac.Write(content) // never fails
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func (k SigningKey) v1a(content []byte) string {
	return "v1a," + base64.StdEncoding.EncodeToString(ed25519.Sign(k.material().private, content))
}
