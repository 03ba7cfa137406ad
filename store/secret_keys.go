package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// LackingKeys names the keys, by their ids, with which secrets are sealed that this vault cannot
// open.
func (v *Vault) LackingKeys(ctx context.Context) ([]string, error) {
	var used []string
	err := v.store.reader().list(ctx, "keys of secrets", &used, `SELECT DISTINCT key_id FROM channel_secrets`)
	if err != nil {
		return nil, err
	}
	lacking := slices.DeleteFunc(used, func(id string) bool { return v.keys.ciphers[id] != nil })
	slices.Sort(lacking)
	return lacking, nil
}

// Reseal seals with the current key what was sealed with an older one, and counts it. It may be
// interrupted and done again, also while secrets are being used and set. What it cannot open it
// leaves as it is, and says so after the rest.
func (v *Vault) Reseal(ctx context.Context) (resealed int, err error) {
	const op = "reseal secrets"
	if v.keys.current == "" {
		return 0, fmt.Errorf("store: %s: %w", op, ErrNoKey)
	}
	var rows []secretRow
	if err := v.store.reader().list(ctx, op, &rows,
		`SELECT `+secretColumns+` FROM channel_secrets WHERE key_id <> ?`, v.keys.current); err != nil {
		return 0, err
	}
	var failed []error
	for _, row := range rows {
		value, err := v.keys.open(row.Sealed, row.KeyID, place(row.Channel, row.Name))
		if err != nil {
			failed = append(failed, fmt.Errorf("store: secret %s of channel %s: %w", row.Name, row.Channel, err))
			continue
		}
		sealed, keyID, err := v.keys.seal(value, place(row.Channel, row.Name))
		if err != nil {
			return resealed, fmt.Errorf("store: %s: %w", op, err)
		}
		// Only while it is still the row that was read: it may have been set anew meanwhile.
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
