package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

const (
	// defaultOverlap is for how many hours a replaced key goes on signing, maxOverlap the most that may
	// be asked for: a week, in which every ISV deploys once.
	defaultOverlap = 24
	maxOverlap     = 168
)

// Keys has the keys that sign deliveries. All but WebhookKeySet return store.ErrNotFound if the
// channel is another account's by now.
type Keys interface {
	// WebhookKeys returns the live keys of a channel, the newest first, and makes the first one.
	WebhookKeys(ctx context.Context, of store.Channel, at time.Time) ([]store.WebhookKey, error)
	// RotateWebhookKey also returns store.ErrTooManyKeys.
	RotateWebhookKey(ctx context.Context, of store.Channel, overlap time.Duration, at time.Time) ([]store.WebhookKey, error)
	// WebhookKeySet returns the live keys of the channel that has the one with that id.
	WebhookKeySet(ctx context.Context, id string, at time.Time) ([]store.WebhookKey, error)
}

// secretResponse is the current key of a channel. Only the channel's owner gets it.
type secretResponse struct {
	WaID string `json:"waId"`
	ID   string `json:"id"`
	// Secret verifies v1 signatures, PublicKey and JWK verify v1a.
	Secret    string `json:"secret"`
	PublicKey string `json:"publicKey"`
	JWK       jwk    `json:"jwk"`
	CreatedAt string `json:"createdAt"`
	// Older are the keys that were replaced and still sign, the newest first.
	Older []olderKey `json:"older"`
}

// olderKey has no secret: whoever still verifies with it has got it.
type olderKey struct {
	ID        string `json:"id"`
	PublicKey string `json:"publicKey"`
	ExpiresAt string `json:"expiresAt"`
}

// getSecret handles GET /webhooks/outbound/secret.
func (s *server) getSecret(ctx context.Context, req *request, _ struct{}) (secretResponse, error) {
	q, err := parseQuery(req.query, "waId")
	if err != nil {
		return secretResponse{}, err
	}
	if q["waId"] == "" {
		return secretResponse{}, errBadRequest("waId is missing in the query")
	}
	channel, err := s.ownChannel(ctx, req, q["waId"])
	if err != nil {
		return secretResponse{}, err
	}
	keys, err := s.keys.WebhookKeys(ctx, channel, s.now())
	if err != nil {
		return secretResponse{}, errKeys(channel, err)
	}
	return showSecret(channel, keys)
}

type rotateRequest struct {
	waID    string
	overlap time.Duration
}

func decodeRotate(body []byte) (rotateRequest, error) {
	object, err := decodeObject(body)
	if err != nil {
		return rotateRequest{}, err
	}
	var in rotateRequest
	if err := object.texts(text{"waId", &in.waID}); err != nil {
		return rotateRequest{}, err
	}
	hours := defaultOverlap
	if raw, ok := object["overlapHours"]; ok {
		if string(raw) == "null" || json.Unmarshal(raw, &hours) != nil || hours < 0 || hours > maxOverlap {
			return rotateRequest{}, errBadRequest(fmt.Sprintf("overlapHours must be a whole number from 0 to %d", maxOverlap))
		}
	}
	in.overlap = time.Duration(hours) * time.Hour
	return in, nil
}

// rotateSecret handles POST /webhooks/outbound/secret/rotate. A key more than MaxOldWebhookKeys is
// refused, and not taken from the oldest: somebody was promised that it signs until it expires.
func (s *server) rotateSecret(ctx context.Context, req *request, in rotateRequest) (secretResponse, error) {
	channel, err := s.ownChannel(ctx, req, in.waID)
	if err != nil {
		return secretResponse{}, err
	}
	// So that a rotation before the first delivery replaces a key, too, as after it.
	before, err := s.keys.WebhookKeys(ctx, channel, s.now())
	if err != nil {
		return secretResponse{}, errKeys(channel, err)
	}
	keys, err := s.keys.RotateWebhookKey(ctx, channel, in.overlap, s.now())
	if errors.Is(err, store.ErrTooManyKeys) {
		return secretResponse{}, s.errTooManyKeys(before)
	}
	if err != nil {
		return secretResponse{}, errKeys(channel, err)
	}
	s.log.InfoContext(ctx, "webhook key rotated", "channel", channel.WaID, "key", keys[0].ID, "older", len(keys)-1, "overlap", in.overlap)
	return showSecret(channel, keys)
}

// errTooManyKeys says when the next rotation is possible.
func (s *server) errTooManyKeys(keys []store.WebhookKey) error {
	next := s.now().Add(time.Second) // another rotation was faster
	for i, key := range keys {
		if i == 1 || i > 1 && key.ExpiresAt.Before(next) {
			next = key.ExpiresAt
		}
	}
	return &apiError{
		Status: 409, RetryAfter: max(next.Sub(s.now()), time.Second),
		Message: fmt.Sprintf("%d older keys of the channel still sign; the next rotation is possible from %s on, or with overlapHours 0, which stops them all at once",
			store.MaxOldWebhookKeys, stamp(next)),
	}
}

// errKeys is the error for keys that cannot be read.
func errKeys(channel store.Channel, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return errUnknownObject(channel.WaID)
	}
	return errUnavailable(err)
}

// ownChannel returns a channel of the caller's account.
func (s *server) ownChannel(ctx context.Context, req *request, waID string) (store.Channel, error) {
	if !storable(waID) {
		return store.Channel{}, errUnknownObject(waID)
	}
	channel, err := s.store.Channel(ctx, waID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return store.Channel{}, errUnknownObject(waID)
	case err != nil:
		return store.Channel{}, errUnavailable(err)
	case channel.Account != req.account.Name:
		return store.Channel{}, errUnauthorized()
	}
	return channel, nil
}

// showSecret expects the current key first.
func showSecret(channel store.Channel, rows []store.WebhookKey) (secretResponse, error) {
	keys, err := signingKeys(rows)
	if err != nil {
		return secretResponse{}, err
	}
	response := secretResponse{
		WaID: channel.WaID, ID: rows[0].ID, Secret: keys[0].Secret(), PublicKey: keys[0].PublicKey(),
		JWK: newJWK(rows[0].ID, keys[0]), CreatedAt: stamp(rows[0].CreatedAt), Older: []olderKey{},
	}
	for i, row := range rows[1:] {
		response.Older = append(response.Older, olderKey{row.ID, keys[i+1].PublicKey(), stamp(row.ExpiresAt)})
	}
	return response, nil
}

// signingKeys returns at least one key, or an error.
func signingKeys(rows []store.WebhookKey) ([]webhook.SigningKey, error) {
	if len(rows) == 0 {
		return nil, errors.New("the channel has no signing key")
	}
	keys := make([]webhook.SigningKey, len(rows))
	for i, row := range rows {
		var err error
		if keys[i], err = webhook.NewSigningKey(row.Material()); err != nil {
			return nil, fmt.Errorf("signing key %s: %w", row.ID, err)
		}
	}
	return keys, nil
}
