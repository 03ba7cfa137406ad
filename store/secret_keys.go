package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// LackingKeys lists the ids of the keys that secrets are encrypted with and this vault lacks.
func (v *Vault) LackingKeys(ctx context.Context) ([]string, error) {
	used, err := list[string](ctx, v.store.reader(), "keys of secrets", `SELECT DISTINCT key_id FROM channel_secrets`)
	if err != nil {
		return nil, err
	}
	lacking := slices.DeleteFunc(used, func(id string) bool { return v.keys.ciphers[id] != nil })
	slices.Sort(lacking)
	return lacking, nil
}

// Reseal encrypts with the current key the secrets that were encrypted with an older one, and
// counts them. It may be interrupted and repeated, also while secrets are read and set. Secrets
// that cannot be decrypted are left as they are: their errors are returned after the rest is done.
func (v *Vault) Reseal(ctx context.Context) (resealed int, err error) {
	const op = "reseal secrets"
	if v.keys.current == "" {
		return 0, fmt.Errorf("store: %s: %w", op, ErrNoKey)
	}
	rows, err := list[secretRow](ctx, v.store.reader(), op,
		`SELECT `+secretColumns+` FROM channel_secrets WHERE key_id <> ?`, v.keys.current)
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, row := range rows {
		value, err := v.keys.open(row.Sealed, row.KeyID, rowID(row.Channel, row.Name))
		if err != nil {
			failed = append(failed, fmt.Errorf("store: secret %s of channel %s: %w", row.Name, row.Channel, err))
			continue
		}
		sealed, keyID, err := v.keys.seal(value, rowID(row.Channel, row.Name))
		if err != nil {
			return resealed, fmt.Errorf("store: %s: %w", op, err)
		}
		// Only if the row is still the one that was read: the secret may have been set meanwhile.
		touched, err := v.store.writer().exec(ctx, op,
			`UPDATE channel_secrets SET sealed = ?, key_id = ? WHERE channel = ? AND name = ? AND sealed = ?`,
			sealed, keyID, row.Channel, row.Name, row.Sealed)
		if err != nil {
			return resealed, err
		}
		resealed += int(touched)
	}
	return resealed, errors.Join(failed...)
}
