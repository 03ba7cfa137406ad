package webhook

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The vectors that Standard Webhooks and Svix publish: one message, with an HMAC secret and an ed25519 key.
const (
	vectorID        = "msg_p5jXN8AQM9LWM0D4loKWxJek"
	vectorTimestamp = 1614265330
	vectorBody      = `{"test": 2432232314}`
	vectorSecret    = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	vectorPrivate   = "6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
	vectorV1        = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
	vectorV1a       = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
)

func vectorKey(t *testing.T) SigningKey {
	t.Helper()
	secret, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(vectorSecret, secretPrefix))
	require.NoError(t, err)
	private, err := base64.StdEncoding.DecodeString(vectorPrivate)
	require.NoError(t, err)
	key := newSigningKey(secret, private[:ed25519.SeedSize])
	require.Equal(t, private[ed25519.SeedSize:], []byte(key.Public()))
	return key
}

// signingKey is a key that no other number gives.
func signingKey(t require.TestingT, number byte) SigningKey {
	key, err := NewSigningKey([]byte(strings.Repeat(string('a'+rune(number)), KeyBytes)))
	require.NoError(t, err)
	return key
}

func TestSignaturesAreThoseOfThePublishedVectors(t *testing.T) {
	header := http.Header{}
	key := vectorKey(t)
	require.NoError(t, sign(header, []SigningKey{key}, vectorID, time.Unix(vectorTimestamp, 999_999_999), []byte(vectorBody)))
	require.Equal(t, http.Header{
		"Webhook-Id": {vectorID}, "Webhook-Timestamp": {strconv.Itoa(vectorTimestamp)}, "Webhook-Signature": {vectorV1 + " " + vectorV1a},
	}, header)
	require.Equal(t, vectorSecret, key.Secret())
	require.Equal(t, "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=", key.PublicKey())
}

func TestEachKeySignsTwiceInTheOrderOfTheKeys(t *testing.T) {
	header := http.Header{}
	keys := []SigningKey{signingKey(t, 2), signingKey(t, 1), signingKey(t, 0)}
	require.NoError(t, sign(header, keys, "msg", time.Unix(1, 0), []byte("x")))
	parts := strings.Split(header.Get("Webhook-Signature"), " ")
	require.Len(t, parts, 6)
	for i, key := range keys {
		require.Equal(t, key.v1([]byte("msg.1.x")), parts[2*i])
		require.Equal(t, key.v1a([]byte("msg.1.x")), parts[2*i+1])
	}
}

func TestWithoutKeysNothingIsSignedAndAMissingKeyIsAnError(t *testing.T) {
	header := http.Header{}
	require.NoError(t, sign(header, nil, "msg", time.Unix(1, 0), nil))
	require.Equal(t, http.Header{"Webhook-Id": {"msg"}, "Webhook-Timestamp": {"1"}}, header)

	header = http.Header{}
	require.ErrorIs(t, sign(header, []SigningKey{signingKey(t, 1), {}}, "msg", time.Unix(1, 0), nil), errNoKey)
	require.Empty(t, header.Get("Webhook-Signature"))

	client, url := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("sent with a missing key") })
	r := request(url)
	r.Keys = []SigningKey{{}}
	require.Equal(t, Canceled, client.Post(t.Context(), r).Class)
}

func TestASigningKeyHasItsLength(t *testing.T) {
	for _, length := range []int{0, 32, KeyBytes - 1, KeyBytes + 1} {
		key, err := NewSigningKey(make([]byte, length))
		require.Error(t, err)
		require.True(t, key.IsZero())
	}
}

// What we send is verified by the public library and with the public key alone: whatever the bytes,
// with the old keys of a rotation as with the new one, and by nobody else's key.
func TestDeliveriesAreVerifiedByThePublicLibrary(t *testing.T) {
	var body []byte
	var header http.Header
	client, url := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		header = r.Header.Clone()
	})
	rapid.Check(t, func(rt *rapid.T) {
		r := request(url)
		r.Body = rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(rt, "body")
		r.ID = "msg_" + rapid.StringMatching(`[A-Za-z0-9_-]{1,40}`).Draw(rt, "id")
		for number := range rapid.IntRange(1, 6).Draw(rt, "keys") {
			r.Keys = append(r.Keys, signingKey(rt, byte(number)))
		}
		require.Equal(rt, Delivered, client.Post(t.Context(), r).Class)
		require.Equal(rt, string(r.Body), string(body))
		for _, key := range r.Keys {
			verifier, err := standardwebhooks.NewWebhook(key.Secret())
			require.NoError(rt, err)
			require.NoError(rt, verifier.Verify(body, header))
			require.True(rt, isVerified(key.PublicKey(), header, body))
		}
		stranger := signingKey(rt, 20)
		verifier, err := standardwebhooks.NewWebhook(stranger.Secret())
		require.NoError(rt, err)
		require.ErrorIs(rt, verifier.Verify(body, header), standardwebhooks.ErrNoMatchingSignature)
		require.False(rt, isVerified(stranger.PublicKey(), header, body))
		require.False(rt, isVerified(r.Keys[0].PublicKey(), header, append(body, 'x')))
	})
}

