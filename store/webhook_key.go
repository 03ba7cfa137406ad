package store

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	// MaxOldWebhookKeys bounds the keys of a channel that were replaced and still sign: each adds two
	// signatures to every delivery.
	MaxOldWebhookKeys = 5
	// webhookKeyBytes is the length of a key: an HMAC secret and an ed25519 seed of 32 bytes each.
	webhookKeyBytes = 64
	// webhookKeyPrefix begins the ids of keys; 26 letters and digits with 130 random bits follow.
	webhookKeyPrefix = "whk_"
)

// ErrTooManyKeys is returned by a rotation that would leave more than MaxOldWebhookKeys.
var ErrTooManyKeys = fmt.Errorf("%d older keys still sign", MaxOldWebhookKeys)

// WebhookKey is one generation of what signs the deliveries of a channel. The Vault makes it, replaces
// it at a rotation, and removes it when it has expired.
type WebhookKey struct {
	// ID is public, and cannot be guessed.
	ID        string
	CreatedAt time.Time
	// ExpiresAt is when it stops to sign; the zero time for the current key.
	ExpiresAt time.Time
	// material is a function because fmt and encoders print nothing of what one returns.
	material func() []byte
}

// Material returns the key itself: 32 bytes of HMAC secret, then 32 bytes of ed25519 seed.
func (k WebhookKey) Material() []byte { return k.material() }

// IsLive reports whether the key signs what is sent at that time.
func (k WebhookKey) IsLive(at time.Time) bool { return k.ExpiresAt.IsZero() || at.Before(k.ExpiresAt) }

