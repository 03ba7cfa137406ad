package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	// maxSecretName and maxSecretValue bound lengths in bytes. A value goes into a header, and
	// many servers refuse headers of more than 8 KiB together.
	maxSecretName  = 40
	maxSecretValue = 4096
	// maxSecrets bounds the secrets of a channel.
	maxSecrets = 50
)

// ErrTooMany is returned for another secret when a channel has the most it may have.
var ErrTooMany = fmt.Errorf("there are %d already", maxSecrets)

// Secret is the name of a channel's secret. Its value is read by Vault.Secret only.
type Secret struct {
	Name      string    `db:"name"`
	UpdatedAt time.Time `db:"updated_at"`
}

const secretColumns = `channel, name, sealed, key_id, updated_at`

type secretRow struct {
	Secret
	Channel string `db:"channel"`
	Sealed  []byte `db:"sealed"`
	KeyID   string `db:"key_id"`
}

// String names the row in errors.
func (r secretRow) String() string { return "secret " + r.Name + " of channel " + r.Channel }

// CheckSecretName returns an error that tells people what is wrong with a name.
func CheckSecretName(name string) error {
	for i, c := range []byte(name) {
		letter := c >= 'a' && c <= 'z'
		if !letter && (i == 0 || c != '_' && (c < '0' || c > '9')) {
			return errors.New("a secret's name begins with a letter and holds only a to z, 0 to 9 and _")
		}
	}
	if name == "" || len(name) > maxSecretName {
		return fmt.Errorf("a secret's name has 1 to %d letters", maxSecretName)
	}
	return nil
}

// CheckSecretValue returns an error that tells people what is wrong with a value, without
// repeating it. A value goes into a header, which is one line.
func CheckSecretValue(value string) error {
	switch {
	case value == "":
		return errors.New("the secret is empty")
	case len(value) > maxSecretValue:
		return fmt.Errorf("a secret has at most %d bytes", maxSecretValue)
	case strings.ContainsAny(value, "\r\n"):
		return errors.New("a secret is one line")
	case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		return errors.New("a secret holds only characters that can be printed, in UTF-8")
	case strings.TrimSpace(value) != value:
		return errors.New("a secret neither begins nor ends with a space")
	}
	return nil
}

func checkSecret(name, value string) error {
	if err := CheckSecretName(name); err != nil {
		return err
	}
	return CheckSecretValue(value)
}

// Vault stores the secrets of channels, and the keys that sign their deliveries. They are encrypted
// with AES-256-GCM, with a key that is not in the database. Channel and name are authenticated too, so
// a ciphertext that is copied into another row cannot be decrypted there.
type Vault struct {
	store *Store
	keys  keyring
}

// Vault returns the store's vault, which encrypts with the first key and decrypts with all of
// them. Without keys it can only list and remove: what encrypts or decrypts returns ErrNoKey.
func (s *Store) Vault(keys ...[]byte) (*Vault, error) {
	ring, err := newKeyring(keys)
	if err != nil {
		return nil, fmt.Errorf("store: vault: %w", err)
	}
	return &Vault{store: s, keys: ring}, nil
}

// rowID identifies the row that a secret is encrypted for. Channels and names contain no NUL.
func rowID(channel, name string) string { return "channel_secrets\x00" + channel + "\x00" + name }

// Put adds or replaces a channel's secret. It returns ErrNotFound if there is no such channel,
// ErrTooMany if the channel has 50 others, and the errors of CheckSecretName and CheckSecretValue.
func (v *Vault) Put(ctx context.Context, channel, name, value string, at time.Time) error {
	const op = "put secret"
	if err := checkSecret(name, value); err != nil {
		return fmt.Errorf("store: %s: %w", op, err)
	}
	sealed, keyID, err := v.keys.seal(value, rowID(channel, name))
	if err != nil {
		return fmt.Errorf("store: %s: %w", op, err)
	}
	return v.store.inTx(ctx, op, func(ctx context.Context, q session) error {
		// Locks the channel's row, so that two at once cannot both be the last that fits.
		if err := q.change(ctx, op, `UPDATE channels SET wa_id = wa_id WHERE wa_id = ?`, channel); err != nil {
			return err
		}
		others, err := get[int](ctx, q, op,
			`SELECT count(*) FROM channel_secrets WHERE channel = ? AND name <> ?`, channel, name)
		if err != nil {
			return err
		}
		if others >= maxSecrets {
			return fmt.Errorf("store: %s: %w", op, ErrTooMany)
		}
		return q.insert(ctx, op, "channel_secrets", secretColumns, overwrite("channel, name", secretColumns),
			[]any{channel, name, sealed, keyID, at})
	})
}

// Secret decrypts a channel's secret. It returns ErrNotFound if the channel has none of that name,
// ErrNoKey if the vault lacks its key, and ErrBroken if the row was tampered with.
func (v *Vault) Secret(ctx context.Context, channel, name string) (string, error) {
	row, err := get[secretRow](ctx, v.store.reader(), "secret",
		`SELECT `+secretColumns+` FROM channel_secrets WHERE channel = ? AND name = ?`, channel, name)
	if err != nil {
		return "", err
	}
	value, err := v.keys.open(row.Sealed, row.KeyID, rowID(row.Channel, row.Name))
	if err != nil {
		return "", fmt.Errorf("store: %s: %w", row, err)
	}
	return value, nil
}

// List lists the names of a channel's secrets in order.
func (v *Vault) List(ctx context.Context, channel string) ([]Secret, error) {
	secrets, err := list[Secret](ctx, v.store.reader(), "secrets",
		`SELECT name, updated_at FROM channel_secrets WHERE channel = ?`, channel)
	// Sorted here because the order of text in PostgreSQL depends on its locale.
	slices.SortFunc(secrets, func(a, b Secret) int { return strings.Compare(a.Name, b.Name) })
	return secrets, err
}

// Remove deletes a channel's secret, or returns ErrNotFound.
func (v *Vault) Remove(ctx context.Context, channel, name string) error {
	return v.store.writer().change(ctx, "remove secret",
		`DELETE FROM channel_secrets WHERE channel = ? AND name = ?`, channel, name)
}