// isVerified verifies v1a as an ISV would: with what it got of us, and crypto/ed25519.
func isVerified(publicKey string, h http.Header, body []byte) bool {
	public, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(publicKey, "whpk_"))
	if err != nil {
		return false
	}
	content := h.Get("webhook-id") + "." + h.Get("webhook-timestamp") + "." + string(body)
	for part := range strings.SplitSeq(h.Get("webhook-signature"), " ") {
		text, ok := strings.CutPrefix(part, "v1a,")
		signature, err := base64.StdEncoding.DecodeString(text)
		if ok && err == nil && ed25519.Verify(public, []byte(content), signature) {
			return true
		}
	}
	return false
}

func TestEveryAttemptIsSignedAnewWithItsOwnTime(t *testing.T) {
	var headers []http.Header
	client, url := serve(t, func(_ http.ResponseWriter, r *http.Request) { headers = append(headers, r.Header.Clone()) })
	now := time.Unix(1_800_000_000, 0)
	client.now = func() time.Time { return now }
	r := request(url)
	r.Keys = []SigningKey{signingKey(t, 0)}
	client.Post(t.Context(), r)
	now = now.Add(time.Hour)
	client.Post(t.Context(), r)
	require.Len(t, headers, 2)
	require.Equal(t, headers[0].Get("Webhook-Id"), headers[1].Get("Webhook-Id"))
	verifier, err := standardwebhooks.NewWebhook(r.Keys[0].Secret())
	require.NoError(t, err)
	for i, want := range []string{"1800000000", "1800003600"} {
		require.Equal(t, want, headers[i].Get("Webhook-Timestamp"))
		require.NoError(t, verifier.VerifyIgnoringTimestamp(r.Body, headers[i]))
	}
	require.NotEqual(t, headers[0].Get("Webhook-Signature"), headers[1].Get("Webhook-Signature"))
}

func TestOpenSSLVerifiesWithThePublicKey(t *testing.T) {
	openssl, err := exec.LookPath("openssl")
	require.NoError(t, err, "install openssl")
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, content, 0o600))
		return path
	}
	key := signingKey(t, 0)
	// The first 12 bytes of every ed25519 key in the form that openssl reads (RFC 8410).
	public := append([]byte{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00}, key.Public()...)
	content := []byte("msg_1.1800000000.{}")
	signature, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(key.v1a(content), "v1a,"))
	require.NoError(t, err)
	verify := func(content []byte) error {
		return exec.CommandContext(t.Context(), openssl, "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", file("key", public),
			"-rawin", "-in", file("content", content), "-sigfile", file("signature", signature)).Run()
	}
	require.NoError(t, verify(content))
	require.Error(t, verify(append(content, ' ')))
}

func TestASigningKeyNeverPrints(t *testing.T) {
	key := vectorKey(t)
	material := key.material()
	type holder struct {
		Key    SigningKey
		hidden SigningKey
		keys   []SigningKey
	}
	secrets := []string{
		strings.TrimPrefix(vectorSecret, secretPrefix), vectorPrivate[:20], fmt.Sprintf("%x", material.secret[:4]),
		fmt.Sprintf("%X", []byte(material.private[:4])), fmt.Sprintf("%d", material.secret[:4])[1:10], fmt.Sprintf("%d", []byte(material.private[:4]))[1:10],
	}
	var out strings.Builder
	values := []any{key, &key, []SigningKey{key}, map[string]SigningKey{"k": key}, holder{key, key, []SigningKey{key}}, &holder{key, key, nil}, Request{Keys: []SigningKey{key}}}
	for _, value := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			_, _ = fmt.Fprintf(&out, verb+"\n", value)
		}
		encoded, err := json.Marshal(value)
		require.NoError(t, err)
		out.Write(encoded)
		for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
			slog.New(handler).Info("m", "value", value)
		}
	}
	text, err := key.MarshalText()
	require.NoError(t, err)
	out.Write(text)
	for _, secret := range secrets {
		require.NotContains(t, out.String(), secret)
	}
	require.Contains(t, out.String(), masked)
}
