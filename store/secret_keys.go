package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// LackingKeys lists the ids of the keys that rows are encrypted with and this vault lacks.
func (v *Vault) LackingKeys(ctx context.Context) ([]string, error) {
	used, err := list[string](ctx, v.store.reader(), "keys of secrets",
		`SELECT key_id FROM channel_secrets UNION SELECT key_id FROM webhook_keys`)
	if err != nil {
		return nil, err
	}
	lacking := slices.DeleteFunc(used, func(id string) bool { return v.keys.ciphers[id] != nil })
	slices.Sort(lacking)
	return lacking, nil
}

// sealedRow is an encrypted row of any table.
type sealedRow struct {
	fmt.Stringer
	rowID  string
	sealed []byte
	keyID  string
	// update writes a new ciphertext and key id, then those of key find the row.
	update string
	key    []any
}

// Reseal encrypts with the current key the secrets and webhook keys that were encrypted with an older
// one, and counts them. It may be interrupted and repeated, also while they are read and set. Rows that
// cannot be decrypted are left as they are: their errors are returned after the rest is done.
func (v *Vault) Reseal(ctx context.Context) (resealed int, err error) {
	const op = "reseal secrets"
	if v.keys.current == "" {
		return 0, fmt.Errorf("store: %s: %w", op, ErrNoKey)
	}
	rows, err := v.rowsToReseal(ctx, op)
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, row := range rows {
		text, err := v.keys.open(row.sealed, row.keyID, row.rowID)
		if err != nil {
			failed = append(failed, fmt.Errorf("store: %s: %w", row, err))
			continue
		}
		sealed, keyID, err := v.keys.seal(text, row.rowID)
		if err != nil {
			return resealed, fmt.Errorf("store: %s: %w", op, err)
		}
		// Only if the row is still the one that was read: it may have been set meanwhile.
		args := append([]any{sealed, keyID}, row.key...)
		touched, err := v.store.writer().exec(ctx, op, row.update+` AND sealed = ?`, append(args, row.sealed)...)
		if err != nil {
			return resealed, err
		}
		resealed += int(touched)
	}
	return resealed, errors.Join(failed...)
}

// rowsToReseal lists what is encrypted with another key than the current one.
func (v *Vault) rowsToReseal(ctx context.Context, op string) ([]sealedRow, error) {
	secrets, err := list[secretRow](ctx, v.store.reader(), op,
		`SELECT `+secretColumns+` FROM channel_secrets WHERE key_id <> ?`, v.keys.current)
	if err != nil {
		return nil, err
	}
	keys, err := list[webhookKeyRow](ctx, v.store.reader(), op,
		`SELECT `+webhookKeyColumns+` FROM webhook_keys WHERE key_id <> ?`, v.keys.current)
	if err != nil {
		return nil, err
	}
	rows := make([]sealedRow, 0, len(secrets)+len(keys))
	for _, row := range secrets {
		rows = append(rows, sealedRow{
			row, rowID(row.Channel, row.Name), row.Sealed, row.KeyID,
			`UPDATE channel_secrets SET sealed = ?, key_id = ? WHERE channel = ? AND name = ?`,
			[]any{row.Channel, row.Name},
		})
	}
	for _, row := range keys {
		rows = append(rows, sealedRow{
			row, row.rowID(), row.Sealed, row.KeyID,
			`UPDATE webhook_keys SET sealed = ?, key_id = ? WHERE id = ?`,
			[]any{row.ID},
		})
	}
	return rows, nil
}
