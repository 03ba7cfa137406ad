package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jellydator/ttlcache/v3"

	"github.com/chattigo/api-isv/store"
	"github.com/chattigo/api-isv/webhook"
)

// Keys has the keys that sign deliveries.
type Keys interface {
	// WebhookKeys returns the live keys of a channel, the newest first, and makes the first one.
	WebhookKeys(ctx context.Context, of store.Channel, at time.Time) ([]store.WebhookKey, error)
	DropExpiredWebhookKeys(ctx context.Context, at time.Time) (int64, error)
}

// signers are the keys of a channel as they were read, the newest first.
type signers []signer

// signer is a key, with the time at which it expires.
type signer struct {
	row store.WebhookKey
	key webhook.SigningKey
}

// at returns the keys for an attempt at that time: when they were read, one more may have been live.
func (s signers) at(now time.Time) []webhook.SigningKey {
	keys := make([]webhook.SigningKey, 0, len(s))
	for _, one := range s {
		if one.row.IsLive(now) {
			keys = append(keys, one.key)
		}
	}
	return keys
}

func newSigners() *ttlcache.Cache[string, signers] {
	return ttlcache.New(
		ttlcache.WithTTL[string, signers](endpointAge),
		ttlcache.WithCapacity[string, signers](maxEndpoints),
		ttlcache.WithDisableTouchOnHit[string, signers]())
}

// recentSigners returns the keys as they were at most a second ago.
func (a *Activities) recentSigners(ctx context.Context, of store.Channel) (signers, error) {
	// With the account: a number that has a new owner has other keys.
	id := of.WaID + "\x00" + of.Account
	if item := a.signers.Get(id); item != nil {
		return item.Value(), nil
	}
	found, err := a.readSigners(ctx, of)
	if err != nil {
		return nil, err
	}
	a.signers.Set(id, found, ttlcache.DefaultTTL)
	return found, nil
}

// readSigners reads the keys of a channel. An error is a failure of ours, which says nothing about the
// ISV; nothing may leave without a signature then.
func (a *Activities) readSigners(ctx context.Context, of store.Channel) (signers, error) {
	rows, err := a.keys.WebhookKeys(ctx, of, a.now())
	if err != nil {
		return nil, fmt.Errorf("read the signing keys: %w", err)
	}
	if len(rows) == 0 {
		return nil, errors.New("read the signing keys: there are none")
	}
	found := make(signers, len(rows))
	for i, row := range rows {
		key, err := webhook.NewSigningKey(row.Material())
		if err != nil {
			return nil, fmt.Errorf("read the signing key %s: %w", row.ID, err)
		}
		found[i] = signer{row, key}
	}
	return found, nil
}