// IsWebhookKeyID reports whether a text has the form of a key's id.
func IsWebhookKeyID(id string) bool {
	letters, ok := strings.CutPrefix(id, webhookKeyPrefix)
	return ok && len(letters) == 26 && strings.Trim(letters, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

const webhookKeyColumns = `id, channel, sealed, key_id, created_at, expires_at`

type webhookKeyRow struct {
	ID        string    `db:"id"`
	Channel   string    `db:"channel"`
	Sealed    []byte    `db:"sealed"`
	KeyID     string    `db:"key_id"`
	CreatedAt time.Time `db:"created_at"`
	ExpiresAt time.Time `db:"expires_at"`
}

func (r webhookKeyRow) isLive(at time.Time) bool {
	return WebhookKey{ExpiresAt: r.ExpiresAt}.IsLive(at)
}

// String names the row in errors.
func (r webhookKeyRow) String() string { return "webhook key " + r.ID + " of channel " + r.Channel }

// rowID identifies the row that a key is encrypted for.
func (r webhookKeyRow) rowID() string { return "webhook_keys\x00" + r.Channel + "\x00" + r.ID }

// WebhookKeys returns the keys that sign what is sent to a channel at that time, the newest first. It
// makes the first one where there is none; of several processes that do so at once, all get the same.
// It returns ErrNotFound if the channel is not there, or is another account's by now: a number can
// change its owner, and no owner sees the keys of another. ErrNoKey and ErrBroken are those of Secret.
func (v *Vault) WebhookKeys(ctx context.Context, of Channel, at time.Time) ([]WebhookKey, error) {
	rows, err := ownedKeys(ctx, v.store.reader(), of)
	if err != nil {
		return nil, err
	}
	if !hasCurrent(rows) {
		if rows, err = v.firstKey(ctx, of, at); err != nil {
			return nil, err
		}
	}
	return v.openKeys(live(rows, at))
}

// ownedKeys returns the rows of a channel, if it is still the account's.
func ownedKeys(ctx context.Context, q session, of Channel) ([]webhookKeyRow, error) {
	return list[webhookKeyRow](ctx, q, "webhook keys", `SELECT `+webhookKeyColumns+` FROM webhook_keys
		WHERE channel = ? AND EXISTS (SELECT 1 FROM channels WHERE wa_id = webhook_keys.channel AND account = ?)`, of.WaID, of.Account)
}

func hasCurrent(rows []webhookKeyRow) bool {
	return slices.ContainsFunc(rows, func(r webhookKeyRow) bool { return r.ExpiresAt.IsZero() })
}

func live(rows []webhookKeyRow, at time.Time) []webhookKeyRow {
	return slices.DeleteFunc(rows, func(r webhookKeyRow) bool { return !r.isLive(at) })
}

// firstKey makes the current key of a channel unless there is one by now, and returns all.
func (v *Vault) firstKey(ctx context.Context, of Channel, at time.Time) (rows []webhookKeyRow, err error) {
	const op = "make webhook key"
	err = v.store.inTx(ctx, op, func(ctx context.Context, q session) error {
		if rows, err = lockKeys(ctx, q, op, of); err != nil || hasCurrent(rows) {
			return err
		}
		made, err := v.insertKey(ctx, q, op, of.WaID, at)
		rows = append(rows, made)
		return err
	})
	return rows, err
}

// lockKeys returns the rows of a channel and locks the channel's row until the transaction ends, so
// that nobody else changes keys or removes the channel meanwhile.
func lockKeys(ctx context.Context, q session, op string, of Channel) ([]webhookKeyRow, error) {
	err := q.change(ctx, op, `UPDATE channels SET wa_id = wa_id WHERE wa_id = ? AND account = ?`, of.WaID, of.Account)
	if err != nil {
		return nil, err
	}
	return ownedKeys(ctx, q, of)
}

func (v *Vault) insertKey(ctx context.Context, q session, op, channel string, at time.Time) (webhookKeyRow, error) {
	material := make([]byte, webhookKeyBytes)
	_, _ = rand.Read(material) // never fails
	row := webhookKeyRow{ID: webhookKeyPrefix + strings.ToLower(rand.Text()), Channel: channel, CreatedAt: at}
	var err error
	if row.Sealed, row.KeyID, err = v.keys.seal(string(material), row.rowID()); err != nil {
		return row, fmt.Errorf("store: %s: %w", op, err)
	}
	return row, q.insert(ctx, op, "webhook_keys", webhookKeyColumns, "",
		[]any{row.ID, row.Channel, row.Sealed, row.KeyID, row.CreatedAt, row.ExpiresAt})
}

// RotateWebhookKey makes a new current key for a channel. The one that it replaces goes on signing for
// the overlap, beside those that were replaced before; without an overlap none of the older keys signs
// from then on. It returns the live keys, the newest first, the errors of WebhookKeys, and
// ErrTooManyKeys.
func (v *Vault) RotateWebhookKey(ctx context.Context, of Channel, overlap time.Duration, at time.Time) ([]WebhookKey, error) {
	const op = "rotate webhook key"
	var rows []webhookKeyRow
	err := v.store.inTx(ctx, op, func(ctx context.Context, q session) (err error) {
		if rows, err = lockKeys(ctx, q, op, of); err != nil {
			return err
		}
		if rows, err = retireKeys(ctx, q, op, rows, overlap, at); err != nil {
			return err
		}
		made, err := v.insertKey(ctx, q, op, of.WaID, at)
		rows = append(rows, made)
		return err
	})
	if err != nil {
		return nil, err
	}
	return v.openKeys(rows)
}

// retireKeys lets the current key of a channel expire, deletes those that have expired, and returns
// those that have not.
func retireKeys(ctx context.Context, q session, op string, rows []webhookKeyRow, overlap time.Duration, at time.Time) ([]webhookKeyRow, error) {
	var left []webhookKeyRow
	for _, row := range rows {
		if row.ExpiresAt.IsZero() {
			row.ExpiresAt = at.Add(overlap)
		}
		if overlap <= 0 || !row.isLive(at) {
			if _, err := q.exec(ctx, op, `DELETE FROM webhook_keys WHERE id = ?`, row.ID); err != nil {
				return nil, err
			}
			continue
		}
		if _, err := q.exec(ctx, op, `UPDATE webhook_keys SET expires_at = ? WHERE id = ?`, row.ExpiresAt, row.ID); err != nil {
			return nil, err
		}
		left = append(left, row)
	}
	if len(left) > MaxOldWebhookKeys {
		return nil, fmt.Errorf("store: %s: %w", op, ErrTooManyKeys)
	}
	return left, nil
}

// WebhookKeySet returns the live keys of the channel that has a live key with that id, the newest
// first, or ErrNotFound.
func (v *Vault) WebhookKeySet(ctx context.Context, id string, at time.Time) ([]WebhookKey, error) {
	const op = "webhook key set"
	rows, err := list[webhookKeyRow](ctx, v.store.reader(), op, `SELECT `+webhookKeyColumns+` FROM webhook_keys
		WHERE channel = (SELECT channel FROM webhook_keys WHERE id = ?)`, id)
	if err != nil {
		return nil, err
	}
	rows = live(rows, at)
	if !slices.ContainsFunc(rows, func(r webhookKeyRow) bool { return r.ID == id }) {
		return nil, v.store.reader().fail(ctx, op, ErrNotFound)
	}
	return v.openKeys(rows)
}

// DropExpiredWebhookKeys deletes the keys that have expired by then, and counts them.
func (v *Vault) DropExpiredWebhookKeys(ctx context.Context, at time.Time) (int64, error) {
	return v.store.writer().exec(ctx, "drop webhook keys", `DELETE FROM webhook_keys WHERE expires_at <> 0 AND expires_at <= ?`, at)
}

// openKeys decrypts keys and sorts them, the newest first.
func (v *Vault) openKeys(rows []webhookKeyRow) ([]WebhookKey, error) {
	slices.SortFunc(rows, currentFirst)
	keys := make([]WebhookKey, 0, len(rows))
	for _, row := range rows {
		material, err := v.keys.open(row.Sealed, row.KeyID, row.rowID())
		if err == nil && len(material) != webhookKeyBytes {
			err = ErrBroken
		}
		if err != nil {
			return nil, fmt.Errorf("store: %s: %w", row, err)
		}
		keys = append(keys, WebhookKey{
			ID: row.ID, CreatedAt: row.CreatedAt, ExpiresAt: row.ExpiresAt, material: func() []byte { return []byte(material) },
		})
	}
	return keys, nil
}

// currentFirst puts the current key first, also where another was made in the same millisecond.
func currentFirst(a, b webhookKeyRow) int {
	switch {
	case a.ExpiresAt.IsZero():
		return -1
	case b.ExpiresAt.IsZero():
		return 1
	}
	return cmp.Or(b.CreatedAt.Compare(a.CreatedAt), strings.Compare(a.ID, b.ID))
}
