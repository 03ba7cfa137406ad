package bridge

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
)

const (
	// maxWebhook bounds a webhook of Meta's, in bytes: they have up to 3 MB.
	maxWebhook = 4 << 20
	// maxChallenge bounds what is echoed, in bytes; a real one has ten digits.
	maxChallenge = 256
)

// verifyWebhook answers GET /meta, by which Meta asks, when the webhook is registered, whether it is ours:
// the challenge comes back as it is.
func (b *Bridge) verifyWebhook(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	challenge := query.Get("hub.challenge")
	if query.Get("hub.mode") != "subscribe" || !equal(query.Get("hub.verify_token"), b.settings.VerifyToken) ||
		challenge == "" || len(challenge) > maxChallenge {
		refuse(w, http.StatusForbidden, "hub.mode, hub.verify_token or hub.challenge is not what was expected")
		return
	}
	respond(w, http.StatusOK, "text/plain; charset=utf-8", []byte(challenge))
}

// equal compares in a time that says nothing of where they differ, nor of how long the secret is.
func equal(given, secret string) bool {
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(secret))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// takeWebhook answers POST /meta: a webhook that Meta signed is written down, and answered at once. What
// is in it, Chattigo reads. Meta sends again what is not answered with 200.
func (b *Bridge) takeWebhook(w http.ResponseWriter, r *http.Request) {
	body, done, ok := b.readJSON(w, r, maxWebhook)
	defer done()
	if !ok {
		return
	}
	signature := r.Header.Get("X-Hub-Signature-256")
	switch {
	case signature == "":
		refuse(w, http.StatusUnauthorized, "X-Hub-Signature-256 is missing")
		return
	case !signedByMeta(signature, body, b.settings.AppSecrets):
		refuse(w, http.StatusForbidden, "X-Hub-Signature-256 is not that of this body")
		return
	}
	err := b.queue.put(body)
	if err != nil {
		if !errors.Is(err, errFull) {
			b.log.ErrorContext(r.Context(), "a webhook cannot be written down", "error", err)
		} else {
			b.log.WarnContext(r.Context(), "the queue is full: Meta has to send again")
		}
		unavailable(w, "30")
		return
	}
	respond(w, http.StatusOK, "text/plain; charset=utf-8", nil)
}

// signedByMeta reports whether a signature is that of one of the app's secrets.
func signedByMeta(signature string, body []byte, secrets []string) bool {
	given, err := hex.DecodeString(strings.TrimPrefix(signature, "sha256="))
	if err != nil || !strings.HasPrefix(signature, "sha256=") {
		return false
	}
	for _, secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		_, _ = mac.Write(body) // never fails
		if hmac.Equal(mac.Sum(nil), given) {
			return true
		}
	}
	return false
}
