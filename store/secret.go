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
	maxSecretName  = 40
	maxSecretValue = 4096
	// maxSecrets is how many a channel may have.
	maxSecrets = 50
)

// ErrTooMany says that a channel has as many secrets as it may have.
var ErrTooMany = fmt.Errorf("there are %d already", maxSecrets)

// Secret names a secret of a channel; its value only Vault.Secret gives away.
type Secret struct {
	Name      string
	UpdatedAt time.Time
}

// CheckSecretName says what is wrong with a name, in a sentence for people.
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

// CheckSecretValue says what is wrong with a value, in a sentence for people that does not repeat
// it. A value goes into a header, which is one line.
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

// Vault keeps the secrets of channels. They are sealed with AES-256-GCM under a key that the
// database does not hold, each for its own channel and name: copied into another row, it is
// worth nothing there.
type Vault struct {
	store *Store
	keys  keyring
}

// Vault gives the store's vault: it seals with the first key and opens with all of them.
// Without keys it lists and removes; Put and Secret then say ErrNoKey.
func (s *Store) Vault(keys ...[]byte) (*Vault, error) {
	ring, err := newKeyring(keys)
	if err != nil {
		return nil, fmt.Errorf("store: vault: %w", err)
	}
	return &Vault{store: s, keys: ring}, nil
}

// place is what a secret is sealed for. Channels and names hold no NUL.
func place(channel, name string) string { return "channel_secrets\x00" + channel + "\x00" + name }

// Put sets a channel's secret, or replaces it: ErrNotFound without such a channel, ErrTooMany
// when it has 50 others, else what CheckSecretName and CheckSecretValue say.
func (v *Vault) Put(ctx context.Context, channel, name, value string, at time.Time) error {
	const op = "put secret"
	if err := checkSecret(name, value); err != nil {
		return fmt.Errorf("store: %s: %w", op, err)
	}
	sealed, keyID, err := v.keys.seal(value, place(channel, name))
	if err != nil {
		return fmt.Errorf("store: %s: %w", op, err)
	}
	return v.store.inTx(ctx, op, func(ctx context.Context, q session) error {
		// The channel's row is taken, so that of two at once one sees the other.
		if err := q.change(ctx, op, `UPDATE channels SET wa_id = wa_id WHERE wa_id = ?`, channel); err != nil {
			return err
		}
		var others int
		if err := q.get(ctx, op, &others,
			`SELECT count(*) FROM channel_secrets WHERE channel = ? AND name <> ?`, channel, name); err != nil {
			return err
		}
		if others >= maxSecrets {
			return fmt.Errorf("store: %s: %w", op, ErrTooMany)
		}
		_, err := q.exec(ctx, op,
			`INSERT INTO channel_secrets (channel, name, sealed, key_id, updated_at) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (channel, name) DO UPDATE SET
				sealed = excluded.sealed, key_id = excluded.key_id, updated_at = excluded.updated_at`,
			channel, name, sealed, keyID, at)
		return err
	})
}

// Secret gives a channel's secret: ErrNotFound when it has none of that name, ErrNoKey when it
// was sealed with a key that is not here, ErrBroken when the row was tampered with.
func (v *Vault) Secret(ctx context.Context, channel, name string) (string, error) {
	var row secretRow
	err := v.store.reader().get(ctx, "secret", &row,
		`SELECT `+secretColumns+` FROM channel_secrets WHERE channel = ? AND name = ?`, channel, name)
	if err != nil {
		return "", err
	}
	value, err := v.keys.open(row.Sealed, row.KeyID, place(row.Channel, row.Name))
	if err != nil {
		return "", fmt.Errorf("store: secret %s of channel %s: %w", name, channel, err)
	}
	return value, nil
}

const secretColumns = `channel, name, sealed, key_id, updated_at`

type secretRow struct {
	Channel   string `db:"channel"`
	Name      string `db:"name"`
	Sealed    []byte `db:"sealed"`
	KeyID     string `db:"key_id"`
	UpdatedAt millis `db:"updated_at"`
}

// List names a channel's secrets, by name.
func (v *Vault) List(ctx context.Context, channel string) ([]Secret, error) {
	var rows []secretRow
	err := v.store.reader().list(ctx, "secrets", &rows,
		`SELECT `+secretColumns+` FROM channel_secrets WHERE channel = ?`, channel)
	if err != nil {
		return nil, err
	}
	secrets := make([]Secret, len(rows))
	for i, row := range rows {
		secrets[i] = Secret{Name: row.Name, UpdatedAt: row.UpdatedAt.time()}
	}
	slices.SortFunc(secrets, func(a, b Secret) int { return strings.Compare(a.Name, b.Name) })
	return secrets, nil
}

// Remove forgets a channel's secret, or gives ErrNotFound.
func (v *Vault) Remove(ctx context.Context, channel, name string) error {
	return v.store.writer().change(ctx, "remove secret",
		`DELETE FROM channel_secrets WHERE channel = ? AND name = ?`, channel, name)
}
